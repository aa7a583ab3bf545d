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


def reminder_of(case: CaseFacts, one: AssignmentFacts) -> ReminderFacts | None:
    """ "The reminder": the latest non-void one of the round that was issued for the present due
    date."""
    rows = case.reminders_for_due(one)
    return rows[-1] if rows else None


def unheeded(case: CaseFacts, one: AssignmentFacts, office: Office) -> bool:
    """The reminder lapsed, no qualifying reply, and the assignment is overdue now."""
    row = reminder_of(case, one)
    lapsed = row is not None and row.state == "lapsed"
    return lapsed and overdue(case, one, office) and not qualifying(case, one, office)


def repeated_since_due(case: CaseFacts, one: AssignmentFacts) -> bool:
    """Whether somebody complained again since the assignment was due."""
    return any(contact.received_at >= one.due_at for contact in case.contacts)


def silent_from(case: CaseFacts, one: AssignmentFacts, office: Office) -> datetime | None:
    """The moment from which silence counts: 24:00 of the fifth working day past the later of the
    reminder's reply-by and the last refusal of a reply; None without a lapsed reminder."""
    row = reminder_of(case, one)
    if row is None or row.state != "lapsed":
        return None
    refused = [reply.examined_at.date() for reply in case.refusals(one) if reply.examined_at]
    past = max([last_day(row.reply_by_at), *refused])
    return office.calendar.end_of(
        office.calendar.after(past, office.kept(case.allocated_at).silent_workdays)
    )


def silent(case: CaseFacts, one: AssignmentFacts, office: Office) -> bool:
    """Whether the ground `silent` holds, where the office has it."""
    if not office.kept(case.allocated_at).silent_ground or not unheeded(case, one, office):
        return False
    since = silent_from(case, one, office)
    return since is not None and office.now >= since


def leaders_matter(case: CaseFacts, one: AssignmentFacts, office: Office) -> bool:
    """Leader-assigned: overdue with nothing said or pending, or its reply refused twice."""
    if not one.leader_assigned or not live(one):
        return False
    unanswered = (
        overdue(case, one, office) and not qualifying(case, one, office) and not pending(case, one)
    )
    return unanswered or len(case.refusals(one)) >= 2


def second_redo_failed(case: CaseFacts, one: AssignmentFacts, office: Office) -> bool:
    """Whether the ground `redo_failed` holds of an assignment."""
    return case.redo_failed and case.state == "reviewing" and case.lead_assignment_id == one.id


def relisted_from(row: SupervisionFacts, case: CaseFacts, office: Office) -> datetime | None:
    """The moment from which a declined ground may be listed again: 24:00 of the fifth working day
    after it."""
    if row.state != "declined" or row.ended_at is None:
        return None
    n = office.kept(case.allocated_at).declined_workdays
    return office.calendar.end_of(office.calendar.after(row.ended_at.date(), n))


def listable(case: CaseFacts, one: AssignmentFacts, ground: str, office: Office) -> bool:
    """Per assignment and round each ground is listed once, and again five working days after a
    decline."""
    rows = case.supervision_of(one, ground)
    if not rows:
        return True
    again = relisted_from(rows[-1], case, office)
    return again is not None and office.now >= again


def held_to(case: CaseFacts, one: AssignmentFacts, office: Office) -> datetime | None:
    """The end of the latest new date that an item was cleared to: it holds watch and lists."""
    ends = [
        office.calendar.end_of(row.cleared_to) for row in case.supervision_of(one) if row.cleared_to
    ]
    return max(ends, default=None)
