"""What a badge says of a clock: working days left or late, today, a rest day before the next one."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.left import LATE, PLENTY, SOON, left
from app.rules.workdays import BEIJING, Calendar, midnight_after

FIRST, LAST = date(2025, 9, 1), date(2025, 10, 31)
RESTS = {date(2025, 10, day) for day in range(1, 9)}
MADE_UP = {date(2025, 9, 28), date(2025, 10, 11)}


def _worked(day: date) -> bool:
    return day in MADE_UP or (day.weekday() < 5 and day not in RESTS)


DAYS = [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)]
CALENDAR = Calendar.of({day: _worked(day) for day in DAYS})
OFFICE = Calendar.of({day: _worked(day) for day in DAYS}, day_ends=18)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BEIJING)


@pytest.mark.parametrize(
    ("now", "end", "said"),
    [
        ("2025-09-22T09:00", "2025-09-27T00:00", (PLENTY, "left.days", 4)),
        ("2025-09-24T23:59", "2025-09-27T00:00", (SOON, "left.days", 2)),
        ("2025-09-26T00:00", "2025-09-27T00:00", (SOON, "left.today", 0)),
        ("2025-09-26T23:59:59", "2025-09-27T00:00", (SOON, "left.today", 0)),
        ("2025-09-27T00:00", "2025-09-27T00:00", (LATE, "left.just_over", 0)),
        ("2025-09-28T08:00", "2025-09-27T00:00", (LATE, "left.over", 1)),
        ("2025-09-30T10:00", "2025-10-10T00:00", (SOON, "left.days", 1)),
        ("2025-09-30T10:00", "2025-10-04T00:00", (SOON, "left.rest", 0)),
        ("2025-10-12T10:00", "2025-10-01T00:00", (LATE, "left.over", 3)),
        ("2025-09-26T17:59", "2025-09-26T18:00", (SOON, "left.today", 0)),
        ("2025-09-26T18:00", "2025-09-26T18:00", (LATE, "left.just_over", 0)),
        ("2025-09-26T10:00", "2025-09-26T15:20", (SOON, "left.today", 0)),
    ],
)
def test_a_badge_counts_working_days_with_make_up_days_and_holidays(
    now: str, end: str, said: tuple[str, str, int]
) -> None:
    told = left(at(end), at(now), CALENDAR)
    assert (told.pressing, told.msgid, told.n) == said


@given(st.sampled_from(DAYS[3:-20]), st.integers(1, 9), st.integers(0, 86_399))
def test_a_clock_of_n_days_has_n_days_left_on_the_day_it_starts(
    start: date, n: int, second: int
) -> None:
    deadline = CALENDAR.run(start, n)
    now = datetime.combine(start, datetime.min.time(), BEIJING) + timedelta(seconds=second)
    told = left(deadline.at, now, CALENDAR)
    assert (told.msgid, told.n) == ("left.days", n)
    after = midnight_after(CALENDAR.after(deadline.on, n)) - timedelta(seconds=1)
    late = left(deadline.at, after, CALENDAR)
    assert (late.pressing, late.n) == (LATE, n)


@given(st.sampled_from(DAYS[3:-20]), st.integers(1, 9))
def test_an_office_that_closes_at_six_is_late_from_then_on(start: date, n: int) -> None:
    deadline = OFFICE.run(start, n)
    assert left(deadline.at, deadline.at - timedelta(minutes=1), OFFICE).msgid == "left.today"
    assert left(deadline.at, deadline.at, OFFICE).msgid == "left.just_over"
