"""How a verb is done: every verb of the table that the stages make, by whoever has the right to it.

Nothing else calls a stage verb. `perform` refuses a person without the right, cleans what was
typed, locks the case, finds the row and calls the stage; buttons, forms, API and story player are
drawn from the same table.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from app.models import Case, Unit
from app.roles import Actor
from app.rules.refusal import NotAllowed
from app.rules.workdays import NoCalendar, beijing
from app.stages import calendar as calendars
from app.stages.applying import applying
from app.stages.duties import not_recused
from app.stages.named import unit_id_of
from app.stages.table import VERBS
from app.stages.verb import Field, Verb
from app.verbs.drafts import DraftMeant, from_draft
from app.verbs.extra import Asked, folded, keep_in_step, with_extras
from app.verbs.rows import BY_HAND, named_row, proposal_meant
from app.verbs.targets import acted_on, lock, target_of
from app.verbs.typed import cleaned, day_of, unit_of, value_of

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
    row: int | None = None,
    seen: int | None = None,
    stood: int | None = None,
    **values: Any,
) -> Any:
    """Do a verb as an actor: what the stage returns. Raises NotAllowed with a message id, and
    nothing is written.

    `case` is a case's id; `unit` a unit's code where a case has several; `ground` where several
    candidates stand, `item` the id of the one that is meant; `draft` a draft that the unit's head
    approves, or that another one replaces, and `stood` how it was when it was shown. `row` is the
    id of the row that a form showed, 0 where it showed none, and `seen` the event that had moved it
    last. What somebody may only do for another is recorded as done for them."""
    verb = VERBS.get(name)
    if verb is None:
        raise NotAllowed("unknown_verb", verb=name)
    if name not in actor.rights:
        raise NotAllowed("no_right", verb=name)
    of = with_extras(session, now, verb)
    verb = of.verb
    values = applying(verb.fields, values)
    for day in _named_days(verb, values):
        calendars.reach(session, beijing(now), day)
    try:
        where = _Where(case, unit, ground, draft, item, row, seen, stood)
        done = _perform(session, beijing(now), actor.doing(name), of, where, values)
        keep_in_step(session, of, done)
        return done
    except NoCalendar as beyond:
        last = calendars.office_at(session, beijing(now)).calendar.last
        raise NotAllowed("day_outside_calendar", day=str(beyond), last=last.isoformat()) from None


_NO_CLOCKS = ("first", "valid_from", "valid_to", "review_on")
"""Dates on which no clock of the procedure ends."""


def _named_days(verb: Verb, values: Mapping[str, Any]) -> list[date]:
    """The dates that a person named for a clock to end on: the table of days must reach them."""
    dated = [
        field.name for field in verb.fields if field.kind == "date" and field.name not in _NO_CLOCKS
    ]
    days = [values.get(name) for name in dated]
    leader = values.get("leader")
    if isinstance(leader, Mapping):
        days.append(leader.get("due_on"))
    return [day for day in map(_maybe_day, days) if day is not None]


def _maybe_day(value: Any) -> date | None:
    """A date, where that is what was typed; what is wrong with it is said when the field is
    cleaned."""
    try:
        return None if value is None else day_of(value)
    except (TypeError, ValueError):
        return None


@dataclass(frozen=True)
class _Where:
    """What a verb is to act on, as it was named."""

    case: int | None
    unit: Any
    ground: str | None
    draft: int | None
    item: int | None
    row: int | None
    seen: int | None
    stood: int | None


def _perform(
    session: Session, now: datetime, actor: Actor, of: Asked, where: _Where, values: dict[str, Any]
) -> Any:
    """Do a verb about no case, or lock its case and do it there."""
    verb = of.verb
    values, unit, ground = _told_where(session, verb, where, values)
    if verb.target == "none" or (verb.alone and where.case is None):
        clean = folded(session, of, None, _of_no_case(session, verb, where, values))
        return verb.run(session, now, actor, **clean)
    if where.case is None:
        raise NotAllowed("field_missing", field="case")
    fields = cleaned(session, verb, values) if where.draft is None else dict(values)
    case = lock(session, where.case, fields)
    named = _named(session, actor, verb, case, where, values, unit)
    item = _item_meant(verb, where, named)
    target = acted_on(session, named) or target_of(session, actor, verb, case, unit, ground, item)
    _refuse_recused(session, now, actor, verb, target)
    if where.draft is not None:
        named_draft = DraftMeant(where.draft, where.stood)
        fields = from_draft(session, now, case, actor, verb, named_draft, values)
    fields = folded(session, of, case, fields)
    if verb.target not in ("room", "paper"):
        return verb.run(session, now, actor, target, **fields)
    if item is not None:
        fields = {**fields, "item": item}
    return verb.run(session, now, actor, case, unit, **fields)


def _item_meant(verb: Verb, where: _Where, named: Any) -> int | None:
    """The id of the item: of the row that a form showed, else the one that was named."""
    by_row = verb.target in ("room", "item") and named is not None
    return named.id if by_row else where.item


def _refuse_recused(session: Session, now: datetime, actor: Actor, verb: Verb, target: Any) -> None:
    """NotAllowed where a verb is about a unit in which its actor works or worked."""
    if verb.recuses:
        years = calendars.office_at(session, now).limits.recusal_years
        not_recused(session, now, actor, target, years)


def _told_where(
    session: Session, verb: Verb, where: _Where, values: dict[str, Any]
) -> tuple[dict[str, Any], Unit | None, str | None]:
    """The values with the unit and the ground where these are fields of the verb, and the unit and
    the ground that tell what it acts on."""
    taken = {each.name for each in verb.fields}
    unit = unit_of(session, where.unit) if where.unit is not None else None
    if unit is not None and "unit" in taken:
        values, unit = {**values, "unit": unit}, None
    ground = value_of(session, Field("ground"), where.ground) if where.ground is not None else None
    if ground is not None and "ground" in taken:
        values = {**values, "ground": ground}
    return values, unit, ground


def _of_no_case(
    session: Session, verb: Verb, where: _Where, values: dict[str, Any]
) -> dict[str, Any]:
    """The fields of a verb that is about no case, with the proposal that it decides on."""
    clean = cleaned(session, verb, values)
    return (
        {**clean, "proposal": proposal_meant(session, verb.name, where.row)}
        if verb.on.proposals is not None
        else clean
    )


def _named(
    session: Session,
    actor: Actor,
    verb: Verb,
    case: Case,
    where: _Where,
    values: Mapping[str, Any],
    unit: Unit | None,
) -> Any:
    """The row that is named, of the unit where one is named too; what is opened by hand is none
    that a form shows."""
    if verb.target == "room" and values.get("ground") == BY_HAND:
        return None
    row = named_row(session, actor, verb, case, where.row, where.seen)
    if (
        row is not None
        and unit is not None
        and unit_id_of(actor, unit) != getattr(row, "unit_id", unit.id)
    ):
        raise NotAllowed("not_found")
    return row


def possible(actor: Actor) -> list[Verb]:
    """The verbs that an actor has a right to, in the order of the procedure."""
    return [verb for verb in VERBS.values() if verb.name in actor.rights]
