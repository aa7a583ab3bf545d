"""Counting: the rows of a source, grouped by unit, category, township and channel and by the counts
that they are in. One statement a source, whatever the number of rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, String, and_, case, cast, func, literal, select
from sqlalchemy.orm import Session

from app.models import Case, ExtraValue, Unit
from app.models.sessions import UNSCOPED
from app.stages.reporting.period import Period
from app.stages.reporting.queries import CENTRE, Counts, Query
from app.stages.reporting.sources import SOURCES, Rows, Source

NOTHING = 0
"""The number of no unit, no category, no township."""
BY = ("unit", "category", "township", "channel")
"""By what figures are told apart."""


@dataclass(frozen=True)
class Cell:
    """How many rows of a source are alike: in the same counts (`flags`), of the same unit, category,
    township and channel. `ids` names them where that was asked; `day` is theirs where it was."""

    unit: int
    category: int
    township: int
    channel: str
    flags: tuple[str, ...]
    n: int
    ids: tuple[int, ...] = ()
    day: date | None = None


def areas(session: Session) -> list[tuple[int, str]]:
    """(unit, what a place in it says) of every township, the longest words first."""
    query = select(Unit.id, Unit.area).where(Unit.area != "")
    found = [(row.id, row.area) for row in session.execute(query, execution_options=UNSCOPED)]
    return sorted(found, key=lambda one: (-len(one[1]), one[0]))


def _township(named: Sequence[tuple[int, str]]) -> ColumnElement[Any]:
    """The township in which the place of a case lies, by what its words say. Where a confidential
    caller lives is told to nobody."""
    whens = [
        (and_(~Case.confidential, func.replace(Case.place, area, "") != Case.place), unit)
        for unit, area in named
    ]
    return case(*whens, else_=NOTHING) if whens else literal(NOTHING)


def told_rows(
    source: Source,
    period: Period,
    now: datetime,
    named: Sequence[tuple[int, str]],
    extra: tuple[str, bool] | None = None,
) -> Rows:
    """The rows of a source with what tells them apart: `id`, `unit`, `category`, `township`,
    `channel`, `day`, and a `mask` whose bits are the flags. `extra`: the code of a field of the
    office's own, whose values tell them apart as well, and whether it is one of their cases."""
    rows = source.select(period, now).subquery()
    mask = sum((rows.c[flag] * 2**place for place, flag in enumerate(source.flags)), literal(0))
    channel = rows.c.channel if "channel" in rows.c else func.coalesce(Case.channel, "")
    told = (
        select(
            rows.c.id,
            func.coalesce(rows.c.unit_id, CENTRE).label("unit"),
            func.coalesce(Case.category_id, NOTHING).label("category"),
            _township(named).label("township"),
            channel.label("channel"),
            mask.label("mask"),
            rows.c.day,
        )
        .select_from(rows)
        .outerjoin(Case, Case.id == rows.c.case_id)
    )
    if extra is None:
        return told
    code, of_case = extra
    row = rows.c.case_id if of_case else rows.c.id
    stands = and_(ExtraValue.field == code, ExtraValue.row_id == row)
    value = func.coalesce(ExtraValue.value, "").label("extra")
    return told.outerjoin(ExtraValue, stands).add_columns(value)


def cells_query(
    source: Source,
    period: Period,
    now: datetime,
    named: Sequence[tuple[int, str]],
    *,
    by_day: bool = False,
    with_ids: bool = False,
) -> Query:
    """The cells of a source: unit, category, township, channel, mask, how many, and what was asked
    beside."""
    # Grouped outside, by names: what is bound twice is not the same to PostgreSQL.
    told = told_rows(source, period, now, named).subquery()
    by = [told.c[name] for name in (*BY, "mask")] + ([told.c.day] if by_day else [])
    ids = [func.aggregate_strings(cast(told.c.id, String), ",").label("ids")] if with_ids else []
    return select(*by, func.count().label("n"), *ids).group_by(*by)


def cells(
    session: Session,
    source: Source,
    period: Period,
    now: datetime,
    named: Sequence[tuple[int, str]],
    **asked: bool,
) -> Iterator[Cell]:
    """The cells of a source, whatever the person asking may see."""
    query = cells_query(source, period, now, named, **asked)
    flags: dict[int, tuple[str, ...]] = {}
    for row in session.execute(query, execution_options=UNSCOPED):
        if row.mask not in flags:
            flags[row.mask] = _flags(source, row.mask)
        ids = tuple(sorted(map(int, row.ids.split(",")))) if asked.get("with_ids") else ()
        day = row.day if asked.get("by_day") else None
        yield Cell(
            row.unit, row.category, row.township, row.channel, flags[row.mask], row.n, ids, day
        )


def _flags(source: Source, mask: int) -> tuple[str, ...]:
    return tuple(flag for place, flag in enumerate(source.flags) if mask >> place & 1)


Found = Mapping[str, Sequence[Cell]]
"""source -> its cells."""


def count_all(
    session: Session, period: Period, now: datetime, *, of_days: bool = False, **asked: bool
) -> dict[str, list[Cell]]:
    """The cells of every source (`of_days`: of those whose days may be added up), one statement
    each and one for the townships."""
    named = areas(session)
    return {
        name: list(cells(session, source, period, now, named, **asked))
        for name, source in SOURCES.items()
        if source.of_days or not of_days
    }


def tallies(found: Iterable[Sequence[Cell]], by: str) -> dict[Any, dict[str, int]]:
    """How much each flag counts, by unit, category, township or channel; by nothing where `by` is
    empty."""
    tally: dict[Any, dict[str, int]] = {}
    for group in found:
        for cell in group:
            line = tally.setdefault(getattr(cell, by) if by else "", {})
            for flag in cell.flags:
                line[flag] = line.get(flag, 0) + cell.n
    return tally


def by_units(found: Found) -> Counts:
    """unit -> flag -> how many."""
    return tallies(found.values(), "unit")
