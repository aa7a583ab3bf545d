"""The grounds on which an assignment is listed for the supervision room."""

from __future__ import annotations

from datetime import datetime

from app.rules.facts import (
    AssignmentFacts,
    CaseFacts,
    ReminderFacts,
    SupervisionFacts,
    live,
    overdue,
    pending,
    qualifying,
)
from app.rules.office import Office
from app.rules.workdays import last_day


def reminder_of(case: CaseFacts, assignment: AssignmentFacts) -> ReminderFacts | None:
    """ "The reminder": the latest non-void one of the round that was issued for the present due
    date."""
    rows = case.reminders_for_due(assignment)
    return rows[-1] if rows else None


def unheeded(case: CaseFacts, assignment: AssignmentFacts, office: Office) -> bool:
    """The reminder lapsed, no qualifying reply, and the assignment is overdue now."""
    row = reminder_of(case, assignment)
    lapsed = row is not None and row.state == "lapsed"
    return lapsed and overdue(case, assignment, office) and not qualifying(case, assignment, office)


def repeated_since_due(case: CaseFacts, assignment: AssignmentFacts) -> bool:
    """Whether somebody complained again since the assignment was due."""
    return any(contact.received_at >= assignment.due_at for contact in case.contacts)


def silent_from(case: CaseFacts, assignment: AssignmentFacts, office: Office) -> datetime | None:
    """The moment from which silence counts: 24:00 of the fifth working day past the later of the
    reminder's reply-by and the last refusal of a reply; None without a lapsed reminder."""
    row = reminder_of(case, assignment)
    if row is None or row.state != "lapsed":
        return None
    refused = [reply.examined_at.date() for reply in case.refusals(assignment) if reply.examined_at]
    past = max([last_day(row.reply_by_at), *refused])
    return office.calendar.end_of(
        office.calendar.after(past, office.kept(case.allocated_at).silent_workdays)
    )


def silent(case: CaseFacts, assignment: AssignmentFacts, office: Office) -> bool:
    """Whether the ground `silent` holds, where the office has it."""
    if not office.kept(case.allocated_at).silent_ground or not unheeded(case, assignment, office):
        return False
    since = silent_from(case, assignment, office)
    return since is not None and office.now >= since


def leaders_matter(case: CaseFacts, assignment: AssignmentFacts, office: Office) -> bool:
    """Leader-assigned: overdue with nothing said or pending, or its reply refused twice."""
    if not assignment.leader_assigned or not live(assignment):
        return False
    unanswered = (
        overdue(case, assignment, office)
        and not qualifying(case, assignment, office)
        and not pending(case, assignment)
    )
    return unanswered or len(case.refusals(assignment)) >= 2


def second_redo_failed(case: CaseFacts, assignment: AssignmentFacts, office: Office) -> bool:
    """Whether the ground `redo_failed` holds of an assignment."""
    return (
        case.redo_failed and case.state == "reviewing" and case.lead_assignment_id == assignment.id
    )


def relisted_from(row: SupervisionFacts, case: CaseFacts, office: Office) -> datetime | None:
    """The moment from which a declined ground may be listed again: 24:00 of the fifth working day
    after it."""
    if row.state != "declined" or row.ended_at is None:
        return None
    n = office.kept(case.allocated_at).declined_workdays
    return office.calendar.end_of(office.calendar.after(row.ended_at.date(), n))


def listable(case: CaseFacts, assignment: AssignmentFacts, ground: str, office: Office) -> bool:
    """Per assignment and round each ground is listed once, and again five working days after a
    decline."""
    rows = case.supervision_of(assignment, ground)
    if not rows:
        return True
    again = relisted_from(rows[-1], case, office)
    return again is not None and office.now >= again


def held_to(case: CaseFacts, assignment: AssignmentFacts, office: Office) -> datetime | None:
    """The end of the latest new date that an item was cleared to: it holds watch and lists."""
    ends = [
        office.calendar.end_of(row.cleared_to)
        for row in case.supervision_of(assignment)
        if row.cleared_to
    ]
    return max(ends, default=None)
