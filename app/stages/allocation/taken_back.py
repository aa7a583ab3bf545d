"""An assignment is taken back before it is signed for, or ended later."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.ledger import move
from app.models import Assignment, Case
from app.models.columns import clock
from app.roles import Actor
from app.rules.refusal import NotAllowed
from app.stages.allocation.clocks import is_redo, lead_assignment
from app.stages.calendar import office_at


def recall(session: Session, now: datetime, actor: Actor, case: Case) -> Case:
    """Take back a mis-allocation before it is signed for: the same allocator, or the centre head.
    Not counted; a redo, which was ordered, never was."""
    lead = _held(session, case)
    if lead.signed_at is not None or lead.state not in ("allocated", "return_pending"):
        raise NotAllowed("signed_already")
    if actor.id != lead.allocated_by_id and not actor.is_a("centre_head"):
        raise NotAllowed("not_his_allocation")
    counted = 0 if is_redo(lead) else 1
    _unallocate(session, now, actor, case, lead, {"allocations": case.allocations - counted})
    return case


def reassign(session: Session, now: datetime, actor: Actor, case: Case, reason: str) -> Case:
    """The centre head ends an assignment later, with a reason; it counts as an allocation."""
    if not reason.strip():
        raise NotAllowed("reason_missing")
    _unallocate(session, now, actor, case, _held(session, case), {})
    return case


def _held(session: Session, case: Case) -> Assignment:
    if case.state != "handling":
        raise NotAllowed("not_in_handling", state=case.state)
    return lead_assignment(session, case)


def _unallocate(
    session: Session,
    now: datetime,
    actor: Actor,
    case: Case,
    lead: Assignment,
    columns: Mapping[str, Any],
) -> None:
    """The assignment ends with its assists; the case is registered again and the next unit gets a
    fresh clock."""
    move(session, now, actor, lead, "cancelled", "assignment.cancelled", {"ended_at": now})
    register_again(session, now, actor, case, columns)


def register_again(
    session: Session, now: datetime, actor: Actor, case: Case, columns: Mapping[str, Any]
) -> None:
    """From handling back to registered, with the clock to allocate anew."""
    office = office_at(session, now)
    own = office.calendar.run(now.date(), office.limits.allocate_workdays)
    columns = {
        "mode": None,
        "lead_unit_id": None,
        "lead_assignment_id": None,
        **clock("own", own),
        **columns,
    }
    move(session, now, actor, case, "registered", "case.unallocated", columns)
