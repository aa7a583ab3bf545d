"""What a form knows of a draft: what it begins with, who drafted it, what the head said of it, and
whether it is the one that was shown."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import abort, url_for
from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from app import words
from app.models import Case, Draft, Person
from app.rules.workdays import beijing, minute
from app.stages.table import DRAFTED
from app.verbs import VERBS, Verb
from app.views.actor import actor, asked, key_typed, language, reader
from app.views.extras import COVERED, extended_here, worded
from app.views.forms.field_looks import STOOD, domain_of
from app.views.pages.masking import masked_text
from app.views.pages.shown import shown

MOMENTS = ("contacted_at",)
"""Fields of drafts that hold a moment."""
_STATES = (
    "draft.state.waiting",
    "draft.state.returned",
    "draft.state.used",
    "draft.state.replaced",
    "draft.state.discarded",
)
"""Where a draft may stand, in words."""
RETURNED = "draft_returned"
"""The message id with which somebody is told that a draft was sent back after it was shown."""
Filled = MultiDict[str, str]


@dataclass(frozen=True)
class Drafted:
    """A draft above its form: who drafted it and when, what it says, what the head said of it, and
    where it is sent back or discarded."""

    of: str
    state: str
    by: str
    at: str
    facts: list[tuple[str, str]]
    returned: str
    returned_by: str
    approves: bool
    back: str
    discard: str
    open: bool


def of_drafts(verb: Verb) -> bool:
    """Whether a form may be about a draft: the head's, or the one in which it is drafted anew."""
    return bool(verb.draft) or verb.name in DRAFTED


def _meant(verb: Verb, id: int, case: Case) -> Draft | None:
    row: Draft | None = asked(Draft, id)
    of = DRAFTED.get(verb.name, verb.name)
    own = row is not None and row.unit_id == actor().unit_id
    return row if own and row is not None and (row.case_id, row.verb) == (case.id, of) else None


def from_draft(verb: Verb, id: int, case: Case) -> Filled:
    """What a draft says, as a form shows it, and how it stands; 404 where it is none of the unit's
    on this case."""
    row = _meant(verb, id, case)
    filled: Filled = MultiDict()
    if row is None:
        abort(404)
    for name, value in json.loads(row.fields).items():
        moment = name in MOMENTS and isinstance(value, str)
        told = datetime.fromisoformat(value) if moment else value
        for one in told if isinstance(told, list) else [told]:
            filled.add(name, typed_as(one))
    filled[STOOD] = str(row.state_event_id)
    return filled


def stood_sent(verb: Verb, typed: MultiDict[str, str]) -> dict[str, int]:
    """How the draft stood that a form replaces, as the verb table takes it."""
    named = verb.name in DRAFTED and typed.get("draft") and typed.get(STOOD, "").isdigit()
    return {"stood": key_typed(typed[STOOD])} if named else {}


def standing_now(verb: Verb, case: Case | None, typed: MultiDict[str, str]) -> Filled:
    """What was typed, with how its draft stands now: who has been told may send it again."""
    row = _meant(verb, key_typed(typed.get("draft")), case) if case is not None else None
    again: Filled = MultiDict(list(typed.items(multi=True)))
    if row is not None:
        again[STOOD] = str(row.state_event_id)
    return again


def with_emptied(verb: Verb, typed: MultiDict[str, str], values: dict[str, Any]) -> dict[str, Any]:
    """The submitted values; of a draft that the head approves what was emptied is empty, and not what
    the draft says."""
    if not (typed.get("draft") and verb.draft):
        return values
    sent = (field.name for field in verb.fields if field.name in typed)
    return {**dict.fromkeys(sent), **values}


def drafted(verb: Verb, case: Case | None, typed: MultiDict[str, str]) -> Drafted | None:
    """The draft that a form is about, in words; None where it is about none."""
    id = key_typed(typed.get("draft"))
    if case is None or not id or not of_drafts(verb):
        return None
    row = _meant(verb, id, case)
    return told_of(row, verb.name == row.verb) if row is not None else None


def told_of(row: Draft, approves: bool) -> Drafted:
    """A draft in words, for its form."""
    tongue, rights = language(), actor().rights
    names = _names({row.drafted_by_id, row.returned_by_id, row.ended_by_id} - {None})
    open_ = row.state in ("waiting", "returned")
    may_return = approves and row.state == "waiting" and "send_back_draft" in rights
    may_discard = open_ and "discard_draft" in rights
    return Drafted(
        words.title(row.verb, tongue),
        words.state("draft", row.state, tongue),
        names.get(row.drafted_by_id, ""),
        minute(row.drafted_at),
        facts_of(row),
        masked_text(row.returned_words or "", row.case_id),
        names.get(row.returned_by_id, ""),
        approves,
        _href("send_back_draft", row) if may_return else "",
        _href("discard_draft", row) if may_discard else "",
        open_,
    )


def _href(verb: str, row: Draft) -> str:
    """The form of a verb about a draft."""
    return url_for(f"Verbs.{verb}", case=row.case_id, row=row.id)


def waiting_drafts(verb: Verb, case: Case | None) -> list[tuple[str, str, str]]:
    """(address, what it is, since when) of the drafts of the same that wait already: a second one is
    seldom meant."""
    if case is None or not of_drafts(verb) or actor().unit_id is None:
        return []
    query = select(Draft).where(
        Draft.case_id == case.id,
        Draft.unit_id == actor().unit_id,
        Draft.verb == DRAFTED.get(verb.name, verb.name),
        Draft.used_at.is_(None),
        Draft.ended_at.is_(None),
    )
    return [
        (
            url_for(f"Verbs.{verb.name}", case=case.id, draft=row.id),
            words.state("draft", row.state, language()),
            minute(row.drafted_at),
        )
        for row in reader().scalars(query.order_by(Draft.id))
        if row.state == "waiting" or verb.name in DRAFTED
    ]


def _names(ids: Any) -> dict[int | None, str]:
    query = select(Person.id, Person.first_name, Person.username).where(Person.id.in_(ids))
    return {row.id: row.first_name or row.username for row in reader().execute(query)}


def facts_of(row: Draft) -> list[tuple[str, str]]:
    """What a draft says, field by field, as its form calls them; callers covered as everywhere in
    what units read."""
    said = json.loads(row.fields)
    return [
        (words.field(field.name, language(), row.verb), _worded(row, field, said[field.name]))
        for field in extended_here(VERBS[row.verb], None).fields
        if said.get(field.name) not in (None, "", [])
    ]


def _worded(row: Draft, field: Any, value: Any) -> str:
    tongue = language()
    if field.own is not None:
        told = worded(field.own, value)
        return masked_text(told, row.case_id) if field.own.kind in COVERED else told
    if field.kind == "choice":
        return words.value(domain_of(row.verb, field.name), str(value), tongue)
    if isinstance(value, list):
        return words.listed([str(one) for one in value], tongue)
    if field.name in MOMENTS:
        return minute(beijing(datetime.fromisoformat(value)))
    told = shown("reply", field.name, value)
    return masked_text(told, row.case_id)


def typed_as(value: Any) -> str:
    """A value as a form shows it."""
    if isinstance(value, bool):
        return "y" if value else "n"
    if isinstance(value, datetime):
        return beijing(value).strftime("%Y-%m-%dT%H:%M")
    return "" if value is None else str(value)
