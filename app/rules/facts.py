"""What the bot and the guards must know of a case to decide, as plain rows, and the questions asked
of them.

A `CaseFacts` holds everything that is on file about one case and that a clock can matter for;
nothing here reads a database or a clock.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from app.rules.office import Office
from app.rules.workdays import last_day, unit_of
from app.rules.workflow import LIVE, OPEN_ASSIGNMENT, PROMISES, STANDING


@dataclass(slots=True)
class AssignmentFacts:
    """One assignment, the columns that matter to a clock."""

    id: int
    unit_id: int
    round: int
    role: str
    state: str
    number: str | None
    allocated_at: datetime
    sign_at: datetime | None
    signed_at: datetime | None
    signed_by: str | None
    due_at: datetime
    due_clock: str
    leader_assigned: bool
    replied_at: datetime | None
    warned_for: datetime | None
    overdue_for: datetime | None
    watched: bool

    @property
    def hourly(self) -> bool:
        """Whether its clock runs on natural time (an emergency's)."""
        return unit_of(self.due_clock) == "hours"

    @property
    def due_on(self) -> date:
        """The day it is due: for hours the date of the moment."""
        return self.due_at.date() if self.hourly else last_day(self.due_at)


@dataclass(slots=True)
class ReminderFacts:
    """One reminder."""

    id: int
    assignment_id: int
    unit_id: int
    round: int
    attempt: int
    state: str
    number: str
    for_due_at: datetime
    issued_at: datetime
    reply_by_at: datetime
    satisfied_by_reply_id: int | None
    satisfied_by_request_id: int | None
    answered_late: bool
    lapsed_at: datetime | None
    in_error: bool
    ended_at: datetime | None


@dataclass(slots=True)
class RequestFacts:
    """One return, extension or promise."""

    id: int
    assignment_id: int
    unit_id: int
    round: int
    kind: str
    state: str
    filed_at: datetime
    promised_on: date | None
    own_at: datetime | None
    own_overdue_for: datetime | None


@dataclass(slots=True)
class ReplyFacts:
    """One final reply."""

    id: int
    assignment_id: int
    round: int
    state: str
    filed_at: datetime
    examined_at: datetime | None
    unit_id: int
    own_at: datetime | None
    own_overdue_for: datetime | None


@dataclass(slots=True)
class SupervisionFacts:
    """One candidate or item."""

    id: int
    assignment_id: int
    unit_id: int
    round: int
    ground: str
    attempt: int
    state: str
    listed_on: date | None
    opened_at: datetime | None
    own_at: datetime | None
    own_clock: str | None
    own_overdue_for: datetime | None
    due_at: datetime | None
    overdue_for: datetime | None
    cleared_to: date | None
    finding_from: str | None
    confirmed_at: datetime | None
    heard_at: datetime | None
    concluded_at: datetime | None
    review_asked_at: datetime | None
    review_accepted: bool | None
    ended_at: datetime | None


@dataclass(slots=True)
class ReferralFacts:
    """One referral."""

    id: int
    supervision_id: int
    unit_id: int
    state: str
    send_by_at: datetime
    own_at: datetime | None
    own_overdue_for: datetime | None
    completed_at: datetime | None


@dataclass(slots=True)
class RepeatFacts:
    """One contact that raised the repeat count."""

    id: int
    received_at: datetime


@dataclass(slots=True)
class CaseFacts:
    """One case with all its rows, each list in the order of ids."""

    id: int
    number: str | None
    state: str
    kind: str
    urgency: str
    round: int
    repeats: int
    category_id: int | None
    allocated_at: datetime | None
    lead_assignment_id: int | None
    leader_assigned: bool
    redo_failed: bool
    own_at: datetime | None
    own_overdue_for: datetime | None
    screen_at: datetime | None
    screen_overdue_for: datetime | None
    head_seq: int
    head_hash: str
    head_at: datetime | None
    look_again_at: datetime | None
    assignments: list[AssignmentFacts] = field(default_factory=list)
    reminders: list[ReminderFacts] = field(default_factory=list)
    requests: list[RequestFacts] = field(default_factory=list)
    replies: list[ReplyFacts] = field(default_factory=list)
    supervision: list[SupervisionFacts] = field(default_factory=list)
    referrals: list[ReferralFacts] = field(default_factory=list)
    contacts: list[RepeatFacts] = field(default_factory=list)

    def requests_of(self, assignment: AssignmentFacts) -> list[RequestFacts]:
        """What a unit asked or promised on one assignment."""
        return [request for request in self.requests if request.assignment_id == assignment.id]

    def reminders_of(self, assignment: AssignmentFacts) -> list[ReminderFacts]:
        """The non-void reminders of one assignment, oldest first."""
        own = [row for row in self.reminders if row.assignment_id == assignment.id]
        return [row for row in own if row.state != "void"]

    def reminders_for_due(self, assignment: AssignmentFacts) -> list[ReminderFacts]:
        """Its non-void reminders for the due date it has now, oldest first: one that was issued
        before due was lengthened stays on record and counts no more. [procedure 3]"""
        return [row for row in self.reminders_of(assignment) if row.for_due_at == assignment.due_at]

    def supervision_of(
        self, assignment: AssignmentFacts, ground: str | None = None
    ) -> list[SupervisionFacts]:
        """The candidates and items of one assignment (on one ground), oldest first."""
        return [
            row
            for row in self.supervision
            if row.assignment_id == assignment.id and ground in (None, row.ground)
        ]

    def refusals(self, assignment: AssignmentFacts) -> list[ReplyFacts]:
        """The refused replies of one assignment."""
        own = [row for row in self.replies if row.assignment_id == assignment.id]
        return [row for row in own if row.state == "refused"]


@dataclass
class Effect:
    """What a decision comes to: an event on a row (or a birth, `row` None) and the columns that go
    with it. `lists` marks a row of the day's supervision list."""

    kind: str
    subject: str
    row: Any = None
    to: str | None = None
    sets: dict[str, Any] = field(default_factory=dict)
    payload: dict[str, Any] = field(default_factory=dict)
    unit_id: int | None = None


def missed(promise: RequestFacts, office: Office) -> bool:
    """An accepted promise whose date has passed (the caller knows that no final reply stands).
    [procedure 3]"""
    return promise.state == "accepted" and not stands(promise, office)


def stands(promise: RequestFacts, office: Office) -> bool:
    """An accepted promise stands to the end of its promised date. [procedure 3]"""
    if promise.state != "accepted" or promise.kind not in PROMISES or promise.promised_on is None:
        return False
    return office.now < office.calendar.end_of(promise.promised_on)


def qualifying(case: CaseFacts, assignment: AssignmentFacts, office: Office) -> bool:
    """A qualifying reply: a final reply that was not refused, or a promise that stands. [procedure
    3]"""
    return assignment.replied_at is not None or any(
        stands(row, office) for row in case.requests_of(assignment)
    )


def pending(case: CaseFacts, assignment: AssignmentFacts) -> bool:
    """A return, extension or promise that the centre has not ruled on. [procedure 2, 3]"""
    return any(row.state == "pending" for row in case.requests_of(assignment))


def _interim_in_time(case: CaseFacts, assignment: AssignmentFacts, office: Office) -> bool:
    """An emergency's interim reply counts as its result while it is pending or stands. [procedure
    0]"""
    return any(
        row.kind == "interim"
        and row.filed_at < assignment.due_at
        and (row.state == "pending" or stands(row, office))
        for row in case.requests_of(assignment)
    )


def overdue(case: CaseFacts, assignment: AssignmentFacts, office: Office) -> bool:
    """Overdue is derived: past due, still the unit's, no final reply that stands. [procedure,
    States]"""
    return (
        assignment.state in OPEN_ASSIGNMENT
        and assignment.replied_at is None
        and late(case, assignment, office)
    )


def late(case: CaseFacts, assignment: AssignmentFacts, office: Office) -> bool:
    """Past due: what is answered now is late. An emergency's interim reply stands for its result.
    [procedure 0]"""
    return office.now >= assignment.due_at and not (
        emergency(case, assignment) and _interim_in_time(case, assignment, office)
    )


def emergency(case: CaseFacts, assignment: AssignmentFacts) -> bool:
    """An emergency has one due moment: no warning, its reminder on any day; redo has a clock of its
    own."""
    return case.urgency == "emergency" and (assignment.round == 1 or assignment.hourly)


def live(assignment: AssignmentFacts) -> bool:
    """Whether the unit still holds it."""
    return assignment.state in LIVE


def standing(case: CaseFacts, assignment: AssignmentFacts) -> bool:
    """Whether a candidate or an item stands on any ground of the assignment. [procedure 4]"""
    return any(row.state in STANDING for row in case.supervision_of(assignment))
