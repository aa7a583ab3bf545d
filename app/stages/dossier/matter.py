"""The matter of a dossier: what was asked, who was to handle it, what the unit said."""

from __future__ import annotations

import json
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Assignment, Case, Category, Instruction, Reminder, Reply, Request, Unit
from app.models.reach import told_of
from app.stages.dossier.as_text import Facts, Served, day_of, moment_of, name_of
from app.stages.extras import Printer
from app.stages.papers import instruction_facts


def matter_facts(session: Session, case: Case, prints: Printer) -> Facts:
    """The case itself, as it was registered."""
    category = session.get(Category, case.category_id) if case.category_id else None
    return {
        "received_at": moment_of(case.received_at),
        "registered_at": moment_of(case.registered_at),
        "channel": case.channel,
        "kind": case.kind,
        "category": str(category) if category else None,
        "urgency": case.urgency,
        "place": case.place,
        "narrative": case.narrative,
        "demand": case.demand,
        **prints.of("case", case.extra),
        "repeats": case.repeats,
        "anonymous": case.anonymous,
        "confidential": case.confidential,
        "leader_assigned": case.leader_assigned,
        "state": case.state,
        "round": case.round,
    }


def instructions(session: Session, case: Case) -> list[Facts]:
    """The leaders' instructions on a case."""
    query = select(Instruction).where(Instruction.case_id == case.id).order_by(Instruction.id)
    return [instruction_facts(row) for row in session.scalars(query)]


def assignments(session: Session, case: Case, served: Served) -> list[Facts]:
    """Case and allocation papers, their service and signing, with how each due date was worked
    out."""
    query = select(Assignment).where(Assignment.case_id == case.id).order_by(Assignment.id)
    return [
        {
            "id": row.id,
            "number": row.number,
            "unit": session.get_one(Unit, row.unit_id).name,
            "role": row.role,
            "round": row.round,
            "at": moment_of(row.allocated_at),
            "by": name_of(session, row.allocated_by_id),
            "signed_at": moment_of(row.signed_at),
            "signed_by": row.signed_by,
            "due_at": moment_of(row.due_at),
            "due": json.loads(row.due_clock),
            "replied_at": moment_of(row.replied_at),
            "late": row.late,
            "state": row.state,
            "served": served.get(("assignment", row.id, 1)),
        }
        for row in session.scalars(query)
    ]


def requests(session: Session, case: Case) -> list[Facts]:
    """What units asked of the centre, with the rulings."""
    query = select(Request).where(Request.case_id == case.id).order_by(Request.id)
    return [
        {
            "kind": row.kind,
            "unit": session.get_one(Unit, row.unit_id).name,
            "at": moment_of(row.filed_at),
            "words": row.words,
            "promised_on": day_of(row.promised_on),
            "workdays": row.workdays,
            "state": row.state,
            "ruled_at": moment_of(row.ruled_at),
            "ruling": row.ruling_words,
        }
        for row in session.scalars(query)
    ]


def reminders(session: Session, case: Case, served: Served) -> list[Facts]:
    """The reminders of a case, with their service, and how people were told."""
    query = select(Reminder).where(Reminder.case_id == case.id).order_by(Reminder.id)
    rows = session.scalars(query).all()
    told = _told(session, [row.id for row in rows])
    return [
        {
            "number": row.number,
            "unit": session.get_one(Unit, row.unit_id).name,
            "round": row.round,
            "at": moment_of(row.issued_at),
            "reply_by_at": moment_of(row.reply_by_at),
            "reply_by": json.loads(row.reply_by_clock),
            "lapsed_at": moment_of(row.lapsed_at),
            "late": row.answered_late,
            "void": row.void_reason,
            "state": row.state,
            "served": served.get(("reminder", row.id, 1)),
            "told": told.get(row.id, []),
        }
        for row in rows
    ]


def _told(session: Session, ids: Sequence[int]) -> dict[int, list[Facts]]:
    """How people were told of reminders outside the panel, which is no service."""
    found: dict[int, list[Facts]] = {}
    for id, row in session.execute(told_of("reminder", ids)):
        one = {
            "way": row.medium,
            "stands": row.stands,
            "at": moment_of(row.at),
            "reached": row.reached,
        }
        found.setdefault(id, []).append(one)
    return found


def replies(session: Session, case: Case, prints: Printer) -> list[Facts]:
    """Replies and their examination. The number under which a caller was reached is left out."""
    query = select(Reply).where(Reply.case_id == case.id).order_by(Reply.id)
    return [
        {
            "unit": session.get_one(Unit, row.unit_id).name,
            "round": row.round,
            "at": moment_of(row.filed_at),
            "by": name_of(session, row.approved_by_id),
            "late": row.late,
            "opinion": row.opinion,
            "next_step": row.next_step,
            "step_on": day_of(row.step_on),
            "handling": row.handling,
            "public_answer": row.public_answer,
            "contacted": row.contacted,
            "contacted_at": moment_of(row.contacted_at),
            "why_not_contacted": row.why_not_contacted,
            "solved": row.solved,
            "why_unsolved": row.why_unsolved,
            **prints.of("reply", row.extra),
            "state": row.state,
            "examined_at": moment_of(row.examined_at),
            "examined_by": name_of(session, row.examined_by_id),
            "refusal": row.refusal,
            "refusal_words": row.refusal_words,
        }
        for row in session.scalars(query)
    ]
