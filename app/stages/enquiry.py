"""What a caller is told of their own matter: by the case's number and query code, by the message's
receipt 收件号. Plain words and the public answer, no names of persons. [reach, In: Status by number +
code]
"""

from __future__ import annotations

from datetime import datetime
from hmac import compare_digest
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Assignment, Case, Reply, Unit
from app.models.sessions import UNSCOPED
from app.rules.covering import (
    COVERS,
    IDENTITY,
    MOBILE,
    NAME,
    NOBODY,
    OWN,
    WORD,
    Hidden,
    runs,
    uncovered,
)
from app.rules.workdays import beijing
from app.stages.covers import hidden_in
from app.stages.inbox import of_receipt

Told = dict[str, Any]
NOT_FOUND: Told = {"found": False}
_NOBODYS_CODE = "000000"
"""What a code is compared with where no case has the number, so that looking takes as long."""
_COVERED = (NAME, OWN, MOBILE, IDENTITY, WORD)
"""Of what stands in an answer, what the public does not read; an office's own landline stays."""


def of_case(session: Session, number: str, code: str) -> Told:
    """How the case of a number stands, for who has its code; `found` false alone where the number
    is nobody's or the code another's."""
    case = session.scalars(
        select(Case).where(Case.number == number), execution_options=UNSCOPED
    ).first()
    expected = case.query_code if case is not None else _NOBODYS_CODE
    right = compare_digest(expected.encode(), code.encode())
    return _standing(session, case) if right and case is not None else NOT_FOUND


def of_message(session: Session, receipt: str) -> Told:
    """How the message of a receipt stands; with the case that was made of it its number and
    code."""
    message = of_receipt(session, receipt)
    if message is None:
        return NOT_FOUND
    told = {
        "found": True,
        "of": "message",
        "at": _minute(message.received_at),
        "state": message.stands,
    }
    if message.stands == "case" and message.case_id is not None:
        case = session.get_one(Case, message.case_id, execution_options=UNSCOPED)
        told |= {"number": case.number, "code": case.query_code}
    if message.stands == "answered":
        told["answer"] = unnamed(message.answer or "")
    return told


def _standing(session: Session, case: Case) -> Told:
    """How a case stands; a merged one as its lead does."""
    lead = case
    if case.state == "merged" and case.merged_into_id is not None:
        lead = session.get_one(Case, case.merged_into_id, execution_options=UNSCOPED)
    query = (
        select(Unit.name.label("unit"), Assignment.due_at)
        .outerjoin_from(Case, Unit, Unit.id == Case.lead_unit_id)
        .outerjoin(Assignment, Assignment.id == Case.lead_assignment_id)
        .where(Case.id == lead.id)
    )
    row = session.execute(query, execution_options=UNSCOPED).one()
    handled = lead.state == "handling" and row.due_at is not None
    return {
        "found": True,
        "of": "case",
        "number": case.number,
        "at": _minute(case.received_at),
        "state": lead.state,
        "unit": row.unit or "",
        "due": row.due_at.isoformat() if handled else "",
        "closed": _minute(lead.closed_at) if lead.closed_at else "",
        "answer": _answer(session, lead),
    }


def _answer(session: Session, lead: Case) -> str:
    """The public answer: of the lead unit's reply that passed examination, else the centre's
    own."""
    passed = (
        select(Reply.public_answer)
        .where(
            Reply.case_id == lead.id, Reply.unit_id == lead.lead_unit_id, Reply.state == "passed"
        )
        .order_by(Reply.id.desc())
        .limit(1)
    )
    found = session.scalar(passed, execution_options=UNSCOPED) or lead.answer or ""
    return unnamed(found, hidden_in(session, [lead.id])) if found else ""


def unnamed(text: str, of: Hidden = NOBODY) -> str:
    """A text without names of persons, their mobile numbers and identity numbers, the likely ones
    included: nobody looks at it before the public does."""
    hit = [run for run in runs(text, of) if run.kind in _COVERED]
    found = sorted([*hit, *uncovered(text, of)])
    parts, over = [], 0
    for run in found:
        if run.start >= over:
            parts += [text[over : run.start], COVERS.get(run.kind, COVERS[WORD])]
            over = run.end
    return "".join([*parts, text[over:]])


def _minute(at: datetime) -> str:
    return beijing(at).strftime("%Y-%m-%d %H:%M")
