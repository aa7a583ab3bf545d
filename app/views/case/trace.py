"""Why a clock ends when it ends: each day of it named, as it was counted."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from app import words
from app.rules.workdays import Deadline, deadline_from
from app.views.actor import language, now

_UNIT = re.compile(r"\s*[(\uff08][^()\uff08\uff09]*[)\uff09]$")
"""The unit of a number in brackets of either width, at the end of what it is called."""
MOST_DAYS = 60
"""A trace of more days names the first and the last only."""


@dataclass(frozen=True)
class Basis:
    """What a clock rests on: the number of the office and its edition, how many working days were
    added, and what would have changed it, before and after it ran out."""

    rule: str
    edition: int
    days: int
    extends: bool = False
    before: str = ""
    after: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Trace:
    """How a clock was worked out: a sentence, its days - words, and the place of those that count -,
    and what would have changed it."""

    sentence: str
    days: tuple[tuple[str, int], ...]
    notes: tuple[str, ...] = ()


def trace_of(at: datetime, clock: str | None, basis: Basis | None = None) -> Trace | None:
    """The trace of a clock from what was written beside its moment; None where nothing was."""
    if not clock or not clock.startswith("{"):
        return None
    deadline = deadline_from(at, clock)
    sentence = _sentence(deadline, basis)
    if deadline.floor is not None and deadline.on == deadline.floor:
        sentence += words.word("case_page.trace.floor", language(), on=deadline.floor)
    return Trace(sentence, tuple(_days(deadline)), tuple(_notes(deadline, basis)))


def _sentence(deadline: Deadline, basis: Basis | None) -> str:
    """How a clock was worked out: by which rule, from which day."""
    tongue = language()
    facts = {"start": deadline.start, "n": deadline.n, "on": deadline.on, "at": deadline.at}
    if basis is None or deadline.unit == "named":
        return words.word(_SENTENCES[deadline.unit], tongue, **facts)
    facts |= {"rule": _called(basis.rule), "edition": basis.edition}
    facts["days"] = basis.days
    more = deadline.n - basis.days
    if deadline.unit == "workdays" and more > 0 and basis.extends:
        return words.word("case_page.trace.extended", tongue, **facts, more=more)
    if deadline.n != basis.days:
        return words.word(_SENTENCES[deadline.unit], tongue, **facts)
    return words.word(_RULED[deadline.unit], tongue, **facts)


def _called(rule: str) -> str:
    """What a number is called, without the unit in which it is counted."""
    return _UNIT.sub("", words.value("rule", rule, language()))


def _notes(deadline: Deadline, basis: Basis | None) -> Iterator[str]:
    """What would have changed it."""
    if basis is None:
        return
    msgid = basis.before if now() < deadline.at else basis.after
    if msgid:
        yield words.word(msgid, language(), on=deadline.on, **basis.facts)


_RULED = {"workdays": "case_page.trace.ruled", "hours": "case_page.trace.ruled_hours"}
"""unit of a clock -> what is said of it where its rule is known."""
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
