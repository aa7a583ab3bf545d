"""One lead case for one matter of several callers; withdrawn, the oldest merged case takes over as
it stands."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.ledger import move, note
from app.models import (
    Assignment,
    Case,
    Contact,
    Draft,
    Instruction,
    InstructionNotice,
    Referral,
    Reminder,
    Reply,
    Request,
    Responsibility,
    Submission,
    Supervision,
    Visit,
    VisitRecord,
)
from app.models.columns import clock
from app.roles import Actor
from app.rules.refusal import NotAllowed
from app.rules.workflow import OPEN_CASE
from app.stages.acceptance.contacts import end_pending

MOVES_ALONG = (
    Assignment,
    Instruction,
    InstructionNotice,
    Submission,
    Reply,
    Request,
    Draft,
    Reminder,
    Supervision,
    VisitRecord,
    Responsibility,
    Referral,
)
"""What belongs to a case, beside its visits, and goes to the heir when its lead is withdrawn."""


def merge(session: Session, now: datetime, actor: Actor, case: Case, into: Case) -> Case:
    """Merge a case into a lead: different callers, same matter. Its own merged cases come along."""
    if case.id == into.id:
        raise NotAllowed("merge_into_itself")
    if case.state not in OPEN_CASE:
        raise NotAllowed("case_ended", state=case.state)
    if into.state not in OPEN_CASE:
        raise NotAllowed("lead_ended", state=into.state)
    for joined in merged_with(session, case):
        note(
            session,
            now,
            actor,
            joined,
            "case.merged",
            {"merged_into_id": into.id},
            {"into": into.id},
        )
    columns = {"merged_into_id": into.id, **clock("own", None)}
    move(session, now, actor, case, "merged", "case.merged", columns, {"into": into.id})
    return into


def merged_with(session: Session, lead: Case) -> Sequence[Case]:
    """The cases merged into a lead, the oldest registration first."""
    query = select(Case).where(Case.merged_into_id == lead.id, Case.state == "merged")
    return session.scalars(query.order_by(Case.registered_at, Case.id)).all()


def withdraw(session: Session, now: datetime, actor: Actor, case: Case, reason: str) -> Case:
    """Withdrawn at the caller's request. With merged cases the oldest becomes the lead and takes
    over as it stands; without, clocks stop and open reminders are void."""
    if case.state not in OPEN_CASE:
        raise NotAllowed("case_ended", state=case.state)
    if not reason.strip():
        raise NotAllowed("reason_missing")
    heirs = merged_with(session, case)
    if heirs:
        _take_over(session, now, actor, case, heirs)
    heir_id = heirs[0].id if heirs else None
    columns = {
        **clock("own", None),
        "closed_at": now,
        "closed_as": "withdrawn",
        "taken_over_by_id": heir_id,
    }
    move(session, now, actor, case, "withdrawn", "case.withdrawn", columns)
    return case


INHERITED = (
    "round",
    "repeats",
    "mode",
    "allocations",
    "allocated_at",
    "lead_unit_id",
    "lead_assignment_id",
    "leader_assigned",
    "leader_due_on",
    "redo_failed",
    "disputed_by",
    "answered_by_id",
    "answer",
    "sampled",
    "own_at",
    "own_clock",
    "own_overdue_for",
    "look_again_at",
    "urgency",
)


def _take_over(
    session: Session, now: datetime, actor: Actor, lead: Case, heirs: Sequence[Case]
) -> None:
    """The oldest merged case takes over state, round, count, assignments, clocks, reminders and
    supervision."""
    heir, how = heirs[0], _visited_as(session, lead, heirs[0])
    end_pending(session, now, actor, Visit.caller_case_id == lead.id)
    _take_along(session, lead, heir)
    columns = {name: getattr(lead, name) for name in INHERITED} | {"merged_into_id": None}
    move(session, now, actor, heir, lead.state, "case.took_over", columns, {"from": lead.id})
    if heir.state == "visiting" and how:
        ends = {**clock("own", None), "closed_at": now, "closed_as": how}
        move(
            session, now, actor, heir, "closed", "case.closed", ends, {"as": how}, heir.lead_unit_id
        )
    for other in heirs[1:]:
        note(
            session,
            now,
            actor,
            other,
            "case.merged",
            {"merged_into_id": heir.id},
            {"into": heir.id},
        )


def _take_along(session: Session, lead: Case, heir: Case) -> None:
    """All that belongs to a lead becomes its heir's. Its visits are numbered after those that the
    heir had itself before it was merged: both may be of one caller and round."""
    turns = select(func.max(Visit.turn)).where(Visit.case_id == heir.id)
    visits = {"case_id": heir.id, "turn": Visit.turn + (session.scalar(turns) or 0)}
    session.execute(update(Visit).where(Visit.case_id == lead.id).values(visits))
    for model in MOVES_ALONG:
        session.execute(update(model).where(model.case_id == lead.id).values(case_id=heir.id))
    session.execute(
        update(Contact).where(Contact.counts_on_id == heir.id).values(counts_on_id=None)
    )
    session.execute(
        update(Contact).where(Contact.counts_on_id == lead.id).values(counts_on_id=heir.id)
    )


def _visited_as(session: Session, lead: Case, heir: Case) -> str | None:
    """How an heir's own visit about its lead ended before it took over; an anonymous one has none
    to come."""
    if heir.anonymous:
        return "anonymous"
    visits = select(Visit.state).where(
        Visit.caller_case_id == heir.id, Visit.case_id == lead.id, Visit.round == lead.round
    )
    state = session.scalars(visits.order_by(Visit.id.desc()).limit(1)).first()
    return {"done": "visited", "unreachable": "unreachable"}.get(state or "")
