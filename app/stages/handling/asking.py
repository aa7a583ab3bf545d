"""What a unit asks of the centre: to return a case, or for more time."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.ledger import bear, move
from app.models import Assignment, Case, Request
from app.models.columns import clock
from app.roles import Actor
from app.rules.office import Office
from app.rules.refusal import NotAllowed
from app.stages.allocation import lead_assignment
from app.stages.calendar import limits_of_case, office_at
from app.stages.handling.signing import refuse_unless_open


def file_request(
    session: Session,
    now: datetime,
    actor: Actor,
    assignment: Assignment,
    kind: str,
    drafted_by: int | None,
    **facts: Any,
) -> Request:
    """A request of a unit, filed for the centre's ruling."""
    office = office_at(session, now)
    own = office.calendar.run(
        now.date(), limits_of_case(session, office, assignment).ruling_workdays
    )
    columns = {
        "case_id": assignment.case_id,
        "assignment_id": assignment.id,
        "unit_id": assignment.unit_id,
        "round": assignment.round,
        "kind": kind,
        "filed_at": now,
        "filed_by_id": actor.id,
        "drafted_by_id": drafted_by,
        "self_approved": drafted_by in (None, actor.id),
        **clock("own", own),
        **facts,
    }
    payload = {"kind": kind, **{name: facts[name] for name in ("workdays",) if name in facts}}
    if facts.get("promised_on"):
        payload["promised_on"] = facts["promised_on"].isoformat()
    row: Request = bear(
        session, now, actor, "request", "pending", "request.filed", columns, payload
    )
    return row


def requests_of(session: Session, assignment: Assignment, kind: str) -> list[Request]:
    """The requests of one kind on an assignment, oldest first."""
    query = select(Request).where(Request.assignment_id == assignment.id, Request.kind == kind)
    return list(session.scalars(query.order_by(Request.id)))


def request_return(
    session: Session,
    now: datetime,
    actor: Actor,
    assignment: Assignment,
    reason: str,
    drafted_by: int | None = None,
) -> Request:
    """Return a wrongly allocated case, within a working day of allocation, once per unit per
    case."""
    if assignment.state not in ("allocated", "signed"):
        raise NotAllowed("not_open", state=assignment.state)
    if assignment.return_at is None or now >= assignment.return_at:
        raise NotAllowed("too_late_to_return")
    before = select(func.count()).where(
        Request.case_id == assignment.case_id,
        Request.unit_id == assignment.unit_id,
        Request.kind == "return",
    )
    if session.scalar(before):
        raise NotAllowed("returned_once")
    if not reason.strip():
        raise NotAllowed("reason_missing")
    row = file_request(
        session,
        now,
        actor,
        assignment,
        "return",
        drafted_by,
        words=reason,
        came_from=assignment.state,
    )
    move(session, now, actor, assignment, "return_pending", "assignment.return_asked")
    return row


def request_extension(
    session: Session,
    now: datetime,
    actor: Actor,
    assignment: Assignment,
    workdays: int,
    reason: str,
    drafted_by: int | None = None,
) -> Request:
    """Ask for an extension before due, of at most ten working days from the old due date, once per
    round."""
    refuse_unless_open(assignment)
    office = office_at(session, now)
    most = limits_of_case(session, office, assignment).extension_workdays
    if now >= assignment.due_at:
        raise NotAllowed("too_late_to_extend")
    if not 1 <= workdays <= most:
        raise NotAllowed("extension_too_long", most=most)
    if requests_of(session, assignment, "extension"):
        raise NotAllowed("extended_once")
    if not reason.strip():
        raise NotAllowed("reason_missing")
    if assignment.role == "assist":
        _within_lead(session, office, assignment, workdays)
    return file_request(
        session, now, actor, assignment, "extension", drafted_by, words=reason, workdays=workdays
    )


def _within_lead(session: Session, office: Office, assist: Assignment, workdays: int) -> None:
    """An assist's due never lies after its lead's."""
    old = assist.deadline("due")
    lead = lead_assignment(session, session.get_one(Case, assist.case_id))
    if old is not None and office.calendar.extended(old, workdays).at > lead.due_at:
        raise NotAllowed("later_than_lead", until=lead.due_at.isoformat())
