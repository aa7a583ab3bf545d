"""The calendar and the numbers as they stand, for who only reads: nothing is filled."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime, timedelta

from sqlalchemy import literal, null, select, type_coerce, union_all
from sqlalchemy.orm import Session

from app.models import Assignment, CalendarDay, Case, Referral, Setting, SlaRule, Supervision
from app.models.columns import Moment
from app.rules.limits import Limits, Versions
from app.rules.office import SETTINGS, Office
from app.rules.workdays import Calendar, beijing
from app.stages.calendar.days import FIRST_YEAR, PROVISIONAL, VERSION, guess


def calendar_of(session: Session, version: str, day_ends: int) -> Calendar:
    """The calendar of a version: read once and shared, for as long as the database names that
    version."""
    shared: dict[tuple[str, int], Calendar] = session.info["calendars"]
    held = shared.get((version, day_ends))
    # `held`, not the dict, is what is given back: another thread may share another version in
    # between.
    if held is None:
        days: dict[date, bool] = {}
        guessed = set()
        for row in session.execute(select(CalendarDay.day, CalendarDay.worked, CalendarDay.source)):
            days[row.day] = row.worked
            if row.source == PROVISIONAL:
                guessed.add(row.day)
        held = Calendar.of(days, frozenset(guessed), day_ends)
        shared.clear()
        shared[version, day_ends] = held
    return held


def on_file(session: Session) -> tuple[dict[str, str], Versions]:
    """The office's settings and the numbers in force, in one statement."""
    rules = select(SlaRule.valid_from, SlaRule.name, SlaRule.value, SlaRule.id)
    settings = select(type_coerce(null(), Moment), Setting.name, Setting.value, literal(0))
    both = union_all(rules.where(SlaRule.approved_at.is_not(None)), settings).order_by(
        "valid_from", "id"
    )
    rows = session.execute(both).all()
    versions = Versions(
        (row.valid_from, row.name, json.loads(row.value)) for row in rows if row.valid_from
    )
    return {row.name: row.value for row in rows if row.valid_from is None}, versions


def settings_known(session: Session) -> dict[str, str]:
    """The words of the office as they are set; what is not set is not there."""
    return {row.name: row.value for row in session.execute(select(Setting.name, Setting.value))}


def versions_known(session: Session) -> Versions:
    """The numbers of the procedure, each with when it is valid from."""
    query = select(SlaRule.valid_from, SlaRule.name, SlaRule.value).where(
        SlaRule.approved_at.is_not(None)
    )
    rows = session.execute(query.order_by(SlaRule.valid_from, SlaRule.id))
    return Versions((row.valid_from, row.name, json.loads(row.value)) for row in rows)


def office_known(session: Session, now: datetime) -> Office:
    """The office as it stands with all its settings, in one statement, for who only reads: nothing is
    filled."""
    settings, versions = on_file(session)
    calendar = calendar_of(session, settings[VERSION], versions.at(beijing(now)).day_ends)
    return Office(calendar, versions, beijing(now), {**SETTINGS, **settings})


def days_known(session: Session, now: datetime) -> Calendar:
    """The calendar as it stands, for who only reads: nothing is filled."""
    return office_known(session, now).calendar


def days_held(session: Session, now: datetime) -> dict[date, tuple[bool, str]]:
    """day -> worked, and where that is known from, up to the end of next year, for who only reads:
    nothing is filled."""
    rows = session.execute(select(CalendarDay.day, CalendarDay.worked, CalendarDay.source))
    held = {row.day: (bool(row.worked), str(row.source)) for row in rows}
    day, end = max(held, default=date(FIRST_YEAR - 1, 12, 31)), date(beijing(now).year + 1, 12, 31)
    while day < end:
        day += timedelta(days=1)
        held[day] = guess(day)
    return held


def office_with(session: Session, now: datetime, days: Mapping[date, tuple[bool, str]]) -> Office:
    """The office as it would stand with these days."""
    versions = versions_known(session)
    guessed = frozenset(day for day, (_, source) in days.items() if source == PROVISIONAL)
    worked = {day: worked for day, (worked, _) in days.items()}
    return Office(
        Calendar.of(worked, guessed, versions.at(beijing(now)).day_ends), versions, beijing(now)
    )


def numbers_known(session: Session, now: datetime) -> Limits:
    """The numbers in force, for who only reads."""
    return versions_known(session).at(beijing(now))


def limits_of_case(
    session: Session, office: Office, row: Assignment | Referral | Supervision
) -> Limits:
    """The numbers that the case of a row keeps: those in force when it was allocated, in its redo
    rounds too. [preamble]"""
    return office.kept(session.get_one(Case, row.case_id).allocated_at)
