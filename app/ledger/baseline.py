"""An office of before there were seals: its rows are sealed once, as they are found, and nothing is
claimed of before.

`python -m app upgrade` does it, which has the key, unlike a migration: chain by chain, some hundred
in a transaction; stopped in between, it goes on where it was. The office's own rows come last, and
with their event it is done.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime

from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from app.ledger.entries import Entry, allot_ids, tips_of
from app.ledger.heads import write_heads
from app.ledger.proof.reading import Row, days, lists, of_cases, whole
from app.ledger.proof.rows import homed_tables
from app.ledger.proof.sealed import seals_in
from app.ledger.seals import DAYS, Written, read_line, recorded, sealed_columns
from app.ledger.watch import note_row, touched
from app.ledger.writing import append
from app.models import OFFICE_CHAIN, Case, Event
from app.roles import BOT

BASELINE = "record.baseline"
BATCH, ROWS = 300, 2000
"""Chains in one transaction, and the office's own rows in one event."""


def seal_cases(session: Session, now: datetime, after: int, broken: Collection[int]) -> int | None:
    """Seal the rows of the next cases after an id as they are found; the last id, or None when
    there are no more. Chains that are broken, or sealed already, are left as they are."""
    ids = list(
        session.scalars(select(Case.id).where(Case.id > after).order_by(Case.id).limit(BATCH))
    )
    if not ids:
        return None
    done = select(Event.chain).where(Event.chain.in_(ids), Event.kind == BASELINE)
    begun = select(Event.chain).where(
        Event.chain.in_(ids), Event.seq == 1, Event.key_name.is_(None)
    )
    wanted = {*session.scalars(begun)} - {*session.scalars(done)} - set(broken)
    found = dict.fromkeys(sorted(wanted), 0)
    for table in homed_tables():
        for key, row in of_cases(session, table, ids[0], ids[-1]):
            if row.case in found:
                note_row(session, table.name, key, _as_found(table, row))
                found[row.case] += 1
    _write(
        session,
        now,
        [Entry(case, BASELINE, "case", case, payload={"rows": n}) for case, n in found.items()],
    )
    return ids[-1]


def _as_found(table: Table, row: Row) -> Written:
    """All of a row that is not as its table begins it."""
    begins = {**sealed_columns(table), **dict.fromkeys(lists(table), "=")}
    cells = {name: row.values[name] for name, new in begins.items() if row.values[name] != new}
    return Written(True, False, cells, row.case)


def _write(session: Session, now: datetime, entries: list[Entry]) -> None:
    """Events that move nothing: the bot looks at each case when it would have looked."""
    if entries:
        tips = tips_of(session, entries)
        allot_ids(session, entries)
        append(session, now, BOT, entries, tips)
        write_heads(session, tips)


def seal_office(session: Session, now: datetime) -> int:
    """Seal what belongs to no case, in the office's chain; how many rows. With this the baseline is
    done."""
    known = _founded(session)
    found = [row for row in _office_rows(session) if (row[0], row[1]) not in known]
    for start in range(0, max(len(found), 1), ROWS):
        rows = found[start : start + ROWS]
        for table, key, what in rows:
            note_row(session, table, key, what)
        if not start:
            for year, _ in days(session):
                touched(session, DAYS, year, "days")
        _write(session, now, [Entry(OFFICE_CHAIN, BASELINE, payload={"rows": len(rows)})])
    return len(found)


def _office_rows(session: Session) -> Iterator[tuple[str, str, Written]]:
    homed = homed_tables()
    for table in recorded():
        if table.name == DAYS or not sealed_columns(table):
            continue
        if table not in homed:
            where = ""
        elif table.name != "hotline_case" and table.c.case_id.nullable:
            where = "case_id IS NULL"
        else:
            continue
        for key, row in whole(session, table, where):
            yield table.name, key, _as_found(table, row)


def _founded(session: Session) -> set[tuple[str, str]]:
    """The rows that an event has founded already."""
    found = set()
    query = (
        select(Event.seals, Event.key_name)
        .where(Event.seals.is_not(None))
        .execution_options(yield_per=1000)
    )
    for event in session.execute(query):
        for name, said in seals_in(event):
            if read_line(said)[0] == "+":
                table, _, key = name.partition(":")
                found.add((table, key))
    return found
