"""What the centre rules on: returns, extensions, promises; and an assist that is waived."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.ledger import Columns, move
from app.models import Assignment, Case, Request
from app.roles import Actor
from app.rules.refusal import NotAllowed
from app.rules.workflow import OPEN_ASSIGNMENT
from app.stages.allocation.clocks import lead_assignment, move_due
from app.stages.allocation.taken_back import register_again
from app.stages.calendar import office_at


def _pending(session: Session, assignment: Assignment, kind: str) -> Request:
    query = select(Request).where(
        Request.assignment_id == assignment.id, Request.kind == kind, Request.state == "pending"
    )
    row = session.scalars(query).first()
    if row is None:
        raise NotAllowed("nothing_pending", kind=kind)
    return row


def _rule(
    session: Session, now: datetime, actor: Actor, request: Request, accept: bool, words: str
) -> None:
    if request.filed_by_id == actor.id or request.drafted_by_id == actor.id:
        raise NotAllowed("own_request")
    columns = {"ruled_at": now, "ruled_by_id": actor.id, "ruling_words": words, "ended_at": now}
    to = "accepted" if accept else "refused"
    move(session, now, actor, request, to, f"request.{to}", columns, {"kind": request.kind})


def rule_on_return(
    session: Session,
    now: datetime,
    actor: Actor,
    assignment: Assignment,
    accept: bool,
    words: str = "",
) -> Assignment:
    """Rule on a return: accepted, the assignment ends and a lead's case is registered again;
    refused, the due date stays as it was."""
    request = _pending(session, assignment, "return")
    came_from = request.came_from or "signed"
    _rule(session, now, actor, request, accept, words)
    if not accept:
        move(session, now, actor, assignment, came_from, "assignment.return_refused")
        return assignment
    move(session, now, actor, assignment, "returned", "assignment.returned", {"ended_at": now})
    if assignment.role == "lead":
        register_again(session, now, actor, session.get_one(Case, assignment.case_id), {})
    return assignment


def rule_on_extension(
    session: Session,
    now: datetime,
    actor: Actor,
    assignment: Assignment,
    accept: bool,
    words: str = "",
) -> Assignment:
    """Rule on an extension: granted, the due date moves from the old one; granted late it ends the
    overdue mark."""
    request = _pending(session, assignment, "extension")
    _rule(session, now, actor, request, accept, words)
    if accept:
        old = assignment.deadline("due")
        assert old is not None and request.workdays is not None  # noqa: S101
        due = office_at(session, now).calendar.extended(old, request.workdays)
        if assignment.role == "assist":
            lead = lead_assignment(session, session.get_one(Case, assignment.case_id)).deadline(
                "due"
            )
            assert lead is not None  # noqa: S101
            due = min(due, lead, key=lambda deadline: deadline.at)
        move_due(session, now, actor, assignment, due, "extension")
    return assignment


def _rule_on_promise(
    session: Session,
    now: datetime,
    actor: Actor,
    assignment: Assignment,
    kind: str,
    accept: bool,
    words: str,
) -> Assignment:
    request = _pending(session, assignment, kind)
    assert request.promised_on is not None  # noqa: S101
    if accept and now >= office_at(session, now).calendar.end_of(request.promised_on):
        raise NotAllowed("promise_past", promised_on=request.promised_on.isoformat())
    _rule(session, now, actor, request, accept, words)
    return assignment


def rule_on_explanation(
    session: Session,
    now: datetime,
    actor: Actor,
    assignment: Assignment,
    accept: bool,
    words: str = "",
) -> Assignment:
    """Rule on an explanation; it cannot be accepted after its promised date."""
    return _rule_on_promise(session, now, actor, assignment, "explanation", accept, words)


def rule_on_interim(
    session: Session,
    now: datetime,
    actor: Actor,
    assignment: Assignment,
    accept: bool,
    words: str = "",
) -> Assignment:
    """Rule on an interim reply; it cannot be accepted after its promised date."""
    return _rule_on_promise(session, now, actor, assignment, "interim", accept, words)


def waive_assist(
    session: Session, now: datetime, actor: Actor, assignment: Assignment, reason: str
) -> Assignment:
    """Let the lead answer without an assist, with a reason."""
    if assignment.role != "assist":
        raise NotAllowed("not_an_assist")
    if assignment.state not in OPEN_ASSIGNMENT:
        raise NotAllowed("assist_answered", state=assignment.state)
    if not reason.strip():
        raise NotAllowed("reason_missing")
    columns: Columns = {"waived_reason": reason, "ended_at": now}
    move(
        session,
        now,
        actor,
        assignment,
        "cancelled",
        "assignment.cancelled",
        columns,
        {"waived": True},
    )
    return assignment
