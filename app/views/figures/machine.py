"""What the first page says of the machine to IT, and of those who looked at callers to the auditor."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import datetime
from datetime import time as clock

from flask import url_for
from sqlalchemy import func, select

from app import words
from app.models import Access, CalendarDay, CalendarProposal, Person, SlaRule
from app.rules.workdays import BEIJING, minute
from app.stages.calendar import LIBRARY, OFFICE
from app.stages.proposals import waits
from app.views.actor import desk, language, now, reader
from jobs.health import swept

LOOKED = 10
"""So many people who looked at callers are shown."""
BETTER, WORSE = "better", "worse"
TERSE, FULL = 80, 90
"""Percent of the disk from which on it is told in amber and in red."""


@dataclass(frozen=True)
class Tile:
    """One figure: what it is called, how much, what is said below it, how it looks, where its rows
    are."""

    label: str
    value: str
    below: str = ""
    looks: str = ""
    href: str = ""


def _said(msgid: str, **facts: object) -> str:
    return words.word(msgid, language(), **facts)


def of_the_machine() -> list[Tile]:
    """How the bot and the disk are, how far the calendar reaches, what waits for approval."""
    age = swept(reader(), now())
    minutes = None if age is None else int(age.total_seconds() // 60)
    disk = shutil.disk_usage(desk().settings.data)
    used = round(100 * disk.used / max(1, disk.used + disk.free))
    last, rules, days = _known()
    return [
        Tile(
            _said("home.machine.bot"),
            _said("home.machine.never")
            if minutes is None
            else _said("home.machine.ago", n=minutes),
            looks=WORSE if minutes is None or minutes > 30 else BETTER,
            href=url_for("Bot.list"),
        ),
        Tile(
            _said("home.machine.disk"),
            _said("home.figures.percent", n=used),
            _said("home.machine.free", n=f"{disk.free / 1024**3:.0f}"),
            WORSE if used >= FULL else "warns" if used >= TERSE else BETTER,
        ),
        Tile(
            _said("home.machine.calendar"),
            last or "—",
            href=url_for("Calendar.list"),
        ),
        Tile(_said("home.machine.rules"), str(rules), href=url_for("Rules.list")),
        Tile(_said("home.machine.days"), str(days), href=url_for("CalendarProposals.list")),
    ]


def _known() -> tuple[str, int, int]:
    """The last day that is known for sure, and how many rules and calendars wait, in one
    statement."""
    last = select(func.max(CalendarDay.day)).where(CalendarDay.source.in_((OFFICE, LIBRARY)))
    counts = (
        select(func.count()).select_from(model).where(waits(model))
        for model in (SlaRule, CalendarProposal)
    )
    row = (
        reader()
        .execute(select(last.scalar_subquery(), *(one.scalar_subquery() for one in counts)))
        .one()
    )
    return str(row[0] or ""), int(row[1]), int(row[2])


def looked_today() -> list[tuple[str, str, str, str]]:
    """Who was shown callers today, who most often first."""
    today = datetime.combine(now().astimezone(BEIJING).date(), clock(0), BEIJING)
    query = (
        select(
            Access.account_id,
            Person.first_name,
            Person.username,
            func.count().label("n"),
            func.max(Access.at).label("last"),
        )
        .outerjoin(Person, Person.id == Access.account_id)
        .where(Access.at >= today, Access.kind == "revealed")
        .group_by(Access.account_id, Person.first_name, Person.username)
        .order_by(func.count().desc(), Access.account_id)
        .limit(LOOKED)
    )
    return [
        (
            row.first_name or row.username or "—",
            str(row.n),
            minute(row.last),
            url_for(
                "AccessLog.list",
                q_kind="revealed",
                q_account=row.account_id,
                from_at=f"{today:%Y-%m-%d}",
            ),
        )
        for row in reader().execute(query)
    ]
