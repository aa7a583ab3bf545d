"""What is on file in the model of the procedure: days, clocks and rows. Moments are Beijing wall
time."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

DAY = timedelta(days=1)
LONG_AGO = datetime(2000, 1, 1)  # noqa: DTZ001


def is_workday(day: date) -> bool:
    """June to September 2025 has no holiday after 2 June and no make-up day before 28 September."""
    return day.weekday() < 5


def after(day: date, n: int = 1) -> date:
    """The n-th working day after a day; the day itself is not counted. [0]"""
    while n:
        day += DAY
        n -= is_workday(day)
    return day


def before(day: date) -> date:
    """The working day before a day."""
    day -= DAY
    while not is_workday(day):
        day -= DAY
    return day


def end(day: date) -> datetime:
    """24:00 of a day: a clock has run out from here on. [0]"""
    return datetime.combine(day + DAY, time(0))


@dataclass(frozen=True)
class Due:
    """A due moment; an hour clock is due on the date of the moment. [0]"""

    at: datetime
    hours: bool = False

    @property
    def on(self) -> date:
        return self.at.date() if self.hours else (self.at - DAY).date()


@dataclass(frozen=True)
class Person:
    """Somebody at the desk: his word, his role, his unit."""

    word: str
    role: str
    unit: str | None = None


@dataclass
class Row:
    """What has a state and, for those whose task it is, a clock of the centre's or the room's
    own."""

    state: str
    n: int = 0
    own: datetime | None = None
    own_marked: datetime | None = None


@dataclass
class Ask(Row):
    """A return, an extension, or a promise (explanation, interim)."""

    kind: str = ""
    filed_at: datetime = LONG_AGO
    by: str = ""
    until: date | None = None
    workdays: int = 0
    came_from: str = ""


@dataclass
class Reply(Row):
    filed_at: datetime = LONG_AGO
    refused_at: datetime | None = None


@dataclass
class Reminder(Row):
    issued_at: datetime = LONG_AGO
    reply_by: datetime = LONG_AGO
    for_due: datetime = LONG_AGO
    by_reply: Reply | None = None
    by_ask: Ask | None = None
    in_error: bool = False


@dataclass
class Referral(Row):
    send_by: datetime = LONG_AGO
    completed_by: str | None = None
    completers: set[str] = field(default_factory=set)
    reviewers: set[str] = field(default_factory=set)
    readers: set[str] = field(default_factory=set)
    supplements: list[bool] = field(default_factory=list)


@dataclass
class Item(Row):
    """A candidate or item of the supervision room."""

    ground: str = ""
    listed_on: date | None = None
    opened_on: date | None = None
    deferred: bool = False
    struck: bool = False
    drafters: set[str] = field(default_factory=set)
    due: datetime | None = None
    overdue_for: datetime | None = None
    reissues: int = 0
    cleared_to: date | None = None
    found_by: str | None = None
    back: str = ""
    confirmed_on: date | None = None
    hear_until: datetime | None = None
    unit_stated: bool = False
    named: dict[str, bool] = field(default_factory=dict)
    concluded_by: str | None = None
    ask_until: datetime | None = None
    review: str = ""
    ended_on: date | None = None
    referral: Referral | None = None


@dataclass
class Assignment(Row):
    unit: str = ""
    role: str = "lead"
    round: int = 1
    by: str = ""
    allocated_at: datetime = LONG_AGO
    due: Due = Due(LONG_AGO)
    leader: bool = False
    redo: bool = False
    leader_first: bool = False
    answers_at_once: bool = False
    responded: bool = False
    standing: Reply | None = None
    warned_for: datetime | None = None
    overdue_for: datetime | None = None
    watched: bool = False
    asks: list[Ask] = field(default_factory=list)
    replies: list[Reply] = field(default_factory=list)
    reminders: list[Reminder] = field(default_factory=list)
    items: list[Item] = field(default_factory=list)

    @property
    def sign_by(self) -> datetime:
        return end(after(self.allocated_at.date()))

    @property
    def refusals(self) -> list[Reply]:
        return [one for one in self.replies if one.state == "refused"]


@dataclass
class Visit(Row):
    caller: int = 0
    round: int = 1
    days: list[date] = field(default_factory=list)
    bad: bool = False
    ended_at: datetime | None = None


@dataclass
class Case(Row):
    """A case; what is under `body` goes to the heir when a lead is withdrawn."""

    kind: str = "help"
    urgency: str = "normal"
    complex: bool = False
    anonymous: bool = False
    confidential: bool = False
    caller: int = 0
    into: int | None = None
    closed_on: date | None = None
    closed_as: str = ""
    proposed_by: str | None = None
    pool: str = ""
    pool_until: datetime | None = None
    pool_marked: bool = False
    round: int = 1
    allocations: int = 0
    lead: Assignment | None = None
    leader: bool = False
    leader_date: date | None = None
    redo_failed: bool = False
    disputed_by: str = ""
    assignments: list[Assignment] = field(default_factory=list)
    visits: list[Visit] = field(default_factory=list)
    reviews: list[tuple[int, datetime]] = field(default_factory=list)
    counted: list[tuple[datetime, int]] = field(default_factory=list)
    handlers: set[str] = field(default_factory=set)
    examiners: set[str] = field(default_factory=set)
    visitors: set[str] = field(default_factory=set)

    @property
    def items(self) -> list[Item]:
        return sorted(
            (item for one in self.assignments for item in one.items), key=lambda item: item.n
        )


BODY = (
    "round",
    "allocations",
    "lead",
    "leader",
    "leader_date",
    "redo_failed",
    "disputed_by",
    "own",
    "own_marked",
    "urgency",
    "assignments",
    "visits",
    "reviews",
    "counted",
    "handlers",
    "examiners",
    "visitors",
)
"""What the heir of a withdrawn lead takes over, "as it stands". [1]"""

OPEN_CASE = ("registered", "submitted", "handling", "examining", "visiting", "reviewing")
AWAITED = ("allocated", "signed", "return_pending", "reply_refused")
"""The states of an assignment that waits for a final reply."""
LIVE = (*AWAITED, "replied")
STANDING = (
    "candidate",
    "opened",
    "reissued",
    "fed_back",
    "finding",
    "confirmed",
    "heard",
    "concluded",
)
PROMISES = ("explanation", "interim")
UNSENT = ("drafted", "reviewed", "approved", "sealed")
FINAL = {
    "case": ("closed", "merged", "refused", "transferred", "withdrawn"),
    "assignment": ("accepted", "returned", "cancelled"),
    "ask": ("accepted", "refused", "withdrawn"),
    "reminder": ("satisfied", "lapsed", "void"),
    "item": ("declined", "cleared", "referred", "closed"),
    "visit": ("done", "unreachable", "not_applicable"),
    "referral": ("closed", "abandoned"),
}
"""The states that need no way out."""
