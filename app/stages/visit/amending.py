"""Records of visits, corrected."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.ledger import move
from app.models import Case, Visit, VisitRecord
from app.models.columns import facts_of
from app.roles import Actor
from app.rules.extra import canonical, held
from app.rules.refusal import NotAllowed
from app.stages.acceptance import lead_of
from app.stages.calendar import office_at
from app.stages.duties import may_visit
from app.stages.papers import issue_as_it_stands
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
    visit = _ended_visit(session, lead, case)
    if not reason.strip():
        raise NotAllowed("reason_missing")
    may_visit(session, actor, lead)
    last = _newest_record(session, visit)
    corrected = _corrected(last, form)
    refuse_incomplete(corrected)
    if visit.state == "done" and not corrected["reached"]:
        refuse_too_few_attempts(session, now, lead, visit)
    corrected = outcome_columns(corrected)
    row = VisitRecord(
        visit_id=visit.id,
        case_id=lead.id,
        attempt=last.attempt,
        version=last.version + 1,
        at=now,
        by_id=actor.id,
        reason=reason,
        **corrected,
    )
    session.add(row)
    session.flush()
    issue_as_it_stands(session, office_at(session, now).calendar, "visit", [row.id])
    outcome = {name: corrected.get(name) for name in ("truth", "solved", "satisfied")}
    columns = {**outcome, **facts_taken_over(corrected)}
    payload = {**outcome, "version": row.version}
    to = "done" if corrected["reached"] else "unreachable"
    move(session, now, actor, visit, to, "visit.amended", columns, payload, lead.lead_unit_id)
    resettle(session, now, actor, lead, visit)
    return row


def _ended_visit(session: Session, lead: Case, case: Case) -> Visit:
    """The newest visit of a caller that has an outcome; NotAllowed where there is none."""
    ended = select(Visit).where(
        Visit.caller_case_id == case.id, Visit.case_id == lead.id, Visit.state.in_(ENDED)
    )
    visit = session.scalars(ended.order_by(Visit.id.desc()).limit(1)).first()
    if visit is None:
        raise NotAllowed("nothing_to_amend")
    return visit


def _newest_record(session: Session, visit: Visit) -> VisitRecord:
    """The record of a visit that stands."""
    records = select(VisitRecord).where(VisitRecord.visit_id == visit.id)
    return session.scalars(records.order_by(VisitRecord.id.desc()).limit(1)).one()


def _corrected(last: VisitRecord, form: Mapping[str, Any]) -> dict[str, Any]:
    """What stood in a record, with what the form corrects in it."""
    stood = {name: getattr(last, name) for name in (*_RECORDED, *facts_of(VisitRecord))}
    changed = {name: value for name, value in form.items() if value is not None}
    extra = canonical({**held(last.extra), **held(changed.get("extra"))})
    return {**stood, **changed, "extra": extra}
