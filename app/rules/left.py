"""How much of a clock is left, in the working days that the office counts: what a badge says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from app.rules.workdays import Calendar, beijing, last_day

PLENTY, SOON, LATE = "plenty", "soon", "late"
"""How pressing a clock is: more than the warning days away, within them, run out."""
SOON_DAYS = 2
"""A clock that has this many working days left, or fewer, is soon."""


@dataclass(frozen=True)
class Left:
    """What is left of a clock at a moment. `msgid` is its sentence: `left.days` (n working
    days after today), `today` and `rest` (it ends at `at`, today or before the next working day),
    `over` (n working days late), `just_over` (late by less than one)."""

    at: datetime
    pressing: str
    msgid: str
    n: int = 0


def left(at: datetime, now: datetime, calendar: Calendar) -> Left:
    """What is left at `now` of a clock that ends at `at`, exclusively; days that the calendar does
    not hold are not counted."""
    at, now = beijing(at), beijing(now)
    end, today = _day_of(at), now.date()
    if now >= at:
        late = calendar.between(end, today)
        return Left(at, LATE, "left.over", late) if late else Left(at, LATE, "left.just_over")
    if end == today:
        return Left(at, SOON, "left.today")
    days = calendar.between(today, end)
    if not days:
        return Left(at, SOON, "left.rest")
    return Left(at, SOON if days <= SOON_DAYS else PLENTY, "left.days", days)


def _day_of(at: datetime) -> date:
    """The day on which a clock ends: of a midnight the day before it."""
    return last_day(at)
