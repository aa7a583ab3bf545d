"""How rows are searched for: until and since, true and false, the case with a number, and words
that callers are kept out of."""

from __future__ import annotations

from datetime import date, datetime
from datetime import timedelta as span
from typing import Any

from flask_appbuilder.models.sqla.filters import (
    FilterEqual,
    FilterGreater,
    FilterSmaller,
)
from sqlalchemy import inspect, select

from app.models import Case
from app.rules import reading
from app.rules.workdays import BEIJING


def day_of(text: str | None) -> date | None:
    """A day that was typed into an address, in any way of writing; None where it is none."""
    try:
        return reading.day(text or "")
    except ValueError:
        return None


def _moment(day: date, kind: str) -> Any:
    return day if kind == "date" else datetime(day.year, day.month, day.day, tzinfo=BEIJING)


class Since(FilterGreater):
    """On a day or after it."""

    def apply(self, query: Any, value: Any) -> Any:
        """Add the condition; `value` is the day and the kind of the column."""
        column, first = getattr(self.model, self.column_name), _moment(*value)
        # A clock that ends with a day is stored as the midnight after it.
        return query.filter(column > first if value[1] == "clock" else column >= first)


class Until(FilterSmaller):
    """Before a day is over."""

    def apply(self, query: Any, value: Any) -> Any:
        """Add the condition; `value` is the day and the kind of the column."""
        day, kind = value
        column, over = getattr(self.model, self.column_name), _moment(day + span(days=1), kind)
        return query.filter(column <= over if kind == "clock" else column < over)


class Truth(FilterEqual):
    """True, or false."""

    def apply(self, query: Any, value: Any) -> Any:
        """Add the condition."""
        return query.filter(getattr(self.model, self.column_name).is_(value))


class Waiting(FilterEqual):
    """The rows of a list of work."""

    def apply(self, query: Any, value: Any) -> Any:
        """Add the conditions of the list."""
        return query.filter(*value)


class OfRow(FilterEqual):
    """Rows whose relation is the row with an id."""

    def apply(self, query: Any, value: Any) -> Any:
        """Add the condition, on the column that holds the key; FAB's own filter would fetch the row
        first."""
        (column,) = inspect(self.model).relationships[self.column_name].local_columns
        return query.filter(column == int(value))


class OfCase(FilterEqual):
    """Rows of the case with a number."""

    def apply(self, query: Any, value: Any) -> Any:
        """Add the condition."""
        return query.filter(self.model.case_id.in_(select(Case.id).where(Case.number == value)))
