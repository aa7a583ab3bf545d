"""The verb table: every verb of the procedure with its stage function, its fields and its target.

Nothing else calls a stage verb. `perform` refuses a person without the right, cleans what was typed, locks the case,
finds the row and calls the stage; buttons, forms, API and story player are drawn from the same table.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from app.models import Case
from app.roles import DRAFTED, Actor
from app.rules.refusal import NotAllowed
from app.rules.workdays import NoCalendar, beijing
from app.stages import calendar as calendars
from app.stages import handling
from app.stages.duties import RECUSES, not_recused
from app.verbs.form import Field, Verb
from app.verbs.table import VERBS
from app.verbs.targets import lock, target_of
from app.verbs.typed import cleaned, day_of, id_of, unit_of, value_of

__all__ = ["VERBS", "Field", "Verb", "perform", "possible"]


def perform(
    session: Session,
    now: datetime,
    actor: Actor,
    name: str,
    /,
    case: int | None = None,
    unit: Any = None,
    ground: str | None = None,
    draft: int | None = None,
    item: int | None = None,
    **values: Any,
) -> Any:
    """Do a verb as an actor: what the stage returns. Raises NotAllowed with a message id, and nothing is written.

    `case` is a case's id; `unit` a unit's code where a case has several; `ground` where several candidates stand,
    `item` the id of the one that is meant; `draft` a draft that the unit's head approves."""
    verb = VERBS.get(name)
    if verb is None:
        raise NotAllowed("unknown_verb", verb=name)
    if name not in actor.rights:
        raise NotAllowed("no_right", verb=name)
    for day in _named_days(verb, values):
        calendars.reach(session, beijing(now), day)
    try:
        return _perform(session, beijing(now), actor, verb, case, unit, ground, draft, item, values)
    except NoCalendar as beyond:
        last = calendars.office_at(session, beijing(now)).calendar.last
        raise NotAllowed("day_outside_calendar", day=str(beyond), last=last.isoformat()) from None


def _named_days(verb: Verb, values: Mapping[str, Any]) -> list[date]:
    """The dates that a person named for a clock to end on: the table of days must reach them."""
    dated = [one.name for one in verb.fields if one.kind == "date" and one.name not in ("first", "valid_from")]
    days = [values.get(name) for name in dated]
    leader = values.get("leader")
    if isinstance(leader, Mapping):
        days.append(leader.get("due_on"))
    return [day for day in map(_maybe_day, days) if day is not None]


def _maybe_day(value: Any) -> date | None:
    """A date, where that is what was typed; what is wrong with it is said when the field is cleaned."""
    try:
        return None if value is None else day_of(value)
    except (TypeError, ValueError):
        return None


def _perform(
    session: Session,
    now: datetime,
    actor: Actor,
    verb: Verb,
    case: int | None,
    unit: Any,
    ground: str | None,
    draft: int | None,
    item: int | None,
    values: dict[str, Any],
) -> Any:
    taken = {one.name for one in verb.fields}
    meant = unit_of(session, unit) if unit is not None else None
    if "unit" in taken and unit is not None:
        values, meant = {**values, "unit": meant}, None
    if ground is not None:
        ground = value_of(session, Field("ground"), ground)
        values = {**values, "ground": ground} if "ground" in taken else values
    if verb.target == "none" or (verb.alone and case is None):
        return verb.run(session, now, actor, **cleaned(session, verb, values))
    if case is None:
        raise NotAllowed("field_missing", field="case")
    pending = cleaned(session, verb, values) if draft is None else dict(values)
    locked = lock(session, case, pending)
    target = target_of(session, actor, verb, locked, meant, ground, item)
    if verb.name in RECUSES:
        years = calendars.office_at(session, now).limits.recusal_years
        not_recused(session, now, actor, target, years)
    if draft is not None:
        pending = _from_draft(session, now, locked, actor, verb, draft, values)
    if verb.target == "room" and item is not None:
        pending = {**pending, "item": item}
    if verb.target in ("room", "paper"):
        return verb.run(session, now, actor, locked, meant, **pending)
    return verb.run(session, now, actor, target, **pending)


def _from_draft(
    session: Session, now: datetime, case: Case, actor: Actor, verb: Verb, draft: int, values: Mapping[str, Any]
) -> dict[str, Any]:
    """The fields of a draft, with what the head changed in them."""
    if verb.name not in DRAFTED.values() or actor.unit_id is None:
        raise NotAllowed("not_drafted", verb=verb.name)
    if id_of(draft) is None:
        raise NotAllowed("not_found")
    one = handling.held_by(session, case, actor.unit_id)
    row = handling.use_draft(session, now, one, verb.name, draft)
    fields = cleaned(session, verb, {**json.loads(row.fields), **values})
    return {**fields, "drafted_by": row.drafted_by_id}


def possible(actor: Actor) -> list[Verb]:
    """The verbs that an actor has a right to, in the order of the procedure."""
    return [verb for verb in VERBS.values() if verb.name in actor.rights]
