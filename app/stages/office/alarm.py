"""The alarm over a year whose days are guessed."""

from __future__ import annotations

from datetime import date

from app.rules.office import Office


def calendar_missing(office: Office, longest: date | None = None) -> tuple[str, int] | None:
    """The alarm over a year whose days are guessed, and which: a warning from 1 November for the
    next one, red from 10 December, and red for as long as any guessed day lies between today and
    the longest open deadline. It never stops a sweep."""
    today = office.now.date()
    late = (today.month, today.day) >= (12, 10)
    nearest = _nearest_guess(office, max(longest or today, today))
    if nearest is not None and (late or nearest.year == today.year):
        return "red", nearest.year
    next_year = today.year + 1
    if not any(day.year == next_year for day in office.calendar.provisional):
        return None
    if late:
        return "red", next_year
    early = today.month < office.limits.calendar_warning_month
    return None if early else ("warning", next_year)


def _nearest_guess(office: Office, until: date) -> date | None:
    """The first guessed day from today on; None where there is none until a day."""
    today = office.now.date()
    ahead = (day for day in office.calendar.provisional if today <= day <= until)
    return min(ahead, default=None)
