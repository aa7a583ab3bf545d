"""Wrong kind, category, urgency or confidentiality, found later."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from app.ledger import note
from app.models import Assignment, Case, Category, Instruction
from app.roles import Actor
from app.rules.limits import KINDS, URGENCIES, Limits
from app.rules.office import Office
from app.rules.refusal import NotAllowed
from app.rules.workdays import Deadline
from app.rules.workflow import LIVE, OPEN_CASE
from app.stages.acceptance import least_urgency, mark_suggestion
from app.stages.allocation.clocks import (
    handling_deadline,
    is_redo,
    lead_assignment,
    live_assists,
    move_due,
    own_deadline,
    redo_deadline,
)
from app.stages.allocation.lifting import propose_lifting
from app.stages.calendar import limits_of_case, office_at


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
    dangerous: bool | None = None,
    suggestion: bool | None = None,
) -> Case:
    """Wrong kind, category, urgency, danger or confidentiality found later: mended with a reason,
    due worked out anew from the allocation day - never earlier than told unless urgency rises, then
    not before the end of tomorrow. Confidential hides at once; that it be so no more is only
    proposed: a centre head confirms it."""
    _may_reclassify(session, case, reason, kind, urgency, category_id)
    given = {
        "kind": kind,
        "urgency": urgency,
        "confidential": confidential,
        "category_id": category_id,
        "complex": complex,
        "dangerous": dangerous,
        "suggestion": suggestion,
    }
    columns = {
        name: value
        for name, value in given.items()
        if value is not None and value != getattr(case, name)
    }
    if not columns:
        raise NotAllowed("nothing_changed")
    if columns.get("confidential") is False:
        del columns["confidential"]
        propose_lifting(session, now, actor, case, reason)
    return _reclassified(session, now, actor, case, columns) if columns else case


def _reclassified(
    session: Session, now: datetime, actor: Actor, case: Case, columns: dict[str, Any]
) -> Case:
    _at_least_urgent(case, columns)
    rises = URGENCIES.index(columns.get("urgency", case.urgency)) > URGENCIES.index(case.urgency)
    payload = {name: [getattr(case, name), value] for name, value in columns.items()}
    if case.lead_assignment_id is not None:
        _first_responses(session, now, case, columns.get("urgency", case.urgency))
    note(session, now, actor, case, "case.reclassified", columns, payload, case.lead_unit_id)
    if case.kind == "suggestion" or case.suggestion:
        mark_suggestion(session, now, actor, case)
    if (
        not {"kind", "urgency", "complex"}.isdisjoint(columns)
        and case.lead_assignment_id is not None
    ):
        _due_anew(session, now, actor, case, rises)
    return case


def _at_least_urgent(case: Case, columns: dict[str, Any]) -> None:
    """A report that touches life, property or public safety is at least urgent: it becomes so, and
    stays so."""
    now = {
        name: columns.get(name, getattr(case, name)) for name in ("kind", "dangerous", "urgency")
    }
    least = least_urgency(now["kind"], now["dangerous"], now["urgency"])
    if least == now["urgency"]:
        return
    if "urgency" in columns:
        raise NotAllowed("report_at_least_urgent")
    columns["urgency"] = least


def _may_reclassify(
    session: Session,
    case: Case,
    reason: str,
    kind: str | None,
    urgency: str | None,
    category_id: int | None,
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
    limits = limits_of_case(session, office, lead)
    if (
        lead.state not in LIVE
        or _on_leaders_date(office, case, lead, old)
        or (rises and now >= old.at)
    ):
        return
    due = _due(session, office, case, lead, limits)
    if rises and due.at < old.at:
        tomorrow = office.calendar.name(now.date() + timedelta(days=1), now.date())
        due = max(due, tomorrow, key=lambda one: one.at)
    elif due.at < old.at:
        return
    if due.at != old.at:
        move_due(session, now, actor, lead, due, "reclassified")


def _first_responses(session: Session, now: datetime, case: Case, urgency: str) -> None:
    """An emergency's first response is asked of the lead and its assists from the moment it is one,
    and of nobody any more where it is none; what was given stays, and so does what has ended. A
    redo has none."""
    lead = lead_assignment(session, case)
    if is_redo(lead):
        return
    hours = limits_of_case(session, office_at(session, now), lead).emergency_response_hours
    for assignment in (*([lead] if lead.state in LIVE else []), *live_assists(session, lead)):
        if urgency != "emergency" and assignment.first_response_at is None:
            assignment.response_at = None
        elif urgency == "emergency" and assignment.response_at is None:
            assignment.response_at = now + timedelta(hours=hours)


def _due(
    session: Session, office: Office, case: Case, lead: Assignment, limits: Limits
) -> Deadline:
    """Due, worked out anew from the allocation day. A date that a leader named only when the unit
    had the case already is no longer than the case's own clock. [procedure 2]"""
    if is_redo(lead):
        return redo_deadline(office, case, limits, lead.allocated_at)
    before = exists().where(
        Instruction.case_id == case.id, Instruction.entered_at <= lead.allocated_at
    )
    if not lead.leader_assigned or case.leader_due_on is None or session.scalar(select(before)):
        return handling_deadline(office, case, limits, lead.allocated_at)
    own = own_deadline(office, case, limits, lead.allocated_at)
    named = office.calendar.name(case.leader_due_on, lead.allocated_at.date())
    return min(own, named, key=lambda one: one.at)


def _on_leaders_date(office: Office, case: Case, lead: Assignment, due: Deadline) -> bool:
    """Whether it is due on the date that a leader named, or later: that stays. Not so in a redo
    round, nor where it had passed before the unit was given the case."""
    named = case.leader_due_on
    if not lead.leader_assigned or is_redo(lead) or named is None or due.unit == "hours":
        return False
    return office.calendar.end_of(named) > lead.allocated_at and due.on >= named
