"""What a verb is about: the case is locked with those it is merged with, then the row is found as
it is now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select, union_all
from sqlalchemy.orm import Session

from app.ledger import locked_here
from app.models import Assignment, Case, Draft, Lifting, Reminder, Request, Supervision, Unit
from app.roles import Actor
from app.rules.refusal import NotAllowed
from app.rules.workflow import OPEN_ASSIGNMENT, STANDING
from app.stages import allocation, handling, supervision
from app.stages.accountability import referral_meant
from app.stages.named import id_of, unit_id_of
from app.stages.verb import Verb
from app.verbs.rows import only_one


def lock(session: Session, id: int, values: Mapping[str, Any]) -> Case:
    """Lock a case with those it is merged with, and read them as they are now: in one statement."""
    if id_of(id) is None:
        raise NotAllowed("not_found")
    other = values.get("into")
    roots = [id, other.id] if isinstance(other, Case) else [id]
    lead = select(Case.merged_into_id).where(Case.id == id).scalar_subquery()
    family = union_all(
        select(Case.id).where(Case.id.in_(roots)),
        select(Case.id).where(Case.id == lead),
        select(Case.id).where(Case.merged_into_id.in_(roots)),
        select(Case.id).where(Case.merged_into_id == lead),
    )
    query = select(Case).where(Case.id.in_(family)).order_by(Case.id).with_for_update(of=Case)
    rows = session.scalars(query.execution_options(populate_existing=True, unscoped=True)).all()
    case = next((row for row in rows if row.id == id), None)
    if case is None:
        raise NotAllowed("not_found")
    locked_here(session, rows)
    return case


def assignment_of(
    session: Session, actor: Actor, case: Case, unit: Unit | None, verb: Verb | None
) -> Assignment:
    """The assignment meant: the unit's own, the named unit's, the one the verb can be about, or the
    lead's."""
    unit_id = unit_id_of(actor, unit)
    if unit_id is not None:
        return handling.held_by(session, case, unit_id)
    if verb is not None and verb.target == "assignment" and verb.kind:
        asked = _of_kind(session, case, verb)
        if asked is not None:
            return asked
    elif verb is not None:
        query = select(Assignment).where(Assignment.case_id == case.id)
        only_one(verb, session.scalars(query).all())
    return allocation.lead_assignment(session, case)


def _of_kind(session: Session, case: Case, verb: Verb) -> Assignment | None:
    """The only open assist, or the only assignment whose request waits; None where there is none."""
    query = select(Assignment).where(Assignment.case_id == case.id)
    if verb.kind == "assist":
        query = query.where(Assignment.role == "assist", Assignment.state.in_(OPEN_ASSIGNMENT))
    else:
        pending = select(Request.assignment_id).where(
            Request.kind == verb.kind, Request.state == "pending"
        )
        query = query.where(Assignment.id.in_(pending))
    rows = session.scalars(query.order_by(Assignment.id).limit(2)).all()
    if len(rows) > 1:
        raise NotAllowed("name_one", n=len(rows))
    return rows[0] if rows else None


def _reminder(
    session: Session, actor: Actor, case: Case, unit: Unit | None, verb: Verb
) -> Reminder:
    """The reminder meant: the only one that the verb can be about, else the newest of the
    assignment meant."""
    unit_id = unit_id_of(actor, unit)
    query = select(Reminder).where(Reminder.case_id == case.id).order_by(Reminder.id)
    rows = session.scalars(
        query if unit_id is None else query.where(Reminder.unit_id == unit_id)
    ).all()
    fitting = only_one(verb, rows)
    if fitting is not None:
        return fitting
    assignment = assignment_of(session, actor, case, unit, None)
    rows = [row for row in rows if row.assignment_id == assignment.id]
    if not rows:
        raise NotAllowed("no_reminder")
    return rows[-1]


def _draft(session: Session, actor: Actor, case: Case, verb: Verb) -> Draft:
    """The draft meant: the only one of the unit that the verb can be about, else the newest."""
    query = select(Draft).where(Draft.case_id == case.id, Draft.unit_id == (actor.unit_id or 0))
    rows = session.scalars(query.order_by(Draft.id)).all()
    if not rows:
        raise NotAllowed("not_found")
    return only_one(verb, rows) or rows[-1]


def _item(
    session: Session,
    actor: Actor,
    case: Case,
    unit: Unit | None,
    ground: str | None,
    verb: Verb,
    id: int | None,
) -> Supervision:
    """The item meant: the one that is named, else the first in a state that the verb is about, else
    the newest that ended in one, else the first that stands, else the newest."""
    rows = supervision.items(session, case, unit_id_of(actor, unit), ground)
    if id is not None:
        rows = [row for row in rows if row.id == id_of(id)]
    if not rows:
        raise NotAllowed("not_found")
    fitting = _in_state(rows, verb.states)
    if fitting:
        only_one(verb, fitting)
        return fitting[0]
    ended, stands = _in_state(rows, verb.ended), _in_state(rows, STANDING)
    return (ended[-1:] or stands[:1] or rows[-1:])[0]


def _in_state(rows: Sequence[Supervision], states: Sequence[str]) -> list[Supervision]:
    """Of these rows those in one of these states."""
    return [row for row in rows if row.state in states]


def acted_on(session: Session, row: Any) -> Any:
    """What the stage is handed for the row that a form showed: a request is decided on its
    assignment, what was proposed about a case on the case."""
    if isinstance(row, Lifting):
        return session.get_one(Case, row.case_id)
    return session.get_one(Assignment, row.assignment_id) if isinstance(row, Request) else row


def target_of(
    session: Session,
    actor: Actor,
    verb: Verb,
    case: Case,
    unit: Unit | None,
    ground: str | None,
    item: int | None = None,
) -> Any:
    """What a verb acts on: the case itself, an assignment, a reminder, an item, a draft or a
    referral."""
    if verb.target == "assignment":
        return assignment_of(session, actor, case, unit, verb)
    if verb.target == "reminder":
        return _reminder(session, actor, case, unit, verb)
    if verb.target == "item":
        return _item(session, actor, case, unit, ground, verb, item)
    if verb.target == "draft":
        return _draft(session, actor, case, verb)
    if verb.target == "referral":
        return referral_meant(session, actor, case, unit, verb.states, item)
    return case
