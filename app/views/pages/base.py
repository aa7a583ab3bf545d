"""The one base of every generated page: columns from the table, search, order and paging within
bounds.

Columns are shown when `app.rules.words.columns` names them; a new column with a label appears in
list, page, search, form and export. Rows are read through the scope; writing goes through the verb
table and nowhere else.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any
from unicodedata import normalize

from flask import Response, abort, redirect, request, stream_with_context, url_for
from flask_appbuilder import ModelView, expose
from flask_appbuilder.security.decorators import has_access, permission_name
from sqlalchemy import inspect

from app.rules import words
from app.rules.covering import NOBODY, covered
from app.rules.reading import seen as is_seen
from app.rules.words.covers import PARTLY
from app.views import looked
from app.views.actor import actor, key_typed, language, most, now
from app.views.pages.asking import Asking, Links
from app.views.pages.exporting import take_place
from app.views.pages.interface import LONGEST_SHORT
from app.views.pages.masking import case_of, forget_callers, know_callers, masked_text
from app.views.pages.ordering import grows, in_order
from app.views.pages.paging import another_size, beyond, number_typed
from app.views.pages.related import Related
from app.views.pages.searching import search_whole, searched_partly
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
_FORMULA = ("=", "+", "-", "@")


def labelled(model: type[Any]) -> list[str]:
    """The columns and relations of a table that have a label, in the order of the labels."""
    mapper = inspect(model)
    there = {*mapper.column_attrs.keys(), *mapper.relationships.keys()}
    return [name for name in words.COLUMNS.get(model.__tablename__, {}) if name in there]


def safe_cell(value: str) -> str:
    """A cell that no spreadsheet takes for a formula: whatever its width, behind blanks and what
    cannot be seen too."""
    first = next(filter(is_seen, value), "")
    formula = normalize("NFKC", first)[:1] in _FORMULA or value[:1] in ("\t", "\r")
    return f"'{value}" if formula else value


class DeskView(Asking, Related, ModelView):
    """A generated page of one table. `page` is its permission; `hidden` is never shown,
    `not_for_units` not to units, `page_only` not in the list, `exact` searched as a whole; `extra`
    is what `beside` tells of a row that stands in no column of its table."""

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
        self.list_columns = [*(name for name in known if name not in self.page_only), *self.extra]
        self.show_columns = [*known, *self.extra]
        self.search_columns = [name for name in known if name not in self.unsearched]
        self.export_columns = self.show_columns
        self.datamodel.eager = self.relations
        self.add_columns = self.edit_columns = [known[0]]
        self.label_columns = {name: words.column(self.table, name) for name in self.show_columns}
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
        plain = [name for name in self.list_columns if name not in (*self.relations, *self.extra)]
        self.order_columns = (
            [name for name in plain if in_order(model, name)] if grows(model) else plain
        )

    def _init_forms(self) -> None:
        """No forms of Flask-AppBuilder's: what is typed goes to a verb."""

    def labels(self) -> dict[str, str]:
        """column -> its label in the language of the request."""
        return {name: words.column(self.table, name, language()) for name in self.show_columns}

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
            partly=words.word(PARTLY, language())
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
        """One value of a row as a person reads it."""
        found = getattr(item, name)
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
            links=self.links(item),
            tabs=(tabs := self.tabs(item)),
            opened=self.opened(item, tabs),
        )

    def values_of(self, item: Any) -> Values:
        """All that a row's own page shows of it."""
        return [
            (words.column(self.table, name, language()), self.told(item, name))
            for name in self.show_columns
        ]

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

    # Export.

    @expose("/export.csv")
    @has_access
    @permission_name("export")
    def export(self) -> Any:
        """All rows that are found, as CSV for a spreadsheet, without anybody's identity, marked
        with who took it."""
        if self.unread():  # said where a person reads it: a file would pass for what was asked
            return redirect(self.address("list"))
        place = take_place()
        try:
            answer = self._exported()
        except BaseException:
            place.leave()
            raise
        answer.call_on_close(place.leave)
        return answer

    def _exported(self) -> Response:
        """The export, put on record and about to be read."""
        head = [words.column(self.table, name, language()) for name in self.export_columns]
        mark = f"{actor().name} {now():%Y-%m-%d %H:%M}"
        search_whole()
        looked.note("export_begun", page=self.page, filters=self.narrowed())
        lines = self._lines(head, mark)
        name = f"{self.page.lower()}.csv"
        return Response(
            stream_with_context(lines),
            mimetype="text/csv; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )

    def _lines(self, head: Any, mark: str) -> Iterator[str]:
        # The session is asked for here, not before: that of the view is taken away when the answer
        # begins, and would keep a connection that nobody gives back.
        sent = 0
        try:
            yield "\ufeff" + _csv([[safe_cell(cell) for cell in (*head, mark)]])
            for some in self.datamodel.pieces(self.asked_filters(), *self.order()):
                forget_callers()
                self.cover(some, always=True)
                yield _csv(self._rows(some))
                sent += len(some)
        finally:
            # However it ends: of what began and was broken off, this many rows went out.
            looked.note("exported", page=self.page, filters=self.narrowed(), rows=sent)

    def _rows(self, items: Sequence[Any]) -> Iterator[Sequence[str]]:
        """The cells of a piece of an export. Of a column that nobody's words stand in each value is
        worked out once."""
        if type(self).told is not DeskView.told or type(self).value is not DeskView.value:
            yield from (
                [safe_cell(self.told(one, name, always=True)) for name in self.export_columns]
                for one in items
            )
            return
        hidden = know_callers(map(case_of, items)) if self.free else {}
        free = {*self.free}
        known: dict[str, dict[Any, str]] = {name: {} for name in self.export_columns}
        unread = {*self.not_for_units} if actor().of_a_unit else set()
        for item in items:
            of = hidden.get(case_of(item) or 0, NOBODY)
            cells = []
            for name in self.export_columns:
                if name in self.extra or name in unread:
                    cells.append(safe_cell(self.told(item, name, always=True)))
                    continue
                value = getattr(item, name)
                if name in free:
                    cells.append(safe_cell(covered(value, of)) if value else NOTHING)
                    continue
                key = str(value) if isinstance(value, list_of) else value
                made = known[name].get(key)
                if made is None:
                    made = known[name][key] = safe_cell(self.told(item, name, always=True))
                cells.append(made)
            yield cells


list_of = (list, tuple)


def _csv(rows: Any) -> str:
    lines = io.StringIO()
    csv.writer(lines).writerows(rows)
    return lines.getvalue()
