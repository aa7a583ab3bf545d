"""The office as it stands at a moment, over a table of days that is filled where it ends too early."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.ledger import look_at, move_many, seal_leftovers
from app.ledger.watch import forget
from app.models import CalendarDay, Case, OfficeHead, Setting
from app.models.sessions import UNSCOPED
from app.roles import BOT, Actor
from app.rules.office import SETTINGS, Office
from app.rules.refusal import NotAllowed
from app.rules.workdays import beijing, sweep_not_before
from app.stages.calendar.days import (
    LAST,
    LIBRARY,
    VERSION,
    YEARS_AHEAD,
    days_learned,
    lay_days,
    put,
    set_days,
)
from app.stages.calendar.known import calendar_of, on_file
from app.stages.calendar.moving import alike, moving
from app.stages.draftclocks import move_drafts, move_messages


def fill(session: Session, now: datetime, until: date | None = None) -> None:
    """Fill the table from 2004 to the end of next year, and of `until`'s where that is later.

    Days that are there stay as they are, but for guessed ones that the library, in a newer version,
    knows: then open deadlines are worked out anew."""
    now = beijing(now)
    end = date(max(now.year + 1, until.year if until else 0), 12, 31)
    # First: whoever fills at the same time waits here, and finds it filled.
    put(session, LAST, end.isoformat())
    lay_days(session, end)
    known_by_now = days_learned(session)
    if known_by_now:
        set_days(session, known_by_now, LIBRARY)
        recompute(session, now, BOT)
    if session.scalar(select(OfficeHead.head_seq)):
        seal_leftovers(session, now)
    else:
        forget(session, (Setting.__tablename__, CalendarDay.__tablename__))


def reach(session: Session, now: datetime, day: date) -> None:
    """Let the table reach a day that a person named, some years ahead as far as can be guessed;
    NotAllowed beyond."""
    calendar = office_at(session, now).calendar
    if day > calendar.last and day.year <= now.year + YEARS_AHEAD:
        fill(session, now, day)
    elif not calendar.first <= day <= calendar.last:
        raise NotAllowed(
            "day_outside_calendar", day=day.isoformat(), last=calendar.last.isoformat()
        )


def office_at(session: Session, now: datetime) -> Office:
    """The office as it stands at a moment: calendar, numbers, words. Fills the table where it ends
    too early."""
    now = beijing(now)
    held: Office | None = session.info.get("office")
    if held is not None and held.now == now:
        return held
    settings, versions = on_file(session)
    if settings.get(LAST, "") < date(now.year + 1, 12, 31).isoformat():
        fill(session, now)
        return office_at(session, now)
    calendar = calendar_of(session, settings[VERSION], versions.at(now).day_ends)
    office = Office(calendar, versions, now, {**SETTINGS, **settings})
    session.info["office"] = office
    return office


def _look_again(session: Session, now: datetime) -> None:
    """When the bot looks at a case was worked out with the days as they were: it looks at all of
    them anew."""
    soon = sweep_not_before(now)
    later = (
        select(Case.id, Case.head_seq)
        .where(Case.look_again_at > soon)
        .order_by(Case.id)
        .with_for_update()
    )
    rows = session.execute(later, execution_options=UNSCOPED)
    look_at(session, {row.id: row.head_seq for row in rows}, soon)


def recompute(session: Session, now: datetime, actor: Actor) -> None:
    """Work every open deadline out anew: longer where the new calendar says so, never shorter.
    [procedure 0]"""
    office = office_at(session, now)
    entries = moving(session, office)
    for start in range(0, len(entries), 1000):
        for group in alike(entries[start : start + 1000]):
            move_many(session, now, actor, group)
    move_drafts(session, now, actor, office.calendar)
    move_messages(session, now, actor, office.calendar)
    _look_again(session, now)
