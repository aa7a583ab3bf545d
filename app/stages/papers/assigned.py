"""The papers that an assignment comes with: allocation, redo, a leader's instruction."""

from __future__ import annotations

import json

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Assignment, Case, Event, Instruction, InstructionNotice, Unit
from app.rules.refusal import NotAllowed
from app.stages.papers.facts import Facts, born, clean, first_unit, head_of, row_of


def assignment_paper(assignment: Assignment) -> str:
    """Which paper an assignment came with: a redo that was ordered is a 重办通知单 with a number of its
    series."""
    return "redo" if assignment.return_at is None else "allocation"


def redo_facts(session: Session, id: int) -> Facts:
    """重办通知单: an assignment of a redo; NotAllowed for any other."""
    if assignment_paper(row_of(session, Assignment, id)) != "redo":
        raise NotAllowed("not_found")
    return allocation_facts(session, id)


def allocation_facts(session: Session, id: int) -> Facts:
    """The paper that an assignment came with, as the case stood."""
    assignment: Assignment = row_of(session, Assignment, id)
    event, payload = born(session, "assignment", id, "assignment.allocated")
    case: Case = row_of(session, Case, event.chain)
    beside = select(Assignment).where(
        Assignment.case_id == assignment.case_id,
        Assignment.round == assignment.round,
        Assignment.allocated_at == assignment.allocated_at,
        Assignment.id != assignment.id,
    )
    units = [
        {"unit": row_of(session, Unit, first_unit(session, row)).name, "role": row.role}
        for row in session.scalars(beside.order_by(Assignment.id))
    ]
    said = select(Instruction).where(
        Instruction.case_id == assignment.case_id, Instruction.entered_at <= assignment.allocated_at
    )
    facts = {
        **head_of(session, event.chain, first_unit(session, assignment), "office"),
        "number": assignment.number or "",
        "at": event.at.isoformat(),
        "role": payload["role"],
        "round": payload["round"],
        "due_on": payload["due_on"],
        "due_at": payload["due_at"],
        "channel": case.channel,
        "received_at": case.received_at.isoformat(),
        "place": case.place,
        "narrative": case.narrative,
        "demand": case.demand,
        "beside": units,
        "instructions": [
            instruction_facts(row) for row in session.scalars(said.order_by(Instruction.id))
        ],
    }
    return clean(session, event.chain, facts)


def instruction_facts(row: Instruction) -> Facts:
    """A leader's instruction as papers cite it."""
    return {
        "leader": row.leader,
        "level": row.level,
        "words": row.words,
        "on": row.instructed_on.isoformat(),
        "document": row.document,
        "due_on": row.due_on and row.due_on.isoformat(),
    }


def notice_of_instruction(session: Session, id: int) -> Facts:
    """领导批示办理单: what a leader wrote, as one unit got it, with the due date that it then had."""
    row: InstructionNotice = row_of(session, InstructionNotice, id)
    assignment: Assignment = row_of(session, Assignment, row.assignment_id)
    issued = select(Event).where(
        Event.subject == "assignment",
        Event.subject_id == assignment.id,
        Event.kind == "instruction.issued",
    )
    events = {json.loads(event.payload)["notice"]: event for event in session.scalars(issued)}
    event = events[id]
    payload, case = json.loads(event.payload), row_of(session, Case, event.chain)
    facts = {
        **head_of(session, event.chain, row.unit_id, "office"),
        "number": row.number,
        "at": event.at.isoformat(),
        "assignment": assignment.number or "",
        "role": assignment.role,
        "due_on": payload["due_on"],
        "due_at": payload["due_at"],
        "channel": case.channel,
        "received_at": case.received_at.isoformat(),
        "place": case.place,
        "narrative": case.narrative,
        "demand": case.demand,
        "instructions": [instruction_facts(row_of(session, Instruction, row.instruction_id))],
    }
    return clean(session, event.chain, facts)
