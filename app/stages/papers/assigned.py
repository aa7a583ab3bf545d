"""The papers that an assignment comes with: allocation, redo, a leader's instruction."""

from __future__ import annotations

import json

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Assignment, Case, Event, Instruction, InstructionNotice, Unit
from app.rules.refusal import NotAllowed
from app.stages.extras import Printer
from app.stages.papers.facts import (
    Facts,
    Issue,
    clean,
    first_unit,
    head_of,
    issue_of,
    row_of,
)


def assignment_paper(assignment: Assignment) -> str:
    """Which paper an assignment came with: a redo that was ordered is a 重办通知单 with a number of its
    series."""
    return "redo" if assignment.return_at is None else "allocation"


def redo_facts(session: Session, id: int) -> Facts:
    """重办通知单: an assignment of a redo; NotAllowed for any other."""
    if assignment_paper(row_of(session, Assignment, id)) != "redo":
        raise NotAllowed("not_found")
    return allocation_facts(session, id, "redo")


def allocation_facts(session: Session, id: int, kind: str = "allocation") -> Facts:
    """The paper that an assignment came with, as the case stood."""
    assignment: Assignment = row_of(session, Assignment, id)
    issue = issue_of(session, "assignment", id, "assignment.allocated")
    case: Case = row_of(session, Case, issue.chain)
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
        **head_of(session, kind, issue.chain, first_unit(session, assignment), "office"),
        "number": assignment.number or "",
        "at": issue.at.isoformat(),
        **{name: issue.payload[name] for name in ("role", "round", "due_on", "due_at")},
        "channel": case.channel,
        "received_at": case.received_at.isoformat(),
        "place": case.place,
        "narrative": case.narrative,
        "demand": case.demand,
        **Printer(session, issue.at.date(), for_units=True).of("case", case.extra),
        "beside": units,
        "instructions": [
            instruction_facts(row) for row in session.scalars(said.order_by(Instruction.id))
        ],
    }
    return clean(session, issue.chain, facts)


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


def notice_of_instruction(session: Session, id: int, issue: Issue | None = None) -> Facts:
    """领导批示办理单: what a leader wrote, as one unit got it, with the due date that it then had."""
    row: InstructionNotice = row_of(session, InstructionNotice, id)
    assignment: Assignment = row_of(session, Assignment, row.assignment_id)
    issue = issue or _issued(session, assignment, id)
    case = row_of(session, Case, issue.chain)
    facts = {
        **head_of(session, "instruction", issue.chain, row.unit_id, "office"),
        "number": row.number,
        "at": issue.at.isoformat(),
        "assignment": assignment.number or "",
        "role": assignment.role,
        "due_on": issue.payload["due_on"],
        "due_at": issue.payload["due_at"],
        "channel": case.channel,
        "received_at": case.received_at.isoformat(),
        "place": case.place,
        "narrative": case.narrative,
        "demand": case.demand,
        **Printer(session, issue.at.date(), for_units=True).of("case", case.extra),
        "instructions": [instruction_facts(row_of(session, Instruction, row.instruction_id))],
    }
    return clean(session, issue.chain, facts)


def _issued(session: Session, assignment: Assignment, id: int) -> Issue:
    """The event that issued a notice of an instruction: it is one of its assignment's."""
    issued = select(Event).where(
        Event.subject == "assignment",
        Event.subject_id == assignment.id,
        Event.kind == "instruction.issued",
    )
    events = {json.loads(event.payload)["notice"]: event for event in session.scalars(issued)}
    event = events[id]
    return Issue(event.chain, event.at, json.loads(event.payload))
