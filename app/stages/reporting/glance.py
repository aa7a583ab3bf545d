"""The figures of the first page: how the last thirty days stand against the thirty before, and what
came and went week by week. Counted as a report counts, for the whole county or for one unit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Date, Integer, cast, func, literal, null, select, union_all
from sqlalchemy.orm import Session

from app.models import DayCount, Unit
from app.rules.evaluation import rate
from app.rules.workdays import beijing
from app.stages.reporting.counts import due_in, visits_in
from app.stages.reporting.period import Period
from app.stages.reporting.queries import Query, rows_of

SPAN, WEEKS = 30, 12
"""So many days are compared, and so many weeks are shown."""
CAME, WENT = "case.registered", "case.closed"
DUE, SAID = "due", "said"
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
    """The figures now and before, the days of which they are now, the weeks, and (id, name, how
    much) of each unit that let something pass of what was due."""

    now: Figures
    before: Figures
    since: date
    until: date
    weeks: Sequence[Week]
    late: Sequence[tuple[int, str, int]]


def standing(session: Session, now: datetime, unit: int | None = None) -> Standing:
    """How the county, or one unit, stands: thirty days up to yesterday, against the thirty before.
    In one statement."""
    today = beijing(now).date()
    spans = [_span(today - timedelta(days=SPAN * back)) for back in (0, 1)]
    first = min(spans[1].first, _monday(today, WEEKS - 1))
    rows = [*rows_of(session, _whole(spans, first, today, unit))]
    days = {(row["day"], row["what"] == CAME): row["a"] for row in rows if row["day"]}
    kept = [row for row in rows if not row["day"] and unit in (None, row["unit_id"])]
    figures = [_figures(kept, n, span, days) for n, span in enumerate(spans)]
    late = [
        (row["unit_id"], row["name"], row["a"] - row["b"])
        for row in kept
        if row["what"] == f"{DUE}0" and row["name"] and row["a"] > row["b"]
    ]
    ranked = sorted(late, key=lambda one: (-one[2], one[0]))
    weeks = _weeks(days, today)
    return Standing(figures[0], figures[1], spans[0].first, spans[0].last, weeks, ranked)


def _span(today: date) -> Period:
    return Period("days", today - timedelta(days=SPAN), today - timedelta(days=1))


def _monday(today: date, back: int) -> date:
    return today - timedelta(days=today.weekday() + 7 * back)


def _whole(spans: Sequence[Period], first: date, last: date, unit: int | None) -> Query:
    """All that is counted, in rows of one shape: `what`, of which `day` or which unit, and up to
    three numbers."""
    parts: list[Any] = [*_by_day(first, last, unit)]
    for n, span in enumerate(spans):
        due, said = due_in(span).subquery(), visits_in(span).subquery()
        parts += [
            _part(f"{DUE}{n}", due.c.unit_id, due.c.due, due.c.answered_in_time),
            _part(
                f"{SAID}{n}",
                said.c.unit_id,
                said.c.satisfied,
                said.c.basically,
                said.c.dissatisfied,
            ),
        ]
    whole = union_all(*parts).subquery()
    return select(*whole.c, Unit.name).outerjoin(Unit, Unit.id == whole.c.unit_id)


def _part(what: str, unit: Any, a: Any, b: Any, c: Any = None) -> Any:
    none = cast(null(), Date)
    return select(
        literal(what).label("what"),
        none.label("day"),
        unit.label("unit_id"),
        a.label("a"),
        b.label("b"),
        (literal(0) if c is None else c).label("c"),
    )


def _by_day(first: date, last: date, unit: int | None) -> Iterator[Any]:
    """How much came, and how much went, on each day, from the summary."""
    for what, word in zip((CAME, WENT), OF_A_UNIT if unit else (CAME, WENT), strict=True):
        query = select(
            literal(what).label("what"),
            DayCount.day,
            cast(null(), Integer).label("unit_id"),
            func.sum(DayCount.n).label("a"),
            literal(0).label("b"),
            literal(0).label("c"),
        ).where(DayCount.day.between(first, last), DayCount.word == word)
        yield (query.where(DayCount.unit_id == unit) if unit else query).group_by(DayCount.day)


def _figures(
    rows: Sequence[Mapping[str, Any]], n: int, span: Period, days: Mapping[tuple[date, bool], int]
) -> Figures:
    """The figures of one of the two spans."""
    due = [row for row in rows if row["what"] == f"{DUE}{n}"]
    said = [row for row in rows if row["what"] == f"{SAID}{n}"]
    content = sum(row["a"] + row["b"] for row in said)
    return Figures(
        sum(many for (day, came), many in days.items() if came and span.first <= day <= span.last),
        sum(row["a"] for row in due),
        sum(row["b"] for row in due),
        content + sum(row["c"] for row in said),
        content,
    )


def _weeks(days: Mapping[tuple[date, bool], int], today: date) -> list[Week]:
    """The weeks up to the one that is running, the oldest first."""
    mondays = [_monday(today, back) for back in range(WEEKS - 1, -1, -1)]
    return [
        Week(first, *(_in_week(days, first, came) for came in (True, False))) for first in mondays
    ]


def _in_week(days: Mapping[tuple[date, bool], int], first: date, came: bool) -> int:
    return sum(days.get((first + timedelta(days=n), came), 0) for n in range(7))
