"""The guards in the database itself: what a generated form, a stray script or a bare SQL shell
cannot do.

Each is tried on both databases, on SQLite with and without `recursive_triggers` (without it, OR
REPLACE deletes rows and tells no trigger)."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from app import ledger
from app.database import transaction
from app.models import SUBJECTS, Event
from app.roles import BOT
from migrations import triggers
from migrations.triggers import STATEFUL
from tests.databases import KEY, Desk, postgres_copy, sqlite_copy
from tests.ledger.rows import FIRST, NOW, whole_case

NEXT = {
    "case": ("withdrawn", "case.withdrawn"),
    "assignment": ("signed", "assignment.signed"),
    "request": ("accepted", "request.accepted"),
    "reply": ("passed", "reply.passed"),
    "reminder": ("lapsed", "reminder.lapsed"),
    "supervision": ("opened", "supervision.opened"),
    "visit": ("done", "visit.recorded"),
    "referral": ("reviewed", "referral.reviewed"),
}
"""subject -> a legal next state and its event word."""
TABLES = {word: table for table, word in STATEFUL.items()}
UNIQUE = {
    "case": ("number",),
    "assignment": ("number",),
    "reminder": ("number",),
    "supervision": ("number",),
    "referral": ("number",),
    "visit": ("turn",),
}
"""subject -> a column by which one row may take another's place, besides its id."""
APPEND_ONLY = "append-only|state without its event|id of a row with a state never changes"


@dataclass
class Guarded:
    """A desk with two cases, each with one row of every subject, and bare SQL on it."""

    desk: Desk
    pragma: str | None
    first: dict[str, int]
    second: dict[str, int]
    tables: tuple[str, ...] = field(default=("event", *STATEFUL))

    def connected(self) -> Connection:
        connection = self.desk.engine.connect()
        if self.pragma:
            # Not inside a transaction, where SQLite would not hear of it.
            connection.connection.cursor().execute(f"PRAGMA {self.pragma}").close()
        return connection

    def everything(self) -> dict[str, list[Any]]:
        with self.desk.engine.connect() as connection:
            return {
                name: list(connection.execute(text(f"SELECT * FROM {name} ORDER BY id")))
                for name in self.tables
            }

    def refused(self, statement: str, why: str = APPEND_ONLY) -> None:
        """The statement is refused, for that reason, and nothing has changed."""
        before = self.everything()
        with self.connected() as connection, pytest.raises(DBAPIError, match=why):
            connection.execute(text(statement), self.first)
            connection.commit()
        assert self.everything() == before

    def copied(self, table: str, **changed: str) -> str:
        """`INSERT`'s columns and SELECT for a copy of the first row of a table, with other values
        for some columns."""
        names = [column.name for column in Event.metadata.tables[table].columns]
        chosen = ", ".join(changed.get(name, name) for name in names)
        return f"INTO {table} ({', '.join(names)}) SELECT {chosen} FROM {table}"


def peopled(desk: Desk, pragma: str | None) -> Guarded:
    with transaction(desk.sessions) as session:
        first, second = whole_case(session, "water", "0"), whole_case(session, "housing", "1")
    return Guarded(desk, pragma, first, second)


WITHOUT = "recursive_triggers=OFF"


@pytest.fixture(scope="module", params=["sqlite", f"sqlite-{WITHOUT}", "postgres"])
def guarded(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Guarded]:
    """One desk for all tests of this file: each leaves it as it was, or fails."""
    kind, _, pragma = request.param.partition("-")
    template = request.getfixturevalue(f"{kind}_template")
    if kind == "sqlite":
        copy = sqlite_copy(template, tmp_path_factory.mktemp("guarded") / "desk.db")
    else:
        copy = postgres_copy(request.getfixturevalue("postgres"), template, "guarded")
    with copy as desk:
        yield peopled(desk, pragma or None)
        with desk.engine.connect() as connection:
            assert triggers.present(connection) == triggers.expected(connection)
        with desk.sessions() as session:
            assert ledger.verify(session, KEY) == []


@pytest.fixture(params=["", WITHOUT])
def writable(request: pytest.FixtureRequest, desk: Desk) -> Guarded:
    """A desk of a test's own, to change."""
    return peopled(desk, request.param if desk.sqlite else None)


def test_the_pragma_is_off_where_a_test_says_so(guarded: Guarded) -> None:
    if guarded.desk.sqlite:
        with guarded.connected() as connection:
            on = connection.exec_driver_sql("PRAGMA recursive_triggers").scalar()
        assert on == (0 if guarded.pragma else 1)


@pytest.mark.parametrize("subject", SUBJECTS)
def test_a_state_is_not_changed_by_hand(guarded: Guarded, subject: str) -> None:
    table = TABLES[subject]
    guarded.refused(f"UPDATE {table} SET state = '{NEXT[subject][0]}' WHERE id = :{subject}")
    newest = "(SELECT max(id) FROM event)"
    guarded.refused(f"UPDATE {table} SET state_event_id = {newest} + 1 WHERE id = :{subject}")
    guarded.refused(
        f"UPDATE {table} SET state = '{NEXT[subject][0]}', state_event_id = {newest} WHERE id = :{subject}"
    )
    guarded.refused(f"UPDATE {table} SET id = id + 100 WHERE id = :{subject}")


@pytest.mark.parametrize("subject", SUBJECTS)
def test_an_edit_of_another_column_passes(guarded: Guarded, subject: str) -> None:
    other = "look_failures" if subject == "case" else "case_id"
    with guarded.connected() as connection:
        changed = connection.execute(text(f"UPDATE {TABLES[subject]} SET {other} = {other}"))
        assert changed.rowcount == 2
        connection.commit()


def test_a_legal_move_of_every_subject_passes(writable: Guarded) -> None:
    for subject, (to, word) in NEXT.items():
        with transaction(writable.desk.sessions) as session:
            row = session.get_one(SUBJECTS[subject], writable.second[subject])
            if row.state == FIRST[subject]:  # else it ended with one before it
                ledger.move(session, NOW, BOT, row, to, word)
            session.refresh(row)
            assert row.state != FIRST[subject]
    with writable.desk.sessions() as session:
        assert ledger.verify(session, KEY) == []


@pytest.mark.parametrize("subject", SUBJECTS)
def test_a_row_with_a_state_is_not_deleted(guarded: Guarded, subject: str) -> None:
    guarded.refused(f"DELETE FROM {TABLES[subject]} WHERE id = :{subject}")
    if not guarded.desk.sqlite:
        guarded.refused(f"TRUNCATE {TABLES[subject]} CASCADE")


@pytest.mark.parametrize("subject", SUBJECTS)
def test_a_row_is_not_inserted_without_an_event_that_made_it(
    guarded: Guarded, subject: str
) -> None:
    table = TABLES[subject]
    fresh = {
        name: "NULL"
        for name in UNIQUE.get(subject, ())
        if name == "number" and subject != "reminder"
    }
    where = f"WHERE id = :{subject}"
    guarded.refused(
        f"INSERT {guarded.copied(table, id='id + 100', **fresh)} {where}", "state without its event"
    )
    # An event that made another row, or that only moved this one, made nothing.
    event = "(SELECT max(id) FROM event)"
    guarded.refused(
        f"INSERT {guarded.copied(table, id='id + 100', state_event_id=event, **fresh)} {where}",
        "state without its event",
    )


@pytest.mark.parametrize("subject", SUBJECTS)
def test_a_row_with_a_state_is_not_written_over(guarded: Guarded, subject: str) -> None:
    table, where = TABLES[subject], f"WHERE id = :{subject}"
    if not guarded.desk.sqlite:
        names = "id" if subject == "event" else "(id)"
        guarded.refused(
            f"INSERT {guarded.copied(table)} {where} ON CONFLICT {names} DO UPDATE SET state = 'mine'"
        )
        return
    guarded.refused(f"INSERT OR REPLACE {guarded.copied(table)} {where}")
    guarded.refused(f"REPLACE {guarded.copied(table)} {where}")
    guarded.refused(
        f"INSERT {guarded.copied(table)} {where} ON CONFLICT (id) DO UPDATE SET state = 'mine'"
    )
    guarded.refused(f"UPDATE OR REPLACE {table} SET id = {guarded.second[subject]} {where}")


@pytest.mark.parametrize("subject", SUBJECTS)
def test_sqlites_other_names_for_an_id_do_not_change_it_either(
    guarded: Guarded, subject: str
) -> None:
    table, other, where = TABLES[subject], guarded.second[subject], f"WHERE id = :{subject}"
    for alias in ("rowid", "oid", "_rowid_") if guarded.desk.sqlite else ():
        guarded.refused(f"UPDATE {table} SET {alias} = {alias} + 100 {where}")
        guarded.refused(f"UPDATE OR REPLACE {table} SET {alias} = {other} {where}")


def forge_event(guarded: Guarded, subject: str) -> None:
    """An event that would make row 100 of a subject: what a forger writes before he writes over
    another row."""
    with guarded.connected() as connection:
        where = f"WHERE id = (SELECT state_event_id FROM {TABLES[subject]} WHERE id = :{subject})"
        made = guarded.copied("event", id="id + 1000", seq="seq + 1000", subject_id="100")
        connection.execute(text(f"INSERT {made} {where}"), guarded.first)
        connection.commit()


@pytest.mark.parametrize("subject", UNIQUE)
def test_a_row_does_not_take_anothers_place_by_its_number(sqlite_desk: Desk, subject: str) -> None:
    """SQLite, without recursive triggers: by INSERT OR REPLACE of a row that even has its event,
    and by UPDATE."""
    guarded = peopled(sqlite_desk, WITHOUT)
    first, second = guarded.first, guarded.second
    forge_event(guarded, subject)
    table = TABLES[subject]
    event = f"(SELECT max(id) FROM event WHERE subject = '{subject}' AND subject_id = 100)"
    made = guarded.copied(table, id="100", state_event_id=event)
    guarded.refused(f"INSERT OR REPLACE {made} WHERE id = :{subject}", "append-only")
    same = {"visit": "case_id = {0}, caller_case_id = {0}"}.get(subject, "number = '{1}'")
    with sqlite_desk.engine.connect() as connection:
        column = "id" if subject == "visit" else "number"
        taken = connection.execute(
            text(f"SELECT {column} FROM {table} WHERE id = {first[subject]}")
        ).scalar()
    sets = same.format(first["case"], taken)
    guarded.refused(
        f"UPDATE OR REPLACE {table} SET {sets} WHERE id = {second[subject]}", "append-only"
    )


def test_an_event_is_neither_changed_nor_deleted(guarded: Guarded) -> None:
    for change in (
        "actor = 'user:8'",
        "payload = '{}'",
        "hash = hash",
        "id = id + 100",
        "seq = seq + 100",
    ):
        guarded.refused(f"UPDATE event SET {change} WHERE id = 1", "append-only")
    guarded.refused("DELETE FROM event WHERE id = 1", "append-only")
    guarded.refused("DELETE FROM event", "append-only")
    if guarded.desk.sqlite:
        guarded.refused("UPDATE event SET rowid = rowid + 100 WHERE id = 1", "append-only")
        guarded.refused("UPDATE OR REPLACE event SET id = 2 WHERE id = 1", "append-only")
    else:
        guarded.refused("TRUNCATE event", "append-only")
        guarded.refused("TRUNCATE event CASCADE", "append-only")


def test_an_event_is_not_written_over_by_its_id_nor_by_its_place_in_the_chain(
    guarded: Guarded,
) -> None:
    by_id = guarded.copied("event", seq="seq + 100", actor="'user:8'")
    by_place = guarded.copied("event", id="id + 100", actor="'user:8'")
    if guarded.desk.sqlite:
        for made in (by_id, by_place):
            guarded.refused(f"INSERT OR REPLACE {made} WHERE id = 1", "append-only")
            guarded.refused(f"REPLACE {made} WHERE id = 1", "append-only")
        guarded.refused(
            f"INSERT {by_place} WHERE id = 1 ON CONFLICT (chain, seq) DO UPDATE SET actor = 'x'",
            "append-only",
        )
        return
    guarded.refused(
        f"INSERT {by_id} WHERE id = 1 ON CONFLICT (id) DO UPDATE SET actor = 'user:8'",
        "append-only",
    )
    guarded.refused(
        f"INSERT {by_place} WHERE id = 1 ON CONFLICT (chain, seq) DO UPDATE SET actor = 'user:8'",
        "append-only",
    )
    guarded.refused(f"INSERT {by_place} WHERE id = 1", "unique")


def test_truncating_a_table_that_the_record_hangs_on_is_refused(postgres_desk: Desk) -> None:
    with transaction(postgres_desk.sessions) as session:
        first = whole_case(session)
    Guarded(postgres_desk, None, first, first).refused("TRUNCATE unit CASCADE", "append-only")


def test_an_event_older_than_the_last_does_not_carry_a_state(writable: Guarded) -> None:
    with transaction(writable.desk.sessions) as session:
        row = session.get_one(SUBJECTS["assignment"], writable.first["assignment"])
        ledger.move(session, NOW, BOT, row, "return_pending", "assignment.return_asked")
        ledger.move(session, NOW, BOT, row, "allocated", "assignment.return_refused")
    old = "(SELECT id FROM event WHERE kind = 'assignment.return_asked')"
    writable.refused(
        f"UPDATE assignment SET state = 'return_pending', state_event_id = {old} WHERE id = :assignment",
        "state without its event",
    )
