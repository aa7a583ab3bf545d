"""Whether rows are what their last events sealed: each column of each recorded row, and no row too
many or too few.

Chains are read in order, some hundred at a time; rows of the same cases are read beside them. A row
may be sealed in another chain than that of its case (a caller has none; a withdrawn lead's rows
become its heir's): those seals are kept until all chains are read.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from app.ledger.chain import Keys
from app.ledger.proof.days import wrong_days
from app.ledger.proof.flaw import Flaw
from app.ledger.proof.reading import Row, days, keyed, lists, of_cases, whole
from app.ledger.proof.sealed import At, Key, Sealed, event_at, gather, seals_in
from app.ledger.seals import DAYS, Sealer, look_seal, recorded, sealed_columns
from app.ledger.seals import sealer as sealer_of
from app.models import OFFICE_CHAIN, Event
from app.words import Message

BATCH = 500
"""Chains whose rows are read at once."""
_SAYS = (Event.id, Event.chain, Event.seq, Event.kind, Event.seals, Event.key_name)
LAID = (("setting", "calendar.last"), ("setting", "calendar.version"))
"""Rows that stand before an office has its first event, which seals them."""


class Comparison:
    """Takes chains in order, then gives what is wrong with rows."""

    def __init__(self, session: Session, keys: Keys, case: int | None) -> None:
        self._session, self._case = session, case
        self._older = is_older(session)
        self._sealers = {name: sealer_of(key) for name, key in keys.items()}
        self._batch: dict[Key, Sealed] = {}
        self._chains: list[int] = []
        self._before = OFFICE_CHAIN
        self._elsewhere: dict[Key, Sealed] = {}
        self._suspects: dict[Key, list[Flaw]] = {}
        self._homed = homed_tables()

    def take(self, chain: int, events: Sequence[Any]) -> None:
        """The events of the next chain."""
        if chain != OFFICE_CHAIN:
            self._chains.append(chain)
        for event in events:
            for name, said in seals_in(event):
                table, _, row = name.partition(":")
                known = self._batch.setdefault((table, row), Sealed())
                known.take(event_at(event, chain), said)
        if len(self._chains) >= BATCH:
            self._compare_batch(self._chains[-1])

    def _compare_batch(self, last: int | None) -> None:
        """Compare the rows of the cases up to `last` (None: of all that are left)."""
        first = self._before + 1
        if self._case is not None:
            first, last = self._case, self._case
        for table in self._homed:
            for key, row in of_cases(self._session, table, first, last):
                name = (table.name, key)
                found = list(
                    self._flaws(table, key, row, self._batch.pop(name, Sealed()), row.case)
                )
                if found:
                    self._suspects[name] = found
        for name, sealed in self._batch.items():
            self._elsewhere.setdefault(name, Sealed()).add(sealed)
        self._batch, self._chains, self._before = {}, [], last or self._before

    def end(self) -> Iterator[Flaw]:
        """All that is wrong with rows."""
        self._compare_batch(None)
        tables = {table.name: table for table in recorded()}
        if self._case is not None:
            yield from self._end_of_case(tables)
            return
        homed = {table.name for table in self._homed}
        moved = {name: sealed for name, sealed in self._elsewhere.items() if name[0] in homed}
        yield from self._moved(tables, moved)
        for table in tables.values():
            if table.name == DAYS:
                yield from self._days()
            elif table.name not in homed:
                yield from self._whole(table)
        for flaws in self._suspects.values():
            yield from flaws

    def _moved(self, tables: Mapping[str, Table], moved: Mapping[Key, Sealed]) -> Iterator[Flaw]:
        """Rows sealed in another chain than that of their case, or that have no case: all seals
        together."""
        rows = self._found(tables, moved)
        own = self._own({row.case for row in rows.values() if row.case}, set(moved))
        for name, sealed in moved.items():
            if name in own:
                sealed.add(own[name])
            self._suspects.pop(name, None)
            if name in rows:
                yield from self._flaws(
                    tables[name[0]], name[1], rows[name], sealed, rows[name].case
                )
            else:
                yield from _missing(name, sealed)
        yield from self._without_case(moved)

    def _without_case(self, moved: Collection[Key]) -> Iterator[Flaw]:
        """Rows that could belong to a case and belong to none, but for those that were looked at as
        moved."""
        for table in self._homed:
            if table.name == "hotline_case" or not table.c.case_id.nullable:
                continue
            for key, row in whole(self._session, table, "case_id IS NULL"):
                if (table.name, key) not in moved:
                    yield from self._flaws(table, key, row, Sealed(), None)

    def _found(self, tables: Mapping[str, Table], names: Iterable[Key]) -> dict[Key, Row]:
        """Rows by their names, those that are there."""
        wanted: dict[str, list[str]] = {}
        for table, key in names:
            wanted.setdefault(table, []).append(key)
        return {
            (table, key): row
            for table, keys in wanted.items()
            if table in tables
            for key, row in keyed(self._session, tables[table], keys)
        }

    def _own(self, cases: set[int], wanted: set[Key]) -> dict[Key, Sealed]:
        """The seals of some rows in the chains of some cases."""
        found: dict[Key, Sealed] = {}
        ordered = sorted(cases)
        for start in range(0, len(ordered), BATCH):
            query = select(*_SAYS).where(Event.chain.in_(ordered[start : start + BATCH]))
            for event in self._session.execute(query.order_by(Event.chain, Event.seq)):
                gather(event, wanted, found)
        return found

    def _whole(self, table: Table) -> Iterator[Flaw]:
        """A table whose rows belong to no case: all of it."""
        known = {
            key: sealed for (name, key), sealed in self._elsewhere.items() if name == table.name
        }
        if not sealed_columns(table):
            return
        for key, row in whole(self._session, table):
            yield from self._flaws(table, key, row, known.pop(key, Sealed()), None)
        for key, sealed in known.items():
            yield from _missing((table.name, key), sealed)

    def _end_of_case(self, tables: Mapping[str, Table]) -> Iterator[Flaw]:
        """One case alone: what its chain does not explain may stand in others."""
        doubted = {
            name: sealed
            for name, sealed in self._elsewhere.items()
            if name[0] in tables and name[0] != DAYS
        }
        doubted |= {name: Sealed() for name in self._suspects}
        for name in sorted(doubted):
            table = tables[name[0]]
            row = next(keyed(self._session, table, [name[1]]), None)
            sealed = doubted[name]
            if row is not None and not list(
                self._flaws(table, name[1], row[1], sealed, row[1].case)
            ):
                continue
            found: dict[Key, Sealed] = {}
            said = f'"{name[0]}:{name[1]}":"'
            query = select(*_SAYS)
            query = query.where(Event.seals.contains(said, autoescape=True))
            for event in self._session.execute(query.order_by(Event.id)):
                gather(event, {name}, found)
            sealed = found.get(name, Sealed())
            if row is not None:
                yield from self._flaws(table, name[1], row[1], sealed, self._case)
            else:
                yield from _missing(name, sealed)

    def _days(self) -> Iterator[Flaw]:
        known = {key: sealed for (name, key), sealed in self._elsewhere.items() if name == DAYS}
        told = {
            year: sealed.cells["days"] for year, sealed in known.items() if "days" in sealed.cells
        }
        for day, at, what in wrong_days(self._by, days(self._session), told):
            yield _flaw(what, (DAYS, day), at)

    def _by(self, at: At) -> Sealer:
        """The sealer of the key with which an event was sealed; one that is not at hand is named
        with the event."""
        return self._sealers.get(at.key) or self._sealers[""]

    def _flaws(
        self, table: Table, key: str, row: Row, sealed: Sealed, case: int | None
    ) -> Iterator[Flaw]:
        """The flaws of one row that stands."""
        name = (table.name, key)
        if sealed.founded is None:
            if not (self._older or (name in LAID and not sealed.cells)):
                yield _flaw("flaw.row.unwritten", name, None, case)
        elif sealed.is_gone:
            yield _flaw("flaw.row.again", name, sealed.gone, case)
        else:
            yield from self._columns(table, name, row, sealed)

    def _columns(self, table: Table, name: Key, row: Row, sealed: Sealed) -> Iterator[Flaw]:
        """The flaws of the columns of a row that an event wrote."""
        for column, begins in sealed_columns(table).items():
            yield from self._column(name, column, row, sealed, begins)
        for column in lists(table):
            yield from self._column(name, column, row, sealed, "=")
        if table.name == "hotline_case":
            yield from self._look(name, row)

    def _look(self, name: Key, row: Row) -> Iterator[Flaw]:
        """The flaw of the moment at which the bot looks at a case again."""
        case, seq = int(name[1]), int(row.of["head_seq"] or 0)
        at = row.values["look_again_at"]
        macs = (look_seal(sealer, case, seq, at) for sealer in self._sealers.values())
        if row.of["look_seal"] not in macs:
            told = Message("flaw.row.look", {"table": name[0], "row": name[1]})
            yield Flaw(case, seq, told, name, True)

    def _column(
        self, name: Key, column: str, row: Row, sealed: Sealed, begins: str
    ) -> Iterator[Flaw]:
        value = row.values[column]
        at, digest = sealed.cells.get(column, (None, ""))
        if at is None and value != begins:
            yield _flaw("flaw.column.unmoved", name, sealed.founded, column=column)
        elif at is not None and self._by(at).digest(name[0], name[1], column, value) != digest:
            yield _flaw("flaw.column.altered", name, at, column=column)


def _flaw(msgid: str, name: Key, at: At | None, case: int | None = None, **facts: object) -> Flaw:
    """What is wrong with a row, told beside the event that says so; else beside none of its case's."""
    chain, seq = (at.chain, at.seq) if at else (case or OFFICE_CHAIN, 0)
    told = {"table": name[0], "row": name[1], "kind": at.kind if at else "—", **facts}
    return Flaw(chain, seq, Message(msgid, told), name, True)


def _missing(name: Key, sealed: Sealed) -> Iterator[Flaw]:
    if not sealed.is_gone and sealed.last is not None:
        yield _flaw("flaw.row.gone", name, sealed.founded or sealed.last)


def homed_tables() -> list[Table]:
    """The recorded tables whose rows belong to a case."""
    return [
        table for table in recorded() if table.name == "hotline_case" or "case_id" in table.columns
    ]


def is_older(session: Session) -> bool:
    """Whether this office has events of before there were seals, and its rows are not sealed as
    found yet."""
    unnamed = select(Event.id).where(Event.key_name.is_(None)).limit(1)
    baseline = (
        select(Event.id)
        .where(Event.chain == OFFICE_CHAIN, Event.kind == "record.baseline")
        .limit(1)
    )
    return session.scalar(unnamed) is not None and session.scalar(baseline) is None
