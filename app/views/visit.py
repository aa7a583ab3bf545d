"""Visit 回访: visits, and every attempt and correction."""

from __future__ import annotations

from typing import Any

from flask import redirect, request, url_for
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import has_access

from app import words
from app.models import Visit, VisitRecord
from app.views.actor import actor, key_typed, language
from app.views.pages.base import DeskView
from app.views.pages.columns import Links
from app.views.pages.row_query import DeskInterface


class Visits(DeskView):
    """Visits: added to by `record_visit`, corrected by `amend_visit` - a new version each time."""

    datamodel = DeskInterface(Visit)
    page = "Visits"
    add_verb, edit_verb = "record_visit", "amend_visit"
    list_columns = ("state", "attempts", "solved", "satisfied", "planned_at")
    filters = ("state", "solved", "satisfied", "planned_at", "case")
    empty = "list.empty_visits"

    def may_add(self) -> str | None:
        """A visit is recorded from its own page."""
        return None

    def links(self, item: Any) -> Links:
        """Record an attempt while it waits for one, or correct what was recorded."""
        found = super().links(item)
        if "record_visit" in actor().rights and item.state == "pending":
            found.insert(
                0,
                (
                    url_for("Verbs.record_visit", case=item.case_id),
                    words.title("record_visit", language()),
                ),
            )
        return found

    def edit_href(self, item: Any) -> str:
        """The form of a correction."""
        return url_for("Verbs.amend_visit", case=item.case_id)

    @expose("/add", methods=["GET"])
    @has_access
    def add(self) -> Any:
        """The list of those who wait to be visited, from which a visit is recorded."""
        self.insist(self.add_verb)
        case = key_typed(request.args.get("case"))
        if case:
            return redirect(url_for("Verbs.record_visit", case=case))
        return redirect(url_for("Visits.list", q_state="pending"))


class VisitRecords(DeskView):
    """Attempts and corrections: never edited."""

    datamodel = DeskInterface(VisitRecord)
    page = "VisitRecords"
    list_columns = ("attempt", "method", "reached", "satisfied", "at")
    filters = ("method", "reached", "satisfied", "at", "case")
    empty = "list.empty_records"
    page_only = ("words", "evidence", "reason", "place", "met", "why")
