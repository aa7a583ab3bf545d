"""A year of days as twelve months: holidays, make-up working days, weekends, what is only guessed."""

from __future__ import annotations

import calendar
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from app import words
from app.stages.calendar import LIBRARY, OFFICE, PROVISIONAL
from app.views.actor import language

Held = Mapping[date, tuple[bool, str]]
"""Day -> whether it is worked, and where that is known from."""


@dataclass(frozen=True)
class Cell:
    """A day as the calendar shows it: its number, what it is, the sign beside it."""

    number: int
    kinds: str
    sign: str


Months = Sequence[tuple[str, Sequence[Sequence[Cell | None]]]]
"""The months of a year by their names, each in weeks from Monday on."""


@dataclass(frozen=True)
class Year:
    """A year: what it is called, whether it is complete, in words, and its months."""

    title: str
    complete: bool
    told: str
    months: Months


def months_of(
    year: int, held: Held, new: Collection[date] = (), today: date | None = None
) -> Months:
    """The twelve months; `new` are days that are being loaded."""
    return [
        (
            words.word(f"month.{month}", language()),
            [
                [_cell(day, held, new, today) if day.month == month else None for day in week]
                for week in calendar.Calendar().monthdatescalendar(year, month)
            ],
        )
        for month in range(1, 13)
    ]


def span_of(year: int) -> tuple[date, date]:
    """The first and the last day of a year."""
    return date(year, 1, 1), date(year + 1, 1, 1) - timedelta(days=1)


def _cell(day: date, held: Held, new: Collection[date], today: date | None) -> Cell:
    """A day: a rest day that a notice names, a make-up working day, a weekend, one that is guessed,
    one loaded now."""
    worked, source = held.get(day, (day.weekday() < 5, PROVISIONAL))
    weekend = day.weekday() >= 5
    kinds = {
        "rest": not worked and source in (OFFICE, LIBRARY) and (not weekend or source == OFFICE),
        "work": worked and weekend,
        "week": weekend and not worked,
        "guessed": source == PROVISIONAL,
        "new": day in new,
        "today": day == today,
    }
    sign = next(
        (words.word(f"foreseen.{kind}", language()) for kind in ("work", "rest") if kinds[kind]), ""
    )
    return Cell(day.day, " ".join(kind for kind, is_so in kinds.items() if is_so), sign)
