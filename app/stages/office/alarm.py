"""The alarm over a year whose days are guessed."""

from __future__ import annotations

from datetime import date

from app.rules.office import Office


def calendar_missing(office: Office, longest: date | None = None) -> tuple[str, int] | None:
    """The alarm over a year whose days are guessed, and which: a warning from 1 November for the
    next one, red from 10 December, and red for as long as any guessed day lies between today and
    the longest open deadline. It never stops a sweep."""
    today = office.now.date()
    guessed = office.calendar.provisional
    ahead = [day for day in guessed if today <= day <= max(longest or today, today)]
    late = (today.month, today.day) >= (12, 10)
    if ahead and (late or min(ahead).year == today.year):
        return "red", min(ahead).year
    if not any(day.year == today.year + 1 for day in guessed):
        return None
    if late:
        return "red", today.year + 1
    return (
        ("warning", today.year + 1) if today.month >= office.limits.calendar_warning_month else None
    )
