"""The rows of a generated page as JSON, for programs of the office: read-only, within what the page
shows, covered as its export, and found by the search of the page alone.

One base over Flask-AppBuilder's `ModelRestApi`, of which it has two routes, both GET: a page of
rows, and a row. What it brings besides - `_info`, POST, PUT, DELETE, tokens - is not there.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from flask import Response, request
from flask_appbuilder import ModelRestApi
from flask_appbuilder.api import expose
from flask_appbuilder.security.decorators import has_access

from app import words
from app.views import access_notes
from app.views.actor import language
from app.views.pages.base import LARGEST_PAGE, PAGE, DeskView
from app.views.pages.masking import case_of
from app.views.pages.openapi import operations
from app.views.pages.paging import number_typed
from app.views.pages.rest_query import Unreadable, wanted_of
from app.views.pages.sealed_search import Pairs

TYPED = ("q_", "from_", "to_")
"""How the parameters begin that may hold what somebody typed."""
OF_PEOPLE = ("view", "columns")
"""What is asked of the list of a page, and means nothing to a program."""
READ = "read_by_program"
"""How the access log names what was read here."""


class Rows(ModelRestApi):
    """The rows of one page. `view` is the page: its rights, scope, columns, covering and search."""

    include_route_methods = {"get_list", "get"}
    allow_browser_login, csrf_exempt = True, False
    base_permissions = ["can_get_list", "can_get"]

    def __init__(self, view: DeskView) -> None:
        self.view, self.datamodel = view, view.datamodel
        self.resource_name, self.class_permission_name = view.page.lower(), view.page
        self.list_columns, self.show_columns = [*view.read_columns], [*view.show_columns]
        self.search_columns, self.order_columns = [*view.search_columns], [*view.order_columns]
        self.add_columns = self.edit_columns = [view.show_columns[0]]
        super().__init__()

    def _init_properties(self) -> None:
        """Columns and filters are the page's."""

    def _init_model_schemas(self) -> None:
        """None: values are the words that the page shows."""

    def add_api_spec(self, api_spec: Any) -> None:
        """The two routes, with the parameters that the person of this request may use."""
        for path, operation in operations(self.route_base, self.view):
            api_spec.path(path=path, operations=operation)

    @expose("/")
    @has_access
    def get_list(self) -> Response:
        """A page of the rows that are asked for; 400 says what of the address cannot be read."""
        try:
            wanted = wanted_of(request.args)
        except Unreadable as no:
            return self._refused([_unreadable(str(no))])
        self.view.ask(wanted.pairs)
        wrong = [
            *(_unreadable(label) for label, _ in self.view.misread()),
            *self.view.gone(),
            *self._typed(wanted.pairs),
            *self._bounds(),
            *self._unknown(wanted.columns),
            *(_unreadable(name) for name in OF_PEOPLE if self.view.asked().get(name)),
        ]
        return self._refused(wrong) if wrong else self._listed(wanted.columns)

    @expose("/<pk>")
    @has_access
    def get(self, pk: str) -> Response:
        """A row with all that its page shows of it; 404 for what is not there and for what is not
        this person's to see."""
        item = self.view.found(pk)
        told = self._told([item], self.view.show_columns)[0]
        access_notes.note(READ, page=self.view.page, case_id=case_of(item), rows=1)
        columns = self.view.show_columns
        answer = {"id": told.pop("id"), "result": told, "show_columns": columns}
        return self.response(200, **answer, label_columns=self._labels(columns))

    def _listed(self, only: Sequence[str]) -> Response:
        """The page of rows, put on record as an export is."""
        view = self.view
        columns = [name for name in view.read_columns if not only or name in only]
        page, size = self._page()
        count, items = view.datamodel.query(
            view.asked_filters(), *view.order(), page=page, page_size=size
        )
        rows = self._told(items, columns)
        access_notes.note(READ, page=view.page, filters=view.narrowed(), rows=len(rows))
        return self.response(
            200,
            count=count,
            count_told=view.count_told(count),
            ids=[row["id"] for row in rows],
            result=rows,
            list_columns=columns,
            label_columns=self._labels(columns),
            order_columns=view.offered(),
            list_title=view.title_here(),
        )

    def _told(self, items: Sequence[Any], columns: Iterable[str]) -> list[dict[str, Any]]:
        """The values of rows as an export has them: the callers covered, whoever reads."""
        self.view.cover(items, always=True)
        return [
            {
                "id": str(getattr(item, self.view.key)),
                **{name: str(self.view.told(item, name, always=True)) for name in columns},
            }
            for item in items
        ]

    def _labels(self, columns: Iterable[str]) -> dict[str, str]:
        known = self.view.labels()
        return {name: known[name] for name in columns}

    def _refused(self, sentences: list[str]) -> Response:
        answer: Response = self.response_400("\n".join(sentences))
        return answer

    def _page(self) -> tuple[int, int]:
        """The page that is asked for, the first being 0, and how many rows it has."""
        asked = self.view.asked()
        size = number_typed(asked.get("size"))
        return number_typed(asked.get("page")) or 0, PAGE if size is None else size

    def _bounds(self) -> list[str]:
        """The sentence about a page that is too long or too far away."""
        page, size = self._page()
        if not 1 <= size <= LARGEST_PAGE:
            return [words.word("rest.size", language(), most=LARGEST_PAGE)]
        if page > (self.view.deepest - 1) // size:
            return [words.word("rest.deep", language(), page=page)]
        return []

    def _typed(self, pairs: Pairs) -> list[str]:
        """The sentences about what is typed, not chosen, and stands in the address as it is."""
        known = self.view.searched()
        typed = [
            name.partition("_")[2]
            for name, value in pairs
            if value and name.startswith(TYPED) and not self.view.stays(name, value)
        ]
        labels = self.view.labels()
        return [
            words.word("rest.typed", language(), label=labels[name])
            for name in dict.fromkeys(typed)
            if name in known
        ]

    def _unknown(self, columns: Iterable[str]) -> list[str]:
        """The sentences about columns that the list does not have."""
        return [
            words.word("rest.columns", language(), name=name[:40])
            for name in columns
            if name not in self.view.read_columns
        ]


def _unreadable(name: str) -> str:
    return words.word("rest.unreadable", language(), name=name[:40])


def rows_of_page(view: DeskView) -> Rows:
    """What serves the rows of a page; a class of its own, because Flask-AppBuilder registers each
    class once."""
    made: Rows = type(f"{view.page}Rows", (Rows,), {})(view)
    return made
