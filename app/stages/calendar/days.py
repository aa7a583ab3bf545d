"""The table of days: where each is known from, and how it is written."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import chinese_calendar
from sqlalchemy import Table, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from app.ledger import touched, wrote
from app.models import CalendarDay, Setting
from app.models.sessions import is_postgres
from app.rules.workdays import provisional_workday

FIRST_YEAR = 2004
YEARS_AHEAD = 10
"""How far ahead a person may name a date."""
OFFICE, LIBRARY, WEEK, PROVISIONAL = "office", "library", "week", "provisional"
"""Where a day is known from: a loaded notice names it, the published calendar has it, it follows
the week in a year that is known, or it is a guess."""
VERSION, LAST = "calendar.version", "calendar.last"


def guess(day: date) -> tuple[bool, str]:
    """Whether a day is worked, by the library or, beyond it, by the week; and which of the two."""
    try:
        return bool(chinese_calendar.is_workday(day)), LIBRARY
    except NotImplementedError:
        return provisional_workday(day), PROVISIONAL


def put(session: Session, name: str, value: str) -> None:
    """Write a setting, and name it to the ledger where it changed."""
    was = session.scalar(select(Setting.value).where(Setting.name == name))
    dialect: Any = postgresql if is_postgres(session) else sqlite
    statement = dialect.insert(Setting).values(name=name, value=value)
    session.execute(statement.on_conflict_do_update(index_elements=["name"], set_={"value": value}))
    if was != value:
        wrote(session, Setting, [{"name": name, "value": value}])


def changed(session: Session) -> None:
    """Name the calendar anew, so that nobody reads an old one; a name is never used twice."""
    put(session, VERSION, uuid.uuid4().hex)
    session.info.pop("office", None)


def lay_days(session: Session, end: date) -> None:
    """Add the days from the last one of the table, or from 2004, to an end."""
    newest = CalendarDay.day.desc()
    last = session.scalar(select(CalendarDay.day).order_by(newest).limit(1))
    ordinal = session.scalar(select(CalendarDay.ordinal).order_by(newest).limit(1)) or 0
    day = last + timedelta(days=1) if last else date(FIRST_YEAR, 1, 1)
    rows = []
    while day <= end:
        worked, source = guess(day)
        ordinal += worked
        rows.append({"day": day, "worked": worked, "ordinal": ordinal, "source": source})
        day += timedelta(days=1)
    if rows:
        session.execute(table_of_days().insert(), rows)
        for year in range(last.year if last else FIRST_YEAR, end.year + 1):
            touched(session, "calendar_day", year, "days")
        changed(session)


def days_learned(session: Session) -> dict[date, bool]:
    """The guessed days that the library knows by now, and whether they are worked."""
    guessed = session.scalars(select(CalendarDay.day).where(CalendarDay.source == PROVISIONAL))
    known = {day: guess(day) for day in guessed}
    return {day: worked for day, (worked, source) in known.items() if source == LIBRARY}


def set_days(session: Session, days: Mapping[date, bool], source: str = OFFICE) -> None:
    """Write days as the office (or another source) has them, and count the running numbers after
    them anew."""
    first = min(days)
    rows = session.scalars(
        select(CalendarDay).where(CalendarDay.day >= first).order_by(CalendarDay.day)
    ).all()
    ordinal = (
        session.scalar(
            select(CalendarDay.ordinal).where(CalendarDay.day == first - timedelta(days=1))
        )
        or 0
    )
    for row in rows:
        if row.day in days:
            row.worked, row.source = days[row.day], source
        ordinal += row.worked
        row.ordinal = ordinal
    session.flush()
    changed(session)


def table_of_days() -> Table:
    """The table of days, for whoever counts in the database."""
    table = CalendarDay.__table__
    assert isinstance(table, Table)  # noqa: S101
    return table
