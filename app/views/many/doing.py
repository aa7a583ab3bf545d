"""Doing the rows that were chosen: each by its own verb, in its own transaction, with its own event
and key. One that is refused is named; the others are done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from app import words
from app.rules.refusal import NotAllowed
from app.verbs import perform
from app.views.actor import actor, key_typed, language, now, reader, written
from app.views.case.timeline import names_of
from app.views.forms.form import values_of
from app.views.forms.once import First, RowSending, Sending, done_before
from app.views.forms.outcome import kept_of
from app.views.forms.questions import question_of
from app.views.many.rows import ASKS, PER_ROW, STOOD, Chosen, Typed


@dataclass(frozen=True)
class Outcome:
    """What came of a row: nothing, or why it was not done."""

    one: Chosen
    no: str = ""
    msgid: str = ""


def of_row(one: Chosen, typed: Typed) -> Typed:
    """What was typed for a row: what is the same for all, and its own where nothing was."""
    own: Typed = MultiDict()
    for field in one.verb.fields:
        beside = typed.get(f"{field.name}-{one.row.id}", "") if field.name in PER_ROW else ""
        values = [text for text in typed.getlist(field.name) if text] or [beside]
        own.setlist(field.name, [text for text in values if text])
    return own


def do_all(form: Sending, rows: Sequence[Chosen], typed: Typed) -> list[Outcome]:
    """Do each row, in their order; one that was done with this form before is not done again."""
    sent = [(one, of_row(one, typed)) for one in rows]
    pairs = [
        (one, its, RowSending(form, one.verb.name, one.case.id, one.row.id, _plain(its)))
        for one, its in sent
    ]
    before = done_before(sending for *_, sending in pairs)
    return [
        _outcome(one, its, sending, typed.get(STOOD.format(one.row.id), ""), before)
        for one, its, sending in pairs
    ]


def _plain(typed: Typed) -> dict[str, str]:
    return {name: "\n".join(typed.getlist(name)) for name in typed}


def _outcome(
    one: Chosen, typed: Typed, sending: RowSending, stood: str, before: Mapping[str, First]
) -> Outcome:
    """What came of a row: now, or when the form was sent first."""
    if sending.key in before:
        return _first(one, sending, before[sending.key])
    try:
        values = values_of(reader(), one.verb, typed)
        if question_of(one.verb, one.case, values, typed) is not None:
            return Outcome(one, words.word(ASKS, language()), ASKS)
        _tried(one, values, sending, stood)
    except (NotAllowed, DBAPIError) as failed:
        first = sending.before()
        if first is not None:
            return _first(one, sending, first)
        if not isinstance(failed, NotAllowed):
            raise
        return _refused(one, failed)
    return Outcome(one)


def _first(one: Chosen, sending: RowSending, first: First) -> Outcome:
    return Outcome(one) if first.same else _refused(one, sending.otherwise(first))


def _tried(one: Chosen, values: Mapping[str, Any], sending: RowSending, stood: str) -> None:
    """Do a row that was shown as it stands. Raises NotAllowed."""
    if one.named and not stood:
        raise NotAllowed("form_too_old")
    row = {"row": one.row.id, "seen": key_typed(stood)} if one.named else {}
    written(lambda session: _do(session, one, sending, {**values, **row}))


def _do(session: Session, one: Chosen, sending: RowSending, values: Mapping[str, Any]) -> None:
    """The verb of a row, and that it was done, in one transaction."""
    done = perform(session, now(), actor(), one.verb.name, case=one.case.id, **values)
    sending.done(session, kept_of(one.verb, done))


def _refused(one: Chosen, no: NotAllowed) -> Outcome:
    """A row with the sentence of its refusal, who changed it meanwhile by name."""
    if "by" in no.facts:
        no.facts["by"] = names_of({no.facts["by"]}).get(no.facts["by"], "")
    return Outcome(one, words.said(no, language(), one.verb.name), no.msgid)
