"""What belongs to a row, on the row's own page: the rows of other pages that point to it, a tab each,
of which one is open. Each is read as its own page reads it: within the scope, covered, and no more
of them than the page that lists them shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import request, url_for
from flask_appbuilder.models.sqla.filters import FilterEqual
from sqlalchemy import inspect
from sqlalchemy.orm import RelationshipDirection

from app import words
from app.views.actor import actor, language
from app.views.pages.searching import searched_partly
from app.worklists import COUNTED_TO

TAB = "tab"
"""What an address says of the tab that is open."""
SHOWN = 10
"""So many rows of a tab are shown; the others are in the list that it leads to."""


@dataclass(frozen=True)
class Tab:
    """A tab: the page whose rows it holds, its name, its address, and whether it is open."""

    view: Any
    label: str
    href: str
    open: bool


@dataclass(frozen=True)
class Opened:
    """What the open tab shows: rows of a page, how many there are, and where all of them are; empty
    where no list can be narrowed to them."""

    view: Any
    columns: Sequence[str]
    rows: Sequence[dict[str, Any]]
    told: str
    href: str
    more: bool
    partly: str


def relation_to(view: Any, model: type[Any]) -> str | None:
    """The relation of a page's rows to one row of a table, the first that has a label."""
    known = inspect(view.datamodel.obj).relationships
    found = (
        name
        for name in view.relations
        if known[name].direction is RelationshipDirection.MANYTOONE
        and issubclass(model, known[name].mapper.class_)
    )
    return next(found, None)


def key_to(view: Any, model: type[Any]) -> str | None:
    """The column by which a page's rows point to a row of a table: that of the relation to it, else
    the first that holds its key; None where there is none."""
    mapper = inspect(view.datamodel.obj)
    relation = relation_to(view, model)
    if relation is not None:
        (column,) = mapper.relationships[relation].local_columns
        return str(mapper.get_property_by_column(column).key)
    table = inspect(model).local_table
    for column in mapper.columns:
        if any(key.column.table is table for key in column.foreign_keys):
            return str(mapper.get_property_by_column(column).key)
    return None


class OfParent(FilterEqual):
    """Rows that point to a row."""

    def apply(self, query: Any, value: Any) -> Any:
        """Add the condition; `value` is the key of the row."""
        return query.filter(getattr(self.model, self.column_name) == value)


class Related:
    """A page whose rows have rows of other pages: `related_views`, as Flask-AppBuilder calls
    them."""

    datamodel: Any
    endpoint: str
    key: str
    related_views: Sequence[type[Any]]
    _related_views: Sequence[Any]

    def tabs(self, item: Any) -> list[Tab]:
        """The tabs that this person may see of a row, in the order in which they are named."""
        views = [view for view in self._related_views if view.page in actor().pages]
        views.sort(key=self._place)
        asked = request.args.get(TAB)
        opened = asked if asked in [view.page for view in views] else None
        own = {"pk": getattr(item, self.key)}
        return [
            Tab(
                view,
                words.page(view.page, language()),
                url_for(f"{self.endpoint}.show", **own, **{TAB: view.page}),
                view.page == opened or (opened is None and place == 0),
            )
            for place, view in enumerate(views)
        ]

    def _place(self, view: Any) -> int:
        """The place of a page among the related views."""
        named = enumerate(self.related_views)
        return next(place for place, related in named if isinstance(view, related))

    def opened(self, item: Any, tabs: Sequence[Tab]) -> Opened | None:
        """What the open tab shows, or None where there is none."""
        view = next((tab.view for tab in tabs if tab.open), None)
        if view is None:
            return None
        key, column = getattr(item, self.key), key_to(view, self.datamodel.obj)
        filters = view.datamodel.get_filters([column]).get_joined_filters(view._base_filters)
        filters.add_filter(column, OfParent, key)
        view.datamodel.needs(view.relations_of(view.list_columns))
        count, rows = view.datamodel.query(filters, *view.base_order, page=0, page_size=SHOWN)
        columns = view.named(view.list_columns)
        view.know(rows)
        relation = relation_to(view, self.datamodel.obj)
        partly = searched_partly() and count <= COUNTED_TO
        return Opened(
            view,
            columns,
            [view.listed(row, columns) for row in rows],
            view.count_told(count),
            url_for(f"{view.endpoint}.list", **{f"q_{relation}": key}) if relation else "",
            count > len(rows),
            words.word("cover.partly", language()) if partly else "",
        )
