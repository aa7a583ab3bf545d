"""What a verb does with the fields of the office's own: they are asked with its others, handed to the
stage as one column, and found by their index from the same transaction on."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.models import Case, Contact, Reply, Visit, VisitRecord
from app.rules.extra import PREFIX, canonical, held
from app.stages.calendar import office_at
from app.stages.extra_index import put
from app.stages.extras import CORRECTS, VERSION, Known, asked, extended, judged, known_as
from app.stages.table import DRAFTED
from app.stages.verb import Verb

_KNOWN = "extra_fields"
"""Where a session holds the definitions that its form was drawn by."""


@dataclass(frozen=True)
class Asked:
    """A verb with the office's own fields, and all that are known of these."""

    verb: Verb
    known: Known


def hand_over(session: Session, known_: Known) -> None:
    """Let the next verb of a session ask the fields that its form was drawn with."""
    session.info[_KNOWN] = known_


def with_extras(session: Session, now: datetime, verb: Verb) -> Asked:
    """A verb with the fields that the office has given what it is about."""
    handed: Known | None = session.info.pop(_KNOWN, None)
    if not verb.extends:
        return Asked(verb, {})
    ones = handed
    if ones is None:
        version = office_at(session, now).words.get(VERSION, "")
        ones = known_as(session, now.date(), version)
    return Asked(extended(verb, asked(ones, verb.extends)), ones)


def without_retired(verb: Verb, drafted: Mapping[str, Any]) -> dict[str, Any]:
    """What a draft says, without the fields that the office has retired since."""
    names = {field.name for field in verb.fields}
    return {
        name: value
        for name, value in drafted.items()
        if not name.startswith(PREFIX) or name in names
    }


def folded(
    session: Session, of: Asked, case: Case | None, fields: dict[str, Any]
) -> dict[str, Any]:
    """The fields as a stage takes them: those of the office's own in one. A draft keeps them as they
    were typed."""
    verb = of.verb
    if not verb.extends or verb.name in DRAFTED:
        return fields
    ones = asked(of.known, verb.extends)
    plain, given = judged(session, verb, ones, case, fields)
    if verb.name == "edit_case" and case is not None and given:
        plain["extra"] = canonical({**held(case.extra), **given})
    elif given:
        partly = verb.name in CORRECTS
        plain["extra"] = json.dumps(given) if partly else canonical(given)
    return plain


def keep_in_step(session: Session, of: Asked, done: Any) -> None:
    """Let the row that a verb wrote be found by what stands in its fields."""
    verb = of.verb
    if not verb.extends or verb.name in DRAFTED or not of.known:
        return
    row = done
    if isinstance(done, VisitRecord):
        row = session.get_one(Visit, done.visit_id)
    if isinstance(row, (Case, Contact, Reply, Visit)):
        anew = verb.name == "edit_case" or verb.extends == "visit"
        put(session, of.known, verb.extends, row.id, row.extra, anew)
