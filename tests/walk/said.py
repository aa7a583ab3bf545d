"""The ground of the model: the clock, the cases, and the events that the record must show."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime

from tests.walk.rows import AWAITED, LIVE, Assignment, Case


class Refused(Exception):
    """The procedure does not allow it; nothing was changed."""


def need(condition: object) -> None:
    """A guard: Refused where it does not hold. Every verb asks before it changes anything."""
    if not condition:
        raise Refused


class Said:
    """One desk of the model."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.cases: list[Case] = []
        self.said: Counter[str] = Counter()
        self.list_of: date | None = None
        self.invalid: dict[int, list[datetime]] = {}
        self.flagged: set[int] = set()
        self._last = 0

    @property
    def today(self) -> date:
        return self.now.date()

    def say(self, word: str, n: int = 1) -> None:
        """An event is on the record, n times."""
        if n:
            self.said[word] += n

    def next(self) -> int:
        """Rows are numbered in the order they are made."""
        self._last += 1
        return self._last

    def held(self, case: Case, unit: str | None) -> Assignment:
        """A unit's assignment on a case: the one it still holds, else the one accepted last, else
        the newest."""
        rows = [one for one in case.assignments if one.unit == unit]
        need(rows)
        return max(
            rows,
            key=lambda one: (
                one.state in AWAITED,
                one.state in LIVE,
                one.state == "accepted",
                one.n,
            ),
        )

    def merged_with(self, case: Case) -> list[Case]:
        """The cases merged into a lead, the oldest first."""
        at = self.cases.index(case)
        return [one for one in self.cases if one.state == "merged" and one.into == at]

    def lead_of(self, case: Case) -> Case:
        return self.cases[case.into] if case.state == "merged" and case.into is not None else case
