"""The operators of a search: which a column offers, and which filter each of them is. Words are
found as the person who asks reads them, by whatever operator; what no index has in order is looked
for among the newest rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_appbuilder.models.sqla.filters import FilterEqual, FilterGreater, FilterSmaller
from sqlalchemy import String, inspect, or_, select

from app.views.actor import reader
from app.views.pages.ordering import grows
from app.views.pages.searching import LISTED, Contains, Covered, partly, searches_whole

OF_KINDS: Mapping[str, tuple[str, ...]] = {
    "text": ("contains", "starts", "equals"),
    "number": ("equals", "between"),
    "date": ("between",),
    "moment": ("between",),
    "clock": ("between",),
    "choice": ("equals",),
    "bool": ("equals",),
    "relation": ("equals",),
}
"""kind of a column -> its operators, of which the first counts where none is chosen."""
EMPTY, BETWEEN = "empty", "between"
LOOKED_BACK = LISTED
"""Among so many of the newest rows is looked for what no index has in order."""


def column_of(model: type[Any], name: str) -> Any:
    """The column of a table behind a name: of a relation the one that holds its key; None where
    several rows stand behind it."""
    mapper = inspect(model)
    if name not in mapper.relationships:
        return getattr(model, name)
    columns = mapper.relationships[name].local_columns
    relation = mapper.relationships[name]
    held = [mapper.get_property_by_column(column).key for column in columns]
    return getattr(model, held[0]) if relation.direction.name == "MANYTOONE" and held else None


def operators_of(model: type[Any], name: str, kind: str, exact: bool) -> tuple[str, ...]:
    """The operators of a column: `exact` where it is searched as a whole only; `empty` where it may
    be."""
    column = column_of(model, name)
    plain = ("equals",) if exact else OF_KINDS[kind]
    if column is None:
        return plain
    table_column = column.property.columns[0]
    may_be = table_column.nullable or (kind == "text" and not table_column.unique)
    return (*plain, EMPTY) if may_be else plain


class Starts(Contains):
    """Texts that begin with words."""

    anchor = "start"


class Equals(Contains):
    """Texts that are these words."""

    anchor = "whole"


class CoveredStarts(Covered):
    """The same in the text as those read it to whom the callers are covered."""

    anchor = "start"


class CoveredEquals(Covered):
    """The same of the whole text: one in which anything is covered equals nothing."""

    anchor = "whole"


TEXTS: Mapping[tuple[str, bool], type[Contains]] = {
    ("contains", False): Contains,
    ("contains", True): Covered,
    ("starts", False): Starts,
    ("starts", True): CoveredStarts,
    ("equals", False): Equals,
    ("equals", True): CoveredEquals,
}
"""(operator, whether the callers are covered to who asks) -> the filter."""


def among_newest(model: type[Any], query: Any) -> Any:
    """A query held to the newest rows of a table that grows; the page says so where there are
    more. An export looks at all of them."""
    if searches_whole() or not grows(model):
        return query
    key = inspect(model).primary_key[0]
    behind = select(key).order_by(key.desc()).offset(LOOKED_BACK).limit(1)
    since = reader().scalar(behind.execution_options(unscoped=True))
    if since is None:
        return query
    partly()
    return query.filter(key > since)


class Empty(FilterEqual):
    """Rows in which nothing stands in a column."""

    def apply(self, query: Any, value: Any) -> Any:
        """Add the condition; `value` is not looked at."""
        column = column_of(self.model, self.column_name)
        missing = column.is_(None)
        if isinstance(column.property.columns[0].type, String):
            missing = or_(missing, column == "")
        return among_newest(self.model, query.filter(missing))


class AtLeast(FilterGreater):
    """A number, or a greater one."""

    def apply(self, query: Any, value: Any) -> Any:
        """Add the condition."""
        column = getattr(self.model, self.column_name)
        return among_newest(self.model, query.filter(column >= value))


class AtMost(FilterSmaller):
    """A number, or a smaller one."""

    def apply(self, query: Any, value: Any) -> Any:
        """Add the condition."""
        column = getattr(self.model, self.column_name)
        return among_newest(self.model, query.filter(column <= value))
