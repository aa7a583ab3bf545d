"""Attempts at a visit, recorded as they are made."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.models import Case, Visit, VisitRecord
from app.roles import Actor
from app.rules.refusal import NotAllowed
from app.stages.acceptance import lead_of
from app.stages.calendar import office_at
from app.stages.duties import may_visit
from app.stages.visit.outcomes import refuse_incomplete
from app.stages.visit.planning import visit_of
from app.stages.visit.putting import put_on_record, tried


def visits(actor: Actor, leader_assigned: bool) -> bool:
    """Whether a case is this person's to visit: a leader's matter the room's, any other not; the
    centre head's either."""
    room = actor.is_a("officer", "supervision_head")
    return actor.is_a("centre_head") or (
        room if leader_assigned else actor.is_a("visitor") or not room
    )


def record_visit(
    session: Session, now: datetime, actor: Actor, case: Case, **form: Any
) -> VisitRecord:
    """Record an attempt: method, reached or not, and where reached whether the result is true,
    solved, satisfactory.

    `form` has the columns of a visit record. Three attempts on at least two days without reaching
    anybody end it as unreachable, counted apart, never as satisfied."""
    lead = lead_of(session, case)
    if case.anonymous:
        raise NotAllowed("anonymous_not_visited")
    may_visit(session, actor, lead)
    if not visits(actor, lead.leader_assigned):
        raise NotAllowed("visited_by_others")
    refuse_incomplete(form)
    visit = visit_of(session, now, actor, case)
    return put_on_record(session, now, actor, lead, visit, form)


def refuse_too_few_attempts(session: Session, now: datetime, lead: Case, visit: Visit) -> None:
    """A correction makes nobody unreachable who was not tried as often as that takes. [procedure
    6]"""
    limits = office_at(session, now).kept(lead.allocated_at)
    days = tried(session, visit)
    if len(days) < limits.visit_attempts or len(set(days)) < limits.visit_days:
        raise NotAllowed(
            "too_few_attempts",
            attempts=limits.visit_attempts,
            days=limits.visit_days,
            made=len(days),
            on=len(set(days)),
        )
