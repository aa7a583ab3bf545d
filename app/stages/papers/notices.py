"""The papers that press a unit: reminders and supervision notices, and the conclusion that ends an
item."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from app.models import Assignment, Reminder, Supervision
from app.stages.papers.facts import Facts, Issue, clean, head_of, issue_of, row_of

Columns = Mapping[str, Any]


def reminder_facts(
    session: Session, id: int, issue: Issue | None = None, columns: Columns | None = None
) -> Facts:
    """A reminder, with the day to reply by. `columns` and `issue` are those with which it is about to
    be issued."""
    row = columns or vars_of(row_of(session, Reminder, id), "unit_id", "assignment_id", "number")
    issue = issue or issue_of(session, "reminder", id, "reminder.issued")
    assignment: Assignment = row_of(session, Assignment, row["assignment_id"])
    return {
        **head_of(session, "reminder", issue.chain, row["unit_id"], "office"),
        **reminder_said(issue, row["number"], assignment.number),
    }


def reminder_said(issue: Issue, number: str, assignment: str | None) -> Facts:
    """What a reminder says, its head aside."""
    payload = issue.payload
    return {
        "number": number,
        "at": issue.at.isoformat(),
        "assignment": assignment or "",
        "attempt": payload["attempt"],
        "round": payload["round"],
        "due_on": payload["due_on"],
        "reply_by": payload["reply_by"],
        "due_at": payload.get("due_at"),
        "reply_by_at": payload.get("reply_by_at"),
    }


def vars_of(row: Any, *names: str) -> dict[str, Any]:
    """Some columns of a row, by their names."""
    return {name: getattr(row, name) for name in names}


_NOTICE = ("case_id", "assignment_id", "unit_id", "ground", "requirement", "reason")


def supervision_facts(
    session: Session, id: int, issue: Issue | None = None, columns: Columns | None = None
) -> Facts:
    """The newest notice of an item: an earlier one was frozen when it was issued. `columns` are those
    that the event of `issue` is about to write."""
    row: dict[str, Any] = {**(columns or {})}
    if issue is None or not row.keys() >= {*_NOTICE}:
        item: Supervision = row_of(session, Supervision, id)
        number = item.notice_number or item.number or ""
        row = {**vars_of(item, *_NOTICE), "notice_number": number, **row}
    issue = issue or issue_of(
        session, "supervision", id, "supervision.opened", "supervision.reissued"
    )
    assignment: Assignment = row_of(session, Assignment, row["assignment_id"])
    head = head_of(session, "supervision", issue.chain, row["unit_id"], "room")
    facts = {
        **head,
        "number": row.get("notice_number") or row.get("number") or "",
        "at": issue.at.isoformat(),
        "n": int(issue.payload.get("reissues", 0)) + 1,
        "ground": row["ground"],
        "assignment": assignment.number or "",
        "requirement": row["requirement"],
        "due_on": issue.payload["due_on"],
        "due_at": issue.payload.get("due_at"),
        "reason": row["reason"],
        "copies": [head["office"]],
    }
    return clean(session, issue.chain, facts)


def conclusion_facts(
    session: Session, id: int, issue: Issue | None = None, columns: Columns | None = None
) -> Facts:
    """督办结论: what the room concluded after the hearing, as it is fed back to the unit. It carries the
    number of its item."""
    item: Supervision = row_of(session, Supervision, id)
    issue = issue or issue_of(session, "supervision", id, "supervision.concluded")
    head = head_of(session, "conclusion", issue.chain, item.unit_id, "room")
    facts = {
        **head,
        "number": item.number or "",
        "at": issue.at.isoformat(),
        "item": item.number or "",
        "conclusion": (columns or {}).get("conclusion") or item.conclusion,
        "ask_by": issue.payload["ask_by"],
        "copies": [head["office"]],
    }
    return clean(session, issue.chain, facts)
