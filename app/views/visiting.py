"""What the visit queue shows: who is due for a visit, who was tried today already, and the one in hand
with number, matter, answer and the questions. [procedure 6]"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from flask import url_for
from sqlalchemy import Select, and_, literal, or_, select, union_all

from app import words
from app.models import Caller, Case, Category, Event, ToldAs, Unit, Visit, VisitRecord
from app.models.handling import Reply
from app.models.redo import Responsibility
from app.rules.limits import Limits, Versions
from app.rules.workdays import BEIJING, beijing, minute
from app.scope import seen_by, within
from app.views.actor import actor, language, now, office_here, reader
from app.views.pages.badge import Badge, badge_of, calendar_here
from app.views.pages.lines import OF_A_LINE, Line, line_of
from app.views.pages.masking import know_callers, masked_name
from app.worklists.conditions import to_call, to_visit

MOST = 100
"""So many of each part of the queue are shown."""
DUE, TRIED, SENT, ASKED = "due", "tried", "sent", "asked"
"""The parts of the queue: who was not tried today, who was, who was asked by internet and is not to
be called yet, the one that an address names."""


@dataclass(frozen=True)
class Attempt:
    """An attempt that reached nobody: its number, moment and way, and what was noted of it."""

    number: int
    at: datetime
    told: str
    noted: str


@dataclass(frozen=True)
class Due:
    """A visit of the queue, in words."""

    id: int
    case_id: int
    name: str
    line: Line
    badge: Badge | None
    count: str
    last: str
    again: str
    barred: str
    href: str
    attempts: Sequence[Attempt] = ()
    sent: str = ""


@dataclass
class Queue:
    """The visits of a person: those due, those tried today already, those whose callers may answer
    by internet first, and the one in hand."""

    due: list[Due] = field(default_factory=list)
    tried: list[Due] = field(default_factory=list)
    sent: list[Due] = field(default_factory=list)
    more: bool = False
    asked: Due | None = None

    @property
    def next(self) -> Due | None:
        """The one that comes first of those that this person may visit."""
        return next((one for one in self.due if not one.barred), None)


def queue_of(id: int = 0) -> Queue:
    """The queue of who asks; `id` the visit that an address names, where it still waits for him."""
    rows = _rows(id)
    if not rows:
        return Queue()
    tried = _attempts({row.id for row in rows})
    cases = _cases({row.case for row in rows})
    versions = office_here().versions
    told = [
        (row.part, _told(row, cases[row.case], tried.get(row.id, ()), versions))
        for row in rows
        if row.case in cases
    ]
    due = [one for part, one in told if part == DUE]
    return Queue(
        due[:MOST],
        [one for part, one in told if part == TRIED],
        [one for part, one in told if part == SENT],
        len(due) > MOST,
        next((one for part, one in told if part == ASKED), None),
    )


def today_begins() -> datetime:
    """The first moment of this day."""
    return datetime.combine(now().date(), time(0), BEIJING)


def _rows(id: int) -> Sequence[Any]:
    """The visits that wait, those that wait longest first, in one statement. The scope does not
    reach into a union, so each part holds it."""
    tried = select(literal(1)).where(
        VisitRecord.visit_id == Visit.id, VisitRecord.at >= today_begins()
    )
    today = select(VisitRecord.visit_id).where(VisitRecord.at >= today_begins())
    parts = [
        _part(DUE, and_(~tried.exists(), to_call(now()))),
        _part(TRIED, Visit.id.in_(today)),
        _part(SENT, and_(~tried.exists(), Visit.call_at > now())),
    ]
    if id:
        parts.append(_part(ASKED, Visit.id == id))
    query = union_all(*parts).execution_options(unscoped=True)
    rows = list(reader().execute(query))
    return sorted(rows, key=lambda row: (row.planned_at, row.id))


def _part(name: str, which: Any) -> Select[Any]:
    who = actor()
    query = (
        select(
            literal(name).label("part"),
            Visit.id,
            Visit.case_id.label("lead"),
            Visit.caller_case_id.label("case"),
            Visit.planned_at,
            Visit.attempts,
            Visit.call_at,
            Visit.asked_until,
            Case.own_at,
            Case.state,
            Case.allocated_at,
            _handled(who.id or 0).label("handled"),
            _examined(who.id or 0).label("examined"),
        )
        .join(Case, Case.id == Visit.case_id)
        .where(*to_visit(who, now()), *within(Visit, seen_by(who)), which)
        .order_by(Visit.planned_at, Visit.id)
        .limit(MOST + 1)
    )
    return select(*query.subquery().c)


def _handled(me: int) -> Any:
    """That this person answered the case or approved a reply to it. [two-person rules]"""
    approved = select(literal(1)).where(Reply.case_id == Case.id, Reply.approved_by_id == me)
    answered = select(literal(1)).where(
        Event.subject == "case",
        Event.subject_id == Case.id,
        Event.kind == "case.answered",
        Event.actor == f"user:{me}",
    )
    return or_(Case.answered_by_id == me, approved.exists(), answered.exists())


def _examined(me: int) -> Any:
    """That this person examined a reply of the case, or reviewed whose responsibility it is."""
    examined = select(literal(1)).where(Reply.examined_by_id == me, Reply.case_id == Case.id)
    reviewed = select(literal(1)).where(
        Responsibility.by_id == me, Responsibility.case_id == Case.id
    )
    return or_(examined.exists(), reviewed.exists())


def _attempts(visits: set[int]) -> dict[int, list[Attempt]]:
    """visit -> what was tried so far, the first attempt first."""
    query = (
        select(
            VisitRecord.visit_id,
            VisitRecord.attempt,
            VisitRecord.at,
            VisitRecord.method,
            VisitRecord.words,
        )
        .where(VisitRecord.visit_id.in_(visits), VisitRecord.version == 1)
        .order_by(VisitRecord.id)
    )
    found: dict[int, list[Attempt]] = {}
    for row in reader().execute(query):
        way = words.value("method", row.method, language())
        told = words.word("visit_queue.attempt", language(), at=minute(beijing(row.at)), way=way)
        attempt = Attempt(row.attempt, beijing(row.at), told, row.words or "")
        found.setdefault(row.visit_id, []).append(attempt)
    return found


def _cases(ids: set[int]) -> Mapping[int, Any]:
    """The cases of the callers, each with what its line says and the caller's name, as far as this
    person sees it."""
    query = (
        select(
            *OF_A_LINE,
            Case.anonymous,
            Caller.name.label("name"),
            ToldAs.name.label("told"),
        )
        .outerjoin(Category, Category.id == Case.category_id)
        .outerjoin(Unit, Unit.id == Case.lead_unit_id)
        .outerjoin(Caller, Caller.id == Case.caller_id)
        .outerjoin(ToldAs, ToldAs.case_id == Case.id)
        .where(Case.id.in_(ids))
    )
    rows = {row.id: row for row in reader().execute(query)}
    if not actor().reads_as_typed:
        know_callers(rows)
    return rows


def _told(row: Any, case: Any, tried: Sequence[Attempt], versions: Versions) -> Due:
    limits: Limits = versions.at(row.allocated_at or now())
    tongue = language()
    name = masked_name(case.told or case.name or "")
    return Due(
        row.id,
        row.case,
        name or words.word("visit_queue.nameless", tongue),
        line_of(case),
        badge_of(row.own_at) if row.state == "visiting" else None,
        f"{row.attempts}/{limits.visit_attempts}",
        tried[-1].told if tried else words.word("visit_queue.untried", tongue),
        _again(tried, limits),
        _barred(row),
        url_for("Visits.in_hand", id=row.id),
        tried,
        _sent(row),
    )


def _sent(row: Any) -> str:
    """Until when the caller may answer by internet, and whether he is called meanwhile."""
    if row.asked_until is None:
        return ""
    until = beijing(row.asked_until)
    if until <= now():
        return words.word("visit_queue.sent_in_vain", language())
    if row.call_at is not None and beijing(row.call_at) > now():
        return words.word("visit_queue.sent", language(), until=minute(until))
    return words.word("visit_queue.sent_unanswered", language(), until=minute(until))


def _again(tried: Sequence[Attempt], limits: Limits) -> str:
    """When one more attempt counts: at once, or on another day, where those made are all of
    today."""
    days: set[date] = {attempt.at.date() for attempt in tried} | {now().date()}
    last = len(tried) + 1 >= limits.visit_attempts
    if not (tried and last and len(days) < limits.visit_days):
        return ""
    on = calendar_here().after(now().date())
    return words.word("visit_queue.again_on", language(), n=limits.visit_attempts, on=on)


def _barred(row: Any) -> str:
    """Why this person may not visit, in words: handler, examiner and visitor are three."""
    if row.handled:
        return words.word("visit_queue.handled", language())
    return words.word("visit_queue.examined", language()) if row.examined else ""
