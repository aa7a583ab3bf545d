"""Wrong kind, category, urgency or confidentiality, found later."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from app.ledger import note
from app.models import Assignment, Case, Category
from app.roles import Actor
from app.rules.limits import KINDS, URGENCIES
from app.rules.refusal import NotAllowed
from app.rules.workflow import LIVE, OPEN_CASE
from app.stages.acceptance import mark_suggestion
from app.stages.allocation.clocks import handling_deadline, is_redo, kept, lead_assignment, move_due, redo_deadline
from app.stages.calendar import office_at


def reclassify(
    session: Session,
    now: datetime,
    actor: Actor,
    case: Case,
    reason: str,
    kind: str | None = None,
    urgency: str | None = None,
    confidential: bool | None = None,
    category_id: int | None = None,
    complex: bool | None = None,
    suggestion: bool | None = None,
) -> Case:
    """Wrong kind, category, urgency or confidentiality found later: mended with a reason, due worked out anew from
    the allocation day - never earlier than told unless urgency rises, then not before the end of tomorrow."""
    _may_reclassify(session, case, reason, kind, urgency, category_id)
    given = {
        "kind": kind, "urgency": urgency, "confidential": confidential, "category_id": category_id, "complex": complex,
        "suggestion": suggestion,
    }  # fmt: skip
    columns = {name: value for name, value in given.items() if value is not None and value != getattr(case, name)}
    if not columns:
        raise NotAllowed("nothing_changed")
    rises = urgency is not None and URGENCIES.index(urgency) > URGENCIES.index(case.urgency)
    payload = {name: [getattr(case, name), value] for name, value in columns.items()}
    note(session, now, actor, case, "case.reclassified", columns, payload, case.lead_unit_id)
    if case.kind == "suggestion" or case.suggestion:
        mark_suggestion(session, now, actor, case)
    if not {"kind", "urgency", "complex"}.isdisjoint(columns) and case.lead_assignment_id is not None:
        _due_anew(session, now, actor, case, rises)
    return case


def _may_reclassify(
    session: Session, case: Case, reason: str, kind: str | None, urgency: str | None, category_id: int | None
) -> None:
    if case.state not in OPEN_CASE:
        raise NotAllowed("case_ended", state=case.state)
    if not reason.strip():
        raise NotAllowed("reason_missing")
    if kind is not None and kind not in KINDS:
        raise NotAllowed("unknown_kind", kind=kind)
    if urgency is not None and urgency not in URGENCIES:
        raise NotAllowed("unknown_urgency", urgency=urgency)
    if category_id is not None and session.get(Category, category_id) is None:
        raise NotAllowed("unknown_category")


def _due_anew(session: Session, now: datetime, actor: Actor, case: Case, rises: bool) -> None:
    lead = lead_assignment(session, case)
    old = lead.deadline("due")
    assert old is not None  # noqa: S101
    office = office_at(session, now)
    if rises and case.urgency == "emergency" and lead.return_at is not None and lead.response_at is None:
        lead.response_at = now + timedelta(hours=office.limits.emergency_response_hours)
    if lead.state not in LIVE or _due_on_leaders_date(case, lead) or (rises and now >= old.at):
        return
    limits = kept(session, office, lead)
    base = redo_deadline if is_redo(lead) else handling_deadline
    due = base(office, case, limits, lead.allocated_at)
    if rises and due.at < old.at:
        tomorrow = office.calendar.name(now.date() + timedelta(days=1), now.date())
        due = max(due, tomorrow, key=lambda one: one.at)
    elif due.at < old.at:
        return
    if due.at != old.at:
        move_due(session, now, actor, lead, due, "reclassified")


def _due_on_leaders_date(case: Case, lead: Assignment) -> bool:
    """Whether a date that a leader named stands above the kind's clock: not in a redo round, nor where it had passed
    before the unit was given the case."""
    named = case.leader_due_on is not None and case.leader_due_on >= lead.allocated_at.date()
    return lead.leader_assigned and named and not is_redo(lead)
