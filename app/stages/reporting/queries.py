"""How counts are asked for and kept: one statement each, whatever the number of rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import ColumnElement, Select, func
from sqlalchemy.orm import Session

from app.models.sessions import UNSCOPED

Counts = dict[int, dict[str, int]]
Query = Select[*tuple[Any, ...]]
CENTRE = 0
"""The unit number under which the centre's own answers are counted."""


def rows_of(session: Session, query: Query) -> Iterator[dict[str, Any]]:
    """The rows of a query, whatever the person asking may see: a report is about the whole
    office."""
    for row in session.execute(query, execution_options=UNSCOPED):
        yield dict(row._mapping)


def by_unit(session: Session, query: Query) -> Counts:
    """unit -> counts, of a query that is grouped by `unit_id`."""
    counts: Counts = {}
    for row in rows_of(session, query):
        unit = row.pop("unit_id") or CENTRE
        counts[unit] = {name: int(n or 0) for name, n in row.items()}
    return counts


def how_many(condition: ColumnElement[bool]) -> ColumnElement[int]:
    """How many rows of a group fulfil a condition."""
    return func.count().filter(condition)


def tallied(rows: Iterable[Mapping[str, Any]], name: str) -> dict[str, int]:
    """How many by the word that stands under a name; rows carry their number `n`."""
    tally: dict[str, int] = {}
    for row in rows:
        word = str(row[name]) if row[name] not in (None, "") else "none"
        tally[word] = tally.get(word, 0) + int(row["n"])
    return tally
