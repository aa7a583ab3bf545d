"""Service 送达: when a paper reached its unit. "A paper is served when first opened by an account of the unit, else at
the end of the next working day it stood in the panel; issue, delivery and opening are recorded." [procedure, Papers]

The event that issues a paper puts it into its unit's panel; the first opening is an event of the same chain. What
nobody opened is worked out by the calendar, so a sweep writes nothing for it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from app.ledger import note
from app.ledger.chain import canonical
from app.models import Assignment, Case, Event, Reminder, Supervision
from app.roles import Actor
from app.rules.refusal import NotAllowed
from app.rules.workdays import Calendar
from app.stages.papers import Facts, assignment_paper, frozen

OPENED = "paper.opened"
ISSUED = ("assignment.allocated", "reminder.issued", "supervision.opened", "supervision.reissued")
"""The events that issue a paper to a unit."""
_ABOUT: dict[str, tuple[str, type[Any], str]] = {
    "allocation": ("assignment", Assignment, "Assignments"), "redo": ("assignment", Assignment, "Assignments"),
    "reminder": ("reminder", Reminder, "Reminders"), "supervision": ("supervision", Supervision, "Supervision"),
}  # fmt: skip
NOTICES = tuple(_ABOUT)
"""The papers that go to a unit."""
Key = tuple[str, int, int]
"""Subject, its id, and which of its papers: a supervision item has a second and a third notice."""


@dataclass(frozen=True)
class Service:
    """When a paper was issued, and stood in the panel from then on; when the unit first opened it and who did; the end
    of the next working day."""

    issued_at: datetime
    opened_at: datetime | None
    opened_by: str | None
    stood_until: datetime

    @property
    def opened(self) -> bool:
        """Whether it was served by being opened, and not by having stood there."""
        return self.opened_at is not None and self.opened_at < self.stood_until

    def served_at(self, now: datetime) -> datetime | None:
        """When it was served; None while it is neither opened nor has stood long enough."""
        if self.opened:
            return self.opened_at
        return self.stood_until if now >= self.stood_until else None


def open_notice(
    session: Session, now: datetime, actor: Actor, case: Case, paper: str, unit_id: int | None, id: int | None = None
) -> Facts:
    """Open a paper that went to a unit: the row that is named, else the unit's newest. The first opening by an account
    of the unit is on the record; that of others serves nothing and leaves no trace."""
    subject, model, page = _ABOUT[paper]
    row = _meant(session, case, paper, unit_id, id)
    if page not in actor.pages or (actor.of_a_unit and row.unit_id != actor.unit_id):
        raise NotAllowed("not_found")
    kind = assignment_paper(row) if subject == "assignment" else paper
    facts = frozen(session, kind, row.id)
    payload = {"paper": kind, "n": facts.get("n", 1)}
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
    found = next((row for row in rows if id or subject != "assignment" or assignment_paper(row) == paper), None)
    if found is None:
        raise NotAllowed("not_found")
    return found


def _opened(session: Session, subject: str, id: int, payload: Facts) -> bool:
    """Whether the unit opened this paper before."""
    before = select(Event.id).where(
        Event.subject == subject, Event.subject_id == id, Event.kind == OPENED, Event.payload == canonical(payload)
    )
    return session.scalar(before.limit(1)) is not None


def of_cases(session: Session, calendar: Calendar, chains: Iterable[int]) -> dict[Key, Service]:
    """The service of every paper that went to a unit in some cases, in one statement."""
    return _services(session, calendar, Event.chain.in_(list(chains)))


def of_row(session: Session, calendar: Calendar, subject: str, id: int) -> dict[Key, Service]:
    """The service of the papers of an assignment, a reminder or a supervision item."""
    return _services(session, calendar, and_(Event.subject == subject, Event.subject_id == id))


def _services(session: Session, calendar: Calendar, where: ColumnElement[bool]) -> dict[Key, Service]:
    query = select(Event.subject, Event.subject_id, Event.kind, Event.at, Event.actor, Event.payload).where(
        where, Event.kind.in_((*ISSUED, OPENED)), Event.subject.in_({one[0] for one in _ABOUT.values()})
    )
    issued: dict[Key, Any] = {}
    opened: dict[Key, Any] = {}
    for row in session.execute(query.order_by(Event.id)):
        told = opened if row.kind == OPENED else issued
        told.setdefault((row.subject, row.subject_id, _nth(row.kind, json.loads(row.payload))), row)
    return {key: _service(calendar, row, opened.get(key)) for key, row in issued.items()}


def _nth(kind: str, payload: Facts) -> int:
    return int(payload.get("n", 1)) if kind == OPENED else 1 + int(payload.get("reissues", 0))


def _service(calendar: Calendar, issued: Any, opened: Any) -> Service:
    stood = calendar.end_of(calendar.after(issued.at.date()))
    return Service(issued.at, opened.at if opened else None, opened.actor if opened else None, stood)
