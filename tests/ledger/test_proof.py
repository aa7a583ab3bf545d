"""Verification: what it catches when somebody with the database's password has taken the guards
away, and what not.

Each attack is run on both databases on a desk of two cases, of which only the first is touched.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import pytest
from sqlalchemy import Connection, select, text, update
from sqlalchemy.orm import Session

from app import ledger
from app.database import transaction
from app.ledger.chain import Head, flaw, key_name, seal
from app.ledger.signers import OtherSigner, register_signing
from app.models import Assignment, Case, Event, SupervisionList
from app.roles import BOT
from app.stages.office import issue_list
from app.stages.reporting import issue_report
from migrations import triggers
from tests.databases import KEY, SIGNING, Desk
from tests.ledger.rows import ALLOCATOR, NOW, allocated, bear


@dataclass(frozen=True)
class Record:
    """A desk with two cases of five events each, and two in the office's chain."""

    desk: Desk
    case: int
    other: int
    assignment: int

    def attack(self, *statements: str) -> None:
        """What somebody does who owns the database."""
        with self.desk.engine.begin() as connection:
            self.disarm(connection)
            for statement in statements:
                done = connection.execute(
                    text(statement), {"case": self.case, "assignment": self.assignment}
                )
                assert done.rowcount

    def disarm(self, connection: Connection) -> None:
        triggers.drop(connection)
        if self.desk.sqlite:
            connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")

    def found(self, case: int | None = None) -> list[str]:
        with self.desk.sessions() as session:
            return [one.told("en") for one in ledger.verify(session, KEY, case)]

    def at(self, seq: int, what: str) -> list[str]:
        return [f"case {self.case}, event {seq}: {what}"]


def handled(session: Session, code: str) -> Assignment:
    one = allocated(session, code=code)
    ledger.move(session, NOW, BOT, one, "signed", "assignment.signed")
    ledger.note(session, NOW, BOT, one, "assignment.warned", payload={"on": "2026-03-06"})
    return one


@pytest.fixture
def record(desk: Desk) -> Record:
    with transaction(desk.sessions) as session:
        first, second = handled(session, "water"), handled(session, "housing")
        for _ in range(2):
            ledger.note_office(session, NOW, ALLOCATOR, "rule.changed", {"rule": "help_workdays"})
        ids = (first.case_id, second.case_id, first.id)
    made = Record(desk, *ids)
    assert made.found() == []
    return made


EDITED = "its contents do not match its hash"
ONE = "WHERE chain = :case AND seq = 3"


@pytest.mark.parametrize(
    "change",
    [
        'payload = \'{"on":"2026-03-07"}\'',
        "actor = 'user:8'",
        "at = '2026-03-01 10:00:00.000000'",
        "kind = 'case.closed'",
        "subject_id = subject_id + 1",
        "subject = 'visit'",
    ],
)
def test_an_edited_event_is_named(record: Record, change: str) -> None:
    record.attack(f"UPDATE event SET {change} WHERE chain = :case AND seq = 5")
    assert record.found() == record.at(5, EDITED)


def test_a_back_dated_event_is_named_though_its_date_is_none_that_can_be_read(
    record: Record,
) -> None:
    for at in ("2020", "") if record.desk.sqlite else ("-infinity", "4000-01-01 BC"):
        record.attack(f"UPDATE event SET at = '{at}' {ONE}")
        assert record.found() == record.at(3, "it cannot be read")


def test_a_replaced_hash_and_a_replaced_seal_are_named(record: Record) -> None:
    record.attack(f"UPDATE event SET hash = '{'0' * 64}' {ONE}")
    assert record.found() == record.at(3, EDITED)
    record.attack(f"UPDATE event SET mac = '{'0' * 64}' WHERE chain = :case AND seq = 2")
    assert record.found() == record.at(2, "its seal was made with another key")


def test_an_event_deleted_from_the_middle_is_named(record: Record) -> None:
    record.attack("DELETE FROM event WHERE chain = :case AND seq = 4")
    assert record.found() == record.at(4, "number 4 is missing")


def test_a_closed_up_gap_is_named(record: Record) -> None:
    record.attack(
        "DELETE FROM event WHERE chain = :case AND seq = 4",
        "UPDATE event SET seq = 4 WHERE chain = :case AND seq = 5",
    )
    assert record.found() == record.at(4, EDITED)


def test_a_deleted_first_event_is_named(record: Record) -> None:
    record.attack("DELETE FROM event WHERE chain = :case AND seq = 1")
    assert record.found() == record.at(1, "number 1 is missing")


def test_a_cut_tail_is_named(record: Record) -> None:
    record.attack("DELETE FROM event WHERE chain = :case AND seq = 5")
    assert record.found() == record.at(5, "the tail was cut: the case remembers another last event")


def test_a_case_without_any_of_its_events_is_named(record: Record) -> None:
    record.attack("DELETE FROM event WHERE chain = :case")
    assert record.found() == record.at(1, "all its events are gone")


def test_a_deleted_case_whose_events_are_left_is_named(record: Record) -> None:
    record.attack(
        "DELETE FROM assignment WHERE case_id = :case", "DELETE FROM hotline_case WHERE id = :case"
    )
    assert record.found() == record.at(5, "its case is not there")


def test_swapped_events_are_named(record: Record) -> None:
    record.attack(
        "UPDATE event SET seq = -1 WHERE chain = :case AND seq = 3",
        "UPDATE event SET seq = 3 WHERE chain = :case AND seq = 4",
        "UPDATE event SET seq = 4 WHERE chain = :case AND seq = -1",
    )
    assert record.found() == record.at(3, EDITED)


def test_an_event_moved_to_another_case_is_named_in_both(record: Record) -> None:
    record.attack(
        f"UPDATE event SET chain = {record.other}, seq = 6 WHERE chain = :case AND seq = 5"
    )
    assert record.found() == [
        *record.at(5, "the tail was cut: the case remembers another last event"),
        f"case {record.other}, event 6: {EDITED}",
    ]


FORGERS = b"a key of his own"
FORGED = f"its seal was made with another key ({key_name(FORGERS)})"


def resealed(record: Record, key: bytes, forge: Callable[[dict[str, object]], None]) -> None:
    """Write a case's whole chain anew, hashes and head too, with a key of one's own."""
    table = Event.__table__
    with record.desk.engine.begin() as connection:
        record.disarm(connection)
        rows = connection.execute(
            select(table).where(table.c.chain == record.case).order_by(table.c.seq)
        ).all()
        head = Head(record.case, 0, "")
        for row in rows:
            event = dict(row._mapping)
            forge(event)
            seal(head, event, key)
            connection.execute(update(table).where(table.c.id == row.id).values(**event))  # type: ignore[arg-type]
        head_of = update(Case).where(Case.id == record.case)
        connection.execute(head_of.values(head_seq=head.seq, head_hash=head.hash))


def lie(event: dict[str, object]) -> None:
    if event["seq"] == 5:
        event["payload"] = '{"on":"2026-03-07"}'


def test_a_case_rewritten_consistently_without_the_key_is_named(record: Record) -> None:
    resealed(record, FORGERS, lie)
    assert record.found() == record.at(1, FORGED)


def test_the_same_rewriting_with_the_key_is_not_seen_which_is_what_the_key_outside_is_for(
    record: Record,
) -> None:
    resealed(record, KEY, lie)
    assert record.found() == []


def forged_tail(record: Record, key: bytes) -> None:
    with record.desk.sessions.begin() as session:
        session.info["ledger_key"] = key
        ledger.note(session, NOW, BOT, session.get_one(Case, record.case), "case.edited")


def test_a_forged_tail_with_a_wrong_key_is_named(record: Record) -> None:
    forged_tail(record, FORGERS)
    assert record.found() == record.at(6, FORGED)


def test_a_forged_tail_is_named_though_honest_events_follow_it(record: Record) -> None:
    forged_tail(record, FORGERS)
    forged_tail(record, KEY)
    assert record.found() == record.at(6, FORGED)


def test_a_state_changed_with_no_event_is_named(record: Record) -> None:
    record.attack("UPDATE assignment SET state = 'cancelled' WHERE id = :assignment")
    assert record.found() == record.at(
        4, f"assignment {record.assignment} is cancelled, which no event says"
    )


def test_a_state_put_back_to_an_earlier_event_is_named(record: Record) -> None:
    record.attack(
        "UPDATE assignment SET state = 'allocated', state_event_id = "
        "(SELECT id FROM event WHERE chain = :case AND kind = 'assignment.allocated') WHERE id = :assignment"
    )
    assert record.found() == record.at(
        4, f"assignment {record.assignment} is allocated, which no event says"
    )


def test_a_state_that_names_another_rows_event_is_named(record: Record) -> None:
    record.attack(
        "UPDATE assignment SET state_event_id = "
        f"(SELECT state_event_id FROM assignment WHERE case_id = {record.other}) WHERE id = :assignment"
    )
    assert record.found() == record.at(
        4, f"assignment {record.assignment} is signed, which no event says"
    )


def test_a_row_that_no_event_made_is_named(record: Record) -> None:
    columns = "case_id, caller_case_id, round, turn, planned_at, attempts, state, state_event_id"
    record.attack(
        f"INSERT INTO visit ({columns}) "
        f"SELECT id, id, 1, 1, registered_at, 0, 'done', state_event_id FROM hotline_case WHERE id = :case"
    )
    assert len(record.found()) == 1
    assert "is done, which no event says" in record.found()[0]


def test_a_deleted_row_is_named_by_the_event_that_made_it(record: Record) -> None:
    record.attack("DELETE FROM assignment WHERE id = :assignment")
    assert record.found() == record.at(
        2, f"assignment {record.assignment}, which it made, is not there"
    )


def test_only_the_first_broken_event_of_each_chain_is_named(record: Record) -> None:
    record.attack(
        "UPDATE event SET actor = 'user:8' WHERE seq IN (3, 4, 5)",
        "UPDATE event SET actor = 'user:8' WHERE chain = 0 AND seq = 2",
    )
    assert record.found() == [
        f"office, event 2: {EDITED}",
        f"case {record.case}, event 3: {EDITED}",
        f"case {record.other}, event 3: {EDITED}",
    ]


def test_one_case_is_verified_alone(record: Record) -> None:
    record.attack("UPDATE event SET actor = 'user:8' WHERE seq = 2")
    assert record.found(record.case) == record.at(2, EDITED)
    assert record.found(record.other) == [f"case {record.other}, event 2: {EDITED}"]
    assert record.found(0) == [f"office, event 2: {EDITED}"]
    assert record.found(record.other + 1) == []


def test_the_offices_chain_is_verified_like_a_cases(record: Record) -> None:
    record.attack("DELETE FROM event WHERE chain = 0 AND seq = 2")
    assert record.found() == [
        "office, event 2: the tail was cut: the case remembers another last event"
    ]
    record.attack("DELETE FROM event WHERE chain = 0")
    assert record.found() == ["office, event 1: all its events are gone"]


# --- reports and lists, which the office's chain seals ---


def issued(record: Record) -> tuple[int, int]:
    """A report and a list of the day, with their events: the ids of both."""
    with transaction(record.desk.sessions) as session:
        report = issue_report(session, NOW, BOT, "weekly", date(2026, 2, 23))
        one = session.get_one(Assignment, record.assignment)
        of = {"unit": one.unit_id, "assignment": one.id}
        bear(session, "supervision", record.case, of, facts="{}", listed_on=NOW.date())
        listed = issue_list(session, NOW)
        assert listed is not None
    assert record.found() == []
    return report.id, listed.id


def test_figures_of_a_report_that_are_not_those_issued_are_named(record: Record) -> None:
    report, _ = issued(record)
    record.attack(f"UPDATE report SET figures = '{{}}' WHERE id = {report}")
    assert record.found() == [f"office, event 4: report {report} is not as it was issued"]
    assert record.found(record.case) == []
    record.attack(f"DELETE FROM report WHERE id = {report}")
    assert record.found(0) == [f"office, event 4: report {report}, which it issued, is not there"]


@pytest.mark.parametrize("column", ["rows", "struck"])
def test_rows_of_a_list_that_are_not_those_issued_are_named(record: Record, column: str) -> None:
    _, listed = issued(record)
    record.attack(f"UPDATE supervision_list SET {column} = '[{{}}]' WHERE id = {listed}")
    assert record.found() == [f"office, event 5: list {listed} is not as it was issued"]
    record.attack("DELETE FROM supervision_list")
    assert record.found() == [f"office, event 5: list {listed}, which it issued, is not there"]


def test_a_list_of_before_its_rows_were_sealed_is_passed_over(record: Record) -> None:
    with transaction(record.desk.sessions) as session:
        row = SupervisionList(day=NOW.date(), number="1", issued_at=NOW, rows="[]")
        session.add(row)
        session.flush()
        ledger.note_office(
            session, NOW, BOT, "list.issued", {"list": row.id, "day": "2026-03-06", "rows": 0}
        )
    assert record.found() == []


def test_an_issue_whose_payload_was_edited_away_is_named_as_an_edited_event(record: Record) -> None:
    issued(record)
    for payload in ("no json", "[]", '{"sha256": 1}'):
        record.attack(f"UPDATE event SET payload = '{payload}' WHERE chain = 0 AND seq = 4")
        assert record.found() == [f"office, event 4: {EDITED}"]


def test_a_key_whose_registration_was_edited_away_is_named_and_replaced_by_no_other(
    record: Record,
) -> None:
    issued(record)
    for payload in ("no json", "[]", '{"public": 1}', '{"public": "zz"}'):
        record.attack(f"UPDATE event SET payload = '{payload}' WHERE chain = 0 AND seq = 3")
        assert record.found()[0] == f"office, event 3: {EDITED}"
        with transaction(record.desk.sessions) as session, pytest.raises(OtherSigner):
            register_signing(session, NOW, SIGNING)


# --- what is left open ---


def test_a_tail_cut_with_its_head_rolled_back_is_named_by_the_moment_of_the_next_look(
    record: Record,
) -> None:
    """Unless that is put back too, to one that was kept: until signed checkpoints stand
    elsewhere."""
    record.attack(
        "DELETE FROM event WHERE chain = :case AND seq = 5",
        "UPDATE hotline_case SET head_seq = 4, "
        "head_hash = (SELECT hash FROM event WHERE chain = :case AND seq = 4) WHERE id = :case",
        "UPDATE hotline_case SET head_at = (SELECT at FROM event WHERE chain = :case AND seq = 4) WHERE id = :case",
    )
    said = f"hotline_case {record.case} look_again_at is not the moment that the ledger wrote"
    assert record.found() == record.at(4, said)


def test_a_column_that_is_no_state_is_named_with_the_event_that_sealed_it(record: Record) -> None:
    record.attack(
        "UPDATE assignment SET due_at = '2030-01-01 00:00:00.000000' WHERE id = :assignment"
    )
    said = f"assignment {record.assignment} due_at is not as assignment.allocated sealed it"
    assert record.found() == record.at(2, said)


def test_the_record_is_read_as_it_was_written_to_the_microsecond(record: Record) -> None:
    with record.desk.sessions() as session:
        rows = session.scalars(
            select(Event).where(Event.chain == record.case).order_by(Event.seq)
        ).all()
        events = [{c.name: getattr(row, c.name) for c in Event.__table__.columns} for row in rows]
    previous = ""
    for seq, one in enumerate(events, 1):
        assert flaw(previous, seq, one, KEY) is None
        previous = one["hash"]
