"""Loading the days of a notice: what it names, what a year still lacks, and what that does to
running clocks.

Only days that a notice names are the office's own. A year is known when each public holiday's own
date is a rest day that was loaded (or published): then the days that nobody named follow the week.
[procedure 0]
"""

from __future__ import annotations

import json
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.ledger import note_office
from app.models import CalendarDay, CalendarProposal
from app.roles import Actor
from app.rules.festivals import holidays
from app.rules.office import Office
from app.rules.refusal import NotAllowed
from app.rules.workdays import provisional_workday
from app.stages.calendar import (
    LIBRARY,
    OFFICE,
    PROVISIONAL,
    WEEK,
    days_held,
    moving,
    office_at,
    office_with,
    recompute,
    set_days,
)
from app.stages.draftclocks import drafts_moving
from app.stages.proposals import proposed
from app.stages.verb import ACCEPT, NO_CASE, Verb, field, proposals

NAMED = (OFFICE, LIBRARY)
"""Where a day is known from that a notice names."""


class Lacking(NamedTuple):
    """A public holiday of a year whose own date is no rest day that was loaded."""

    year: int
    holiday: str
    day: date


def lacking(
    session: Session, years: Iterable[int], days: Mapping[date, bool] | None = None
) -> list[Lacking]:
    """What these years lack to be known, once `days` (True: worked) are loaded too."""
    found, loaded = [], days or {}
    for year in sorted(set(years)):
        own = holidays(year)
        query = select(CalendarDay.day).where(
            CalendarDay.day.in_(own.values()),
            CalendarDay.source.in_(NAMED),
            CalendarDay.worked.is_(False),
        )
        rests = set(session.scalars(query))
        for name, day in own.items():
            if loaded.get(day, day not in rests):
                found.append(Lacking(year, name, day))
    return found


class Move(NamedTuple):
    """A clock that would run longer: of which case (0: of the draft of a report: `report`, its kind
    and first day), which subject and name, of which unit, until when before and then."""

    case: int
    subject: str
    clock: str
    unit: int | None
    old: datetime
    new: datetime
    report: tuple[str, date] | None = None


class Foreseen(NamedTuple):
    """What loading days would do: `held` is the table of days with them, `lacking` what their years
    lack still, `moves` which clocks run longer; `settled` so many end as before, and no longer rest
    on a guess."""

    held: Mapping[date, tuple[bool, str]]
    lacking: Sequence[Lacking]
    moves: Sequence[Move]
    settled: int


def foresee(session: Session, now: datetime, days: Mapping[date, bool]) -> Foreseen:
    """What loading these days (True: worked) would do; nothing is written. NotAllowed where they
    cannot be loaded."""
    held = days_held(session, now)
    _insist_on(days, min(held), max(held))
    held |= {day: (worked, OFFICE) for day, worked in days.items()}
    lacks = lacking(session, sorted({day.year for day in days}), days)
    held |= _turned_days(held, {day.year for day in days}, {lack.year for lack in lacks})
    office = office_with(session, now, held)
    ends = [*_ends_of_clocks(session, office), *_ends_of_drafts(session, office)]
    longer = [end for end in ends if end.new > end.old]
    moves = sorted(longer, key=lambda move: (move.old, move.case))
    return Foreseen(held, lacks, moves, len(ends) - len(longer))


def _turned_days(
    held: Mapping[date, tuple[bool, str]], years: Iterable[int], unknown: Container[int]
) -> dict[date, tuple[bool, str]]:
    """The days that no notice names, of years that become known or are guessed again."""
    turned: dict[date, tuple[bool, str]] = {}
    for year in years:
        was, source = _turned(year not in unknown)
        unnamed = [day for day, (_, known) in held.items() if day.year == year and known == was]
        turned |= {day: (worked, source) for day, worked in _unnamed(unnamed, source).items()}
    return turned


def _ends_of_clocks(session: Session, office: Office) -> Iterator[Move]:
    """The clocks of cases that would be worked out anew, also where they end as before."""
    for entry in moving(session, office):
        for clock, ends in entry.payload.items():
            old, new = (datetime.fromisoformat(ends[word]) for word in ("told", "new"))
            yield Move(entry.chain, entry.subject, clock, entry.unit_id, old, new)


def _ends_of_drafts(session: Session, office: Office) -> Iterator[Move]:
    """The same of the drafts of reports."""
    for draft, clocks in drafts_moving(session, office.calendar):
        for clock, (old, new) in clocks.items():
            report = (draft.kind, draft.first)
            yield Move(0, "report_draft", clock, None, old.at, new.at, report)


def _insist_on(days: Mapping[date, bool], first: date, last: date) -> None:
    """Raises NotAllowed where no day is named, or one that the table does not reach."""
    if not days:
        raise NotAllowed("no_days")
    for day in days:
        if not first <= day <= last:
            raise NotAllowed("day_outside_calendar", day=day.isoformat(), last=last.isoformat())


def load_calendar(
    session: Session, now: datetime, actor: Actor, days: Mapping[date, bool], reason: str = ""
) -> CalendarProposal:
    """An IT administrator proposes days (True: worked); nothing changes before the centre head
    approves them."""
    office = office_at(session, now)
    _insist_on(days, office.calendar.first, office.calendar.last)
    named = json.dumps({day.isoformat(): worked for day, worked in sorted(days.items())})
    proposal = CalendarProposal(days=named, reason=reason, proposed_at=now, proposed_by_id=actor.id)
    session.add(proposal)
    session.flush()
    note_office(
        session,
        now,
        actor,
        "calendar.proposed",
        {"proposal": proposal.id, "days": json.loads(proposal.days)},
    )
    return proposal


def proposed_days(proposal: CalendarProposal) -> dict[date, bool]:
    """The days of a proposal, and whether they are worked."""
    return {date.fromisoformat(day): worked for day, worked in json.loads(proposal.days).items()}


def approve_calendar(
    session: Session, now: datetime, actor: Actor, accept: bool = True, proposal: int | None = None
) -> CalendarProposal:
    """The centre head approves a proposal, or turns it down. Approved, its days count from now on,
    and every open clock is worked out anew."""
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
    note_office(
        session, now, actor, "calendar.loaded", {"proposal": row.id, "days": json.loads(row.days)}
    )
    recompute(session, now, actor)
    return row


def _settle(session: Session, year: int) -> None:
    """Let the days of a year that no notice names follow the week where the year is known, else
    leave them guessed."""
    was, source = _turned(not lacking(session, [year]))
    unnamed = session.scalars(
        select(CalendarDay.day).where(
            CalendarDay.day.between(date(year, 1, 1), date(year, 12, 31)), CalendarDay.source == was
        )
    ).all()
    if unnamed:
        set_days(session, _unnamed(unnamed, source), source)


def _turned(known: bool) -> tuple[str, str]:
    """Where unnamed days were known from that turn, and where from now on, in a year that is known
    or is not."""
    return (PROVISIONAL, WEEK) if known else (WEEK, PROVISIONAL)


def _unnamed(days: Iterable[date], source: str) -> dict[date, bool]:
    """Days that no notice names -> worked, by the week or guessed."""
    return {day: day.weekday() < 5 if source == WEEK else provisional_workday(day) for day in days}


def _load_calendar(
    session: Session, now: datetime, actor: Actor, days: Mapping[date, str], **values: Any
) -> Any:
    worked = {day: word == "work" for day, word in days.items()}
    return load_calendar(session, now, actor, worked, **values)


VERBS = (
    Verb(
        "load_calendar",
        run=_load_calendar,
        on=NO_CASE,
        fields=(field("days!", "days"), field("reason")),
        roles=("it_admin",),
        event="calendar.proposed",
    ),
    Verb(
        "approve_calendar",
        run=approve_calendar,
        on=proposals(CalendarProposal),
        fields=(ACCEPT,),
        roles=("centre_head",),
        event=("calendar.loaded", "calendar.refused"),
        guarded=True,
    ),
)
