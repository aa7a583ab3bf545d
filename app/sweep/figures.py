"""The second summary brought up to date: looked at while nobody waits, then written."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import partial

from app.database import Sessions, reading, retried
from app.rules.workdays import beijing, midnight_after
from app.stages.reporting import daily
from app.stages.reporting.period import Period, period_of

OPEN_MONTHS = 2
"""So many months before the running one are counted anew each night, beside those whose report is
not issued: what is known of them still changes."""


def count_figures(sessions: Sessions, now: datetime, again: bool = True) -> int:
    """Count the days anew that were touched since they were counted, or all of them where none ever
    was; how many numbers changed. `again`: also what was touched just before, which may have been
    committed late."""
    with reading(sessions) as session:
        there = daily.state_of(session) is not None
        days = daily.pending(session, now, again)
        first = daily.first_day(session)
    if not there:
        return 0 if first is None else _fill(sessions, now, first)
    with reading(sessions) as session:
        found = daily.look(session, now, days)
    return retried(sessions, lambda session: daily.write(session, found))


def _fill(sessions: Sessions, now: datetime, first: date) -> int:
    """Count all days for the first time, month by month; one that was stopped goes on where it was."""
    with reading(sessions) as session:
        begun = daily.filling(session)
    if begun is not None and begun.checked_at is not None:
        first = beijing(begun.checked_at).date()
    numbers = 0
    for month in _months(first, beijing(now).date()):
        with reading(sessions) as session:
            found = daily.look(session, now, month)
        until = midnight_after(month[-1])
        numbers += retried(sessions, partial(daily.fill, found=found, until=until))
    retried(sessions, daily.filled)
    return numbers


def _months(first: date, last: date) -> Iterator[list[date]]:
    """The days first..last, month by month."""
    month: list[date] = []
    for n in range((last - first).days + 1):
        day = first + timedelta(days=n)
        if month and day.day == 1:
            yield month
            month = []
        month.append(day)
    if month:
        yield month


def check_figures(sessions: Sessions, now: datetime) -> int:
    """Count all open months anew and compare: a number that differs though nothing touched its day
    is kept as a finding, and put right. How many numbers were wrong."""
    count_figures(sessions, now, again=False)
    today = beijing(now).date()
    with reading(sessions) as session:
        if daily.state_of(session) is None:
            return 0
        began = daily.open_since(session, _months_before(today, OPEN_MONTHS))
        days = [began + timedelta(days=n) for n in range((today - began).days + 1)]
        found = daily.look(session, now, days)
        wrong = daily.wrong_of(found, daily.pending(session, now))
    differs = daily.told_of(wrong)
    retried(sessions, lambda session: daily.write(session, found, differs, whole=True))
    return len(wrong)


def _months_before(today: date, n: int) -> Period:
    """The month that began `n` months before the running one."""
    ahead = today.year * 12 + today.month - 1 - n
    return period_of("monthly", date(ahead // 12, ahead % 12 + 1, 1))
