"""The one base of every generated page: columns from the table, search, order and paging within
bounds.

Columns are shown when `app.words.columns` names them; a new column that it names appears in
list, page, search, form and export. Rows are read through the scope; writing goes through the verb
table and nowhere else.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from flask import abort, redirect, request, url_for
from flask_appbuilder import ModelView, expose
from flask_appbuilder.security.decorators import has_access
from sqlalchemy import inspect

from app import extend, words
from app.views.actor import actor, key_typed, language, most
from app.views.pages.asking import Asking
from app.views.pages.columns import Links
from app.views.pages.export import Export
from app.views.pages.interface import LONGEST_SHORT
from app.views.pages.masking import case_of, know_callers, masked_text
from app.views.pages.ordering import grows, in_order
from app.views.pages.paging import another_size, beyond, number_typed
from app.views.pages.related import Related
from app.views.pages.searching import searched_partly
from app.views.pages.shown import NOTHING, shown, term
from app.worklists import COUNTED_TO, count_told

NOT_HERE = {"action", "action_post", "download", "delete"}
"""What Flask-AppBuilder brings and the desk does not have: rows change by verbs, files are behind
their case."""
Values = list[tuple[str, str]]
"""(label, value) of each."""
PAGE, LARGEST_PAGE = 25, 100
DEEPEST = COUNTED_TO + 1
"""So many rows of a list are turned to; what lies behind them is found by narrowing it, or in its
export."""


def labelled(model: type[Any]) -> list[str]:
    """The columns and relations of a table that have a label, in the order of the labels."""
    mapper = inspect(model)
    there = {*mapper.column_attrs.keys(), *mapper.relationships.keys()}
    return [name for name in words.COLUMNS.get(model.__tablename__, ()) if name in there]


def _given(view: Any, name: str, else_: Sequence[str]) -> list[str]:
    """The columns that a view names, as Flask-AppBuilder's views do; else all that there are."""
    return [*(getattr(view, name, None) or else_)]


class DeskView(Export, Asking, Related, ModelView):
    """A generated page of one table. `page` is its permission; `hidden` is never shown,
    `not_for_units` not to units, `page_only` not in the list, `exact` searched as a whole; `extra`
    is what `beside` tells of a row that stands in no column of its table.

    What a view of Flask-AppBuilder says of itself counts: `list_columns`, `show_columns`,
    `search_columns`, `order_columns`, `export_columns`, `label_columns`, `formatters_columns`,
    `base_filters`, `base_order`, `related_views`. What it does not say follows from the labels."""

    page = ""
    hidden: tuple[str, ...] = ()
    not_for_units: tuple[str, ...] = ()
    page_only: tuple[str, ...] = ()
    extra: tuple[str, ...] = ()
    unsearched: tuple[str, ...] = ()
    exact: tuple[str, ...] = ()
    add_verb = ""
    edit_verb = ""
    base_order = ("id", "desc")
    key = "id"
    list_template, show_template = "desk/list.html", "desk/show.html"

    def __init__(self) -> None:
        model = self.datamodel.obj
        self.table: str = model.__tablename__
        known = [name for name in labelled(model) if name not in self.hidden]
        self.relations = tuple(name for name in known if name in inspect(model).relationships)
        about_a_case = model.__tablename__ == "hotline_case" or hasattr(model, "case_id")
        self.free = tuple(
            name
            for name in known
            if about_a_case and name != "number" and self._kind(name) == "text"
        )
        self.own_labels = self._own_labels()
        shown = _given(self, "show_columns", [*known, *self.extra])
        listed = [name for name in shown if name not in self.page_only or name in self.extra]
        self.show_columns, self.list_columns = shown, _given(self, "list_columns", listed)
        searched = [name for name in known if name not in self.unsearched and name in shown]
        self.search_columns = _given(self, "search_columns", searched)
        self.export_columns = _given(self, "export_columns", shown)
        self.datamodel.eager = self.relations
        self.add_columns = self.edit_columns = [known[0]]
        self.label_columns = {name: words.column(self.table, name) for name in shown}
        self.class_permission_name = self.page
        self.base_permissions = ["can_list", "can_show", "can_export", "can_add", "can_edit"]
        self.route_base = f"/{self.page.lower()}"
        without = {
            way for way, verb in (("add", self.add_verb), ("edit", self.edit_verb)) if not verb
        }
        self.exclude_route_methods = NOT_HERE | without
        super().__init__()
        self.deepest = DEEPEST if grows(model) else LONGEST_SHORT
        # After it: an empty list of them would be made all columns.
        ordered = _given(type(self), "order_columns", self.list_columns)
        plain = [name for name in ordered if name not in (*self.relations, *self.extra)]
        self.order_columns = (
            [name for name in plain if in_order(model, name)] if grows(model) else plain
        )

    def _own_labels(self) -> dict[str, str]:
        """column -> the message id of the label that the view gives it: one for all languages, or a
        pair in Chinese and in English."""
        found = {}
        for name, label in (getattr(type(self), "label_columns", None) or {}).items():
            found[name] = f"label.{self.page}.{name}"
            words.add(found[name], *((label, label) if isinstance(label, str) else label))
        return found

    def _init_forms(self) -> None:
        """No forms of Flask-AppBuilder's: what is typed goes to a verb."""

    def labels(self) -> dict[str, str]:
        """column -> its label in the language of the request."""
        return {name: self.label(name) for name in self.show_columns}

    def title_here(self) -> str:
        """The page's title: that of the list of work that was asked for, else of the table."""
        waiting = self.waiting()
        if waiting:
            return words.word(waiting.title, language())
        return words.table(self.table, language())

    # Pages.

    @expose("/list/", methods=["GET", "POST"])
    @has_access
    def list(self) -> Any:
        """A page of rows with the search form; the form is answered with the address of what it
        asks for."""
        if request.method == "POST":
            return redirect(self.address("list"), 303)
        asked = number_typed(self.asked().get("size"))
        size = min(asked or PAGE, LARGEST_PAGE)
        page = number_typed(self.asked().get("page")) or 0
        column, way = self.order()
        left_out = [*self.unread(), *another_size(asked, size)]
        deep = min(page, (self.deepest - 1) // size)
        count, rows = self.datamodel.query(
            self.asked_filters(), column, way, page=deep, page_size=size
        )
        if page and (page > deep or not rows):
            left_out.append(beyond(page))
            page = 0
            count, rows = self.datamodel.query(
                self.asked_filters(), column, way, page=page, page_size=size
            )
        self.cover(rows)
        return self.render_template(
            self.list_template,
            title=self.title_here(),
            view=self,
            rows=[self.row(one) for one in rows],
            columns=self.list_columns,
            labels=self.labels(),
            inputs=self.inputs(),
            count=count,
            page=page,
            size=size,
            pages=-(-count // size),
            order=column,
            way=way,
            told=self.count_told(count),
            may_add=self.may_add(),
            left_out=left_out,
            partly=words.word("cover.partly", language())
            if searched_partly() and count <= COUNTED_TO
            else "",
        )

    def count_told(self, n: int) -> str:
        """How many rows there are, as far as they were counted."""
        return count_told(n) if self.deepest == DEEPEST else str(n)

    def row(self, item: Any) -> dict[str, Any]:
        """What the list shows of a row: its values, worded, and where its page is."""
        values = {name: self.told(item, name) for name in self.list_columns}
        return {
            "id": getattr(item, self.key),
            "values": values,
            "href": self.href(item),
            "case": self.case_href(item),
        }

    def value(self, item: Any, name: str) -> str:
        """One value of a row as a person reads it; by the view's own way of writing it, where it has
        one."""
        found = getattr(item, name)
        if name in self.formatters_columns:
            return self.formatters_columns[name](found)
        if isinstance(found, datetime) and self._kind(name) == "clock":
            return term(found)
        plain = found if isinstance(found, (bool, int, date, datetime)) or found is None else None
        if name in self.relations:
            worded = (
                [shown(self.table, name, str(one)) for one in found]
                if isinstance(found, list_of)
                else None
            )
            return shown(self.table, name, worded if worded is not None else found and str(found))
        return shown(self.table, name, plain if plain is not None else found)

    def cover(self, rows: Sequence[Any], always: bool = False) -> None:
        """Learn in one statement which callers have to be covered in these rows."""
        if self.free and (always or not actor().reads_as_typed):
            know_callers(case_of(one) for one in rows)

    def told(self, item: Any, name: str, always: bool = False) -> str:
        """One value of a row as this person may read it: in free words about a case the callers are
        covered, `always` or for those who do not read them as they were typed."""
        if name in self.not_for_units and actor().of_a_unit:
            return NOTHING
        if name in self.extra:
            return self.beside(item, name, always) or NOTHING
        value = self.value(item, name)
        covers = name in self.free and (always or not actor().reads_as_typed)
        return masked_text(value, case_of(item)) if covers and value != NOTHING else value

    def beside(self, item: Any, name: str, always: bool) -> str:
        """What `extra` says of a row, covered like its free words."""
        raise NotImplementedError

    def href(self, item: Any) -> str:
        """Where a row's own page is."""
        return url_for(f"{self.endpoint}.show", pk=getattr(item, self.key))

    def case_href(self, item: Any) -> str | None:
        """Where the page of a row's case is."""
        case = getattr(item, "case_id", None)
        if "case" in self.relations and item.case is None:
            return None  # a unit that gave the case back keeps its own row of it
        return url_for("Cases.page_of_case", id=case) if case and "Cases" in actor().pages else None

    def found(self, pk: str) -> Any:
        """The row with a key that was typed into an address, within what may be seen; 404 else."""
        known = self.key_of(pk)
        item = self.datamodel.get(known, self._base_filters) if known is not None else None
        if item is None:
            abort(404)
        return item

    def key_of(self, pk: str) -> Any:
        """A key as the table has it, or None where it can be nobody's."""
        known = key_typed(pk)
        return known if 0 < known < most(self.datamodel.obj) else None

    @expose("/show/<pk>")
    @has_access
    def show(self, pk: str) -> Any:
        """A row with all that is shown of it."""
        item = self.found(pk)
        return self.render_template(
            self.show_template,
            title=self.title_here(),
            view=self,
            values=self.values_of(item),
            item=item,
            case=self.case_href(item),
            links=[*self.links(item), *self.papers(item)],
            tabs=(tabs := self.tabs(item)),
            opened=self.opened(item, tabs),
        )

    def values_of(self, item: Any) -> Values:
        """All that a row's own page shows of it."""
        return [(self.label(name), self.told(item, name)) for name in self.show_columns]

    def links(self, item: Any) -> Links:
        """(address, label) of what can be done with a row."""
        if not self.edit_verb or self.edit_verb not in actor().rights:
            return []
        return [
            (
                url_for(f"{self.endpoint}.edit", pk=getattr(item, self.key)),
                words.title(self.edit_verb, language()),
            )
        ]

    def papers(self, item: Any) -> Links:
        """The papers of the office's own about a row of this page."""
        return [
            (
                url_for("OwnPapers.of", kind=paper.kind, id=item.id),
                words.word(f"paper.{paper.kind}", language()),
            )
            for paper in extend.appbuilder.papers
            if paper.page == self.page
        ]

    def may_add(self) -> str | None:
        """The label of the button that adds a row, for who may."""
        return words.title(self.add_verb, language()) if self.add_verb in actor().rights else None

    @expose("/add", methods=["GET"])
    @has_access
    def add(self) -> Any:
        """The form of the verb with which a row is added."""
        self.insist(self.add_verb)
        return redirect(url_for(f"Verbs.{self.add_verb}"))

    @expose("/edit/<pk>", methods=["GET"])
    @has_access
    def edit(self, pk: str) -> Any:
        """The form of the verb with which a row is changed."""
        self.insist(self.edit_verb)
        return redirect(self.edit_href(self.found(pk)))

    def insist(self, verb: str) -> None:
        """403 for who has no right to a verb."""
        if verb not in actor().rights:
            abort(403)

    def edit_href(self, item: Any) -> str:
        """Where the form is that changes a row."""
        return url_for(f"Verbs.{self.edit_verb}", id=getattr(item, self.key))

    def tells_its_own(self) -> bool:
        """Whether this page words its values in ways of its own."""
        own = type(self).told is not DeskView.told or type(self).value is not DeskView.value
        return bool(own or self.formatters_columns)


list_of = (list, tuple)
