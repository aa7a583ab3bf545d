"""A leader's written instruction on a case: submitted, or under way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.ledger import move, note
from app.models import Case, Person, Submission, Unit
from app.models.columns import clock
from app.roles import Actor
from app.rules.office import Office
from app.rules.refusal import NotAllowed
from app.rules.workflow import LIVE, OPEN_ASSIGNMENT, OPEN_CASE
from app.stages.acceptance import instruct_on_file, leader_terms
from app.stages.allocation.clocks import is_redo, lead_assignment, live_assists, move_due
from app.stages.allocation.offices import transfer
from app.stages.allocation.told import issue_instructions
from app.stages.calendar import limits_of_case, office_at

LEVEL_OF_ACCOUNTS = "county"
"""Whose accounts those of leaders are: of the county that runs this desk. What a leader of the city
writes comes on paper, and who enters it says so. [procedure 2]"""
OF_PAPER: Mapping[str, Sequence[str]] = {
    "instruct": ("leader.level", "leader.name", "leader.date", "leader.account"),
    "approve_referral": ("leader", "scan"),
}
"""verb -> the fields, and parts of fields, that are asked of staff alone."""


def signature(session: Session, actor: Actor, today: date) -> dict[str, Any]:
    """Who signs what a leader writes here himself, and when: the name of his account, its level,
    today."""
    own = session.get_one(Person, actor.id)
    name = own.first_name or own.username
    return {"name": name, "level": LEVEL_OF_ACCOUNTS, "date": today, "account": own.id}


def _account(session: Session, case: Case, actor: Actor, named: int | None) -> int | None:
    """Whose instruction it is: the leader's who enters it; of one on paper that of the account that
    is named, else the leader's to whom the case was submitted. What was submitted to one leader is
    not another's to instruct on; what any leader gave on paper the centre head enters."""
    query = (
        select(Submission.leader_id)
        .where(Submission.case_id == case.id)
        .order_by(Submission.id.desc())
    )
    asked = session.scalars(query.limit(1)).first() if case.state == "submitted" else None
    if actor.is_a("leader") and asked not in (None, actor.id):
        raise NotAllowed("submitted_to_another")
    return actor.id if actor.is_a("leader") else named or asked


def instruct(
    session: Session,
    now: datetime,
    actor: Actor,
    case: Case,
    leader: Mapping[str, Any],
    unit: Unit | None = None,
) -> Case:
    """A leader's written instruction: on a submitted case it names the unit or files the case; on a
    case in handling it makes the assignment leader-assigned from now. A leader signs with the name of
    the account, its level and today's date, whatever else was sent. One given on paper is entered by
    the centre head."""
    own = signature(session, actor, now.date()) if actor.is_a("leader") else {}
    terms = leader_terms({**leader, **own}, now.date())
    if not actor.is_a("leader") and not (terms["document"] and terms["scan"]):
        raise NotAllowed("instruction_without_scan")
    _refuse_instruction(case, unit)
    terms["leader_id"] = _account(session, case, actor, terms["leader_id"])
    row = instruct_on_file(session, now, actor, case, terms)
    payload = {
        "instruction": row.id,
        "leader": row.leader,
        "level": row.level,
        "due_on": row.due_on and row.due_on.isoformat(),
    }
    if case.state == "submitted" and unit is None:
        columns = {**clock("own", None), "closed_at": now, "closed_as": "filed"}
        move(session, now, actor, case, "closed", "case.filed", columns, payload)
        return case
    due_on = _earliest(office_at(session, now), case.leader_due_on, row.due_on)
    columns = {"leader_assigned": True, "leader_due_on": due_on}
    if unit is None:
        _mark_assignments(session, case)
    note(session, now, actor, case, "case.instructed", columns, payload, case.lead_unit_id)
    if unit is None:
        _instruct_units(session, now, actor, case, row.due_on)
    else:
        transfer(session, now, actor, case, unit)
    return case


def _refuse_instruction(case: Case, unit: Unit | None) -> None:
    """NotAllowed where a case has ended, or where it needs a unit and has none or the other way."""
    if case.state not in OPEN_CASE or (case.state == "registered" and unit is None):
        raise NotAllowed("nothing_to_instruct", state=case.state)
    if case.state not in ("registered", "submitted") and unit is not None:
        raise NotAllowed("allocated_already")


def _mark_assignments(session: Session, case: Case) -> None:
    """The assignments that units hold become a leader's matter. What has ended stays as it ended: a
    further round takes it from its case."""
    lead = lead_assignment(session, case)
    for assignment in (lead, *live_assists(session, lead)):
        assignment.leader_assigned = assignment.leader_assigned or assignment.state in LIVE


def _instruct_units(
    session: Session, now: datetime, actor: Actor, case: Case, due_on: date | None
) -> None:
    """The units that hold a case get the leader's words, and the lead its due date anew."""
    _instruct_lead(session, now, actor, case, due_on)
    lead = lead_assignment(session, case)
    units = (lead, *live_assists(session, lead))
    issue_instructions(session, now, actor, office_at(session, now), units)


def _earliest(office: Office, *named: date | None) -> date | None:
    """Of the dates that leaders named the earliest that has not passed, or the last one where all
    have."""
    dates = [day for day in named if day is not None]
    to_come = [day for day in dates if office.calendar.end_of(day) > office.now]
    return min(to_come, default=dates[-1] if dates else None)


def _instruct_lead(session: Session, now: datetime, actor: Actor, case: Case, due_on: Any) -> None:
    """From that moment leader-assigned; due is the earlier of the old due and the leader's date,
    but not before the end of tomorrow; where it is overdue already, due stays. A redo round keeps
    the redo clock."""
    office = office_at(session, now)
    lead = lead_assignment(session, case)
    if lead.state not in OPEN_ASSIGNMENT or now >= lead.due_at or is_redo(lead):
        return
    start = now.date()
    workdays = limits_of_case(session, office, lead).leader_workdays
    asked = office.calendar.name(due_on, start) if due_on else office.calendar.run(start, workdays)
    tomorrow = office.calendar.name(start + timedelta(days=1), start)
    old = lead.deadline("due")
    assert old is not None  # noqa: S101
    earlier = min(old, asked, key=lambda one: one.at)
    due = max(earlier, tomorrow, key=lambda one: one.at)
    if old.unit == "hours":
        due = min(due, old, key=lambda one: one.at)
    if due.at != old.at:
        move_due(session, now, actor, lead, due, "instruction")
