"""Acceptance 受理: cases, contacts, suggestions and categories."""

from __future__ import annotations

from typing import Any

from flask import abort, url_for
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import has_access, permission_name

from app.models import Case, Category, Contact, Suggestion
from app.rules import words
from app.verbs.offers import offer
from app.views.actor import language
from app.views.asking import Links
from app.views.base import DeskInterface, DeskView
from app.views.casepage import HEADS, NOT_FOR_UNITS, load, page_of, tags


class Cases(DeskView):
    """Cases: registered with a form, corrected until they are allocated, each with a page of its own."""

    datamodel = DeskInterface(Case)
    page = "Cases"
    add_verb, edit_verb = "register", "edit_case"
    page_only = (
        "narrative", "demand", "received_at", "complex", "dangerous", "wants_reply", "mode", "complained_unit",
        "complained_person", "paper_form", "repeat_check", "suggestion", "leader_due_on", "allocations", "answer",
        "refusal_reason", "told_caller", "line", "sampled", "redo_failed", "disputed_by", "excluded_as", "anonymous",
        "category", "closed_as", "leader_assigned", "allocated_at",
    )  # fmt: skip
    not_for_units = NOT_FOR_UNITS
    unsearched = ("answer", "told_caller", "repeat_check", "paper_form", "complained_person", "round", "sampled")

    @expose("/<int:id>")
    @has_access
    @permission_name("show")
    def page_of_case(self, id: int) -> Any:
        """The page of a case."""
        case = load(id)
        if case is None:
            abort(404)
        state = words.state("case", case.state, language())
        return self.render_template(
            "desk/case.html", title=str(case), page=page_of(case), case=case, state=state, tags=tags(case),
            heads=HEADS[language() == "en"],
        )  # fmt: skip

    def href(self, item: Any) -> str:
        """A case's own page."""
        return url_for("Cases.page_of_case", id=item.id)

    def links(self, item: Any) -> Links:
        """The case's page, and what a generated page offers."""
        page = "办理页面" if language() == "zh" else "case page"
        corrects = offer(self.edit_verb, {"case": [item]}).open
        return [(url_for("Cases.page_of_case", id=item.id), page), *(super().links(item) if corrects else [])]

    def edit_href(self, item: Any) -> str:
        """The form that corrects a case."""
        return url_for("Verbs.edit_case", case=item.id)


class Contacts(DeskView):
    """Contacts: every call or message."""

    datamodel = DeskInterface(Contact)
    page = "Contacts"
    add_verb = "contact"
    page_only = ("words",)


class Suggestions(DeskView):
    """The pool of reasonable suggestions."""

    datamodel = DeskInterface(Suggestion)
    page = "Suggestions"
    edit_verb = "screen_suggestion"

    def edit_href(self, item: Any) -> str:
        """The form that screens a suggestion."""
        return url_for("Verbs.screen_suggestion", case=item.case_id)


class Categories(DeskView):
    """Categories of matters: a tree of two levels."""

    datamodel = DeskInterface(Category)
    page = "Categories"
    add_verb, edit_verb = "add_category", "edit_category"
    base_order = ("id", "asc")
