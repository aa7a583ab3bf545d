"""Signing for an assignment 签收, by the unit or by the bot, and an emergency's first response."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from app.ledger import Columns, move, note
from app.models import Assignment
from app.roles import Actor
from app.rules.facts import AssignmentFacts, CaseFacts, Effect
from app.rules.office import Office
from app.rules.reading import letters
from app.rules.refusal import NotAllowed
from app.rules.workflow import OPEN_ASSIGNMENT


def decide_signing(case: CaseFacts, assignment: AssignmentFacts, office: Office) -> list[Effect]:
    """The bot signs for it 视为签收 after a working day, and that is late; never while a return is
    pending."""
    if (
        assignment.state != "allocated"
        or assignment.sign_at is None
        or office.now < assignment.sign_at
    ):
        return []
    sets = {"signed_at": office.now, "signed_by": "bot"}
    payload = {"true_at": assignment.sign_at.isoformat()}
    return [
        Effect(
            "assignment.auto_signed",
            "assignment",
            assignment,
            "signed",
            sets,
            payload,
            assignment.unit_id,
        )
    ]


def sign_for(session: Session, now: datetime, actor: Actor, assignment: Assignment) -> Assignment:
    """Sign for an assignment 签收."""
    if assignment.state != "allocated":
        raise NotAllowed(
            "signed_already" if assignment.signed_at else "not_to_sign", state=assignment.state
        )
    columns: Columns = {"signed_at": now, "signed_by": "unit"}
    move(session, now, actor, assignment, "signed", "assignment.signed", columns)
    return assignment


def first_response(
    session: Session, now: datetime, actor: Actor, assignment: Assignment, words: str
) -> Assignment:
    """An emergency's first response: what is being done, within two hours."""
    if assignment.response_at is None:
        raise NotAllowed("not_an_emergency")
    if assignment.first_response_at is not None:
        raise NotAllowed("responded_already")
    refuse_unless_open(assignment)
    if not letters(words):
        raise NotAllowed("words_missing")
    late = now >= assignment.response_at
    note(
        session,
        now,
        actor,
        assignment,
        "assignment.responded",
        {"first_response_at": now},
        {"late": late},
    )
    return assignment


def refuse_unless_open(assignment: Assignment) -> None:
    """NotAllowed where an assignment is no longer the unit's to answer, or its return is pending."""
    if assignment.state == "return_pending":
        raise NotAllowed("return_pending")
    if assignment.state not in OPEN_ASSIGNMENT:
        raise NotAllowed("not_open", state=assignment.state)


def sign_if_unsigned(session: Session, now: datetime, actor: Actor, assignment: Assignment) -> None:
    """A reply or promise on an unsigned assignment signs for it."""
    if assignment.state == "allocated":
        sign_for(session, now, actor, assignment)
