"""Checkpoints: what they cover, that late commits are not lost and raise no false alarm, and what
they and the witnesses on paper let a verification find."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import Connection, event, func, select, text
from sqlalchemy.orm import Session

from app import ledger
from app.database import retried, transaction
from app.ledger import take_checkpoint, witness
from app.ledger.chain import Head, seal
from app.ledger.checkpoints import FRESH, covered, path_to, root_over, signed_text
from app.ledger.merkle import follow
from app.ledger.proof.witness import witnesses_in
from app.ledger.signers import OtherSigner, add_signing, signers
from app.ledger.signing import name_of_key, sign
from app.models import Case, Checkpoint, CheckpointHead, Event
from app.roles import BOT
from migrations import triggers
from tests.databases import KEY, SIGNING, Desk
from tests.ledger.rows import ALLOCATOR, NOW, register

OTHER = b"\x09" * 32
DIFFERS = "not what checkpoint {} covers: this event was deleted or written anew"


def registered(desk: Desk, n: int = 1) -> list[int]:
    with transaction(desk.sessions) as session:
        return [register(session).id for _ in range(n)]


def noted(desk: Desk, case: int) -> None:
    def work(session: Session) -> None:
        ledger.note(session, NOW, BOT, session.get_one(Case, case), "case.edited")

    retried(desk.sessions, work)


def taken(desk: Desk, minutes: int = 0) -> Checkpoint:
    at = NOW + timedelta(minutes=minutes)
    found = retried(desk.sessions, lambda session: take_checkpoint(session, at))
    assert found is not None
    return found


def heads(desk: Desk, id: int) -> dict[int, int]:
    with desk.sessions() as session:
        query = select(CheckpointHead.chain, CheckpointHead.seq)
        rows = session.execute(query.where(CheckpointHead.checkpoint_id == id))
        return {row.chain: row.seq for row in rows}


def found(desk: Desk, case: int | None = None) -> list[str]:
    with desk.sessions() as session:
        return [one.told("en") for one in ledger.verify(session, KEY, case)]


def attack(desk: Desk, *statements: str, **given: object) -> None:
    """What somebody does who owns the database."""
    with desk.engine.begin() as connection:
        disarmed(desk, connection)
        for statement in statements:
            connection.execute(text(statement), given)


def disarmed(desk: Desk, connection: Connection) -> None:
    triggers.drop(connection)
    if desk.sqlite:
        connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")


# --- what they cover ---


def test_a_checkpoint_covers_the_heads_that_none_before_covers(desk: Desk) -> None:
    first, second = registered(desk, 2)
    one = taken(desk)
    assert heads(desk, one.id) == {0: 1, first: 1, second: 1}, "the office: its key was registered"
    noted(desk, second)
    other = taken(desk)
    assert heads(desk, other.id) == {second: 2}
    assert other.id == one.id + 1 and found(desk) == []


def test_none_is_added_within_ten_minutes_in_which_nothing_moved(desk: Desk) -> None:
    registered(desk)
    assert taken(desk).id == taken(desk, 10).id == 1
    idle = taken(desk, 11)
    assert (idle.id, idle.heads) == (2, 0)
    assert found(desk) == []


def test_papers_bear_the_first_16_digits_of_one_that_is_no_older_than_10_minutes(
    desk: Desk,
) -> None:
    registered(desk)
    taken(desk)
    later = NOW + 5 * FRESH
    with transaction(desk.sessions) as session:
        digits = witness(session, later)
        newest = session.scalars(select(Checkpoint).order_by(Checkpoint.id.desc())).first()
    assert newest is not None and newest.root[:16] == digits and newest.at == later


def test_a_session_without_a_signing_key_takes_none(desk: Desk) -> None:
    registered(desk)
    with transaction(desk.sessions) as session:
        session.info["signing_keys"] = ()
        assert (take_checkpoint(session, NOW), witness(session, NOW)) == (None, "")


def test_the_root_covers_the_one_before_the_moment_and_the_heads(desk: Desk) -> None:
    registered(desk)
    one = taken(desk)
    registered(desk)
    other = taken(desk)
    assert root_over(other, one.root) == other.root != root_over(other, "")
    assert bytes.fromhex(other.signature) == sign(SIGNING, signed_text(other.root))
    with desk.sessions() as session:
        for head in covered(session, list(heads(desk, one.id)), one.id).values():
            leaf = (head.chain, head.seq, head.hash)
            assert follow(leaf, path_to(session, head)) == one.merkle


def test_what_it_reads_follows_the_events_since_the_last_not_the_record(desk: Desk) -> None:
    cases = registered(desk, 40)
    taken(desk)
    taken(desk, 11)
    noted(desk, cases[0])
    told: list[str] = []
    event.listen(desk.engine, "before_cursor_execute", lambda *given: told.append(given[2]))
    assert taken(desk, 12).heads == 1
    assert len(told) <= 12, told
    with desk.sessions() as session:
        row = session.get_one(Checkpoint, 2)
        assert row.settled == row.upto if desk.sqlite else row.settled <= row.upto


# --- commits out of order ---


def test_a_late_commit_enters_the_next_checkpoint(postgres_desk: Desk) -> None:
    """The first transaction allots the ids of its events, a second one commits newer ones, and a
    checkpoint is taken in between; seen failing where each looks only at ids above the last."""
    desk = postgres_desk
    early, late = registered(desk, 2)
    taken(desk)
    with desk.sessions() as slow, slow.begin():
        ledger.note(slow, NOW, BOT, slow.get_one(Case, early), "case.edited")
        slow.flush()
        noted(desk, late)
        between = taken(desk)
        assert heads(desk, between.id) == {late: 2}
        for _ in range(3):
            noted(desk, late)
            taken(desk)
    after = taken(desk, 11)
    assert heads(desk, after.id) == {early: 2}
    assert found(desk) == []


def test_writers_beside_checkpoints_lose_nothing_and_raise_no_alarm(postgres_desk: Desk) -> None:
    """Real connections: four write to cases and the office, two take checkpoints, one verifies."""
    desk = postgres_desk
    cases = registered(desk, 8)
    taken(desk)
    over = threading.Event()
    alarms: list[str] = []

    def write(n: int) -> None:
        def work(session: Session) -> None:
            entries = [ledger.Entry(one, "case.edited", "case", one) for one in cases[n::4]]
            ledger.move_many(session, NOW, BOT, [*entries, ledger.Entry(0, "rule.changed")])

        for _ in range(25):
            retried(desk.sessions, work)

    def take(_: int) -> None:
        while not over.is_set():
            taken(desk)

    def look(_: int) -> None:
        while not over.is_set():
            with desk.sessions() as session:
                session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
                alarms.extend(one.told("en") for one in ledger.verify(session, KEY))

    with ThreadPoolExecutor(7) as pool:
        beside = [*pool.map(lambda job: pool.submit(job, 0), (take, take, look))]
        list(pool.map(write, range(4)))
        over.set()
        for job in beside:
            job.result()
    taken(desk, 20)
    with desk.sessions() as session:
        last = dict(
            session.execute(select(Event.chain, func.max(Event.seq)).group_by(Event.chain)).all()
        )
        kept = select(CheckpointHead.chain, func.max(CheckpointHead.seq))
        assert dict(session.execute(kept.group_by(CheckpointHead.chain)).all()) == last
    assert alarms == [] and found(desk) == []


def test_whoever_finds_one_being_taken_does_not_wait(postgres_desk: Desk) -> None:
    desk = postgres_desk
    registered(desk)
    first = taken(desk)
    registered(desk)
    with transaction(desk.sessions) as holder:
        held = take_checkpoint(holder, NOW)
        assert held is not None and held.id == 2
        with transaction(desk.sessions) as other:
            seen = take_checkpoint(other, NOW)
            assert seen is not None and seen.id == first.id


# --- what they let a verification find ---


def rewritten(desk: Desk, case: int) -> None:
    """Write a case's chain anew, consistently, with the ledger's own key: its last event never was."""
    with desk.engine.begin() as connection, desk.sessions(bind=connection) as session:
        disarmed(desk, connection)
        rows = session.execute(
            select(Event.__table__).where(Event.chain == case).order_by(Event.seq)
        )
        head = Head(case, 0, "")
        for row in rows.mappings().all():
            changed = {**row, "actor": "user:99" if row["seq"] == 2 else row["actor"]}
            seal(head, changed, KEY)
            session.execute(
                text("UPDATE event SET actor = :actor, hash = :hash, mac = :mac WHERE id = :id"),
                {name: changed[name] for name in ("actor", "hash", "mac", "id")},
            )
        session.execute(
            text("UPDATE hotline_case SET head_hash = :hash WHERE id = :id"),
            {"hash": head.hash, "id": case},
        )


def test_a_case_rewritten_consistently_with_the_ledgers_key_is_named(desk: Desk) -> None:
    case, _ = registered(desk, 2)
    noted(desk, case)
    taken(desk)
    rewritten(desk, case)
    told = [f"case {case}, event 2: {DIFFERS.format(1)}"]
    assert found(desk) == told == found(desk, case)


def test_without_a_checkpoint_it_is_not(desk: Desk) -> None:
    case = registered(desk)[0]
    noted(desk, case)
    rewritten(desk, case)
    assert found(desk) == []


def test_a_tail_that_was_cut_with_all_that_remembered_it_is_named(desk: Desk) -> None:
    """As somebody does who kept a copy of events, rows and head from before."""
    case = registered(desk)[0]
    with desk.sessions() as session:
        kept = session.get_one(Case, case)
        before = {name: getattr(kept, name) for name in ("head_hash", "look_seal", "id")}
    noted(desk, case)
    taken(desk)
    attack(
        desk,
        "DELETE FROM event WHERE chain = :id AND seq = 2",
        "UPDATE hotline_case SET head_seq = 1, head_hash = :head_hash, look_seal = :look_seal WHERE id = :id",
        **before,
    )
    assert found(desk) == [f"case {case}, event 2: {DIFFERS.format(1)}"]


ALTERED: dict[str, tuple[str, str]] = {
    "deleted in the middle": (
        "DELETE FROM checkpoint_head WHERE checkpoint_id = 2; DELETE FROM checkpoint WHERE id = 2",
        "checkpoint 2 is missing",
    ),
    "another moment": (
        "UPDATE checkpoint SET at = '2026-03-02 09:00:00' WHERE id = 2",
        "checkpoint 2 does not follow from the one before",
    ),
    "a head left out": (
        "DELETE FROM checkpoint_head WHERE checkpoint_id = 2",
        "the heads of checkpoint 2 do not give its root",
    ),
    "another root": (
        "UPDATE checkpoint SET root = merkle WHERE id = 2",
        "checkpoint 2 does not follow from the one before",
    ),
    "no signature": (
        "UPDATE checkpoint SET signature = 'no' WHERE id = 3",
        "the signature of checkpoint 3 does not hold",
    ),
    "another key": (
        "UPDATE checkpoint SET key = merkle WHERE id = 3",
        "checkpoint 3 was signed with a key that was not in use",
    ),
}


@pytest.mark.parametrize("name", ALTERED)
def test_an_altered_checkpoint_is_named(desk: Desk, name: str) -> None:
    for minute in range(3):
        registered(desk)
        taken(desk, minute)
    statements, told = ALTERED[name]
    attack(desk, *statements.split("; "))
    assert [one for one in found(desk) if "checkpoint" in one] == [f"office, event 0: {told}"]


def resigned(desk: Desk, key: bytes) -> None:
    """Sign every checkpoint anew over a record that was changed: consistent in itself."""
    with desk.engine.begin() as connection, desk.sessions(bind=connection) as session:
        disarmed(desk, connection)
        before = ""
        for row in session.scalars(select(Checkpoint).order_by(Checkpoint.id)):
            row.at += timedelta(seconds=1)
            before = root_over(row, before)
            signature = sign(key, signed_text(before)).hex()
            given = {
                "id": row.id,
                "at": row.at.replace(tzinfo=None),
                "root": before,
                "signature": signature,
            }
            session.expunge(row)
            session.execute(
                text(
                    "UPDATE checkpoint SET at = :at, root = :root, signature = :signature WHERE id = :id"
                ),
                given,
            )


def test_checkpoints_signed_anew_with_another_key_are_named(desk: Desk) -> None:
    registered(desk)
    taken(desk)
    resigned(desk, OTHER)
    assert found(desk) == ["office, event 0: the signature of checkpoint 1 does not hold"]


# --- witnesses ---


def unwitnessed(desk: Desk, *lines: str) -> list[str]:
    with desk.sessions() as session:
        return [one.what.text("en") for one in ledger.witness_flaws(session, lines)]


def printed(desk: Desk) -> list[str]:
    with desk.sessions() as session:
        roots = session.scalars(select(Checkpoint.root).order_by(Checkpoint.id))
        return [root[:16] for root in roots]


def test_a_lost_last_checkpoint_is_found_by_its_witness_alone(desk: Desk) -> None:
    for minute in range(3):
        registered(desk)
        taken(desk, minute)
    digits = printed(desk)
    assert unwitnessed(desk, *digits) == []
    attack(
        desk,
        "DELETE FROM checkpoint_head WHERE checkpoint_id = 3",
        "DELETE FROM checkpoint WHERE id = 3",
    )
    assert found(desk) == []
    (told,) = unwitnessed(desk, *digits)
    assert digits[2] in told and "line 3" in told and "lost or signed anew" in told


def test_checkpoints_signed_anew_with_the_offices_own_key_are_found_by_a_witness(
    desk: Desk,
) -> None:
    registered(desk)
    taken(desk)
    digits = printed(desk)
    resigned(desk, SIGNING)
    assert found(desk) == []
    assert len(unwitnessed(desk, *digits)) == 1


WAYS: dict[str, Callable[[str], str]] = {
    "as printed": lambda it: f"台账核验码：{' '.join(it[at : at + 4] for at in range(0, 16, 4))}",
    "in one piece": lambda it: it,
    "in capitals": str.upper,
    "with blanks": lambda it: f"  {it[:5]} {it[5:7]}\t{it[7:]} ",
    "with hyphens": lambda it: "-".join(it[at : at + 4] for at in range(0, 16, 4)),
    "O for 0": lambda it: it.replace("0", "O"),
    "l for 1": lambda it: it.replace("1", "l"),
    "I for 1": lambda it: it.replace("1", "I"),
    "full width": lambda it: "".join(chr(ord(sign) + 0xFEE0) for sign in it.upper()),
    "among other words": lambda it: f"神木市人民政府督查室 2026年3月2日 核验码 {it}。",
}


@pytest.mark.parametrize("way", WAYS)
def test_a_witness_is_read_however_it_was_typed_or_photographed(way: str) -> None:
    digits = "3f01 91bc 04de 10a1".replace(" ", "")
    assert list(witnesses_in(["# 说明", "", WAYS[way](digits)])) == [(3, digits)]


def test_a_mistyped_witness_is_named_by_its_line_and_other_words_are_none(desk: Desk) -> None:
    lines = ["3f0191bc04de10", "督办建议清单 202603020001", "abc", "2026-03-02 10:00"]
    assert list(witnesses_in(lines)) == [(1, "3f0191bc04de10")]
    assert "it has 16 digits" in unwitnessed(desk, *lines)[0]


def test_a_file_without_a_witness_is_no_proof(desk: Desk) -> None:
    with desk.sessions() as session, pytest.raises(ledger.NoWitness):
        ledger.witness_flaws(session, ["督办建议清单", ""])


# --- keys ---


def test_the_first_checkpoint_registers_the_key_and_another_key_is_refused(desk: Desk) -> None:
    registered(desk)
    taken(desk)
    with transaction(desk.sessions) as session:
        (one,) = signers(session)
        assert (one.name, one.until) == (name_of_key(SIGNING), None)
        session.info["signing_keys"] = (OTHER,)
        with pytest.raises(OtherSigner):
            take_checkpoint(session, NOW)


def test_a_retired_key_holds_for_what_it_signed_and_for_nothing_later(desk: Desk) -> None:
    registered(desk)
    taken(desk)
    with transaction(desk.sessions) as session:
        add_signing(session, NOW, OTHER)
        session.info["signing_keys"] = (OTHER, SIGNING)
        assert take_checkpoint(session, NOW) is not None
    with desk.sessions() as session:
        assert [one.until is None for one in signers(session)] == [False, True]
    assert found(desk) == []
    attack(
        desk, "UPDATE checkpoint SET key = (SELECT key FROM checkpoint WHERE id = 1) WHERE id = 2"
    )
    assert found(desk) == [
        "office, event 0: checkpoint 2 was signed with a key that was not in use"
    ]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE checkpoint SET heads = heads",
        "DELETE FROM checkpoint_head",
        "DELETE FROM checkpoint",
        "UPDATE checkpoint_head SET hash = hash",
    ],
)
def test_the_database_refuses_to_change_a_checkpoint(desk: Desk, statement: str) -> None:
    registered(desk)
    taken(desk)
    with pytest.raises(Exception, match="append-only"), desk.engine.begin() as connection:
        connection.execute(text(statement))


def test_who_asks_for_a_witness_beside_one_who_holds_the_office_is_not_held_up(
    postgres_desk: Desk,
) -> None:
    """Of two who hold what the other wants each would wait: here nobody waits for a checkpoint."""
    desk = postgres_desk
    registered(desk)
    taken(desk)
    with transaction(desk.sessions) as first, transaction(desk.sessions) as second:
        assert take_checkpoint(first, NOW + 2 * FRESH) is not None
        ledger.note_office(second, NOW, ALLOCATOR, "rule.changed", {"rule": "help_workdays"})
        assert witness(second, NOW + 2 * FRESH)
