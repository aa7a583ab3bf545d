"""Acceptance 受理: cases, contacts, suggestions and categories."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from flask import abort, g, request, url_for
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import has_access, permission_name
from sqlalchemy import func, select, union

from app import words
from app.models import Assignment, Case, Category, Contact, Person, Suggestion, SuggestionComment
from app.rules.gist import gist
from app.rules.workdays import minute
from app.rules.workflow import OPEN_ASSIGNMENT, OPEN_CASE
from app.verbs.offers import offer
from app.views.actor import actor, language, reader
from app.views.case.became import InBrief, know_became
from app.views.case.page import HEADS, NOT_FOR_UNITS, load, page_of
from app.views.pages.base import DeskView
from app.views.pages.columns import Links
from app.views.pages.row_query import DeskInterface


class Cases(DeskView):
    """Cases: registered with a form, corrected until they are allocated, each with a page of its
    own."""

    datamodel = DeskInterface(Case)
    page = "Cases"
    add_verb, edit_verb = "register", "edit_case"
    list_columns = ("state", "lead_unit", "registered_at")
    filters = ("state", "kind", "category", "lead_unit", "registered_at")
    clock, running, empty = "own_at", OPEN_CASE, "list.empty_cases"
    page_only = (
        "narrative",
        "demand",
        "received_at",
        "complex",
        "dangerous",
        "wants_reply",
        "mode",
        "complained_unit",
        "complained_person",
        "paper_form",
        "repeat_check",
        "suggestion",
        "leader_due_on",
        "allocations",
        "answer",
        "refusal_reason",
        "told_caller",
        "line",
        "sampled",
        "redo_failed",
        "disputed_by",
        "excluded_as",
        "anonymous",
        "category",
        "closed_as",
        "leader_assigned",
        "allocated_at",
    )
    not_for_units = NOT_FOR_UNITS
    unsearched = (
        "answer",
        "told_caller",
        "repeat_check",
        "paper_form",
        "complained_person",
        "round",
        "sampled",
    )

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
            "desk/case.html",
            title="",
            page=page_of(case, request.args.get("tl", "")),
            case=case,
            state=state,
            heads={name: words.word(head, language()) for name, head in HEADS.items()},
        )

    def know(self, rows: Sequence[Any], always: bool = False) -> None:
        """Learn until when the units have the cases as well, in one statement."""
        super().know(rows, always)
        g.desk_due = dues_of(row.id for row in rows)

    def ends(self, item: Any) -> datetime | None:
        """When the first of the clocks of a case ends: of its units, or the centre's own."""
        found = (g.get("desk_due", {}).get(item.id), super().ends(item))
        return min(filter(None, found), default=None)

    def due_within(self, first: datetime, last: datetime) -> list[Any]:
        """The cases of which a clock of a unit, or the centre's own, ends within a day."""
        own = select(Case.id).where(*super().due_within(first, last)).correlate(None)
        due = select(Assignment.case_id).where(
            Assignment.due_at > first,
            Assignment.due_at <= last,
            Assignment.state.in_(OPEN_ASSIGNMENT),
        )
        if actor().of_a_unit:
            due = due.where(Assignment.unit_id == (actor().unit_id or 0))
        return [Case.id.in_(union(own, due))]

    def href(self, item: Any) -> str:
        """A case's own page."""
        return url_for("Cases.page_of_case", id=item.id)

    def links(self, item: Any) -> Links:
        """The case's page, and what a generated page offers."""
        page = words.word("list.case_page", language())
        corrects = offer(self.edit_verb, {"case": [item]}).open
        return [
            (url_for("Cases.page_of_case", id=item.id), page),
            *(super().links(item) if corrects else []),
        ]

    def edit_href(self, item: Any) -> str:
        """The form that corrects a case."""
        return url_for("Verbs.edit_case", case=item.id)


def dues_of(cases: Iterable[int]) -> Mapping[int, datetime]:
    """Case id -> when the first of its units that this person sees has to have answered."""
    query = (
        select(Assignment.case_id, func.min(Assignment.due_at).label("due"))
        .where(Assignment.case_id.in_([*cases]), Assignment.state.in_(OPEN_ASSIGNMENT))
        .group_by(Assignment.case_id)
    )
    return {row.case_id: row.due for row in reader().execute(query)}


class Contacts(DeskView):
    """Contacts: every call or message."""

    datamodel = DeskInterface(Contact)
    page = "Contacts"
    add_verb = "contact"
    list_columns = ("kind", "channel", "received_at")
    filters = ("kind", "channel", "received_at", "case")
    empty = "list.empty_contacts"
    page_only = ("words",)


AS_A_MATTER = "case_page.as_a_matter"


def _title(verb: str) -> str:
    return words.title(verb, language())


def know_comments(cases: Iterable[int]) -> Mapping[int, list[str]]:
    """Case id -> what leaders said to the suggestion, the oldest first, in one statement for all
    that this request has not asked for before."""
    known: dict[int, list[str]] = g.setdefault("desk_comments", {})
    asked = {*cases} - known.keys()
    if asked:
        known |= {id: [] for id in asked}
        query = (
            select(
                SuggestionComment.case_id,
                SuggestionComment.words,
                SuggestionComment.at,
                Person.first_name,
            )
            .outerjoin(Person, Person.id == SuggestionComment.by_id)
            .where(SuggestionComment.case_id.in_(asked))
            .order_by(SuggestionComment.id)
        )
        for row in reader().execute(query):
            known[row.case_id].append(f"{row.first_name} {minute(row.at)} {row.words}")
    return known


class Suggestions(InBrief):
    """The pool of reasonable suggestions; leaders read those that were kept, in their words, and
    comment on them."""

    datamodel = DeskInterface(Suggestion)
    page = "Suggestions"
    edit_verb = "screen_suggestion"
    extra = ("own_words", "comments", "case_state")
    list_columns = ("words", "kept", "case_state", "marked_at")
    filters = ("kept", "marked_at", "screened_at", "case")
    empty = "list.empty_suggestions"

    def cover(self, rows: Sequence[Any], always: bool = False) -> None:
        """Learn what leaders said to the suggestions as well, in one statement."""
        super().cover(rows, always)
        know_comments(row.case_id for row in rows)

    def beside(self, item: Any, name: str, always: bool) -> str:
        """The suggestion's own words, and what leaders said to it."""
        if name != "comments":
            return super().beside(item, name, always)
        return "\n".join(know_comments([item.case_id]).get(item.case_id, ()))

    def named_else(self, item: Any) -> tuple[str, str]:
        """The suggestion in a line, and its number, for who reads of its case in brief."""
        (number, _), told = super().named_else(item), self.beside(item, "own_words", True)
        return gist(told) or number, number

    def links(self, item: Any) -> Links:
        """The forms with which a leader comments on it or makes it a matter of his, and the centre
        registers one."""
        one, rights = know_became([item.case_id])[item.case_id], actor().rights
        found = super().links(item)
        if item.kept and "comment_suggestion" in rights:
            found.append(
                (
                    url_for("Verbs.comment_suggestion", case=item.case_id),
                    _title("comment_suggestion"),
                )
            )
        if item.kept and "instruct" in rights and one.state in OPEN_CASE:
            found.append((url_for("Verbs.instruct", case=item.case_id), _title("instruct")))
        if (
            item.kept
            and "register" in rights
            and one.state not in OPEN_CASE
            and actor().reads_as_typed
        ):
            new = {
                "channel": "leader",
                "kind": "help",
                "narrative": one.narrative,
                "demand": one.demand,
                "repeat_check": one.number,
            }
            found.append((url_for("Verbs.register", **new), words.word(AS_A_MATTER, language())))
        return found

    def edit_href(self, item: Any) -> str:
        """The form that screens a suggestion."""
        return url_for("Verbs.screen_suggestion", case=item.case_id)


class Categories(DeskView):
    """Categories of matters: a tree of two levels."""

    datamodel = DeskInterface(Category)
    page = "Categories"
    add_verb, edit_verb = "add_category", "edit_category"
    list_columns = ("name", "parent", "default_unit", "active")
    base_order = ("id", "asc")

    def value(self, item: Any, name: str) -> str:
        """The unit that is proposed first for its cases, also where that is the default of the
        category above."""
        above = item.parent.default_unit if item.parent is not None else None
        if name != "default_unit" or item.default_unit is not None or above is None:
            return super().value(item, name)
        return words.word("list.as_above", language(), value=above.name)
