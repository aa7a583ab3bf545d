"""When an assist is due, by the due date of its lead."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from app.models import Assignment
from app.rules.workdays import Calendar, Deadline


def marked(assignment: Assignment, due: Deadline, now: datetime) -> dict[str, Any]:
    """Where a new due date has passed as well, an overdue mark for the old one stands for both.
    [procedure 2]"""
    done = assignment.overdue_for is not None and due.at <= now
    return {"overdue_for": due.at} if done else {}


def assist_deadline(calendar: Calendar, lead: Deadline, allocated_on: date) -> Deadline:
    """An assist's due: the lead's less a working day, not before the first one after allocation nor
    after the lead's. [procedure 0]"""
    on = max(calendar.before(lead.on), calendar.after(allocated_on))
    if calendar.end_of(on) >= lead.at:
        if lead.unit == "hours":
            return Deadline(lead.at, allocated_on, 0, "hours", lead.basis)
        counted = calendar.counted(allocated_on, lead.on)
        return Deadline(lead.at, allocated_on, 0, "named", lead.basis, counted)
    return Deadline(
        calendar.end_of(on),
        allocated_on,
        0,
        "named",
        calendar.basis(allocated_on, on),
        calendar.counted(allocated_on, on),
    )


def assist_anew(calendar: Calendar, assist: Assignment, lead: Deadline | None) -> Deadline:
    """An assist's due worked out anew, with the extension it was granted itself; never after its
    lead's."""
    own = assist.deadline("due")
    assert own is not None and lead is not None  # noqa: S101
    due = max(
        assist_deadline(calendar, lead, assist.allocated_at.date()),
        calendar.again(own),
        key=lambda one: one.at,
    )
    return min(due, lead, key=lambda one: one.at)
