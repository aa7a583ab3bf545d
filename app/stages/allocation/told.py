"""(2) A leader's instruction reaches each unit that handles the matter as a numbered paper 领导批示办理单:
with the allocation, or later where it comes later.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.ledger import note, paper
from app.models import Assignment, Instruction, InstructionNotice
from app.roles import Actor
from app.rules.office import Office
from app.stages.papers import Issue, issue, notice_of_instruction


def issue_instructions(
    session: Session, now: datetime, actor: Actor, office: Office, held: Sequence[Assignment]
) -> None:
    """Issue what leaders wrote on a case to those who hold these assignments of it, each
    instruction once."""
    case_id = held[0].case_id
    written = select(Instruction.id).where(Instruction.case_id == case_id).order_by(Instruction.id)
    instructions = session.scalars(written).all()
    had = select(InstructionNotice.instruction_id, InstructionNotice.assignment_id).where(
        InstructionNotice.case_id == case_id
    )
    issued = {tuple(row) for row in session.execute(had)} if instructions else set()
    for assignment in held:
        for instruction in instructions:
            if (instruction, assignment.id) not in issued:
                _issue(session, now, actor, office, assignment, instruction)


def _issue(
    session: Session,
    now: datetime,
    actor: Actor,
    office: Office,
    assignment: Assignment,
    instruction: int,
) -> None:
    row = InstructionNotice(
        case_id=assignment.case_id,
        instruction_id=instruction,
        assignment_id=assignment.id,
        unit_id=assignment.unit_id,
        issued_at=now,
        number=paper(session, office, "instruction"),
    )
    session.add(row)
    session.flush()
    due = assignment.deadline("due")
    assert due is not None  # noqa: S101
    payload = {
        "instruction": instruction,
        "notice": row.id,
        "number": row.number,
        "due_on": due.on.isoformat(),
        "due_at": due.at.isoformat(),
    }
    told = notice_of_instruction(session, row.id, Issue(row.case_id, now, payload))
    issue(session, office.calendar, "instruction", row.id, told, row.case_id)
    note(session, now, actor, assignment, "instruction.issued", None, payload)
