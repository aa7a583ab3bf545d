"""The papers that press a unit: reminders and supervision notices."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app.models import Assignment, Reminder, Supervision
from app.stages.papers.facts import Facts, born, clean, head_of, row_of


def reminder_facts(session: Session, id: int) -> Facts:
    """A reminder, with the day to reply by."""
    row: Reminder = row_of(session, Reminder, id)
    event, payload = born(session, "reminder", id, "reminder.issued")
    assignment: Assignment = row_of(session, Assignment, row.assignment_id)
    return {
        **head_of(session, event.chain, row.unit_id, "office"),
        "number": row.number,
        "at": event.at.isoformat(),
        "assignment": assignment.number or "",
        "attempt": payload["attempt"],
        "round": payload["round"],
        "due_on": payload["due_on"],
        "reply_by": payload["reply_by"],
        "due_at": payload.get("due_at"),
        "reply_by_at": payload.get("reply_by_at"),
    }


def supervision_facts(session: Session, id: int) -> Facts:
    """The newest notice of an item: an earlier one was frozen when it was issued again."""
    row: Supervision = row_of(session, Supervision, id)
    event, payload = born(session, "supervision", id, "supervision.opened", "supervision.reissued")
    assignment: Assignment = row_of(session, Assignment, row.assignment_id)
    facts = {
        **head_of(session, event.chain, row.unit_id, "room"),
        "number": row.notice_number or row.number or "",
        "at": event.at.isoformat(),
        "n": int(payload.get("reissues", 0)) + 1,
        "ground": row.ground,
        "assignment": assignment.number or "",
        "requirement": row.requirement,
        "due_on": payload["due_on"],
        "due_at": payload.get("due_at"),
        "reason": row.reason,
    }
    return clean(session, event.chain, facts)
