"""The fields of the office's own, as the person of a request meets them: which there are, what a verb
asks, what stands in them in words. What is not for units is nowhere for a unit's people."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import g, has_request_context

from app.models import Case
from app.rules.extra import PREFIX, Extra, held, read, several
from app.stages.extras import TABLES, VERSION, Known, asked, extended, fitting, known_as, of_case
from app.stages.extras import worded as in_words
from app.stages.table import DRAFTED
from app.stages.verb import Verb
from app.views.actor import actor, language, now, office_here, reader

COVERED = ("text", "long", "file")
"""The kinds that hold somebody's words: callers are covered in them."""


def fields_known() -> Known:
    """Every field that was ever in force, in the version that counts: asked once a request."""
    if not has_request_context():
        return {}
    if "desk_extras" not in g:
        g.desk_extras = known_as(reader(), now().date(), _version())
    found: Known = g.desk_extras
    return found


def _version() -> str:
    """Which version of all fields the office's settings name; an office without a calendar has none."""
    try:
        return office_here().words.get(VERSION, "")
    except KeyError:
        return ""


def fields_of(table: str) -> dict[str, Extra]:
    """name -> the field, of those that this person may see on the rows of a table, in their order;
    the retired ones last."""
    subject = TABLES.get(table)
    if subject is None or not has_request_context():
        return {}
    told: dict[str, dict[str, Extra]] = g.setdefault("desk_extras_of", {})
    if table not in told:
        told[table] = _fields_of(subject)
    return told[table]


def _fields_of(subject: str) -> dict[str, Extra]:
    own = [one for one in fields_known().values() if one.subject == subject]
    retired = [one for one in own if not one.active]
    seen = (*asked(fields_known(), subject), *retired)
    return {one.name: one for one in seen if one.for_units or not actor().of_a_unit}


def extended_here(verb: Verb, case: Case | None) -> Verb:
    """A verb as its form asks it: with the fields that the office has given it, those left out that do
    not apply by what stands on its case. Of drafts none is required: the head completes them."""
    if not verb.extends:
        return verb
    facts = of_case(case)
    if verb.name == "edit_case" and case is not None:
        facts |= {PREFIX + code: value for code, value in held(case.extra).items()}
    seen = fields_of(_TABLE[verb.extends])
    ones = [one for one in asked(fields_known(), verb.extends) if one.name in seen]
    return extended(verb, fitting(verb, ones, facts), must=verb.name not in DRAFTED)


_TABLE = {subject: table for table, subject in TABLES.items() if table != "visit_record"}


def worded(one: Extra, value: Any) -> str:
    """What stands in a field, as a person reads it; empty where nothing does."""
    return in_words(one, value, language())


def filled(table: str, row: Any) -> Iterator[tuple[Extra, str]]:
    """What stands in the fields of a row that this person may see, in words."""
    values = held(row.extra)
    for one in fields_of(table).values():
        told = worded(one, values.get(one.code))
        if told:
            yield one, told


def typed(one: Extra, value: Any) -> list[str]:
    """What stands in a field, as its form has it; of a file nothing, because it is chosen anew."""
    if value in (None, "", []) or one.kind == "file":
        return []
    if one.kind == "bool":
        return ["y" if value else "n"]
    return [str(word) for word in value] if one.kind == "choices" else [str(value)]


def plain_names(verb: Verb) -> list[str]:
    """The names of the desk's own fields of a verb."""
    return [field.name for field in verb.fields if field.own is None]


def own_typed(verb: Verb, row: Any) -> list[tuple[str, str]]:
    """(name, value) of what stands in the fields of the office's own, as a form has it."""
    values = held(row.extra)
    return [
        (field.name, said)
        for field in verb.fields
        if field.own is not None
        for said in typed(field.own, values.get(field.own.code)) or [""]
    ]


def defaults(verb: Verb) -> Iterator[tuple[str, str]]:
    """(name, value) of what the office's own fields begin with."""
    for field in verb.fields:
        one = field.own
        if one is None or not one.default or field.clears:
            continue
        for said in several(one.default) if one.kind == "choices" else [one.default]:
            yield one.name, _begun(one, said)


def _begun(one: Extra, said: str) -> str:
    value = read(one, said)
    return typed(one, value)[0]
