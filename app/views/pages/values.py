"""The rows of a generated page as this person reads them: each value worded, the callers covered in
free words about a case."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from flask import url_for

from app.rules.extra import Extra, held
from app.views.actor import actor
from app.views.extras import COVERED, worded
from app.views.pages.columns import Columns
from app.views.pages.masking import case_of, know_callers, masked_text
from app.views.pages.shown import NOTHING, shown, term

Labelled = list[tuple[str, str]]
"""(label, value) of each."""


class Values(Columns):
    """The values of a page's rows."""

    extra: tuple[str, ...]
    formatters_columns: dict[str, Callable[[Any], str]]

    def value(self, item: Any, name: str) -> str:
        """One value of a row as a person reads it; by the view's own way of writing it, where it has
        one."""
        value = getattr(item, name)
        if name in self.formatters_columns:
            return self.formatters_columns[name](value)
        if name in self.relations:
            return shown(self.table, name, _named(value))
        if isinstance(value, datetime) and self._kind(name) == "clock":
            return term(value)
        return shown(self.table, name, value)

    def cover(self, rows: Sequence[Any], always: bool = False) -> None:
        """Learn in one statement which callers have to be covered in these rows."""
        if self.free and (always or not actor().reads_as_typed):
            know_callers(case_of(row) for row in rows)

    def told(self, item: Any, name: str, always: bool = False) -> str:
        """One value of a row as this person may read it: in free words about a case the callers are
        covered, `always` or for those who do not read them as they were typed."""
        if name in self.not_for_units and actor().of_a_unit:
            return NOTHING
        if name in self.own():
            return self._own(item, self.own()[name], always) or NOTHING
        if name in self.extra:
            return self.beside(item, name, always) or NOTHING
        value = self.value(item, name)
        covers = name in self.free and (always or not actor().reads_as_typed)
        return masked_text(value, case_of(item)) if covers and value != NOTHING else value

    def _own(self, item: Any, one: Extra, always: bool) -> str:
        """What stands in a field of the office's own, the callers covered in words."""
        told = worded(one, held(item.extra).get(one.code))
        covers = one.kind in COVERED and (always or not actor().reads_as_typed)
        return masked_text(told, case_of(item)) if covers and told else told

    def beside(self, item: Any, name: str, always: bool) -> str:
        """What `extra` says of a row, covered like its free words."""
        raise NotImplementedError

    def values_of(self, item: Any) -> Labelled:
        """All that a row's own page shows of it."""
        return [(self.label(name), self.told(item, name)) for name in self.show_columns]

    def href(self, item: Any) -> str:
        """Where a row's own page is."""
        return url_for(f"{self.endpoint}.show", pk=getattr(item, self.key))

    def case_href(self, item: Any) -> str | None:
        """Where the page of a row's case is."""
        case = getattr(item, "case_id", None)
        if "case" in self.relations and item.case is None:
            return None  # a unit that gave the case back keeps its own row of it
        return url_for("Cases.page_of_case", id=case) if case and "Cases" in actor().pages else None

    def tells_its_own(self) -> bool:
        """Whether this page words its values in ways of its own."""
        own = type(self).told is not Values.told or type(self).value is not Values.value
        return bool(own or self.formatters_columns)


def _named(related: Any) -> Any:
    """The row that a relation leads to, or the rows, by their names."""
    if isinstance(related, (list, tuple)):
        return [str(row) for row in related]
    return related and str(related)
