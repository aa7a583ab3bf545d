"""Service 送达: when a paper reached its unit. "A paper is served when first opened by an account of
the unit, or when the unit signs for, answers or feeds back on what it is about (签收送达), whichever is
first; else at the end of the next working day it stood in the panel; issue, delivery and opening
are recorded." [procedure, Papers]

The event that issues a paper puts it into its unit's panel; the first opening is an event of the
same chain. What nobody opened is worked out from what its unit did and by the calendar, so a sweep
writes nothing for it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, select, union_all
from sqlalchemy.orm import Session, aliased

from app.ledger import note
from app.ledger.chain import canonical
from app.models import (
    Assignment,
    Case,
    Event,
    InstructionNotice,
    Reminder,
    Request,
    Supervision,
)
from app.roles import Actor
from app.rules.refusal import NotAllowed
from app.rules.workdays import Calendar
from app.stages.papers import Facts, assignment_paper, frozen

OPENED = "paper.opened"
ISSUED = (
    "assignment.allocated",
    "instruction.issued",
    "reminder.issued",
    "supervision.opened",
    "supervision.reissued",
)
"""The events that issue a paper to a unit."""
ACTED = (
    "assignment.signed",
    "assignment.responded",
    "assignment.return_asked",
    "assignment.replied",
    "supervision.fed_back",
)
"""What a unit does about what it was sent: it has it in hand. (A reminder's is what it answers
afterwards.)"""
_ABOUT: dict[str, tuple[str, type[Any], str]] = {
    "allocation": ("assignment", Assignment, "Assignments"),
    "redo": ("assignment", Assignment, "Assignments"),
    "instruction": ("assignment", InstructionNotice, "Assignments"),
    "reminder": ("reminder", Reminder, "Reminders"),
    "supervision": ("supervision", Supervision, "Supervision"),
}
NOTICES = tuple(_ABOUT)
"""The papers that go to a unit."""
Key = tuple[str, int, int]
"""Subject, its id, and which of its papers: a supervision item has a second and a third notice."""
Where = Callable[[Any], ColumnElement[bool]]


@dataclass(frozen=True)
class Service:
    """When a paper was issued, and stood in the panel from then on; when the unit first opened it,
    and when it first signed for, answered or fed back on what it is about, and who did; the end of
    the next working day."""

    issued_at: datetime
    opened_at: datetime | None
    opened_by: str | None
    stood_until: datetime
    acted_at: datetime | None = None
    acted_by: str | None = None

    @property
    def _first(self) -> tuple[datetime, str]:
        ways = ((self.stood_until, "stood"), (self.opened_at, "opened"), (self.acted_at, "signed"))
        return min(((at, how) for at, how in ways if at is not None), key=lambda way: way[0])

    @property
    def how(self) -> str:
        """What served it, or will: `opened`, `signed` (签收送达), or `stood`."""
        return self._first[1]

    @property
    def opened(self) -> bool:
        """Whether it was served by being opened, and by nothing else before."""
        return self.how == "opened"

    def served_at(self, now: datetime) -> datetime | None:
        """When it was served; None while its unit has done nothing about it and it has not stood
        long enough."""
        at, how = self._first
        return at if how != "stood" or now >= at else None


def open_notice(
    session: Session,
    now: datetime,
    actor: Actor,
    case: Case,
    paper: str,
    unit_id: int | None,
    id: int | None = None,
) -> Facts:
    """Open a paper that went to a unit: the row that is named, else the unit's newest. The first
    opening by an account of the unit is on the record; that of others serves nothing and leaves no
    trace."""
    subject, model, page = _ABOUT[paper]
    row = _meant(session, case, paper, unit_id, id)
    if page not in actor.pages or (actor.of_a_unit and row.unit_id != actor.unit_id):
        raise NotAllowed("not_found")
    kind = assignment_paper(row) if model is Assignment else paper
    facts = frozen(session, kind, row.id)
    payload = {"paper": kind, "n": facts.get("n", 1)}
    if isinstance(row, InstructionNotice):
        payload["notice"] = row.id
        row = session.get_one(Assignment, row.assignment_id)
    if actor.of_a_unit and not _opened(session, subject, row.id, payload):
        note(session, now, actor, row, OPENED, None, payload)
    return facts


def _meant(session: Session, case: Case, paper: str, unit_id: int | None, id: int | None) -> Any:
    subject, model, _ = _ABOUT[paper]
    query = select(model).where(model.case_id == case.id)
    if id is not None:
        query = query.where(model.id == id)
    elif unit_id is not None:
        query = query.where(model.unit_id == unit_id)
    if subject == "supervision":
        query = query.where(Supervision.number.is_not(None))
    rows = session.scalars(query.order_by(model.id.desc()))
    found = next(
        (row for row in rows if id or model is not Assignment or assignment_paper(row) == paper),
        None,
    )
    if found is None:
        raise NotAllowed("not_found")
    return found


def _opened(session: Session, subject: str, id: int, payload: Facts) -> bool:
    """Whether the unit opened this paper before."""
    before = select(Event.id).where(
        Event.subject == subject,
        Event.subject_id == id,
        Event.kind == OPENED,
        Event.payload == canonical(payload),
    )
    return session.scalar(before.limit(1)) is not None


def of_cases(session: Session, calendar: Calendar, chains: Iterable[int]) -> dict[Key, Service]:
    """The service of every paper that went to a unit in some cases, in one statement."""
    found = list(chains)
    return _services(session, calendar, lambda event: event.chain.in_(found))


def of_row(session: Session, calendar: Calendar, subject: str, id: int) -> dict[Key, Service]:
    """The service of the papers of an assignment, a reminder or a supervision item."""
    return _services(
        session, calendar, lambda event: and_(event.subject == subject, event.subject_id == id)
    )


def _services(session: Session, calendar: Calendar, where: Where) -> dict[Key, Service]:
    issued: dict[Key, Any] = {}
    opened: dict[Key, Any] = {}
    acted: dict[Key, Any] = {}
    standing: dict[tuple[str, int], list[Key]] = {}
    for row in session.execute(_told(where)):
        about, key = (row.subject, row.subject_id), _key(row, json.loads(row.payload))
        if row.kind in ISSUED:
            before = standing.get(about, []) if row.kind == "instruction.issued" else []
            standing[about] = [*before, key]
            issued.setdefault(key, row)
        elif row.kind == OPENED:
            opened.setdefault(key, row)
        else:
            for one in standing.get(about, ()):
                acted.setdefault(one, row)
    return {
        key: _service(calendar, row, opened.get(key), acted.get(key)) for key, row in issued.items()
    }


def _told(where: Where) -> Any:
    """What was issued, opened, signed for, answered and fed back on, in the order of the events."""
    own = select(
        Event.id, Event.subject, Event.subject_id, Event.kind, Event.at, Event.actor, Event.payload
    ).where(
        where(Event),
        Event.kind.in_((*ISSUED, OPENED, *ACTED)),
        Event.subject.in_({row[0] for row in _ABOUT.values()}),
    )
    issue, act = aliased(Event), aliased(Event)
    answers = (
        select(act.id, issue.subject, issue.subject_id, act.kind, act.at, act.actor, act.payload)
        .select_from(issue)
        .join(Reminder, Reminder.id == issue.subject_id)
        .where(where(issue), issue.kind == "reminder.issued")
    )
    replied = answers.join(
        act, and_(act.subject == "assignment", act.subject_id == Reminder.assignment_id)
    ).where(act.kind == "assignment.replied", act.id > issue.id)
    promised = (
        answers.join(Request, Request.assignment_id == Reminder.assignment_id)
        .join(act, and_(act.subject == "request", act.subject_id == Request.id))
        .where(act.kind == "request.filed", act.id > issue.id)
    )
    return union_all(own, replied, promised).order_by("id")


def _key(row: Any, payload: Facts) -> Key:
    """Which paper an event is about: an instruction's is sent with events of the assignment that it
    is about."""
    if "notice" in payload:
        return "instruction", payload["notice"], 1
    return row.subject, row.subject_id, _nth(row.kind, payload)


def _nth(kind: str, payload: Facts) -> int:
    return int(payload.get("n", 1)) if kind == OPENED else 1 + int(payload.get("reissues", 0))


def _service(calendar: Calendar, issued: Any, opened: Any, acted: Any) -> Service:
    stood = calendar.end_of(calendar.after(issued.at.date()))
    made = Service(issued.at, None, None, stood)
    if opened:
        made = replace(made, opened_at=opened.at, opened_by=opened.actor)
    return replace(made, acted_at=acted.at, acted_by=acted.actor) if acted else made
