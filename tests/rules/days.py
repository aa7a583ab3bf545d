"""Calendars for tests of the pure rules, made without a database."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from functools import cache

import chinese_calendar

from app.rules.workdays import BEIJING, Calendar, provisional_workday


def day(text: str) -> date:
    return date.fromisoformat(text)


def at(text: str) -> datetime:
    """A moment on Beijing's clock."""
    return datetime.fromisoformat(text).replace(tzinfo=BEIJING)


def each(first: date, last: date) -> Iterable[date]:
    return (first + timedelta(days=n) for n in range((last - first).days + 1))


@cache
def published(day_ends: int = 24) -> Calendar:
    """The years that the State Council has published, 2004 to 2026."""
    days = {
        one: chinese_calendar.is_workday(one) for one in each(day("2004-01-01"), day("2026-12-31"))
    }
    return Calendar.of(days, day_ends=day_ends)


def guessed(
    worked: Iterable[str] = (), rests: Iterable[str] = (), first: str = "2027-01-01"
) -> Calendar:
    """2026 published and 2027 guessed; with `worked` or `rests` of 2027 named, all of 2027 is
    official."""
    days = {
        one: chinese_calendar.is_workday(one) for one in each(day("2026-01-01"), day("2026-12-31"))
    }
    unknown = {one: provisional_workday(one) for one in each(day(first), day("2027-12-31"))}
    named = {day(one): True for one in worked} | {day(one): False for one in rests}
    return Calendar.of({**days, **unknown, **named}, frozenset() if named else frozenset(unknown))
