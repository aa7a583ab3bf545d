"""Candidates for supervision: proposed, declined, deferred, struck."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.ledger import Columns, bear, move, note
from app.models import Assignment, Case, Supervision
from app.models.columns import clock
from app.roles import Actor
from app.rules.refusal import NotAllowed
from app.rules.workflow import LIVE
from app.stages.calendar import limits_of_case, office_at
from app.stages.supervision.items import items, refuse_unless_candidate


def attempt_of(session: Session, one: Assignment, ground: str) -> int:
    """The number of the next candidate of an assignment on a ground."""
    query = select(func.max(Supervision.attempt)).where(
        Supervision.assignment_id == one.id, Supervision.ground == ground
    )
    return (session.scalar(query) or 0) + 1


def refuse_unsupervisable(session: Session, assignment: Assignment) -> None:
    """NotAllowed where nobody begins to supervise an assignment: it ended otherwise than accepted,
    or its case is withdrawn or merged, which ends what is not confirmed. [procedure, States]"""
    if assignment.state not in LIVE and assignment.state != "accepted":
        raise NotAllowed("not_open", state=assignment.state)
    case = session.get_one(Case, assignment.case_id)
    if case.state in ("withdrawn", "merged"):
        raise NotAllowed("case_ended", state=case.state)


def propose(
    session: Session, now: datetime, actor: Actor, assignment: Assignment, reason: str
) -> Supervision:
    """The centre head proposes an assignment for supervision, with a reason: a row of the next
    list."""
    if not reason.strip():
        raise NotAllowed("reason_missing")
    refuse_unsupervisable(session, assignment)
    if any(
        row.state == "candidate" and row.ground == "by_hand" and row.assignment_id == assignment.id
        for row in items(
            session, session.get_one(Case, assignment.case_id), assignment.unit_id, "by_hand"
        )
    ):
        raise NotAllowed("proposed_already")
    columns: Columns = {
        "case_id": assignment.case_id,
        "assignment_id": assignment.id,
        "unit_id": assignment.unit_id,
        "round": assignment.round,
        "ground": "by_hand",
        "attempt": attempt_of(session, assignment, "by_hand"),
        "reason": reason,
        "proposed_by_id": actor.id,
    }
    row: Supervision = bear(
        session, now, actor, "supervision", "candidate", "supervision.proposed", columns
    )
    return row


def decline(
    session: Session, now: datetime, actor: Actor, supervision: Supervision, reason: str
) -> Supervision:
    """Decline a candidate, with a reason."""
    refuse_unless_candidate(supervision)
    if not reason.strip():
        raise NotAllowed("reason_missing")
    columns = {"ended_reason": reason, "ended_at": now, **clock("own", None)}
    move(session, now, actor, supervision, "declined", "supervision.declined", columns)
    return supervision


def defer(
    session: Session,
    now: datetime,
    actor: Actor,
    supervision: Supervision,
    workdays: int,
    reason: str,
) -> Supervision:
    """Defer a candidate once, by at most five working days."""
    refuse_unless_candidate(supervision)
    office = office_at(session, now)
    most = limits_of_case(session, office, supervision).deferral_workdays
    if supervision.listed_on is None:
        raise NotAllowed("not_listed")
    if supervision.deferred_on is not None:
        raise NotAllowed("deferred_once")
    if not 1 <= workdays <= most:
        raise NotAllowed("deferral_too_long", most=most)
    if not reason.strip():
        raise NotAllowed("reason_missing")
    own = office.calendar.run(now.date(), workdays)
    columns = {"deferred_on": now.date(), **clock("own", own)}
    note(
        session,
        now,
        actor,
        supervision,
        "supervision.deferred",
        columns,
        {"decide_by": own.on.isoformat()},
    )
    return supervision


def strike_row(
    session: Session, now: datetime, actor: Actor, supervision: Supervision, reason: str
) -> Supervision:
    """A row issued in error is struck in the next list, with its reason; a candidate ends with
    it."""
    if supervision.listed_on is None:
        raise NotAllowed("not_listed")
    if supervision.struck_at is not None:
        raise NotAllowed("struck_already")
    if not reason.strip():
        raise NotAllowed("reason_missing")
    columns: Columns = {"struck_at": now, "struck_reason": reason}
    if supervision.state == "candidate":
        columns |= {"ended_at": now, **clock("own", None)}
        move(session, now, actor, supervision, "declined", "supervision.struck", columns)
    else:
        note(session, now, actor, supervision, "supervision.struck", columns)
    return supervision
