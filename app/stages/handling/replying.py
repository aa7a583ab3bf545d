"""The final reply of a unit, and what it must say."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from app.ledger import Columns, bear, move
from app.models import Assignment, Case, Reply
from app.models.columns import clock
from app.models.facts import load
from app.roles import Actor
from app.rules.facts import late
from app.rules.opinion import names_a_step, says_something
from app.rules.reading import letters
from app.rules.refusal import NotAllowed
from app.rules.workdays import Deadline
from app.stages.allocation import refuse_open_assists
from app.stages.calendar import office_at
from app.stages.duties import may_handle
from app.stages.handling.signing import refuse_unless_open, sign_if_unsigned


def clear_opinion(opinion: str, next_step: str, step_on: date | None) -> None:
    """A clear handling opinion is an opinion, a next step and a date; empty phrases alone are
    refused."""
    if not says_something(opinion):
        raise NotAllowed("no_handling_opinion")
    if not names_a_step(next_step) or step_on is None:
        raise NotAllowed("no_next_step")


def reply(
    session: Session,
    now: datetime,
    actor: Actor,
    assignment: Assignment,
    opinion: str = "",
    next_step: str = "",
    step_on: date | None = None,
    public_answer: str = "",
    contacted: bool | None = None,
    why_not_contacted: str = "",
    imported: bool = False,
    drafted_by: int | None = None,
    **form: Any,
) -> Reply:
    """The unit's final reply, approved by its head. `form` are the other fields of the units' reply
    form. With `imported` (history taken over) it stands as it is. The verdict on its lateness is
    frozen now."""
    refuse_unless_open(assignment)
    case = session.get_one(Case, assignment.case_id)
    may_handle(session, actor, case)
    if not imported:
        clear_opinion(opinion, next_step, step_on)
        _complete(case, public_answer, contacted, why_not_contacted)
    if assignment.role == "lead":
        refuse_open_assists(session, assignment)
    sign_if_unsigned(session, now, actor, assignment)
    too_late = _late(session, now, case, assignment)
    columns = {
        "case_id": case.id,
        "assignment_id": assignment.id,
        "unit_id": assignment.unit_id,
        "round": assignment.round,
        "filed_at": now,
        "approved_by_id": actor.id,
        "drafted_by_id": drafted_by,
        "late": too_late,
        "imported": imported,
        "self_approved": drafted_by in (None, actor.id),
        "opinion": opinion,
        "next_step": next_step,
        "step_on": step_on,
        "public_answer": public_answer,
        "contacted": contacted,
        "why_not_contacted": why_not_contacted,
        **clock("own", _assist_clock(session, now, case, assignment)),
        **form,
    }
    payload = {"late": too_late}
    row: Reply = bear(session, now, actor, "reply", "filed", "reply.filed", columns, payload)
    _answered(session, now, actor, assignment, row)
    if assignment.role == "lead":
        _to_examination(session, now, actor, case)
    return row


def _answered(
    session: Session, now: datetime, actor: Actor, assignment: Assignment, row: Reply
) -> None:
    """An assignment is answered by a reply, with the verdict on its lateness."""
    columns: Columns = {"replied_at": now, "reply_id": row.id, "late": row.late}
    payload = {"late": row.late, "reply": row.id}
    move(session, now, actor, assignment, "replied", "assignment.replied", columns, payload)


def _late(session: Session, now: datetime, case: Case, assignment: Assignment) -> bool:
    """Whether what is answered now is late; an emergency's promises are read for that."""
    if now < assignment.due_at or case.urgency != "emergency":
        return now >= assignment.due_at
    session.flush()
    facts = load(session, [case.id])[0]
    answered = next(row for row in facts.assignments if row.id == assignment.id)
    return late(facts, answered, office_at(session, now))


def _complete(case: Case, public_answer: str, contacted: bool | None, why_not: str) -> None:
    """The form is complete: a public answer, and the caller contacted or the reason why not."""
    if not letters(public_answer):
        raise NotAllowed("public_answer_missing")
    if not contacted and not letters(why_not) and not (case.anonymous or case.confidential):
        raise NotAllowed("caller_not_contacted")


def _examine_by(session: Session, now: datetime, case: Case) -> Deadline:
    office = office_at(session, now)
    return office.calendar.run(now.date(), office.kept(case.allocated_at).examine_workdays)


def _assist_clock(
    session: Session, now: datetime, case: Case, assignment: Assignment
) -> Deadline | None:
    """The centre's clock to examine an assist's reply, like the lead's: that one is its case's own.
    [procedure 0]"""
    return _examine_by(session, now, case) if assignment.role == "assist" else None


def _to_examination(session: Session, now: datetime, actor: Actor, case: Case) -> None:
    move(
        session,
        now,
        actor,
        case,
        "examining",
        "case.replied",
        clock("own", _examine_by(session, now, case)),
    )
