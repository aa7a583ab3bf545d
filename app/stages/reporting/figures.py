"""The figures of the first page: how the last thirty days stand against the thirty before, and what
came and went week by week. Counted as a report counts, for the whole county or for one unit."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models import DayCount
from app.rules.evaluation import rate
from app.rules.workdays import beijing
from app.stages.reporting.counts import due_in, visits_in
from app.stages.reporting.period import Period
from app.stages.reporting.queries import CENTRE, Counts, rows_of

SPAN, WEEKS = 30, 12
"""So many days are compared, and so many weeks are shown."""
CAME, WENT = "case.registered", "case.closed"
OF_A_UNIT = ("assignment.allocated", "assignment.accepted")
"""The events that are what came and what went: of the county, of one unit."""


@dataclass(frozen=True)
class Figures:
    """What happened in thirty days: how much came, how much was due and of that answered in time,
    how many callers judged and of those how many were content."""

    came: int
    due: int
    in_time: int
    rated: int
    content: int

    @property
    def late(self) -> int:
        """How much was due and not answered in time."""
        return self.due - self.in_time

    @property
    def punctual(self) -> Decimal | None:
        """The share, in percent, that was answered in time; None where nothing was due."""
        return rate(self.in_time, self.due)

    @property
    def satisfied(self) -> Decimal | None:
        """The share, in percent, of callers who are content; None where nobody judged."""
        return rate(self.content, self.rated)


@dataclass(frozen=True)
class Week:
    """What came and what went in the seven days from a Monday on."""

    first: date
    came: int
    went: int


@dataclass(frozen=True)
class Standing:
    """The figures now and before, the weeks, and how much each unit let pass of what was due."""

    now: Figures
    before: Figures
    since: date
    until: date
    weeks: Sequence[Week]
    late: Sequence[tuple[int, int]]


def standing(session: Session, now: datetime, unit: int | None = None) -> Standing:
    """How the county, or one unit, stands: thirty days up to yesterday, against the thirty
    before."""
    today = beijing(now).date()
    spans = [_span(today - timedelta(days=SPAN * back)) for back in (0, 1)]
    days = _by_day(session, min(spans[1].first, _monday(today, WEEKS - 1)), today, unit)
    found = [_of_span(session, span, days, unit) for span in spans]
    late = {
        id: one["due"] - one["answered_in_time"] for id, one in found[0][1].items() if id != CENTRE
    }
    ranked = sorted(((id, n) for id, n in late.items() if n), key=lambda one: (-one[1], one[0]))
    return Standing(
        found[0][0], found[1][0], spans[0].first, spans[0].last, _weeks(days, today), ranked
    )


def _span(today: date) -> Period:
    return Period("days", today - timedelta(days=SPAN), today - timedelta(days=1))


def _monday(today: date, back: int) -> date:
    return today - timedelta(days=today.weekday() + 7 * back)


def _by_day(
    session: Session, first: date, last: date, unit: int | None
) -> dict[tuple[date, bool], int]:
    """(day, whether it came) -> how much came or went on it, from the summary."""
    came, went = OF_A_UNIT if unit else (CAME, WENT)
    query = (
        select(DayCount.day, DayCount.word, func.sum(DayCount.n).label("n"))
        .where(DayCount.day.between(first, last), DayCount.word.in_((came, went)))
        .group_by(DayCount.day, DayCount.word)
    )
    if unit:
        query = query.where(DayCount.unit_id == unit)
    return {(row["day"], row["word"] == came): int(row["n"]) for row in rows_of(session, query)}


def _of_span(
    session: Session, span: Period, days: dict[tuple[date, bool], int], unit: int | None
) -> tuple[Figures, Counts]:
    """The figures of a span, and what was due in it, by unit."""
    due, visits = due_in(session, span), visits_in(session, span)
    came = sum(n for (day, came), n in days.items() if came and span.first <= day <= span.last)
    rated = [_sum(visits, unit, name) for name in ("satisfied", "basically", "dissatisfied")]
    figures = Figures(
        came,
        _sum(due, unit, "due"),
        _sum(due, unit, "answered_in_time"),
        sum(rated),
        sum(rated[:2]),
    )
    return figures, due


def _sum(counts: Counts, unit: int | None, name: str) -> int:
    """A count of one unit, or of all."""
    chosen: Iterable[dict[str, int]] = [counts.get(unit, {})] if unit else counts.values()
    return sum(one.get(name, 0) for one in chosen)


def _weeks(days: dict[tuple[date, bool], int], today: date) -> list[Week]:
    """The weeks up to the one that is running, the oldest first."""
    mondays = [_monday(today, back) for back in range(WEEKS - 1, -1, -1)]
    return [
        Week(first, *(_in_week(days, first, came) for came in (True, False))) for first in mondays
    ]


def _in_week(days: dict[tuple[date, bool], int], first: date, came: bool) -> int:
    return sum(days.get((first + timedelta(days=n), came), 0) for n in range(7))
