"""What a form that was sent does: its verb, with the files and the covered words that came with it,
in one transaction."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import request
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from app.models import Case
from app.rules.refusal import NotAllowed
from app.verbs import Field, Verb, perform
from app.verbs.extra import hand_over
from app.verbs.typed import value_of
from app.views import access_notes
from app.views.actor import actor, key_typed, now, reader
from app.views.extras import fields_known
from app.views.forms.drafted import stood_sent
from app.views.forms.on_file import still_stands
from app.views.forms.once import Sending
from app.views.forms.outcome import kept_of
from app.views.forms.question import Question
from app.views.forms.unit_reads import cover_chosen
from app.views.forms.uploads import attach
from app.views.forms.who_called import PERSON, unanswered
from app.views.login.slips import slips_of


def target_of(verb: Verb, typed: MultiDict[str, str], values: dict[str, Any]) -> dict[str, Any]:
    """Which of a case's assignments, items or drafts is meant."""
    target: dict[str, Any] = {}
    taken = {field.name for field in verb.fields}
    for name in ("unit", "ground"):
        if typed.get(name) and name not in taken:
            target[name] = value_of(reader(), Field(name), typed[name])
    if "id" in taken and not values.get("id"):
        raise NotAllowed("not_found")
    if typed.get("draft"):
        target["draft"] = key_typed(typed["draft"])
        if not target["draft"]:
            raise NotAllowed("not_found")
    return {**target, **stood_sent(verb, typed)}


def as_asked(values: dict[str, Any], question: Question | None) -> dict[str, Any]:
    """What was typed, with what going on puts on file, and without an answer to what was not
    asked."""
    if question is None:
        return unanswered(values)
    values = {**values, **question.filed}
    return values if PERSON in [ask.name for ask in question.asks] else unanswered(values)


def do(
    session: Session,
    verb: Verb,
    case: Case | None,
    sending: Sending,
    values: Mapping[str, Any],
    uploads: list[dict[str, Any]],
) -> dict[str, Any]:
    """Do a verb, with the files and the covered words that came with its form, in one
    transaction."""
    # Not of the case itself: what was read has been let go, and would be read again.
    typed, id = request.form, sending.case
    still_stands(session, verb, case, typed)
    if id is None and verb.name == "contact" and uploads:
        raise NotAllowed("file_without_case")
    if id is not None:
        attach(session, verb, id, uploads)
        cover_chosen(session, id, typed)
    if verb.extends:
        hand_over(session, fields_known())
    done = perform(session, now(), actor(), verb.name, case=id, **values)
    if verb.name == "reveal":
        access_notes.noting("revealed", case_id=id, filters={"purpose": values["purpose"]})(session)
    told = {**kept_of(verb, done), **slips_of(done)}
    if verb.name == "register":
        attach(session, verb, told["case"], uploads)
        cover_chosen(session, told["case"], typed)
    sending.done(session, told)
    return told
