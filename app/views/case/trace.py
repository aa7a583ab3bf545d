"""Why a clock ends when it ends: each day of it named, as it was counted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from app import words
from app.rules.workdays import Deadline, deadline_from
from app.views.actor import language

MOST_DAYS = 60
"""A trace of more days names the first and the last only."""


@dataclass(frozen=True)
class Trace:
    """How a clock was worked out: a sentence, and its days: words, and the place of those that
    count."""

    sentence: str
    days: tuple[tuple[str, int], ...]


def trace_of(at: datetime, clock: str | None) -> Trace | None:
    """The trace of a clock from what was written beside its moment; None where nothing was."""
    if not clock or not clock.startswith("{"):
        return None
    deadline = deadline_from(at, clock)
    facts = {"start": deadline.start, "n": deadline.n, "on": deadline.on, "at": deadline.at}
    sentence = words.word(_SENTENCES[deadline.unit], language(), **facts)
    if deadline.floor is not None and deadline.on == deadline.floor:
        sentence += words.word("case_page.trace.floor", language(), on=deadline.floor)
    return Trace(sentence, tuple(_days(deadline)))


_SENTENCES = {
    "workdays": "case_page.trace.workdays",
    "named": "case_page.trace.named",
    "hours": "case_page.trace.hours",
}
"""unit of a clock -> what is said of it."""


def _days(deadline: Deadline) -> list[tuple[str, int]]:
    """Each day from the first on, with its place among those that count; 0 for one that does not."""
    if deadline.unit == "hours":
        return []
    counted = {day: place for place, day in enumerate(deadline.counted, 1)}
    days: list[tuple[str, int]] = []
    day = deadline.start
    while day <= deadline.on and len(days) < MOST_DAYS:
        days.append((_told(day, deadline), counted.get(day, 0)))
        day += timedelta(days=1)
    return days


def _told(day: date, deadline: Deadline) -> str:
    """A day in words: that of the start, a rest day, a make-up day."""
    tongue = language()
    told = words.word("case_page.trace.day", tongue, day=day)
    if day == deadline.start:
        return told + words.word("case_page.trace.start", tongue)
    weekend, worked = day.weekday() > 4, day in deadline.counted
    if worked and weekend:
        return told + words.word("case_page.trace.made_up", tongue)
    if worked:
        return told
    rest = "case_page.trace.weekend" if weekend else "case_page.trace.holiday"
    return told + words.word(rest, tongue)
