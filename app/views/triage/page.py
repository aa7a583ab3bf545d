"""Allocating from the panel: the ordinary verb with the ordinary key and version; then the panel of
the next case, which names what was done."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from app import words
from app.models import Case, Unit
from app.rules.refusal import NotAllowed
from app.verbs import VERBS
from app.views.actor import actor, language, reader, written
from app.views.bar import counts_of
from app.views.forms.form import values_of
from app.views.forms.once import ONCE, Sending
from app.views.forms.performing import as_asked, do, target_of
from app.views.forms.question import Question
from app.views.forms.questions import question_of
from app.views.forms.row_choice import row_sent
from app.views.pages.paging import number_typed
from app.views.triage.panel import LIST, VERB, panel_of, waiting_case
from app.views.waiting import beyond_in_list, in_list, page_size, rows_of_list, waiting
from app.worklists import QUEUES, count_told

REFUSED = 422
PANEL = "panel"
"""The part of the page that is exchanged."""
_NOTHING_LEFT = "work_list.triage.nothing_left"


def is_part() -> bool:
    """Whether the page asks for its panel alone."""
    return request.headers.get("HX-Target") == PANEL


def part(case: Case | None, told: str = "", gone: int = 0, shown: int = 0, **given: Any) -> str:
    """The panel alone; with it what changes on the page: which row is shown and which was; where a row
    is gone, the one that moves up into the page, and every count."""
    changed = _changed() if gone else {}
    return render_template(
        "desk/_triage.html",
        panel=panel_of(case, **given) if case is not None else None,
        told=told,
        done=request.form.get(ONCE, "") if gone else "",
        gone=gone,
        shown=shown,
        part=True,
        **changed,
    )


def _changed() -> dict[str, Any]:
    """What else of the page changes when a row is gone: how many are left, in the list and on this page
    of it, the row that moved up to its end, and what waits."""
    queue, who = QUEUES[LIST], actor()
    page, size = number_typed(request.form.get("page")) or 0, page_size(request.form)
    rows = rows_of_list(who, queue, page * size, size)
    moved = [*filter(None, waiting([(queue, row) for row in rows[size - 1 :]]))]
    return {
        "left": count_told(in_list(who, queue)),
        "here": len(rows),
        "moved": moved,
        "page": page,
        "key": LIST,
        "counts": counts_of(who, current_user.session_version),
    }


class Triage(BaseView):
    """The panel's form."""

    route_base = "/triage"
    class_permission_name = "Verbs"
    base_permissions = [f"can_{VERB}"]
    default_view = "send"

    @expose("/<int:case>")
    @has_access
    @permission_name(VERB)
    def of(self, case: int) -> Any:
        """The page with the panel of a case: where a form that was not sent is come back to."""
        if waiting_case(case) is None:
            abort(404)
        return redirect(url_for("Home.work", key=LIST, case=case))

    @expose("/<int:case>", methods=["POST"])
    @has_access
    @permission_name(VERB)
    def send(self, case: int) -> Any:
        """What came of the panel's form: the next case, or this one once more with why not."""
        found = waiting_case(case)
        if found is None:
            abort(404)
        sending = Sending(VERB, case)
        try:
            question = _tried(found, sending)
        except (NotAllowed, DBAPIError) as failed:
            first = sending.before()
            if first is None and not isinstance(failed, NotAllowed):
                raise
            if first is None or not first.same:
                no = failed if first is None else sending.otherwise(first)
                assert isinstance(no, NotAllowed)  # noqa: S101
                return self._again(case, no=no, key=sending.key if first is None else "")
            question = None
        if question is not None:
            return self._again(case, question=question, key=sending.key)
        return _next(found)

    def _again(self, id: int, **given: Any) -> Any:
        """The panel once more, with everything still typed in."""
        case = waiting_case(id)
        code = REFUSED if given.get("no") is not None else 200
        given["typed"] = request.form
        if is_part():
            # A part that is refused is shown as well: the script takes no other answer in.
            return part(case, **given)
        page = self.render_template(
            "desk/work.html",
            title=words.word(QUEUES[LIST].title, language()),
            panel=panel_of(case, **given) if case is not None else None,
            key=LIST,
            rows=[],
            alone=True,
        )
        return page, code


def _tried(case: Case, sending: Sending) -> Question | None:
    """Do the verb, or give the question that has to be answered first. Raises NotAllowed."""
    verb, typed = VERBS[VERB], request.form
    sending.insist()
    values = values_of(reader(), verb, typed)
    target = {**target_of(verb, typed, values), **row_sent(verb, case, typed)}
    question = question_of(verb, case, values, typed)
    if question is not None and not question.was_asked(typed):
        first = sending.before()
        if first is not None:
            raise sending.otherwise(first)
        return question
    values = as_asked(values, question)
    written(lambda session: do(session, verb, case, sending, {**target, **values}, []))
    return None


def _next(case: Case) -> Any:
    """The panel of the case behind one that was done, else of the first; the end of the list where
    none is left."""
    queue = QUEUES[LIST]
    behind = rows_of_list(actor(), queue, 0, 1, beyond_in_list(queue, case))
    rows = behind or rows_of_list(actor(), queue, 0, 1)
    tongue, unit = language(), _unit(request.form.get("unit"))
    told = words.word("work_list.triage.done", tongue, number=case.number, unit=unit)
    if not rows:
        told = words.then(told, words.word(_NOTHING_LEFT, tongue), tongue)
    if is_part():
        return part(waiting_case(rows[0].case) if rows else None, told, case.id)
    flash(told, "success")
    return redirect(url_for("Home.work", key=LIST, case=rows[0].case if rows else None), 303)


def _unit(code: str | None) -> str:
    """What the unit with a code is called."""
    return reader().scalar(select(Unit.name).where(Unit.code == (code or ""))) or ""
