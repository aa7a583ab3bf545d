"""The period of a report: a week, month, quarter or year, between two midnights of Beijing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_

from app.rules.refusal import NotAllowed
from app.rules.workdays import BEIJING


@dataclass(frozen=True)
class Period:
    """A week, month, quarter or year: its first and last day, and the two midnights between which
    it lies."""

    kind: str
    first: date
    last: date

    @property
    def start(self) -> datetime:
        """00:00 of the first day, inclusive."""
        return datetime.combine(self.first, time(0), BEIJING)

    @property
    def end(self) -> datetime:
        """24:00 of the last day, exclusive."""
        return datetime.combine(self.last + timedelta(days=1), time(0), BEIJING)

    def holds(self, moment: Any) -> ColumnElement[bool]:
        """A column's moment lies in the period."""
        return and_(moment >= self.start, moment < self.end)


MONTHS = {"monthly": 1, "quarterly": 3, "yearly": 12}
KINDS = ("weekly", *MONTHS)
"""The kinds of report, by the length of their period."""


def last_over(kind: str, today: date) -> Period:
    """The period of a kind that was over last."""
    if kind == "weekly":
        return period_of(kind, today - timedelta(days=today.weekday() + 7))
    months = MONTHS[kind]
    ahead = today.year * 12 + (today.month - 1) // months * months - months
    return period_of(kind, date(ahead // 12, ahead % 12 + 1, 1))


def period_of(kind: str, first: date) -> Period:
    """The period of a kind that begins on a day: a Monday, or the first of a month, quarter or
    year."""
    if kind not in KINDS:
        raise NotAllowed("unknown_report", kind=kind)
    months = MONTHS.get(kind, 1)
    aligned = (
        first.weekday() == 0
        if kind == "weekly"
        else first.day == 1 and (first.month - 1) % months == 0
    )
    if not aligned:
        raise NotAllowed("period_not_aligned", kind=kind, first=first.isoformat())
    if kind == "weekly":
        return Period(kind, first, first + timedelta(days=6))
    following = first.month - 1 + months
    return Period(
        kind, first, date(first.year + following // 12, following % 12 + 1, 1) - timedelta(days=1)
    )
