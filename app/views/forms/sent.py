"""What came of a form that was sent: done, done before, or shown once more with a question or with why
not - and everything still typed in."""

from __future__ import annotations

from typing import Any

from flask import abort, request
from sqlalchemy.exc import DBAPIError

from app.models import Case
from app.rules.refusal import NotAllowed
from app.verbs import Verb
from app.views.actor import actor, now, reader, written
from app.views.forms.back import Render
from app.views.forms.case_access import case_of
from app.views.forms.drafted import RETURNED, standing_now, with_emptied
from app.views.forms.form import values_of
from app.views.forms.on_file import CHANGED, as_meant, now_standing
from app.views.forms.once import SHOWN_AGAIN, First, Sending
from app.views.forms.outcome import page_after, to_paper
from app.views.forms.own_form import preview_typed
from app.views.forms.page import Again, page_of
from app.views.forms.performing import as_asked, do, target_of
from app.views.forms.previewed import PREVIEW, PROPOSES, preview_of, previews
from app.views.forms.questions import question_of
from app.views.forms.row_choice import row_sent
from app.views.forms.shortcuts import spelled
from app.views.forms.uploads import uploads_of
from app.views.forms.who_called import as_answered
from app.views.login.slips import SLIPS
from app.views.login.trying import own_password, wrong_try

"""Verbs after which a dossier waits to be made."""


def answer_to(render: Render, verb: Verb, case: Case | None, sending: Sending, sees: bool) -> Any:
    """What came of a form; of one that was done before, what came of it then: nothing is done
    again."""
    if not sees:
        return _unseen(render, verb, sending)
    if PREVIEW in request.form and previews(verb):
        return _previewed(render, verb, case)
    if verb.name == "open_paper":
        return to_paper(case.id if case is not None else 0, request.form.get("unit", ""))
    try:
        return _done(render, verb, case, sending)
    except (NotAllowed, DBAPIError) as failed:
        answer = _failed(render, verb, case, sending, failed)
        if answer is None:
            raise
        return answer


def _previewed(render: Render, verb: Verb, case: Case | None) -> Any:
    """The papers that a form would issue; the form once more where it would be refused."""
    try:
        return preview_typed(render, verb) if verb.name == PROPOSES else preview_of(verb, case)
    except NotAllowed as no:
        return _refused(render, verb, case, no, "")


def _unseen(render: Render, verb: Verb, sending: Sending) -> Any:
    """The answer about a case that the person does not see: what was done may have taken it out of
    their sight."""
    first = sending.before() if verb.name != "reveal" else None
    return _first(render, verb, first) if first is not None and first.same else abort(404)


def _failed(
    render: Render,
    verb: Verb,
    case: Case | None,
    sending: Sending,
    failed: NotAllowed | DBAPIError,
) -> Any:
    """The answer to a form that could not be done: that of the time it was done, the form once more
    with why it was refused, or None for a failure of the database."""
    first = sending.before()
    if first is None:
        if isinstance(failed, NotAllowed):
            return _refused(render, verb, case, failed, sending.key)
        return None
    if first.same and _shown_still(verb, case, first):
        return _first(render, verb, first)
    return _refused(render, verb, case, sending.otherwise(first), "")


def _done(render: Render, verb: Verb, case: Case | None, sending: Sending) -> Any:
    """What came of a form that may be done: its page once more with a question, or what was done."""
    typed = spelled(verb, request.form)
    sending.insist()
    if verb.name == "change_password":
        own_password()
    values = as_meant(verb, case, values_of(reader(), verb, typed))
    target = {**target_of(verb, typed, values), **row_sent(verb, case, typed)}
    values = with_emptied(verb, typed, as_answered(values, typed))
    question = question_of(verb, case, values, typed)
    if question is not None and not question.was_asked(typed):
        first = sending.before()
        if first is not None:
            raise sending.otherwise(first)
        return page_of(render, verb, case, typed, Again(question=question, key=sending.key))
    values = as_asked(values, question)
    uploads = uploads_of(verb, typed, values)
    told = written(lambda session: do(session, verb, case, sending, {**target, **values}, uploads))
    return page_after(render, verb, sending.case, told, sending.key)


def _refused(render: Render, verb: Verb, case: Case | None, no: NotAllowed, key: str) -> Any:
    """The form once more, with what was typed and why it was not done."""
    typed = spelled(verb, request.form)
    if no.msgid == "password_wrong":
        wrong_try(actor().id or 0)
    again = case_of(verb, case.id) if case is not None else None
    shown, beside = now_standing(verb, again, typed) if no.msgid == CHANGED else (typed, {})
    if no.msgid == RETURNED:
        shown = standing_now(verb, again, typed)
    return page_of(render, verb, again, shown, Again(no, beside=beside, key=key))


def _first(render: Render, verb: Verb, first: First) -> Any:
    """The answer that a form was given when it was done."""
    late = now() - first.row.at > SHOWN_AGAIN
    told = {name: part for name, part in first.told.items() if not (late and name == SLIPS)}
    return page_after(render, verb, first.row.case_id, told, first.row.key)


def _shown_still(verb: Verb, case: Case | None, first: First) -> bool:
    """Whether an answer may be given again: a caller is not shown for ever for a reason that was
    given once."""
    if verb.name != "reveal":
        return True
    hidden = case is None or (case.confidential and actor().of_a_unit)
    return not hidden and now() - first.row.at <= SHOWN_AGAIN
