"""The assignment that a unit holds on a case."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Assignment, Case
from app.rules.refusal import NotAllowed
from app.rules.workflow import LIVE, OPEN_ASSIGNMENT


def _holds(row: Assignment) -> tuple[bool, bool, bool, bool, int]:
    """How near an assignment is to its unit: open, held, a held assist (the lead waits for it),
    accepted, new."""
    held = row.state in LIVE
    return (
        row.state in OPEN_ASSIGNMENT,
        held,
        held and row.role == "assist",
        row.state == "accepted",
        row.id,
    )


def held_by(session: Session, case: Case, unit_id: int) -> Assignment:
    """A unit's assignment on a case: the one it still holds, else the one accepted last, else the
    newest; NotAllowed where it has none. (A case that took over another's has ended ones of its own
    that may be newer.)"""
    query = select(Assignment).where(Assignment.case_id == case.id, Assignment.unit_id == unit_id)
    rows = session.scalars(query.order_by(Assignment.id)).all()
    if not rows:
        raise NotAllowed("not_found")
    return max(rows, key=_holds)
