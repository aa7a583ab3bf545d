"""Direct office, transfer office, submission office: where a registered case goes."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from flask_appbuilder.security.sqla.models import Role
from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from app.ledger import bear, move, note, paper, take
from app.models import Assignment, Case, Person, Submission, Unit, UnitPost
from app.models.columns import clock
from app.roles import Actor
from app.rules.office import Office
from app.rules.refusal import NotAllowed
from app.rules.workdays import Deadline
from app.stages.acceptance import decided
from app.stages.allocation.clocks import handling_deadline
from app.stages.allocation.told import issue_instructions
from app.stages.articles import use
from app.stages.calendar import assist_deadline, office_at
from app.stages.duties import lineage, may_handle
from app.stages.papers import issue_as_it_stands

DIRECT_KINDS = ("consultation", "praise", "help")
"""What the centre may answer itself: consultation, praise, simple help. [procedure 2]"""


def liaisons(unit: Any, now: datetime) -> Select[int]:
    """The posts of who is liaison of a unit today; `unit` is its id or the column that holds it."""
    today = now.date()
    return select(UnitPost.id).where(
        UnitPost.unit_id == unit,
        UnitPost.post == "liaison",
        UnitPost.from_on <= today,
        or_(UnitPost.to_on.is_(None), UnitPost.to_on >= today),
    )


def fit(session: Session, now: datetime, unit: Unit) -> None:
    """A unit takes cases when it is active and has a liaison today."""
    if not unit.active:
        raise NotAllowed("unit_inactive", unit=unit.code)
    if session.scalar(liaisons(unit.id, now).limit(1)) is None:
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
    """Give a unit its part of a case, by allocation or as a redo of the round after this one: with
    its clocks."""
    now = office.now
    round = case.round + 1 if redo else case.round
    limits = office.kept(case.allocated_at) if redo else office.limits
    sign = office.calendar.run(now.date(), limits.sign_workdays)
    returned = None if redo else office.calendar.run(now.date(), limits.return_workdays)
    urgent = case.urgency == "emergency" and not redo
    columns = {
        "case_id": case.id,
        "unit_id": unit_id,
        "round": round,
        "role": role,
        "allocated_at": now,
        "number": paper(session, office, "redo" if redo else "allocation"),
        "allocated_by_id": actor.id,
        "leader_assigned": case.leader_assigned,
        **clock("sign", sign),
        **clock("return", returned),
        **clock("due", due),
        "response_at": now + timedelta(hours=limits.emergency_response_hours) if urgent else None,
    }
    payload = {
        "round": round,
        "role": role,
        "due_on": due.on.isoformat(),
        "due_at": due.at.isoformat(),
    }
    row: Assignment = bear(
        session, now, actor, "assignment", "allocated", "assignment.allocated", columns, payload
    )
    return row


def allocate(
    session: Session,
    now: datetime,
    actor: Actor,
    case: Case,
    unit: Unit,
    assists: Sequence[Unit] = (),
) -> Assignment:
    """Transfer a case to one lead unit and up to five assist units; the handling clock starts now.
    The lead's row."""
    if case.state != "registered":
        raise NotAllowed("not_registered", state=case.state)
    decided(case)
    return transfer(session, now, actor, case, unit, assists)


def transfer(
    session: Session,
    now: datetime,
    actor: Actor,
    case: Case,
    unit: Unit,
    assists: Sequence[Unit] = (),
) -> Assignment:
    """The allocation itself, from `registered` or, on a leader's instruction, from `submitted`."""
    office = office_at(session, now)
    if len(assists) > office.limits.assists:
        raise NotAllowed("too_many_assists", most=office.limits.assists)
    if len({unit.id, *(assist.id for assist in assists)}) != len(assists) + 1:
        raise NotAllowed("unit_named_twice")
    for each in (unit, *assists):
        fit(session, now, each)
    if case.allocations >= office.limits.allocations_by_allocator and not actor.is_a(
        "centre_head", "leader"
    ):
        raise NotAllowed("third_allocation", allocations=case.allocations)
    due = handling_deadline(office, case, office.limits, now)
    lead = assign(session, office, actor, case, unit.id, "lead", due)
    helpers = [_assist(session, office, actor, case, assist, due) for assist in assists]
    columns = {
        "mode": "transfer",
        "lead_unit_id": unit.id,
        "lead_assignment_id": lead.id,
        "allocated_at": now,
        "allocations": case.allocations + 1,
        "refusal_reason": None,
        "refusal_proposed_by_id": None,
        **clock("own", None),
    }
    warned = complained_of(session, case, unit) is not None
    payload = {"unit": unit.id, "complained_of": warned}
    issue_as_it_stands(session, office.calendar, "allocation", [row.id for row in (lead, *helpers)])
    move(session, now, actor, case, "handling", "case.allocated", columns, payload)
    if case.leader_assigned:
        issue_instructions(session, now, actor, office, (lead, *helpers))
    return lead


def _assist(
    session: Session, office: Office, actor: Actor, case: Case, unit: Unit, lead: Deadline
) -> Assignment:
    due = assist_deadline(office.calendar, lead, office.now.date())
    return assign(session, office, actor, case, unit.id, "assist", due)


def complained_of(session: Session, case: Case, unit: Unit) -> Unit | None:
    """A warning to the allocator: the unit is the one complained of, or the one that this was
    dissolved into; its superior, or the unit itself, to offer."""
    if case.complained_unit_id is None:
        return None
    if case.complained_unit_id != unit.id and case.complained_unit_id not in lineage(
        session, unit.id
    ):
        return None
    return session.get(Unit, unit.superior_id) if unit.superior_id else unit


def answer_directly(
    session: Session,
    now: datetime,
    actor: Actor,
    case: Case,
    answer: str,
    articles: Sequence[str] = (),
) -> Case:
    """Direct office: the centre answers itself and the case closes; one in ten, drawn by the seed,
    is visited. `articles` are the versions of the articles that the answer used."""
    if case.state != "registered":
        raise NotAllowed("not_registered", state=case.state)
    decided(case)
    if case.kind not in DIRECT_KINDS or case.complex or case.leader_assigned:
        raise NotAllowed("not_for_direct_answer", kind=case.kind)
    if not answer.strip():
        raise NotAllowed("answer_missing")
    may_handle(session, actor, case)
    used = {"articles": use(session, now, actor, case, articles)} if articles else {}
    office = office_at(session, now)
    columns: dict[str, Any] = {
        "mode": "direct",
        "answered_by_id": actor.id,
        "answer": answer,
        **clock("own", None),
    }
    if drawn(session, office) and not case.anonymous:
        own = office.calendar.run(now.date(), office.limits.visit_workdays)
        columns |= {"sampled": True, **clock("own", own)}
        move(
            session,
            now,
            actor,
            case,
            "visiting",
            "case.answered",
            columns,
            {"sampled": True, **used},
        )
    else:
        columns |= {"closed_at": now, "closed_as": "answered"}
        move(
            session,
            now,
            actor,
            case,
            "closed",
            "case.answered",
            columns,
            {"sampled": False, **used},
        )
    if case.kind == "praise" and case.complained_unit_id is not None:
        praised = case.complained_unit_id
        note(session, now, actor, case, "case.praised", None, {"unit": praised}, praised)
    return case


def drawn(session: Session, office: Office) -> bool:
    """Whether this direct answer is sampled: of each ten in a row, as many as the office says, at
    places that its seed alone decides - so the sample can be drawn again."""
    n = take(session, "direct", 0) - 1
    places = sorted(range(10), key=lambda place: _lot(office.limits.sample_seed, n // 10, place))
    return n % 10 in places[: office.limits.sample_in_ten]


def _lot(seed: int, block: int, place: int) -> str:
    return hashlib.sha256(f"{seed}:{block}:{place}".encode()).hexdigest()


def submit(
    session: Session,
    now: datetime,
    actor: Actor,
    case: Case,
    reason: str,
    to_leader: str | None = None,
) -> Submission:
    """Submission office: no clear owner, a policy gap, a mass or sensitive matter goes to a county
    leader on paper: to the one whose account is named, else to whichever leader takes it up."""
    if case.state != "registered":
        raise NotAllowed("not_registered", state=case.state)
    decided(case)
    if not reason.strip():
        raise NotAllowed("reason_missing")
    office = office_at(session, now)
    leader_id = _leader(session, to_leader) if to_leader else None
    row = Submission(
        case_id=case.id,
        reason=reason,
        leader_id=leader_id,
        submitted_at=now,
        submitted_by_id=actor.id,
        number=paper(session, office, "submission"),
    )
    session.add(row)
    session.flush()
    issue_as_it_stands(session, office.calendar, "submission", [row.id])
    own = office.calendar.run(now.date(), office.limits.instruction_alert_workdays)
    columns = {"mode": "submission", **clock("own", own)}
    move(
        session,
        now,
        actor,
        case,
        "submitted",
        "case.submitted",
        columns,
        {"to": leader_id} if leader_id else None,
    )
    return row


def _leader(session: Session, username: str) -> int:
    """The account of a leader, by its name."""
    query = (
        select(Person.id)
        .join(Person.roles)
        .where(Person.username == username, Person.active.is_(True))
    )
    found: int | None = session.scalars(query.where(Role.name == "leader")).first()
    if found is None:
        raise NotAllowed("unknown_leader", leader=username)
    return found
