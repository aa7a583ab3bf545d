"""Figures of any days, read from the second summary: by unit, category, township, channel or day,
of all or of some."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models import FigureCount
from app.stages.reporting.daily import ALL, CELL
from app.stages.reporting.period import MONTHS, Period, last_over

Tallies = dict[Any, dict[str, int]]
COLUMNS: dict[str, Any] = {
    "unit": FigureCount.unit_id,
    "category": FigureCount.category_id,
    "township": FigureCount.township_id,
    "channel": FigureCount.channel,
    "day": FigureCount.day,
}
"""By what figures are told apart, and the column that says it."""
BEFORE = 12
"""So many periods before one are compared with it."""


def totals(
    session: Session, by: str, first: date, last: date, of: Mapping[str, int | str] | None = None
) -> Tallies:
    """key -> measure -> how much, of the days first..last; `by` is one of `COLUMNS`, or empty for
    all together under an empty key. `of` keeps to a unit, category, township or channel."""
    of = of or {}
    column = COLUMNS.get(by)
    asked = [FigureCount.day.between(first, last), FigureCount.by == _kept_by(by, of)]
    asked += [COLUMNS[name] == value for name, value in of.items()]
    told = [] if column is None else [column]
    query = (
        select(*told, FigureCount.measure, func.sum(FigureCount.n).label("n"))
        .where(*asked)
        .group_by(*told, FigureCount.measure)
    )
    found: Tallies = {}
    for row in session.execute(query):
        found.setdefault(row[0] if told else "", {})[row.measure] = int(row.n)
    return found


def _kept_by(by: str, of: Mapping[str, int | str]) -> str:
    """Which sums of the summary answer a question: those over all else, where there are such."""
    named = {*of, *({by} if by in COLUMNS and by != "day" else ())}
    if not named:
        return ALL
    return named.pop() if len(named) == 1 else CELL


def before(period: Period) -> Period:
    """The period of the same kind before one."""
    return last_over(period.kind, period.first)


def a_year_before(period: Period) -> Period:
    """The same period a year before; of a week, that of the same weekdays."""
    if period.kind == "weekly":
        days = timedelta(weeks=52)
        return Period(period.kind, period.first - days, period.last - days)
    first = period.first.replace(year=period.first.year - 1)
    ahead = first.month - 1 + MONTHS[period.kind]
    following = date(first.year + ahead // 12, ahead % 12 + 1, 1)
    return Period(period.kind, first, following - timedelta(days=1))


def series(session: Session, period: Period, n: int = BEFORE) -> Sequence[tuple[Period, Tallies]]:
    """The totals of the `n` periods before one, the oldest first: one statement."""
    periods: list[Period] = []
    one = period
    for _ in range(n):
        one = before(one)
        periods.insert(0, one)
    days = totals(session, "day", periods[0].first, periods[-1].last)
    return [(one, {"": _summed(days, one)}) for one in periods]


def _summed(days: Tallies, period: Period) -> dict[str, int]:
    found: dict[str, int] = {}
    for day, counts in days.items():
        if period.first <= day <= period.last:
            for measure, n in counts.items():
                found[measure] = found.get(measure, 0) + n
    return found
