"""(2) allocation. "Cases go to member units by direct office, transfer office and submission office according to
content and nature."
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from flask_appbuilder.security.sqla.models import Role
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.ledger import bear, move, note, paper, take
from app.models import Assignment, Case, Category, Person, Reminder, Request, Submission, Unit, UnitPost
from app.models.columns import clock
from app.roles import Actor
from app.rules.limits import KINDS, URGENCIES, Limits
from app.rules.office import Office
from app.rules.refusal import NotAllowed
from app.rules.workdays import Calendar, Deadline, hours
from app.rules.workflow import LIVE, OPEN_ASSIGNMENT, OPEN_CASE
from app.stages.acceptance import instruct_on_file, leader_terms, mark_suggestion
from app.stages.calendar import assist_deadline, marked, office_at
from app.stages.duties import may_handle

DIRECT_KINDS = ("consultation", "praise", "help")
"""What the centre may answer itself: consultation, praise, simple help. [procedure 2]"""


def handling_deadline(office: Office, case: Case, limits: Limits, start: datetime) -> Deadline:
    """The handling clock of a case allocated at `start`: the kind's, unless complex, urgent, emergency or a leader's.

    A leader's date stays unless it has passed, then five working days. [procedure 0, 2]"""
    day = start.date()
    if case.urgency == "emergency":
        own = hours(start, limits.emergency_hours)
    elif case.urgency == "urgent":
        own = office.calendar.run(day, limits.urgent_workdays)
    elif case.complex:
        own = office.calendar.run(day, limits.complex_workdays)
    else:
        own = office.calendar.run(day, limits.kind_workdays(case.kind))
    if not case.leader_assigned:
        return own
    if case.leader_due_on is not None and case.leader_due_on >= day:
        leaders = office.calendar.name(case.leader_due_on, day)
        return min(own, leaders, key=lambda one: one.at) if case.urgency == "emergency" else leaders
    leaders = office.calendar.run(day, limits.leader_workdays)
    return min(own, leaders, key=lambda one: one.at) if case.urgency != "normal" else leaders


def redo_deadline(office: Office, case: Case, limits: Limits, start: datetime) -> Deadline:
    """The redo clock: five working days, two for a consultation. [procedure 0]"""
    n = limits.redo_consultation_workdays if case.kind == "consultation" else limits.redo_workdays
    return office.calendar.run(start.date(), n)


def fit(session: Session, now: datetime, unit: Unit) -> None:
    """A unit takes cases when it is active and has a liaison today."""
    if not unit.active:
        raise NotAllowed("unit_inactive", unit=unit.code)
    today = now.date()
    query = select(UnitPost.id).where(
        UnitPost.unit_id == unit.id, UnitPost.post == "liaison", UnitPost.from_on <= today,
        or_(UnitPost.to_on.is_(None), UnitPost.to_on >= today),
    )  # fmt: skip
    if session.scalar(query.limit(1)) is None:
        raise NotAllowed("no_liaison", unit=unit.code)


def assign(
    session: Session,
    office: Office,
    actor: Actor,
    case: Case,
    unit_id: int,
    role: str,
    due: Deadline,
    redo: bool = False,
) -> Assignment:
    """Give a unit its part of a case, by allocation or as a redo of the round after this one: with its clocks."""
    now = office.now
    round = case.round + 1 if redo else case.round
    limits = office.kept(case.allocated_at) if redo else office.limits
    sign = office.calendar.run(now.date(), limits.sign_workdays)
    returned = None if redo else office.calendar.run(now.date(), limits.return_workdays)
    urgent = case.urgency == "emergency" and not redo
    columns = {
        "case_id": case.id, "unit_id": unit_id, "round": round, "role": role, "allocated_at": now,
        "allocated_by_id": actor.id, "leader_assigned": case.leader_assigned, **clock("sign", sign),
        **clock("return", returned), **clock("due", due),
        "response_at": now + timedelta(hours=limits.emergency_response_hours) if urgent else None,
    }  # fmt: skip
    payload = {"round": round, "role": role, "due_on": due.on.isoformat(), "due_at": due.at.isoformat()}
    row: Assignment = bear(
        session, now, actor, "assignment", "allocated", "assignment.allocated", columns, payload
    )  # fmt: skip
    return row


def allocate(
    session: Session, now: datetime, actor: Actor, case: Case, unit: Unit, assists: Sequence[Unit] = ()
) -> Assignment:
    """Transfer a case to one lead unit and up to five assist units; the handling clock starts now. The lead's row."""
    if case.state != "registered":
        raise NotAllowed("not_registered", state=case.state)
    return transfer(session, now, actor, case, unit, assists)


def transfer(
    session: Session, now: datetime, actor: Actor, case: Case, unit: Unit, assists: Sequence[Unit] = ()
) -> Assignment:
    """The allocation itself, from `registered` or, on a leader's instruction, from `submitted`."""
    office = office_at(session, now)
    if len(assists) > office.limits.assists:
        raise NotAllowed("too_many_assists", most=office.limits.assists)
    if len({unit.id, *(one.id for one in assists)}) != len(assists) + 1:
        raise NotAllowed("unit_named_twice")
    for one in (unit, *assists):
        fit(session, now, one)
    if case.allocations >= office.limits.allocations_by_allocator and not actor.is_a("centre_head", "leader"):
        raise NotAllowed("third_allocation", allocations=case.allocations)
    due = handling_deadline(office, case, office.limits, now)
    lead = assign(session, office, actor, case, unit.id, "lead", due)
    helpers = [_assist(session, office, actor, case, one, due) for one in assists]
    columns = {
        "mode": "transfer", "lead_unit_id": unit.id, "lead_assignment_id": lead.id, "allocated_at": now,
        "allocations": case.allocations + 1, "refusal_reason": None, "refusal_proposed_by_id": None,
        **clock("own", None),
    }  # fmt: skip
    warned = case.complained_unit_id == unit.id
    payload = {"unit": unit.id, "complained_of": warned}
    move(session, now, actor, case, "handling", "case.allocated", columns, payload)
    for row in (lead, *helpers):
        row.number = paper(session, office, "allocation")
    session.flush()
    return lead


def _assist(session: Session, office: Office, actor: Actor, case: Case, unit: Unit, lead: Deadline) -> Assignment:
    due = assist_deadline(office.calendar, lead, office.now.date())
    return assign(session, office, actor, case, unit.id, "assist", due)


def complained_of(session: Session, case: Case, unit: Unit) -> Unit | None:
    """A warning to the allocator: the unit is the one complained of; its superior, or the unit itself, to offer."""
    if case.complained_unit_id != unit.id:
        return None
    return session.get(Unit, unit.superior_id) if unit.superior_id else unit


def answer_directly(session: Session, now: datetime, actor: Actor, case: Case, answer: str) -> Case:
    """Direct office: the centre answers itself and the case closes; one in ten, drawn by the seed, is visited."""
    if case.state != "registered":
        raise NotAllowed("not_registered", state=case.state)
    if case.kind not in DIRECT_KINDS or case.complex or case.leader_assigned:
        raise NotAllowed("not_for_direct_answer", kind=case.kind)
    if not answer.strip():
        raise NotAllowed("answer_missing")
    may_handle(session, actor, case)
    office = office_at(session, now)
    columns: dict[str, Any] = {"mode": "direct", "answered_by_id": actor.id, "answer": answer, **clock("own", None)}
    if drawn(session, office) and not case.anonymous:
        own = office.calendar.run(now.date(), office.limits.visit_workdays)
        columns |= {"sampled": True, **clock("own", own)}
        move(session, now, actor, case, "visiting", "case.answered", columns, {"sampled": True})
    else:
        columns |= {"closed_at": now, "closed_as": "answered"}
        move(session, now, actor, case, "closed", "case.answered", columns, {"sampled": False})
    return case


def drawn(session: Session, office: Office) -> bool:
    """Whether this direct answer is sampled: of each ten in a row, as many as the office says, at places that its
    seed alone decides - so the sample can be drawn again."""
    n = take(session, "direct", 0) - 1
    places = sorted(range(10), key=lambda place: _lot(office.limits.sample_seed, n // 10, place))
    return n % 10 in places[: office.limits.sample_in_ten]


def _lot(seed: int, block: int, place: int) -> str:
    return hashlib.sha256(f"{seed}:{block}:{place}".encode()).hexdigest()


def submit(
    session: Session, now: datetime, actor: Actor, case: Case, reason: str, to_leader: str | None = None
) -> Submission:
    """Submission office: no clear owner, a policy gap, a mass or sensitive matter goes to a county leader on paper: to
    the one whose account is named, else to whichever leader takes it up."""
    if case.state != "registered":
        raise NotAllowed("not_registered", state=case.state)
    if not reason.strip():
        raise NotAllowed("reason_missing")
    office = office_at(session, now)
    leader_id = _leader(session, to_leader) if to_leader else None
    row = Submission(
        case_id=case.id, reason=reason, leader_id=leader_id, submitted_at=now, submitted_by_id=actor.id
    )  # fmt: skip
    session.add(row)
    own = office.calendar.run(now.date(), office.limits.instruction_alert_workdays)
    columns = {"mode": "submission", **clock("own", own)}
    move(session, now, actor, case, "submitted", "case.submitted", columns, {"to": leader_id} if leader_id else None)
    row.number = paper(session, office, "submission")
    session.flush()
    return row


def _leader(session: Session, username: str) -> int:
    """The account of a leader, by its name."""
    query = select(Person.id).join(Person.roles).where(Person.username == username, Person.active.is_(True))
    found: int | None = session.scalars(query.where(Role.name == "leader")).first()
    if found is None:
        raise NotAllowed("unknown_leader", leader=username)
    return found


def _asked_him(session: Session, case: Case, actor: Actor) -> None:
    """What was submitted to one leader is not another leader's to instruct on; what any leader gave on paper the centre
    head enters."""
    query = select(Submission.leader_id).where(Submission.case_id == case.id).order_by(Submission.id.desc())
    named = session.scalars(query.limit(1)).first()
    if case.state == "submitted" and actor.is_a("leader") and named not in (None, actor.id):
        raise NotAllowed("submitted_to_another")


def instruct(
    session: Session,
    now: datetime,
    actor: Actor,
    case: Case,
    leader: Mapping[str, Any],
    unit: Unit | None = None,
) -> Case:
    """A leader's written instruction: on a submitted case it names the unit or files the case; on a case in handling
    it makes the assignment leader-assigned from now. One given on paper is entered by the centre head."""
    terms = leader_terms(leader, now.date())
    if not actor.is_a("leader") and not (terms["document"] and terms["scan"]):
        raise NotAllowed("instruction_without_scan")
    if case.state not in OPEN_CASE or (case.state == "registered" and unit is None):
        raise NotAllowed("nothing_to_instruct", state=case.state)
    if case.state not in ("registered", "submitted") and unit is not None:
        raise NotAllowed("allocated_already")
    _asked_him(session, case, actor)
    row = instruct_on_file(session, now, actor, case, terms)
    due_on = _earliest(now.date(), case.leader_due_on, terms["due_on"])
    payload = {
        "instruction": row.id, "leader": row.leader, "level": row.level,
        "due_on": terms["due_on"] and terms["due_on"].isoformat(),
    }  # fmt: skip
    if case.state == "submitted" and unit is None:
        columns = {**clock("own", None), "closed_at": now, "closed_as": "filed"}
        move(session, now, actor, case, "closed", "case.filed", columns, payload)
        return case
    columns = {"leader_assigned": True, "leader_due_on": due_on}
    note(session, now, actor, case, "case.instructed", columns, payload, case.lead_unit_id)
    if unit is not None:
        transfer(session, now, actor, case, unit)
    else:
        _instruct_lead(session, now, actor, case, terms["due_on"])
    return case


def _earliest(today: date, *named: date | None) -> date | None:
    """Of the dates that leaders named the earliest that has not passed, or the last one where all have."""
    dates = [day for day in named if day is not None]
    return min((day for day in dates if day >= today), default=dates[-1] if dates else None)


def _instruct_lead(session: Session, now: datetime, actor: Actor, case: Case, due_on: Any) -> None:
    """From that moment leader-assigned; due is the earlier of the old due and the leader's date, but not before the
    end of tomorrow; where it is overdue already, due stays. A redo round keeps the redo clock."""
    office = office_at(session, now)
    lead = lead_assignment(session, case)
    for one in (lead, *live_assists(session, lead)):
        one.leader_assigned = True
    session.flush()
    if lead.state not in OPEN_ASSIGNMENT or now >= lead.due_at or is_redo(lead):
        return
    start = now.date()
    asked = office.calendar.name(due_on, start) if due_on else office.calendar.run(start, office.limits.leader_workdays)
    tomorrow = office.calendar.name(start + timedelta(days=1), start)
    old = lead.deadline("due")
    assert old is not None  # noqa: S101
    earlier = min(old, asked, key=lambda one: one.at)
    due = max(earlier, tomorrow, key=lambda one: one.at)
    if old.unit == "hours":
        due = min(due, old, key=lambda one: one.at)
    if due.at != old.at:
        move_due(session, now, actor, lead, due, "instruction")


def kept(session: Session, office: Office, one: Assignment) -> Limits:
    """The numbers that a case keeps: those in force when it was allocated, in its redo rounds too. [preamble]"""
    return office.kept(session.get_one(Case, one.case_id).allocated_at)


def is_redo(one: Assignment) -> bool:
    """Whether it was ordered as a redo: nobody may return what he was ordered to do again."""
    return one.return_at is None


def lead_assignment(session: Session, case: Case) -> Assignment:
    """The lead's assignment of the current round."""
    if case.lead_assignment_id is None:
        raise NotAllowed("no_assignment")
    return session.get_one(Assignment, case.lead_assignment_id)


def live_assists(session: Session, lead: Assignment) -> Sequence[Assignment]:
    """The assists of a lead's round that a unit still holds."""
    query = select(Assignment).where(
        Assignment.case_id == lead.case_id, Assignment.role == "assist", Assignment.round == lead.round,
        Assignment.state.in_(LIVE),
    )  # fmt: skip
    return session.scalars(query.order_by(Assignment.id)).all()


def move_due(session: Session, now: datetime, actor: Actor, one: Assignment, due: Deadline, why: str) -> None:
    """Move a due date; a lead's assists move with it. Told and new date are both on the record. Lengthened after due,
    an open reminder is void."""
    payload = {"told": one.due_at.isoformat(), "new": due.at.isoformat(), "due_on": due.on.isoformat(), "why": why}
    columns = {**clock("due", due), **marked(one, due, now)}
    lengthened = now >= one.due_at and due.at > one.due_at
    note(session, now, actor, one, "assignment.moved", columns, payload)
    if lengthened:
        _void_open(session, now, actor, one)
    if one.role != "lead":
        return
    calendar = office_at(session, now).calendar
    for assist in live_assists(session, one):
        moved = assist_deadline(calendar, due, assist.allocated_at.date())
        if moved.at <= now:
            moved = _not_in_the_past(calendar, due, now)
        if moved.at > assist.due_at or now < moved.at < assist.due_at:
            move_due(session, now, actor, assist, moved, why)


def _not_in_the_past(calendar: Calendar, lead: Deadline, now: datetime) -> Deadline:
    """An assist's due that would have passed before anybody told it is the end of tomorrow, but not beyond its lead."""
    tomorrow = calendar.name(now.date() + timedelta(days=1), now.date())
    return min(tomorrow, lead, key=lambda one: one.at)


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


def _void_open(session: Session, now: datetime, actor: Actor, one: Assignment) -> None:
    """Lengthened after due: an open reminder is void."""
    query = select(Reminder).where(Reminder.assignment_id == one.id, Reminder.state == "open")
    for reminder in session.scalars(query).all():
        move(session, now, actor, reminder, "void", "reminder.voided", {"ended_at": now})


def recall(session: Session, now: datetime, actor: Actor, case: Case) -> Case:
    """Take back a mis-allocation before it is signed for: the same allocator, or the centre head. Not counted; a redo,
    which was ordered, never was."""
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
    session: Session, now: datetime, actor: Actor, case: Case, lead: Assignment, columns: Mapping[str, Any]
) -> None:
    """The assignment ends with its assists; the case is registered again and the next unit gets a fresh clock."""
    move(session, now, actor, lead, "cancelled", "assignment.cancelled", {"ended_at": now})
    register_again(session, now, actor, case, columns)


def register_again(session: Session, now: datetime, actor: Actor, case: Case, columns: Mapping[str, Any]) -> None:
    """From handling back to registered, with the clock to allocate anew."""
    office = office_at(session, now)
    own = office.calendar.run(now.date(), office.limits.allocate_workdays)
    columns = {
        "mode": None, "lead_unit_id": None, "lead_assignment_id": None, **clock("own", own), **columns,
    }  # fmt: skip
    move(session, now, actor, case, "registered", "case.unallocated", columns)


def _pending(session: Session, one: Assignment, kind: str) -> Request:
    query = select(Request).where(Request.assignment_id == one.id, Request.kind == kind, Request.state == "pending")
    row = session.scalars(query).first()
    if row is None:
        raise NotAllowed("nothing_pending", kind=kind)
    return row


def _rule(
    session: Session, now: datetime, actor: Actor, request: Request, accept: bool, words: str
) -> None:
    if request.filed_by_id == actor.id or request.drafted_by_id == actor.id:
        raise NotAllowed("own_request")
    columns = {"ruled_at": now, "ruled_by_id": actor.id, "ruling_words": words, "ended_at": now}
    to = "accepted" if accept else "refused"
    move(session, now, actor, request, to, f"request.{to}", columns, {"kind": request.kind})


def rule_on_return(
    session: Session, now: datetime, actor: Actor, assignment: Assignment, accept: bool, words: str = ""
) -> Assignment:
    """Rule on a return: accepted, the assignment ends and a lead's case is registered again; refused, the due date
    stays as it was."""
    request = _pending(session, assignment, "return")
    came_from = request.came_from or "signed"
    _rule(session, now, actor, request, accept, words)
    if not accept:
        move(session, now, actor, assignment, came_from, "assignment.return_refused")
        return assignment
    move(session, now, actor, assignment, "returned", "assignment.returned", {"ended_at": now})
    if assignment.role == "lead":
        register_again(session, now, actor, session.get_one(Case, assignment.case_id), {})
    return assignment


def rule_on_extension(
    session: Session, now: datetime, actor: Actor, assignment: Assignment, accept: bool, words: str = ""
) -> Assignment:
    """Rule on an extension: granted, the due date moves from the old one; granted late it ends the overdue mark."""
    request = _pending(session, assignment, "extension")
    _rule(session, now, actor, request, accept, words)
    if accept:
        old = assignment.deadline("due")
        assert old is not None and request.workdays is not None  # noqa: S101
        due = office_at(session, now).calendar.extended(old, request.workdays)
        if assignment.role == "assist":
            lead = lead_assignment(session, session.get_one(Case, assignment.case_id)).deadline("due")
            assert lead is not None  # noqa: S101
            due = min(due, lead, key=lambda one: one.at)
        move_due(session, now, actor, assignment, due, "extension")
    return assignment


def _rule_on_promise(
    session: Session, now: datetime, actor: Actor, one: Assignment, kind: str, accept: bool, words: str
) -> Assignment:
    request = _pending(session, one, kind)
    assert request.promised_on is not None  # noqa: S101
    if accept and now >= office_at(session, now).calendar.end_of(request.promised_on):
        raise NotAllowed("promise_past", promised_on=request.promised_on.isoformat())
    _rule(session, now, actor, request, accept, words)
    return one


def rule_on_explanation(
    session: Session, now: datetime, actor: Actor, assignment: Assignment, accept: bool, words: str = ""
) -> Assignment:
    """Rule on an explanation; it cannot be accepted after its promised date."""
    return _rule_on_promise(session, now, actor, assignment, "explanation", accept, words)


def rule_on_interim(
    session: Session, now: datetime, actor: Actor, assignment: Assignment, accept: bool, words: str = ""
) -> Assignment:
    """Rule on an interim reply; it cannot be accepted after its promised date."""
    return _rule_on_promise(session, now, actor, assignment, "interim", accept, words)


def waive_assist(session: Session, now: datetime, actor: Actor, assignment: Assignment, reason: str) -> Assignment:
    """Let the lead answer without an assist, with a reason."""
    if assignment.role != "assist":
        raise NotAllowed("not_an_assist")
    if assignment.state not in OPEN_ASSIGNMENT:
        raise NotAllowed("assist_answered", state=assignment.state)
    if not reason.strip():
        raise NotAllowed("reason_missing")
    columns = {"waived_reason": reason, "ended_at": now}
    move(session, now, actor, assignment, "cancelled", "assignment.cancelled", columns, {"waived": True})
    return assignment

