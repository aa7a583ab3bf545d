"""How rows are searched for: until and since, true and false, the case with a number, and words that callers are kept
out of."""

from __future__ import annotations

from datetime import date, datetime
from datetime import timedelta as span
from typing import Any

from flask import g
from flask_appbuilder.models.sqla.filters import (
    FilterContains,
    FilterEqual,
    FilterGreater,
    FilterSmaller,
)
from sqlalchemy import bindparam, false, inspect

from app.models import Case
from app.rules import reading
from app.rules.workdays import BEIJING
from app.scope import may_be_covered
from app.views.masking import know_callers, masked_text

AT_ONCE = 500
"""Of how many cases the callers are asked for at once."""


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
        """Add the condition; FAB's own filter would fetch the row first."""
        return query.filter(getattr(self.model, self.column_name).has(id=int(value)))


class OfCase(FilterEqual):
    """Rows of the case with a number."""

    def apply(self, query: Any, value: Any) -> Any:
        """Add the condition."""
        return query.filter(getattr(self.model, self.column_name).has(number=value))


class Contains(FilterContains):
    """Words as they were typed, on either database: no sign in them stands for others."""

    def apply(self, query: Any, value: Any) -> Any:
        """Add the condition."""
        return query.filter(getattr(self.model, self.column_name).icontains(value, autoescape=True))


class Covered(Contains):
    """Words, for those to whom the callers in them are covered: what they cannot read they cannot search for either.
    A number would be found digit by digit, so figures find nothing; nor does anything in a confidential case; and a row
    in which the words are in a covered name only is not there."""

    def apply(self, query: Any, value: Any) -> Any:
        """Add the condition."""
        if any(sign.isdigit() for sign in value):
            return query.filter(false())
        open_ = Case.confidential.is_(False) if self.model is Case else self.model.case.has(confidential=False)
        found = super().apply(query, value).filter(open_)
        known = g.setdefault("desk_covered", {})
        asked = (self.model, self.column_name, value)
        if asked not in known:
            known[asked] = self._only_covered(found, value)
        ids: Any = bindparam("covered", known[asked], unique=True, expanding=True, literal_execute=True)
        return found.filter(inspect(self.model).primary_key[0].not_in(ids)) if known[asked] else found

    def _only_covered(self, found: Any, word: str) -> list[int]:
        """The keys of the rows in which a word is no longer there once the callers are covered."""
        about = Case.id if self.model is Case else self.model.case_id
        key, column = inspect(self.model).primary_key[0], getattr(self.model, self.column_name)
        rows = found.filter(may_be_covered(word, about)).with_entities(key, column, about.label("about")).all()
        hidden: list[int] = []
        for some in (rows[n : n + AT_ONCE] for n in range(0, len(rows), AT_ONCE)):
            know_callers(case for _, _, case in some)
            hidden += [id for id, told, case in some if word.casefold() not in masked_text(told, case).casefold()]
        return hidden
