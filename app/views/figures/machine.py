"""What the first page says of the machine to IT, and of those who looked at callers to the auditor."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import datetime
from datetime import time as clock
from typing import Any

from flask import url_for
from sqlalchemy import String, cast, func, literal, select, union_all

from app import words
from app.models import Access, CalendarDay, CalendarProposal, Event, Person, SlaRule
from app.rules.workdays import BEIJING, beijing, minute
from app.stages.calendar import LIBRARY, OFFICE
from app.stages.proposals import waits
from app.views.actor import desk, language, now, reader
from jobs.health import swept
from jobs.keeping.told import STALE, last_backup

LOOKED, LOOKED_UP = 10, "caller.looked_up"
"""So many people who looked at callers are shown, and the event of a look-up."""
ONE, NONE = literal(1), literal(0)
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
        _backup(),
        Tile(
            _said("home.machine.calendar"),
            last or "—",
            href=url_for("Calendar.list"),
        ),
        Tile(_said("home.machine.rules"), str(rules), href=url_for("Rules.list")),
        Tile(_said("home.machine.days"), str(days), href=url_for("CalendarProposals.list")),
    ]


def _backup() -> Tile:
    """When the desk was backed up last, as the backup itself says."""
    label = _said("home.machine.backup")
    last = last_backup(desk().settings.data)
    if last is None:
        return Tile(label, _said("home.machine.no_backup"), looks=WORSE)
    return Tile(label, minute(last), looks=WORSE if now() - last >= STALE else BETTER)


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


@dataclass(frozen=True)
class Looked:
    """Somebody who looked at callers: how often one was shown to them and how often they looked one
    up, each with where the record of it stands, and when the last time was."""

    name: str
    shown: int
    asked: int
    last: str
    shown_at: str
    asked_at: str


def looked_today() -> list[Looked]:
    """Who was shown callers or looked them up today, who most often first. In one statement."""
    today = datetime.combine(now().astimezone(BEIJING).date(), clock(0), BEIJING)
    both = union_all(
        select(
            Access.account_id.label("who"), ONE.label("shown"), NONE.label("asked"), Access.at
        ).where(Access.at >= today, Access.kind == "revealed"),
        select(Person.id, NONE, ONE, Event.at)
        .join(Person, Event.actor == literal("user:") + cast(Person.id, String))
        .where(Event.at >= today, Event.kind == LOOKED_UP),
    ).subquery()
    query = (
        select(
            both.c.who,
            Person.first_name,
            Person.username,
            func.sum(both.c.shown).label("shown"),
            func.sum(both.c.asked).label("asked"),
            func.max(both.c.at).label("last"),
        )
        .outerjoin(Person, Person.id == both.c.who)
        .group_by(both.c.who, Person.first_name, Person.username)
        .order_by((func.sum(both.c.shown) + func.sum(both.c.asked)).desc(), both.c.who)
        .limit(LOOKED)
    )
    return [_looked(row, f"{today:%Y-%m-%d}") for row in reader().execute(query)]


def _looked(row: Any, today: str) -> Looked:
    shown = {"q_kind": "revealed", "q_account": row.who, "from_at": today}
    asked = {"q_kind": LOOKED_UP, "q_actor": row.who, "from_at": today}
    return Looked(
        row.first_name or row.username or "—",
        int(row.shown),
        int(row.asked),
        minute(beijing(row.last)),
        url_for("AccessLog.list", **shown),
        url_for("Events.list", **asked),
    )
