"""The rows of other tables that belong to a row, as tabs of its page: what `related_views` names in
Flask-AppBuilder."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask_appbuilder.models.sqla.filters import FilterEqual
from sqlalchemy import inspect

from app.views.actor import actor

SHOWN = 25
"""How many rows of each are shown; all of them are on the list of their own page."""


@dataclass(frozen=True)
class Related:
    """A tab: its title, the heads of its columns and its rows, each with where its page is."""

    page: str
    title: str
    heads: list[str]
    rows: list[tuple[str, list[str]]]
    more: bool


class OfParent(FilterEqual):
    """Rows whose key of another table is a row's."""

    def apply(self, query: Any, value: Any) -> Any:
        """Add the condition; `value` is the column that holds the key, and the key."""
        column, key = value
        return query.filter(getattr(self.model, column) == key)


def key_to(model: type[Any], parent: type[Any]) -> str | None:
    """The column of a table that points to another one; None where there is none."""
    table = inspect(parent).local_table
    for column in inspect(model).columns:
        if any(key.column.table is table for key in column.foreign_keys):
            return str(inspect(model).get_property_by_column(column).key)
    return None


def related_to(view: Any, item: Any) -> list[Related]:
    """The tabs of a row's page, of the pages that this person may open."""
    return [
        _related(other, view, item)
        for other in getattr(view, "_related_views", None) or ()
        if other.page in actor().pages
    ]


def _related(other: Any, view: Any, item: Any) -> Related:
    column = key_to(other.datamodel.obj, view.datamodel.obj)
    filters = other.datamodel.get_filters([column]).get_joined_filters(other._base_filters)
    filters.add_filter(column, OfParent, (column, getattr(item, view.key)))
    count, items = other.datamodel.query(filters, *other.base_order, page=0, page_size=SHOWN)
    other.cover(items)
    rows = [
        (other.href(row), [other.told(row, name) for name in other.list_columns]) for row in items
    ]
    heads = [other.label(name) for name in other.list_columns]
    return Related(other.page, other.title_here(), heads, rows, count > len(rows))
