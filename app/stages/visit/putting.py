"""A record of a visit, put on file with what follows from it: whoever made it, and however."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.ledger import Columns, move, note
from app.models import Case, Visit, VisitRecord
from app.roles import Actor
from app.stages.calendar import office_at
from app.stages.papers import issue_as_it_stands
from app.stages.visit.outcomes import facts_taken_over, outcome_columns
from app.stages.visit.settling import close_case, settle


def put_on_record(
    session: Session,
    now: datetime,
    actor: Actor,
    lead: Case,
    visit: Visit,
    form: Mapping[str, Any],
) -> VisitRecord:
    """Put an attempt at a visit on record - `form` has the columns of a visit record and is complete
    - and settle its case by it."""
    attempt = visit.attempts + 1
    row = VisitRecord(
        visit_id=visit.id,
        case_id=lead.id,
        attempt=attempt,
        version=1,
        at=now,
        by_id=actor.id,
        **outcome_columns(dict(form)),
    )
    session.add(row)
    session.flush()
    issue_as_it_stands(session, office_at(session, now).calendar, "visit", [row.id])
    if form["reached"]:
        outcome = {name: form[name] for name in ("truth", "solved", "satisfied")}
        columns = {**outcome, **facts_taken_over(dict(form)), "attempts": attempt, "ended_at": now}
        move(
            session,
            now,
            actor,
            visit,
            "done",
            "visit.recorded",
            columns,
            outcome,
            lead.lead_unit_id,
        )
        settle(session, now, actor, lead, visit)
    else:
        _missed(session, now, actor, lead, visit, attempt)
    return row


def _missed(
    session: Session, now: datetime, actor: Actor, lead: Case, visit: Visit, attempt: int
) -> None:
    limits = office_at(session, now).kept(lead.allocated_at)
    days = tried(session, visit)
    if attempt < limits.visit_attempts or len(set(days)) < limits.visit_days:
        note(
            session,
            now,
            actor,
            visit,
            "visit.attempted",
            {"attempts": attempt},
            {"attempt": attempt},
        )
        return
    columns: Columns = {"attempts": attempt, "ended_at": now}
    move(session, now, actor, visit, "unreachable", "visit.unreachable", columns)
    if lead.state == "visiting" and visit.caller_case_id == lead.id:
        close_case(session, now, actor, lead, "unreachable")


def tried(session: Session, visit: Visit) -> list[date]:
    """The day of each attempt."""
    tries = select(VisitRecord.at).where(VisitRecord.visit_id == visit.id, VisitRecord.version == 1)
    return [at.date() for at in session.scalars(tries)]
