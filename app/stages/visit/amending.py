"""Records of visits, corrected."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.ledger import move
from app.models import Case, Visit, VisitRecord
from app.models.columns import facts_of
from app.roles import Actor
from app.rules.refusal import NotAllowed
from app.stages.acceptance import lead_of
from app.stages.duties import may_visit
from app.stages.visit.outcomes import facts_taken_over, outcome_columns, refuse_incomplete
from app.stages.visit.recording import refuse_too_few_attempts
from app.stages.visit.settling import resettle

ENDED = ("done", "unreachable")
"""The states of a visit that has an outcome, which may be amended."""
_RECORDED = (
    "method",
    "reached",
    "place",
    "met",
    "contacted_by_unit",
    "truth",
    "solved",
    "satisfied",
    "why",
    "words",
    "evidence",
)
"""What a corrected version takes over from the one before it."""


def amend_visit(
    session: Session, now: datetime, actor: Actor, case: Case, reason: str, **form: Any
) -> VisitRecord:
    """The centre head corrects a record: a new version, the old one stays. An amended outcome moves
    the case between closed and review until responsibility is reviewed."""
    lead = lead_of(session, case)
    query = select(Visit).where(
        Visit.caller_case_id == case.id, Visit.case_id == lead.id, Visit.state.in_(ENDED)
    )
    visit = session.scalars(query.order_by(Visit.id.desc()).limit(1)).first()
    if visit is None:
        raise NotAllowed("nothing_to_amend")
    if not reason.strip():
        raise NotAllowed("reason_missing")
    may_visit(session, actor, lead)
    last = session.scalars(
        select(VisitRecord)
        .where(VisitRecord.visit_id == visit.id)
        .order_by(VisitRecord.id.desc())
        .limit(1)
    ).one()
    recorded = (*_RECORDED, *facts_of(VisitRecord))
    whole = {name: getattr(last, name) for name in recorded} | {
        k: v for k, v in form.items() if v is not None
    }
    refuse_incomplete(whole)
    if visit.state == "done" and not whole["reached"]:
        refuse_too_few_attempts(session, now, lead, visit)
    whole = outcome_columns(whole)
    row = VisitRecord(
        visit_id=visit.id,
        case_id=lead.id,
        attempt=last.attempt,
        version=last.version + 1,
        at=now,
        by_id=actor.id,
        reason=reason,
        **whole,
    )
    session.add(row)
    session.flush()
    outcome = {name: whole.get(name) for name in ("truth", "solved", "satisfied")}
    payload = {**outcome, "version": row.version}
    to = "done" if whole["reached"] else "unreachable"
    move(
        session,
        now,
        actor,
        visit,
        to,
        "visit.amended",
        {**outcome, **facts_taken_over(whole)},
        payload,
        lead.lead_unit_id,
    )
    resettle(session, now, actor, lead, visit)
    return row
