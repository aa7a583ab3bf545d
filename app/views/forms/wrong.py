"""What a form says of what cannot be taken: every field at once, each with its own sentence."""

from __future__ import annotations

from dataclasses import dataclass

from werkzeug.datastructures import MultiDict

from app import words
from app.rules.refusal import NotAllowed
from app.verbs import Verb
from app.views.actor import reader
from app.views.case.timeline import names_of
from app.views.forms.form import VerbForm, refused_fields
from app.views.forms.steps import OF_REFUSALS

OF_FIELDS = ("field_missing", "field_wrong", "field_too_long", "line_unread", "weekday_differs")
"""The refusals that name the field which they are about."""
ABOUT = {
    "narrative_too_short": "narrative",
    "unknown_unit": "unit",
    "place_missing": "place",
    "password_too_short": "password",
    "password_too_common": "password",
    "password_is_the_name": "password",
    "username_wrong": "username",
    "password_wrong": "old_password",
    "explain_once_more": "re_explained",
    "leader_level": "level",
    "leader_words": "text",
    "leader_date_not_after_today": "due_on",
    **OF_REFUSALS,
}
"""Refusals of a rule -> the field that they are about, where they do not name it themselves."""


@dataclass(frozen=True)
class Wrong:
    """Why a form was not taken: the sentence, and (id, sentence) of each field that is marked."""

    sentence: str
    fields: list[tuple[str, str]]


def wrongs(
    no: NotAllowed, verb: Verb, form: VerbForm, typed: MultiDict[str, str], tongue: str
) -> Wrong:
    """What a form that is shown again says of a refusal; where a field was refused, also of all
    others that would be."""
    if "by" in no.facts:
        no.facts["by"] = names_of({no.facts["by"]}).get(no.facts["by"], "")
    chosen = {"file", *(field.name for field in form.drawn if field.chooses)}
    field = str(no.facts.get("field") or ABOUT.get(no.msgid) or "")
    drawn = [one.name for one in form.drawn]
    found = refused_fields(reader(), verb, typed, drawn) if no.msgid in OF_FIELDS else {}
    if field and not any(name.endswith(f".{field}") for name in found):
        found = {**found, "upload" if field == "file" else field: no}
    told = {
        name: words.said(one, tongue, verb.name, one.facts.get("field") in chosen)
        for name, one in found.items()
    }
    return Wrong(words.said(no, tongue, verb.name, field in chosen), form.refuse(told))
