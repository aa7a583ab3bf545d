"""Visit 回访: the queue of who is due with the one in hand, the visits, and every attempt and
correction."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import abort, flash, redirect, request, url_for
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import has_access, permission_name
from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from app import words
from app.models import Case, Visit, VisitRecord
from app.verbs import VERBS
from app.views.actor import actor, asked, key_typed, language, reader
from app.views.extras import defaults, extended_here
from app.views.forms.back import PLACES, Place, Render
from app.views.forms.decided_on import Box, matter
from app.views.forms.form import Drawing, VerbForm
from app.views.forms.once import ONCE, key_for
from app.views.forms.row_choice import which_row
from app.views.pages.base import DeskView
from app.views.pages.columns import Links
from app.views.pages.masking import masked_caller
from app.views.pages.row_query import DeskInterface
from app.views.papers import form_link
from app.views.visiting import Due, Queue, queue_of

RECORDS, REVEALS = "record_visit", "reveal"


class Visits(DeskView):
    """Visits: added to by `record_visit`, corrected by `amend_visit` - a new version each time."""

    datamodel = DeskInterface(Visit)
    page = "Visits"
    add_verb, edit_verb = RECORDS, "amend_visit"
    list_columns = ("state", "attempts", "solved", "satisfied", "planned_at")
    filters = ("state", "solved", "satisfied", "planned_at", "case")
    empty = "list.empty_visits"

    def may_add(self) -> str | None:
        """A visit is recorded from its own page."""
        return None

    def menu_address(self) -> str:
        """Where the menu leads: who visits comes to the queue, others to the list."""
        return url_for("Visits.queue" if RECORDS in actor().rights else "Visits.list")

    def links(self, item: Any) -> Links:
        """Record an attempt while it waits for one, or correct what was recorded."""
        found = super().links(item)
        if RECORDS in actor().rights and item.state == "pending":
            label = words.title(RECORDS, language())
            found.insert(0, (url_for("Verbs.record_visit", case=item.case_id), label))
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

    @expose("/queue")
    @has_access
    @permission_name("list")
    def queue(self) -> Any:
        """The queue, with the person in hand who comes first: at an address of his own, so that
        what is typed about one is never put down for another."""
        self.insist(RECORDS)
        queue = queue_of()
        return redirect(queue.next.href) if queue.next else _page(self.render_template, queue)

    @expose("/queue/<int:id>")
    @has_access
    @permission_name("list")
    def in_hand(self, id: int) -> Any:
        """The queue, with this visit in hand; where it waits no more, the one that comes first."""
        self.insist(RECORDS)
        queue = queue_of(id)
        if queue.asked is None:
            if asked(Visit, id) is None:
                abort(404)
            flash(words.word("visit_queue.waits_no_more", language()), "warning")
            return redirect(url_for("Visits.queue"))
        return _page(self.render_template, queue, queue.asked)


def _page(
    render: Render, queue: Queue, one: Due | None = None, shown: Mapping[str, str] | None = None
) -> Any:
    """The queue with a visit in hand; `shown` is its caller, where he was shown on the record."""
    return render(
        "desk/visit_queue.html",
        title=words.word("visit_queue.title", language()),
        queue=queue,
        hand=_hand(one, shown) if one is not None else None,
    )


def _revealed(render: Render, case: int, caller: Mapping[str, str]) -> Any:
    """The queue with the visit of a case in hand, whose caller this person was just shown on the
    record."""
    pending = select(Visit.id).where(Visit.caller_case_id == case, Visit.state == "pending")
    queue = queue_of(reader().scalar(pending.order_by(Visit.id.desc()).limit(1)) or 0)
    if queue.asked is None:
        return redirect(url_for("Visits.queue"))
    return _page(render, queue, queue.asked, caller)


PLACES["visits"] = Place(lambda rest: url_for("Visits.queue"), _revealed)


def _hand(one: Due, shown: Mapping[str, str] | None) -> dict[str, Any]:
    """The visit in hand: its caller, covered or as shown on the record, what it is about, and its
    form."""
    case: Case = asked(Case, one.case_id)
    form, key = _form(case)
    return {
        "of": one,
        "case": case,
        "shown": shown,
        "caller": shown or masked_caller(case, always=True),
        "reveals": REVEALS in actor().rights and shown is None and case.caller_id is not None,
        "reveal_key": key_for(REVEALS, case.id),
        "boxes": _boxes(case),
        "form": form,
        "key": key,
    }


def _form(case: Case) -> tuple[VerbForm, str]:
    """The form of an attempt, with what goes along unseen, and its one-time key."""
    verb, nothing = extended_here(VERBS[RECORDS], case), MultiDict[str, str]()
    drawing = Drawing(reader(), verb, language())
    key = key_for(verb.name, case.id)
    drawing.unseen = [*which_row(verb, case, nothing).hidden(), (ONCE, key)]
    return drawing.form(MultiDict([*defaults(verb)])), key


def _boxes(case: Case) -> list[Box]:
    """What the visit is about: the demand, leaders' instructions, and the answer as the caller was
    told it."""
    verb = VERBS[RECORDS]
    return matter(verb, case, which_row(verb, case, MultiDict()))


class VisitRecords(DeskView):
    """Attempts and corrections: never edited."""

    datamodel = DeskInterface(VisitRecord)
    page = "VisitRecords"
    list_columns = ("attempt", "method", "reached", "satisfied", "at")
    filters = ("method", "reached", "satisfied", "at", "case")
    empty = "list.empty_records"
    page_only = ("words", "evidence", "reason", "place", "met", "why")

    def links(self, item: Any) -> Links:
        """The paper 回访记录表."""
        return [*super().links(item), *form_link("visit", item.id)]
