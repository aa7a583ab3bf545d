"""The one base of every generated page: columns from the table, search, order and paging within
bounds.

Columns are shown when `app.words.columns` names them; a new column that it names appears in
list, page, search, form and export. Rows are read through the scope; writing goes through the verb
table and nowhere else.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import abort, redirect, request, url_for
from flask_appbuilder import ModelView, expose
from flask_appbuilder.security.decorators import has_access

from app import extend, words
from app.views.actor import actor, key_typed, language, most
from app.views.pages.columns import Links
from app.views.pages.declared import DEEPEST, FIRST, Declared
from app.views.pages.export import Export
from app.views.pages.masking import case_of
from app.views.pages.paging import another_size, beyond, number_typed
from app.views.pages.related import Related
from app.views.pages.searching import LISTED, searched_newest, searched_partly
from app.views.pages.turning import remember
from app.worklists import COUNTED_TO, count_told

PAGE, LARGEST_PAGE = 25, 100


class DeskView(Declared, Export, Related, ModelView):
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
        self._declare_columns()
        self._declare_routes()
        super().__init__()
        self._declare_order()

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

    @expose("/list/", methods=["GET", "POST"])
    @has_access
    def list(self) -> Any:
        """A page of rows with the search form; the form is answered with the address of what it
        asks for."""
        if request.method == "POST":
            return redirect(self.address("list"), 303)
        asked = number_typed(self.asked().get("size"))
        size = min(asked or PAGE, LARGEST_PAGE)
        order, way = self.order()
        left_out = [*self.unread(), *another_size(asked, size)]
        wanted = number_typed(self.asked().get("page")) or 0
        columns = self.columns_here()
        self.datamodel.needs(self.relations_of(columns))
        page, count, rows = self._turned_to(wanted, size, order, way)
        if page != wanted:
            left_out.append(beyond(wanted))
        self.know(rows)
        self.remember(rows)
        if searched_newest():
            left_out.append(words.word("search.newest_only", language(), n=LISTED))
        partly = searched_partly() and count <= COUNTED_TO
        return self.render_template(
            self.list_template,
            title=self.title_here(),
            view=self,
            rows=[self.listed(row, columns) for row in rows],
            columns=columns,
            labels=self.labels(),
            **self._asked_for(),
            count=count,
            page=page,
            size=size,
            pages=-(-count // size),
            order=order,
            way=way,
            told=self.count_told(count),
            may_add=self.may_add(),
            left_out=left_out,
            partly=words.word("cover.partly", language()) if partly else "",
        )

    def _asked_for(self) -> dict[str, Any]:
        """The tabs, the filters in their row and those behind it, and what is set of them."""
        inputs = self.inputs()
        first = [one for name in self._first(inputs) for one in inputs if one["name"] == name]
        return {
            "tabs": self.view_tabs(),
            "first": first,
            "others": [one for one in inputs if one not in first],
            "chips": self.chips(),
        }

    def _first(self, inputs: Sequence[dict[str, Any]]) -> Sequence[str]:
        """The filters that stand in a row: those that the page names, else its first ones."""
        there = [one["name"] for one in inputs]
        return [name for name in self.filters if name in there] or there[:FIRST]

    def remember(self, rows: Sequence[Any]) -> None:
        """Let the pages of cases know the list that leads to them."""
        if self.has_lines() and "Cases" in actor().pages:
            remember(self.address("list"), (case_of(row) for row in rows if self.line(row)))

    def _turned_to(
        self, wanted: int, size: int, order: str, way: str
    ) -> tuple[int, int, Sequence[Any]]:
        """(page, how many rows there are, those of the page) of the page that is wanted; of the first
        where there is no such page."""
        page = min(wanted, (self.deepest - 1) // size)
        count, rows = self._read(page, size, order, way)
        if wanted and (page < wanted or not rows):
            page = 0
            count, rows = self._read(page, size, order, way)
        return page, count, rows

    def _read(self, page: int, size: int, order: str, way: str) -> Any:
        return self.datamodel.query(self.asked_filters(), order, way, page=page, page_size=size)

    def count_told(self, n: int) -> str:
        """How many rows there are, as far as they were counted."""
        return count_told(n) if self.deepest == DEEPEST else str(n)

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

    def changes_rows(self) -> bool:
        """Whether a list leads from each row to its change: one of what is in force, for who may."""
        return self.edit_verb in actor().rights and not self.has_lines()

    def change_of(self, item: Any) -> tuple[str, str] | None:
        """(address, label) of the form that changes a row of such a list; None where it stays."""
        if not self.changes_rows():
            return None
        edit = url_for(f"{self.endpoint}.edit", pk=getattr(item, self.key))
        return next((link for link in self.links(item) if link[0] == edit), None)

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
