"""What a verb takes from a draft: the unit's head approves it, or somebody of the unit puts another one
in its place."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.models import Assignment, Case
from app.roles import Actor
from app.rules.refusal import NotAllowed
from app.stages import handling
from app.stages.named import id_of
from app.stages.table import DRAFTED
from app.stages.verb import Verb
from app.verbs.extra import without_retired
from app.verbs.typed import cleaned


@dataclass(frozen=True)
class DraftMeant:
    """The draft that is named, and how it stood when it was shown."""

    id: int
    stood: int | None


def from_draft(
    session: Session,
    now: datetime,
    case: Case,
    actor: Actor,
    verb: Verb,
    meant: DraftMeant,
    values: Mapping[str, Any],
) -> dict[str, Any]:
    """The fields of a draft, with what the head changed in them; of one that is replaced those that
    were typed."""
    if (not verb.draft and verb.name not in DRAFTED) or actor.unit_id is None:
        raise NotAllowed("not_drafted", verb=verb.name)
    if id_of(meant.id) is None:
        raise NotAllowed("not_found")
    held = handling.held_by(session, case, actor.unit_id)
    if verb.name in DRAFTED:
        return _replacing(session, held, verb, meant, values)
    said = json.loads(handling.draft_meant(session, held, verb.name, meant.id).fields)
    drafted = without_retired(verb, said)
    fields = cleaned(session, verb, {**drafted, **values})
    changed = bool(values) and fields != _as_drafted(session, verb, drafted)
    row = handling.use_draft(session, now, actor, held, verb.name, meant.id, changed)
    return {**fields, "drafted_by": row.drafted_by_id}


def _replacing(
    session: Session, held: Assignment, verb: Verb, meant: DraftMeant, values: Mapping[str, Any]
) -> dict[str, Any]:
    head = DRAFTED[verb.name]
    replaced = handling.draft_to_replace(session, held, head, meant.id, meant.stood)
    return {**cleaned(session, verb, values), "replaced": replaced}


def _as_drafted(session: Session, verb: Verb, drafted: Mapping[str, Any]) -> dict[str, Any] | None:
    """What a draft says as it stands; None where it could not be filed so."""
    try:
        return cleaned(session, verb, drafted)
    except NotAllowed:
        return None
