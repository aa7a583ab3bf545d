"""What a generated page says of its columns, as Flask-AppBuilder's views do; what it does not say
follows from the labels of its table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import inspect

from app import words
from app.views.pages.columns import Columns
from app.views.pages.ordering import grows, in_order
from app.views.pages.row_query import LONGEST_SHORT
from app.worklists import COUNTED_TO

DEEPEST = COUNTED_TO + 1
"""So many rows of a list are turned to; what lies behind them is found by narrowing it, or in its
export."""
FIRST = 5
"""So many filters stand in a row above a list; the others are behind them."""
NOT_HERE = {"action", "action_post", "download", "delete"}
"""What Flask-AppBuilder brings and the desk does not have: rows change by verbs, files are behind
their case."""


def labelled(model: type[Any]) -> list[str]:
    """The columns and relations of a table that have a label, in the order of the labels."""
    mapper = inspect(model)
    there = {*mapper.column_attrs.keys(), *mapper.relationships.keys()}
    return [name for name in words.COLUMNS.get(model.__tablename__, ()) if name in there]


def _given(view: Any, name: str, else_: Sequence[str]) -> list[str]:
    """The columns that a view names, as Flask-AppBuilder's views do; else all that there are."""
    return [*(getattr(view, name, None) or else_)]


class Declared(Columns):
    """The columns of a page, and its routes, as they follow from what it says of itself."""

    hidden: tuple[str, ...]
    page_only: tuple[str, ...]
    extra: tuple[str, ...]
    unsearched: tuple[str, ...]
    list_columns: Sequence[str]
    filters: Sequence[str]
    add_verb: str
    edit_verb: str

    def _declare_columns(self) -> None:
        """Say what the columns are and which are shown where, before Flask-AppBuilder asks."""
        model = self.datamodel.obj
        self.table = model.__tablename__
        known = [name for name in labelled(model) if name not in self.hidden]
        self.relations = tuple(name for name in known if name in inspect(model).relationships)
        self.datamodel.eager = self.relations
        self.free = self._free_words(known)
        self.own_labels = self._own_labels()
        self.add_columns = self.edit_columns = [known[0]]
        self._declare_sets(known)
        # Flask-AppBuilder wants some at the start; pages say theirs in the language of each request.
        self.label_columns = {
            name: words.column(self.table, name, words.FALLBACK) for name in self.show_columns
        }

    def _declare_sets(self, known: Sequence[str]) -> None:
        """Say which of the columns are shown, listed, read by programs, searched and exported. A list
        has those that its page names; where it names none, and for programs, all that are not said
        on the row's own page only."""
        shown = _given(self, "show_columns", [*known, *self.extra])
        listed = [name for name in shown if name not in self.page_only or name in self.extra]
        searched = [name for name in known if name not in self.unsearched and name in shown]
        self.show_columns, self.list_columns = shown, _given(self, "list_columns", listed)
        self.read_columns = _given(self, "read_columns", listed)
        self.filters = _given(self, "filters", ())[:FIRST]
        self.search_columns = _given(self, "search_columns", searched)
        self.export_columns = _given(self, "export_columns", shown)

    def _free_words(self, known: Sequence[str]) -> tuple[str, ...]:
        """The columns of free words about a case, in which callers are covered."""
        model = self.datamodel.obj
        if self.table != "hotline_case" and not hasattr(model, "case_id"):
            return ()
        return tuple(name for name in known if name != "number" and self._kind(name) == "text")

    def _own_labels(self) -> dict[str, str]:
        """column -> the message id of the label that the view gives it: one for all languages, or a
        pair in Chinese and in English."""
        msgids = {}
        for name, label in (getattr(type(self), "label_columns", None) or {}).items():
            msgids[name] = f"label.{self.page}.{name}"
            words.add(msgids[name], *((label, label) if isinstance(label, str) else label))
        return msgids

    def _declare_routes(self) -> None:
        """Say under which permission and address the page stands, and which routes it has."""
        self.class_permission_name = self.page
        self.base_permissions = ["can_list", "can_show", "can_export", "can_add", "can_edit"]
        self.route_base = f"/{self.page.lower()}"
        verbs = {"add": self.add_verb, "edit": self.edit_verb}
        self.exclude_route_methods = NOT_HERE | {way for way, verb in verbs.items() if not verb}

    def _declare_order(self) -> None:
        """Say by which columns rows are ordered, and how deep a list goes; after Flask-AppBuilder,
        which would make an empty list of them all columns."""
        model = self.datamodel.obj
        listed = [
            *self.list_columns,
            *(name for name in self.read_columns if name in inspect(model).columns),
        ]
        named = _given(type(self), "order_columns", [*dict.fromkeys(listed)])
        plain = [name for name in named if name not in (*self.relations, *self.extra)]
        if grows(model):
            self.deepest = DEEPEST
            self.order_columns = [name for name in plain if in_order(model, name)]
        else:
            self.deepest, self.order_columns = LONGEST_SHORT, plain
