"""Loading the days of a notice: what it names, what a year still lacks, and what that does to running clocks.

Only days that a notice names are the office's own. A year is known when each public holiday's own date is a rest day
that was loaded (or published): then the days that nobody named follow the week. [procedure 0]
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.ledger import note_office
from app.models import CalendarDay, CalendarProposal
from app.roles import Actor
from app.rules.festivals import holidays
from app.rules.refusal import NotAllowed
from app.rules.workdays import provisional_workday
from app.stages.calendar import LIBRARY, OFFICE, PROVISIONAL, WEEK, office_at, recompute, set_days
from app.stages.proposals import proposed

NAMED = (OFFICE, LIBRARY)
"""Where a day is known from that a notice names."""


class Lacking(NamedTuple):
    """A public holiday of a year whose own date is no rest day that was loaded."""

    year: int
    holiday: str
    day: date


def lacking(session: Session, years: Iterable[int], days: Mapping[date, bool] | None = None) -> list[Lacking]:
    """What these years lack to be known, once `days` (True: worked) are loaded too."""
    found, loaded = [], days or {}
    for year in sorted(set(years)):
        own = holidays(year)
        query = select(CalendarDay.day).where(
            CalendarDay.day.in_(own.values()), CalendarDay.source.in_(NAMED), CalendarDay.worked.is_(False)
        )
        rests = set(session.scalars(query))
        for name, day in own.items():
            if loaded.get(day, day not in rests):
                found.append(Lacking(year, name, day))
    return found


def load_calendar(
    session: Session, now: datetime, actor: Actor, days: Mapping[date, bool], reason: str = ""
) -> CalendarProposal:
    """An IT administrator proposes days (True: worked); nothing changes before the centre head approves them."""
    office = office_at(session, now)
    if not days:
        raise NotAllowed("no_days")
    for day in days:
        if not office.calendar.first <= day <= office.calendar.last:
            raise NotAllowed("day_outside_calendar", day=day.isoformat(), last=office.calendar.last.isoformat())
    named = json.dumps({day.isoformat(): worked for day, worked in sorted(days.items())})
    proposal = CalendarProposal(days=named, reason=reason, proposed_at=now, proposed_by_id=actor.id)
    session.add(proposal)
    session.flush()
    note_office(session, now, actor, "calendar.proposed", {"proposal": proposal.id, "days": json.loads(proposal.days)})
    return proposal


def proposed_days(proposal: CalendarProposal) -> dict[date, bool]:
    """The days of a proposal, and whether they are worked."""
    return {date.fromisoformat(day): worked for day, worked in json.loads(proposal.days).items()}


def approve_calendar(
    session: Session, now: datetime, actor: Actor, accept: bool = True, proposal: int | None = None
) -> CalendarProposal:
    """The centre head approves a proposal, or turns it down. Approved, its days count from now on, and every
    open clock is worked out anew."""
    row: CalendarProposal = proposed(session, CalendarProposal, proposal)
    if row.proposed_by_id == actor.id:
        raise NotAllowed("own_proposal")
    if not accept:
        row.refused_at = now
        note_office(session, now, actor, "calendar.refused", {"proposal": row.id})
        return row
    days = proposed_days(row)
    set_days(session, days)
    for year in sorted({day.year for day in days}):
        _settle(session, year)
    row.approved_at, row.approved_by_id = now, actor.id
    note_office(session, now, actor, "calendar.loaded", {"proposal": row.id, "days": json.loads(row.days)})
    recompute(session, now, actor)
    return row


def _settle(session: Session, year: int) -> None:
    """Let the days of a year that no notice names follow the week where the year is known, else leave them guessed."""
    was, now_ = (WEEK, PROVISIONAL) if lacking(session, [year]) else (PROVISIONAL, WEEK)
    unnamed = session.scalars(
        select(CalendarDay.day).where(
            CalendarDay.day.between(date(year, 1, 1), date(year, 12, 31)), CalendarDay.source == was
        )
    ).all()
    worked = {day: day.weekday() < 5 if now_ == WEEK else provisional_workday(day) for day in unnamed}
    if worked:
        set_days(session, worked, now_)
