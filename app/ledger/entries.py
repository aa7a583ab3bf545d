"""Entries: the events to write, the chains that they add to, and the ids that they are given."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import Table
from sqlalchemy.orm import Session

from app.ledger.chain import Head
from app.ledger.ids import allot
from app.ledger.tips import Tip, lock_cases, lock_office
from app.models import OFFICE_CHAIN, SUBJECTS

Cell = str | int | float | date | None
"""What a column holds: a word, a number, a yes or no, a day or a moment."""
Columns = dict[str, Cell]


def key_in(columns: Mapping[str, Cell], name: str) -> int | None:
    """The key that a column holds; None where it holds none, or is not there."""
    found = columns.get(name)
    return found if isinstance(found, int) else None


@dataclass
class Entry:
    """One event to write and, with `to`, the move it stands for. A birth has no `was` and gets its
    id here. `columns` are other columns of the subject's row; `unit_id` and `category_id` where it
    is counted."""

    chain: int
    kind: str
    subject: str = "office"
    subject_id: int | None = None
    was: str | None = None
    to: str | None = None
    columns: Columns = field(default_factory=dict)
    payload: dict[str, Any] = field(default_factory=dict)
    unit_id: int | None = None
    category_id: int | None = None
    event_id: int = 0
    settles: Mapping[str, Cell] | None = None
    """The part of `columns` that this event changes, where they hold more."""
    rows: list[tuple[type[Any], dict[str, Any]]] = field(default_factory=list)
    """New rows of tables without states that are written with this event: `id`, where they have
    none, and `event_id`, where they leave it open (None), are given here."""

    with_head: bool = False
    """Whether its `columns` are written with the head of its chain, in one statement: a case's own,
    where nothing else is written with it."""

    def key(self, name: str) -> int:
        """The key that a column holds, which it must."""
        found = key_in(self.columns, name)
        if found is None:
            raise TypeError(f"{self.kind}: {name} holds no key")
        return found

    @property
    def birth(self) -> bool:
        """Whether this entry makes a new row."""
        return self.to is not None and self.was is None


def table_of(subject: str) -> Table:
    """The table of a subject that has a state."""
    table: Any = SUBJECTS[subject].__table__
    assert isinstance(table, Table)  # noqa: S101
    return table


def _new_case(entry: Entry) -> bool:
    return entry.birth and entry.subject == "case"


def tips_of(session: Session, entries: Sequence[Entry]) -> dict[int, Tip]:
    """Lock the chains that entries add to and read their tips; a case that is born here is not
    there yet."""
    born = {entry.subject_id for entry in entries if _new_case(entry)}
    chains = {entry.chain for entry in entries if not _new_case(entry)} - born
    cases = chains - {OFFICE_CHAIN}
    tips = lock_cases(session, cases) if cases else {}
    if OFFICE_CHAIN in chains:
        tips[OFFICE_CHAIN] = lock_office(session)
    return tips


def born_tips(entries: Sequence[Entry]) -> dict[int, Tip]:
    """The tips of cases that are born with these entries, whose ids are allotted."""
    tips = {}
    for entry in entries:
        if _new_case(entry) and entry.subject_id is not None:
            tips[entry.subject_id] = Tip(
                Head(entry.subject_id, 0, ""), key_in(entry.columns, "category_id"), born=True
            )
    return tips


NewRow = tuple[type[Any], dict[str, Any]]
"""A new row of a table without states, with its model."""


def allot_ids(session: Session, entries: Sequence[Entry]) -> None:
    """Give every entry its event's id, and every birth its row's id; nothing is asked where they
    have them."""
    entries = [entry for entry in entries if not entry.event_id]
    if not entries:
        return
    births = [entry for entry in entries if entry.birth and entry.subject_id is None]
    blank = [(model, row) for entry in entries for model, row in entry.rows if "id" not in row]
    ids = allot(session, _wanted(len(entries), births, blank))
    _number_rows(blank, ids)
    _number_events(entries, ids["event"])
    _number_births(births, ids)


def _wanted(events: int, births: Iterable[Entry], blank: Iterable[NewRow]) -> dict[str, int]:
    """How many ids each table is asked for."""
    wanted = {"event": events}
    tables = [
        *(table_of(entry.subject).name for entry in births),
        *(model.__tablename__ for model, _ in blank),
    ]
    for table in tables:
        wanted[table] = wanted.get(table, 0) + 1
    return wanted


def _number_rows(blank: Iterable[NewRow], ids: Mapping[str, list[int]]) -> None:
    for model, row in blank:
        row["id"] = ids[model.__tablename__].pop(0)


def _number_events(entries: Sequence[Entry], ids: Sequence[int]) -> None:
    """Give entries their events' ids, and their rows those that they leave open."""
    for entry, event_id in zip(entries, ids, strict=True):
        entry.event_id = event_id
        for _, row in entry.rows:
            if row.get("event_id", 0) is None:
                row["event_id"] = event_id


def _number_births(births: Iterable[Entry], ids: Mapping[str, list[int]]) -> None:
    """Give births their rows' ids; a new case begins a chain of its own."""
    for entry in births:
        entry.subject_id = ids[table_of(entry.subject).name].pop(0)
        if entry.subject == "case":
            entry.chain = entry.subject_id
