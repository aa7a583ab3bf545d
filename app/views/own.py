"""The pages over tables of the office's own: what a plain `ModelView` of Flask-AppBuilder says of
itself, on the base of all pages - its rows within the scope, searched, exported and read by programs
like the others, and saved by verbs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import abort, url_for
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import has_access

from app import extend
from app.own import OwnView
from app.papers import pdf
from app.papers.fonts import own_fonts
from app.views import access_notes
from app.views.actor import actor, desk
from app.views.forms import on_file, outcome
from app.views.pages.base import DeskView
from app.views.pages.masking import case_of, masked_text
from app.views.pages.row_query import DeskInterface
from app.views.papers import sent

OBEYED = (
    *("list_columns", "show_columns", "search_columns", "order_columns", "export_columns"),
    *("label_columns", "formatters_columns", "base_filters", "base_order", "related_views"),
)
"""What of a view of Flask-AppBuilder counts."""


class OfCases(DeskView):
    """A page whose rows belong to cases: one is added on the page of its case."""

    def edit_href(self, item: Any) -> str:
        """The form that changes a row, beside its case."""
        return url_for(f"Verbs.{self.edit_verb}", case=item.case_id, id=item.id)


class OwnPapers(BaseView):
    """The papers of the office's own."""

    route_base = "/ownpapers"
    class_permission_name = "Home"
    base_permissions = ["can_of"]
    default_view = "of"

    @expose("/<kind>/<int:id>.pdf")
    @has_access
    def of(self, kind: str, id: int) -> Any:
        """A paper about a row that the person sees, in the access log; the callers in it are covered;
        404 else."""
        paper = next((paper for paper in extend.appbuilder.papers if paper.kind == kind), None)
        if paper is None or paper.page not in actor().pages:
            abort(404)
        view = next(
            view for view in self.appbuilder.baseviews if getattr(view, "page", "") == paper.page
        )
        row = view.found(str(id))
        case = case_of(row)
        content = pdf(kind, covered_facts(paper.facts(row), case), own_fonts(desk().settings.data))
        access_notes.note("paper_opened", case_id=case, page=paper.page)
        return sent(content, "pdf", f"{kind}-{id}")


def covered_facts(told: Any, case: int | None) -> Any:
    """Facts with the callers in their words covered."""
    if isinstance(told, str):
        return masked_text(told, case)
    if isinstance(told, Mapping):
        return {name: covered_facts(part, case) for name, part in told.items()}
    return [covered_facts(part, case) for part in told] if isinstance(told, (list, tuple)) else told


def pages_of(entries: list[OwnView]) -> list[type[DeskView]]:
    """The pages that an office added."""
    made: dict[type[Any], type[DeskView]] = {}
    for entry in entries:
        made[entry.view] = _page(entry)
        _lead(entry)
    for view, page in made.items():
        related = getattr(view, "related_views", None) or ()
        page.related_views = [made.get(other, other) for other in related]
    return [*made.values()]


def _page(entry: OwnView) -> type[DeskView]:
    told = {name: getattr(entry.view, name) for name in OBEYED if getattr(entry.view, name, None)}
    adds, edits = entry.verbs
    of_a_case = entry.scope == "case_id"
    if told.get("list_columns"):
        told["read_columns"] = told["list_columns"]
    told |= {
        "__doc__": entry.view.__doc__,
        "__module__": entry.view.__module__,
        "datamodel": DeskInterface(entry.model),
        "page": entry.page,
        "add_verb": "" if of_a_case else adds,
        "edit_verb": edits,
    }
    return type(entry.page, (OfCases if of_a_case else DeskView,), told)


def _lead(entry: OwnView) -> None:
    """Let the forms know the table, and where they lead afterwards."""
    adds, edits = entry.verbs
    on_file.ROWS[edits] = entry.model
    if entry.scope != "case_id":
        outcome.LEADS_TO[adds] = outcome.LEADS_TO[edits] = entry.page
