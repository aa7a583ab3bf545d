"""What is asked of live figures: which days, by what, of whom, and what they are compared with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from app.rules.extra import CHOSEN, Extra
from app.stages.reporting.cells import BY
from app.stages.reporting.period import Period
from app.views.actor import key_typed, now
from app.views.extras import fields_of
from app.views.figures.listed import own_unit

LONGEST = 731
"""So many days are told at once."""
BIES = (*BY, "day")
"""By what figures may be told apart."""


@dataclass(frozen=True)
class Asking:
    """Two days, by what figures are told apart, whose they are (`of`), and two more days or another
    unit to compare with; `wrong` names a field that cannot be read."""

    first: date
    last: date
    by: str
    of: Mapping[str, int | str]
    first2: date | None = None
    last2: date | None = None
    wrong: str = ""

    @property
    def period(self) -> Period:
        """The days that are asked for."""
        return Period("days", self.first, self.last)

    @property
    def other(self) -> Period | None:
        """The days that they are compared with."""
        if self.first2 is None or self.last2 is None:
            return None
        return Period("days", self.first2, self.last2)

    def given(self, **more: Any) -> dict[str, Any]:
        """The parameters of its address."""
        days = {"first2": self.first2, "last2": self.last2}
        told = {name: day.isoformat() for name, day in days.items() if day is not None}
        return {
            "first": self.first.isoformat(),
            "last": self.last.isoformat(),
            "by": self.by,
            **self.of,
            **told,
            **more,
        }


def counted_fields() -> dict[str, Extra]:
    """name -> the fields of the office's own by whose values figures may be told apart, of those that
    this person may see."""
    return {
        name: one
        for table in ("hotline_case", "contact", "reply", "visit")
        for name, one in fields_of(table).items()
        if one.kind in CHOSEN
    }


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


def asking(given: Mapping[str, str]) -> Asking:
    """What an address asks for: without days the thirty up to yesterday, by unit; a unit's head is
    told of their own unit, by category."""
    yesterday = now().date() - timedelta(days=1)
    usual = Asking(yesterday - timedelta(days=29), yesterday, "unit", {})
    unit = own_unit()
    of: dict[str, int | str] = {}
    for name in BY:
        typed = given.get(name, "")
        if typed:
            of[name] = typed if name == "channel" else key_typed(typed)
    by = given.get("by", "unit")
    if unit is not None:
        of["unit"] = unit
        by = "category" if by == "unit" else by
    asked = replace(usual, by=by if by in BIES or by in counted_fields() else "unit", of=of)
    return _with_days(asked, given)


def _with_days(asked: Asking, given: Mapping[str, str]) -> Asking:
    first, last = _day(given.get("first")), _day(given.get("last"))
    for name, day in (("first", first), ("last", last)):
        if given.get(name) and day is None:
            return replace(asked, wrong=name)
    if first is not None or last is not None:
        last = last or asked.last
        first = first or last - timedelta(days=29)
        if not first <= last or (last - first).days >= LONGEST:
            return replace(asked, wrong="first")
        asked = replace(asked, first=first, last=last)
    first2, last2 = _day(given.get("first2")), _day(given.get("last2"))
    if first2 is None and last2 is None:
        wrong = next((name for name in ("first2", "last2") if given.get(name)), "")
        return replace(asked, wrong=wrong)
    length = asked.last - asked.first
    first2 = first2 if first2 is not None else last2 - length if last2 is not None else None
    last2 = last2 if last2 is not None else first2 + length if first2 is not None else None
    if first2 is None or last2 is None or first2 > last2 or (last2 - first2).days >= LONGEST:
        return replace(asked, wrong="first2")
    return replace(asked, first2=first2, last2=last2)
