"""Which days events touched: those whose figures may be others by now."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import Date, and_, func, or_, select
from sqlalchemy.orm import Session

from app.models import OFFICE_CHAIN, Assignment, Event
from app.models.sessions import UNSCOPED
from app.rules.workdays import beijing
from app.stages.reporting.conditions import on_day_before

MOVING = (
    "assignment.moved",
    "case.instructed",
    "case.reclassified",
    "case.took_over",
    "clock.moved",
    "request.accepted",
)
"""The events with which a due day may move: the day that it was stands in no row any more."""
BACK = 1_000
"""So many events before the last one that was counted are looked at again."""
CHUNK = 500
"""How many cases are asked about in one statement."""


def last_event(session: Session) -> int:
    """The id of the newest event."""
    return session.scalar(select(func.max(Event.id)), execution_options=UNSCOPED) or 0


def touched_days(
    session: Session, since: int, today: date, from_then: datetime | None = None
) -> set[date]:
    """The days on which something of a case happened, or was due, of every case that events after
    `since` are about, up to today; `from_then` also those shortly before it that are of this moment
    or later, as one may be committed after a later one."""
    news = Event.id > since
    if from_then is not None:
        news = or_(news, and_(Event.id > since - BACK, Event.at >= from_then))
    query = select(Event.chain).where(news, Event.chain != OFFICE_CHAIN)
    chains = list(session.scalars(query.distinct(), execution_options=UNSCOPED))
    moved = set(session.scalars(query.where(Event.kind.in_(MOVING)).distinct()))
    days: set[date] = set()
    for part in _chunks(chains):
        days.update(_days_of(session, part))
    for part in _chunks(sorted(moved)):
        days.update(_since_allocated(session, part, today))
    return {day for day in days if day <= today}


def _chunks(chains: Sequence[int]) -> Iterator[Sequence[int]]:
    return (chains[place : place + CHUNK] for place in range(0, len(chains), CHUNK))


def _days_of(session: Session, chains: Sequence[int]) -> Iterator[date]:
    happened = select(func.date(Event.at, type_=Date)).where(Event.chain.in_(chains))
    due = select(on_day_before(Assignment.due_at)).where(Assignment.case_id.in_(chains))
    for query in (happened, due):
        yield from session.scalars(query.distinct(), execution_options=UNSCOPED)


def _since_allocated(session: Session, chains: Sequence[int], today: date) -> Iterator[date]:
    """Every day from the first allocation of these cases on: one of them was its due day."""
    query = select(func.min(Assignment.allocated_at)).where(Assignment.case_id.in_(chains))
    first: datetime | None = session.scalar(query, execution_options=UNSCOPED)
    if first is not None:
        began = beijing(first).date()
        yield from (began + timedelta(days=n) for n in range((today - began).days + 1))
