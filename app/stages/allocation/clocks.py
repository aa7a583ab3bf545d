"""How long a unit has: the handling and the redo clock, and how a due date moves, its assists with
it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.ledger import move, note
from app.models import Assignment, Case, Reminder
from app.models.columns import clock
from app.roles import Actor
from app.rules.limits import Limits
from app.rules.office import Office
from app.rules.refusal import NotAllowed
from app.rules.workdays import Calendar, Deadline, hours
from app.rules.workflow import LIVE, OPEN_ASSIGNMENT
from app.stages.calendar import assist_deadline, marked, office_at


def own_deadline(office: Office, case: Case, limits: Limits, start: datetime) -> Deadline:
    """The clock that a case allocated at `start` has by itself: its kind's, unless complex, urgent
    or an emergency."""
    day = start.date()
    if case.urgency == "emergency":
        return hours(start, limits.emergency_hours)
    if case.urgency == "urgent":
        return office.calendar.run(day, limits.urgent_workdays)
    return office.calendar.run(
        day, limits.complex_workdays if case.complex else limits.kind_workdays(case.kind)
    )


def handling_deadline(office: Office, case: Case, limits: Limits, start: datetime) -> Deadline:
    """The handling clock of a case allocated at `start`: its own, or a leader's.

    A leader's date stays unless it has passed, then five working days. [procedure 0, 2]"""
    day, own = start.date(), own_deadline(office, case, limits, start)
    if not case.leader_assigned:
        return own
    if case.leader_due_on is not None and office.calendar.end_of(case.leader_due_on) > start:
        leaders = office.calendar.name(case.leader_due_on, day)
        return min(own, leaders, key=lambda due: due.at) if case.urgency == "emergency" else leaders
    leaders = office.calendar.run(day, limits.leader_workdays)
    return min(own, leaders, key=lambda due: due.at) if case.urgency != "normal" else leaders


def redo_deadline(office: Office, case: Case, limits: Limits, start: datetime) -> Deadline:
    """The redo clock: five working days, two for a consultation. [procedure 0]"""
    n = limits.redo_consultation_workdays if case.kind == "consultation" else limits.redo_workdays
    return office.calendar.run(start.date(), n)


def is_redo(assignment: Assignment) -> bool:
    """Whether it was ordered as a redo: nobody may return what was ordered again."""
    return assignment.return_at is None


def lead_assignment(session: Session, case: Case) -> Assignment:
    """The lead's assignment of the current round."""
    if case.lead_assignment_id is None:
        raise NotAllowed("no_assignment")
    return session.get_one(Assignment, case.lead_assignment_id)


def live_assists(session: Session, lead: Assignment) -> Sequence[Assignment]:
    """The assists of a lead's round that a unit still holds."""
    query = select(Assignment).where(
        Assignment.case_id == lead.case_id,
        Assignment.role == "assist",
        Assignment.round == lead.round,
        Assignment.state.in_(LIVE),
    )
    return session.scalars(query.order_by(Assignment.id)).all()


def refuse_open_assists(session: Session, lead: Assignment) -> None:
    """NotAllowed where an assist of a lead has not answered yet."""
    if any(assist.state in OPEN_ASSIGNMENT for assist in live_assists(session, lead)):
        raise NotAllowed("assist_open")


def move_due(
    session: Session, now: datetime, actor: Actor, assignment: Assignment, due: Deadline, why: str
) -> None:
    """Move a due date; a lead's assists move with it. Told and new date are both on the record.
    Lengthened after due, an open reminder is void."""
    payload = {
        "told": assignment.due_at.isoformat(),
        "new": due.at.isoformat(),
        "due_on": due.on.isoformat(),
        "why": why,
    }
    columns = {**clock("due", due), **marked(assignment, due, now)}
    lengthened = now >= assignment.due_at and due.at > assignment.due_at
    note(session, now, actor, assignment, "assignment.moved", columns, payload)
    if lengthened:
        _void_open(session, now, actor, assignment)
    if assignment.role != "lead":
        return
    calendar = office_at(session, now).calendar
    for assist in live_assists(session, assignment):
        moved = assist_deadline(calendar, due, assist.allocated_at.date())
        if moved.at <= now < assist.due_at:
            moved = _not_in_the_past(calendar, due, now)
        if moved.at > assist.due_at or now < moved.at < assist.due_at:
            move_due(session, now, actor, assist, moved, why)


def _not_in_the_past(calendar: Calendar, lead: Deadline, now: datetime) -> Deadline:
    """An assist's due that would have passed before anybody told it is the end of tomorrow, but not
    beyond its lead."""
    tomorrow = calendar.name(now.date() + timedelta(days=1), now.date())
    return min(tomorrow, lead, key=lambda due: due.at)


def _void_open(session: Session, now: datetime, actor: Actor, assignment: Assignment) -> None:
    """Lengthened after due: an open reminder is void."""
    query = select(Reminder).where(
        Reminder.assignment_id == assignment.id, Reminder.state == "open"
    )
    for reminder in session.scalars(query).all():
        move(session, now, actor, reminder, "void", "reminder.voided", {"ended_at": now})
