"""Dissolved units, and what their successors take over."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.ledger import note, note_office
from app.models import (
    Assignment,
    Case,
    Category,
    InstructionNotice,
    Reminder,
    Supervision,
    Unit,
)
from app.roles import Actor
from app.rules.refusal import NotAllowed
from app.rules.workflow import LIVE, STANDING
from app.stages.papers import frozen


def succeed_unit(
    session: Session, now: datetime, actor: Actor, unit: Unit, successor: Unit
) -> Unit:
    """A unit is dissolved: its successor takes what it holds as it stands, its rounds to come, and
    the categories of which it was the default."""
    if unit.id == successor.id or unit.successor_id is not None:
        raise NotAllowed("no_successor")
    if not successor.active:
        raise NotAllowed("unit_inactive", unit=successor.code)
    unit.active, unit.successor_id = False, successor.id
    for category in session.scalars(select(Category).where(Category.default_unit_id == unit.id)):
        category.default_unit_id = successor.id
    note_office(session, now, actor, "unit.succeeded", {"unit": unit.id, "successor": successor.id})
    for assignment in _held(session, unit):
        payload = {"from": unit.id, "to": successor.id}
        _hand_over(session, assignment, successor)
        case = session.get_one(Case, assignment.case_id)
        if case.lead_assignment_id == assignment.id:
            case.lead_unit_id = successor.id
        note(
            session,
            now,
            actor,
            assignment,
            "assignment.succeeded",
            {"unit_id": successor.id},
            payload,
            successor.id,
        )
    return unit


def _held(session: Session, unit: Unit) -> Sequence[Assignment]:
    """The assignments that a unit still answers for: live ones, those that the room supervises, and
    the last round of a redo that is exhausted, which is to be listed. Other rounds stay with the
    unit that did them."""
    standing = select(Supervision.assignment_id).where(Supervision.state.in_(STANDING))
    exhausted = Case.redo_failed & (Case.state == "reviewing") & (Case.round == Assignment.round)
    query = (
        select(Assignment)
        .join(Case, Case.id == Assignment.case_id)
        .where(Assignment.unit_id == unit.id)
        .where(or_(Assignment.state.in_(LIVE), exhausted, Assignment.id.in_(standing)))
    )
    return session.scalars(query.order_by(Assignment.id)).all()


def _hand_over(session: Session, assignment: Assignment, successor: Unit) -> None:
    """What the unit still had to answer goes along; the papers issued to it stay as they were."""
    reminders = select(Reminder).where(
        Reminder.assignment_id == assignment.id, Reminder.state.in_(("open", "satisfied"))
    )
    for row in session.scalars(reminders):
        frozen(session, "reminder", row.id)
        row.unit_id = successor.id
    for notice in session.scalars(
        select(InstructionNotice).where(InstructionNotice.assignment_id == assignment.id)
    ):
        frozen(session, "instruction", notice.id)
        notice.unit_id = successor.id
    items = select(Supervision).where(
        Supervision.assignment_id == assignment.id, Supervision.state.in_(STANDING)
    )
    for item in session.scalars(items):
        if item.number is not None:
            frozen(session, "supervision", item.id)
        item.unit_id = successor.id
