"""What the layout of every page shows: who is logged in, the menu, what waits, what every page
warns of."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from flask import (
    Flask,
    current_app,
    g,
    has_request_context,
)
from flask_login import current_user
from sqlalchemy import select

from app.models import Setting
from app.roles import Actor
from app.rules import words
from app.rules.office import WORDS
from app.views.actor import actor, language, now, reader
from app.views.forms.once import told_once
from app.views.home import unread
from jobs.health import Finding, calendar_findings, clock_findings, swept

LATE, ASKED_EVERY = timedelta(minutes=30), 60.0
"""When the bot counts as late, and how often (seconds) a process asks for that and for the
calendar."""


def with_banners(app: Flask) -> None:
    """What templates may ask of every request."""

    @app.context_processor
    def around() -> dict[str, Any]:
        tongue = language()
        given = {"csp_nonce": lambda: g.get("csp_nonce", ""), "sent": told_once}
        return {"tongue": tongue, "zh": tongue == "zh", **given, **_who(tongue)}

    @app.template_filter("minute")
    def minute(at: datetime | None) -> str:
        return at.strftime("%Y-%m-%d %H:%M") if at else "—"


def _who(tongue: str) -> dict[str, Any]:
    """Who is logged in, what waits for him, and whether this is a sample office."""
    known = _office()
    found: dict[str, Any] = {
        "person": None,
        "sample": known.get("sample_office") == "true",
        "office_name": known.get("office") or WORDS["office"],
    }
    if (
        has_request_context()
        and "desk_failed" not in g
        and current_user
        and current_user.is_authenticated
    ):
        who = actor()
        named = "、".join(words.value("role", role, tongue) for role in sorted(who.roles)) or "—"
        found |= {
            "person": current_user,
            "named": named,
            "unread": unread(who),
            "menu": current_app.extensions["appbuilder"].menu.get_data(),
            **_warned(who, tongue),
        }
    return found


def _office() -> dict[str, str]:
    """What the office is called, and whether it is a sample one: asked until it is one, because it
    may be filled while the panel runs, and then once a minute."""
    told = current_app.extensions["desk_told"]
    known: dict[str, str] = told.get("office", {})
    fresh = time.monotonic() - told.get("office_asked", -ASKED_EVERY) < ASKED_EVERY
    if (fresh and known.get("sample_office") == "true") or "desk_failed" in g:
        return known
    query = select(Setting.name, Setting.value).where(Setting.name.in_(("sample_office", "office")))
    known = {
        row.name: row.value for row in reader().execute(query.execution_options(unscoped=True))
    }
    told.update(office=known, office_asked=time.monotonic())
    return known


def _warned(who: Actor, tongue: str) -> dict[str, Any]:
    """What every page warns of: the bot's last whole pass is over half an hour old, the coming year
    has no calendar. Asked once a minute and process; that of the calendar is no unit's."""
    told = current_app.extensions["desk_told"]
    if "desk_failed" not in g and time.monotonic() - told.get("asked", -ASKED_EVERY) >= ASKED_EVERY:
        age, calendar = swept(reader(), now()), next(_warnings(), None)
        told.update(asked=time.monotonic(), late=age is None or age > LATE, calendar=calendar)
    found: Finding | None = None if who.of_a_unit else told.get("calendar")
    said = (
        {"level": found.level, "words": found.zh if tongue == "zh" else found.en} if found else None
    )
    return {"bot_late": bool(told.get("late")), "calendar": said}


def _warnings() -> Iterator[Finding]:
    """What every page of the centre, the room and IT warns of: a clock that is wrong, a calendar
    that is missing."""
    yield from clock_findings(reader())
    yield from calendar_findings(reader(), now())
