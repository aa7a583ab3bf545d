"""(3) reminder. "Matters overdue and the reasons not explained: the centre promptly urges the
organizer to give a reply within 2 working days." The bot issues, the centre owns.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.ledger import Columns, allot, bear, lock_cases, move, paper
from app.models import Assignment, Reminder
from app.models.columns import clock
from app.models.facts import load
from app.roles import Actor
from app.rules.facts import (
    AssignmentFacts,
    CaseFacts,
    Effect,
    ReminderFacts,
    RequestFacts,
    emergency,
    missed,
    overdue,
    pending,
    qualifying,
)
from app.rules.office import Office
from app.rules.refusal import NotAllowed
from app.rules.workflow import OPEN_ASSIGNMENT, PROMISES
from app.stages.calendar import office_at
from app.stages.papers import Issue, issue, reminder_facts
from app.stages.verb import REASON, Verb, assignment, reminder


def decide_warning(case: CaseFacts, assignment: AssignmentFacts, office: Office) -> list[Effect]:
    """The warning 预警, once per due date, at the first working-day sweep on which the next working
    day is the due day or later, before it is overdue and while not replied. An emergency has
    none."""
    today = office.now.date()
    if (
        assignment.state not in OPEN_ASSIGNMENT
        or emergency(case, assignment)
        or assignment.warned_for == assignment.due_at
    ):
        return []
    if office.now >= assignment.due_at:
        return []
    if not office.calendar.is_workday(today) or office.calendar.after(today) < assignment.due_on:
        return []
    payload = {"due_on": assignment.due_on.isoformat()}
    return [
        Effect(
            "assignment.warned",
            "assignment",
            assignment,
            None,
            {"warned_for": assignment.due_at},
            payload,
            assignment.unit_id,
        )
    ]


def decide_overdue(case: CaseFacts, assignment: AssignmentFacts, office: Office) -> list[Effect]:
    """Overdue, marked on any day, once per due date; with the moment it was true beside the moment
    it was found."""
    if assignment.overdue_for == assignment.due_at or not overdue(case, assignment, office):
        return []
    payload = {"due_on": assignment.due_on.isoformat(), "true_at": assignment.due_at.isoformat()}
    return [
        Effect(
            "assignment.overdue",
            "assignment",
            assignment,
            None,
            {"overdue_for": assignment.due_at},
            payload,
            assignment.unit_id,
        )
    ]


def decide_lapse(case: CaseFacts, assignment: AssignmentFacts, office: Office) -> list[Effect]:
    """The first sweep after reply-by lapses an open reminder, on any day, unless a promise filed by
    then is pending. The second reminder for a due date whose promise was missed is open again, with
    its old reply-by."""
    effects: list[Effect] = []
    waiting = assignment.state in OPEN_ASSIGNMENT and assignment.replied_at is None
    seconds = case.reminders_for_due(assignment)[1:]
    for row in case.reminders_of(assignment):
        again = row in seconds and _promise_missed(case, row, office) and waiting
        if again:
            sets: dict[str, Any] = {"satisfied_by_request_id": None, "ended_at": None}
            effects.append(
                Effect("reminder.reopened", "reminder", row, "open", sets, {}, assignment.unit_id)
            )
        if (
            (again or row.state == "open")
            and office.now >= row.reply_by_at
            and not _held(case, assignment, row)
        ):
            sets = {"lapsed_at": office.now, "ended_at": office.now}
            payload = {"number": row.number, "true_at": row.reply_by_at.isoformat()}
            effects.append(
                Effect(
                    "reminder.lapsed", "reminder", row, "lapsed", sets, payload, assignment.unit_id
                )
            )
    return effects


def _promise_missed(case: CaseFacts, row: ReminderFacts, office: Office) -> bool:
    if row.state != "satisfied" or row.satisfied_by_request_id is None:
        return False
    return any(
        promise.id == row.satisfied_by_request_id and missed(promise, office)
        for promise in case.requests
    )


def _held(case: CaseFacts, assignment: AssignmentFacts, row: ReminderFacts) -> bool:
    """A promise filed by reply-by and still pending holds the lapse until it is ruled on."""
    return any(
        promise.kind in PROMISES
        and promise.state == "pending"
        and promise.filed_at < row.reply_by_at
        for promise in case.requests_of(assignment)
    )


def due_for_reminder(
    case: CaseFacts, assignment: AssignmentFacts, office: Office, by_hand: bool = False
) -> bool:
    """Whether a reminder may go out now: the conditions of section 3, the day of the week aside."""
    if (
        not overdue(case, assignment, office)
        or qualifying(case, assignment, office)
        or pending(case, assignment)
    ):
        return False
    if not by_hand and _void_in_error(case, assignment):
        return False
    before = case.reminders_for_due(assignment)
    return not before or _due_again(case, assignment, before, office)


def _void_in_error(case: CaseFacts, assignment: AssignmentFacts) -> bool:
    """Whether a reminder of an assignment was taken back as an error."""
    return any(row.assignment_id == assignment.id and row.in_error for row in case.reminders)


def _due_again(
    case: CaseFacts, assignment: AssignmentFacts, before: Sequence[ReminderFacts], office: Office
) -> bool:
    """Whether a further reminder may follow these: a promise made after the first was missed."""
    most = office.kept(case.allocated_at).reminders_each_round
    if len(before) >= most or before[0].state == "open":
        return False
    return any(
        _missed_after(promise, before[0], office) for promise in case.requests_of(assignment)
    )


def _missed_after(promise: RequestFacts, before: ReminderFacts, office: Office) -> bool:
    """An accepted promise, made after the reminder, that has since been missed."""
    return (
        promise.kind in PROMISES
        and promise.filed_at >= before.issued_at
        and missed(promise, office)
    )


def decide_reminder(case: CaseFacts, assignment: AssignmentFacts, office: Office) -> list[Effect]:
    """Issue a reminder at the first working-day sweep after due at which all conditions hold; an
    emergency's on any day. Reply by two working days after issue."""
    today = office.now.date()
    if not (
        emergency(case, assignment) or office.calendar.is_workday(today)
    ) or not due_for_reminder(case, assignment, office):
        return []
    columns, payload = _issue(case, assignment, office)
    return [
        Effect("reminder.issued", "reminder", None, "open", columns, payload, assignment.unit_id)
    ]


def _issue(
    case: CaseFacts, assignment: AssignmentFacts, office: Office
) -> tuple[dict[str, Any], dict[str, Any]]:
    limits = office.kept(case.allocated_at)
    reply_by = office.calendar.run(office.now.date(), limits.reply_to_reminder_workdays)
    attempt = 1 + max(
        (row.attempt for row in case.reminders if row.assignment_id == assignment.id), default=0
    )
    columns = {
        "case_id": case.id,
        "assignment_id": assignment.id,
        "unit_id": assignment.unit_id,
        "round": assignment.round,
        "attempt": attempt,
        "for_due_at": assignment.due_at,
        "issued_at": office.now,
        **clock("reply_by", reply_by),
    }
    payload = {
        "attempt": attempt,
        "round": assignment.round,
        "reply_by": reply_by.on.isoformat(),
        "due_on": assignment.due_on.isoformat(),
        "reply_by_at": reply_by.at.isoformat(),
        "due_at": assignment.due_at.isoformat(),
    }
    return columns, payload


def remind(session: Session, now: datetime, actor: Actor, assignment: Assignment) -> Reminder:
    """The centre head issues a reminder by hand, on a working day, under the same conditions - also
    after one of this round was void in error."""
    office = office_at(session, now)
    case = load(session, [assignment.case_id])[0]
    facts = next(row for row in case.assignments if row.id == assignment.id)
    if not office.calendar.is_workday(now.date()):
        raise NotAllowed("not_a_workday")
    if not due_for_reminder(case, facts, office, by_hand=True):
        raise NotAllowed("not_due_for_reminder")
    columns, payload = _issue(case, facts, office)
    columns |= {"issued_by_id": actor.id, "number": paper(session, office, "reminder")}
    lock_cases(session, {assignment.case_id})
    id = allot(session, {"reminder": 1})["reminder"][0]
    told = reminder_facts(session, id, Issue(assignment.case_id, now, payload), columns)
    issue(session, office.calendar, "reminder", id, told, assignment.case_id)
    row: Reminder = bear(
        session, now, actor, "reminder", "open", "reminder.issued", columns, payload, id
    )
    return row


def void_reminder(
    session: Session, now: datetime, actor: Actor, reminder: Reminder, reason: str
) -> Reminder:
    """The centre head voids a reminder that was issued in error; its number stays listed."""
    if reminder.state != "open":
        raise NotAllowed("reminder_not_open", state=reminder.state)
    if not reason.strip():
        raise NotAllowed("reason_missing")
    columns: Columns = {"in_error": True, "void_reason": reason, "ended_at": now}
    move(session, now, actor, reminder, "void", "reminder.voided", columns, {"in_error": True})
    return reminder


VERBS = (
    Verb(
        "remind",
        run=remind,
        on=assignment(OPEN_ASSIGNMENT),
        roles=("centre_head",),
        event="reminder.issued",
    ),
    Verb(
        "void_reminder",
        run=void_reminder,
        on=reminder(("open",)),
        fields=(REASON,),
        roles=("centre_head",),
        event="reminder.voided",
    ),
)
