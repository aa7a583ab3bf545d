"""Supervision items of a case, and the numbers that bound them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Case, Supervision
from app.rules.office import Office
from app.rules.refusal import NotAllowed
from app.rules.workdays import Deadline
from app.stages.duties import lineage


def items(
    session: Session, case: Case, unit_id: int | None, ground: str | None
) -> Sequence[Supervision]:
    """The candidates and items of a case (of a unit, on a ground), the newest last."""
    query = select(Supervision).where(Supervision.case_id == case.id)
    if unit_id is not None:
        query = query.where(Supervision.unit_id.in_(lineage(session, unit_id)))
    if ground is not None:
        query = query.where(Supervision.ground == ground)
    return session.scalars(query.order_by(Supervision.id)).all()


def refuse_unless_candidate(row: Supervision) -> None:
    """NotAllowed where an item is no candidate any more."""
    if row.state != "candidate":
        raise NotAllowed("not_a_candidate", state=row.state)


def named_deadline(
    office: Office, workdays: int | None, due_on: date | None, default: int
) -> Deadline:
    """A deadline that the room sets: a number of working days, or a named date (a leader's) after
    today."""
    today = office.now.date()
    if due_on is not None:
        if due_on <= today:
            raise NotAllowed("date_not_after_today")
        return office.calendar.name(due_on, today)
    if workdays is not None and not 1 <= workdays <= 60:
        raise NotAllowed("workdays_out_of_bounds")
    return office.calendar.run(today, workdays or default)
