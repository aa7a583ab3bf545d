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
    request,
)
from flask_login import current_user
from jinja2 import pass_context
from jinja2.runtime import Context
from sqlalchemy import select

from app import VERSION, words
from app.models import Setting
from app.roles import Actor
from app.rules.office import WORDS
from app.rules.workdays import minute
from app.views.actor import actor, language, now, reader
from app.views.bar import closed_today, counts_of
from app.views.forms.applies import address as looks
from app.views.forms.once import told_once
from app.views.pages.turning import turn
from jobs.health import Finding, calendar_findings, clock_findings, swept

KEPT = (
    "kept.back",
    "kept.bring_back",
    "kept.files_again",
    "kept.forget",
    "kept.log_in_again",
    "kept.newer_is_shown",
    "kept.no",
    "kept.something_unsent",
    "kept.typed_is_here",
    "kept.unsent_is_here",
)
"""What the script says that keeps what was typed."""
ASKED_FOR = ("sample_office", "office")
"""The settings that the layout shows."""
LATE, ASKED_EVERY = timedelta(minutes=30), 60.0
"""When the bot counts as late, and how often (seconds) a process asks for that and for the
calendar."""


def with_banners(app: Flask) -> None:
    """What templates may ask of every request."""

    @app.context_processor
    def around() -> dict[str, Any]:
        tongue = language()
        given = {
            "csp_nonce": lambda: g.get("csp_nonce", ""),
            "sent": told_once,
            "turn": turn,
            "looks": looks,
        }
        dark = has_request_context() and request.cookies.get("theme") == "dark"
        return {"tongue": tongue, "dark": dark, **given, **_languages(tongue), **_who(tongue)}

    @app.template_filter("minute")
    def moment_shown(at: datetime | None) -> str:
        return minute(at) if at else "—"


def with_texts(app: Flask) -> None:
    """Let templates say our texts with `_`, in the language of the request; what is no message id of
    ours stays Flask-AppBuilder's. After Flask-AppBuilder, which puts its own there."""
    theirs: Any = app.jinja_env.globals["_"]

    @pass_context
    def said(context: Context, msgid: str, **facts: object) -> object:
        if words.known(msgid):
            return words.word(msgid, language(), **facts)
        return theirs(context, msgid, **facts)

    app.jinja_env.globals["_"] = said


def _languages(tongue: str) -> dict[str, Any]:
    """Which language a page is in, which others it can be had in, and what its script says."""
    others = [other for other in words.languages() if other != tongue]
    named = [(other, words.own("tag", other), words.own("name", other)) for other in others]
    kept = {msgid.partition(".")[2]: words.word(msgid, tongue) for msgid in KEPT}
    return {"tag": words.own("tag", tongue), "languages": named, "kept_words": kept}


def _person(account: Any, roles: str, tongue: str) -> str:
    """The name of who is logged in, with the roles and the unit."""
    held = words.clauses(filter(None, (roles, str(account.unit or ""))), tongue)
    return words.aside(account.first_name, held, tongue)


def _who(tongue: str) -> dict[str, Any]:
    """Who is logged in, what waits for him, and whether this is a sample office."""
    known, who = _office(), None
    found: dict[str, Any] = {
        "person": None,
        "version": VERSION,
        "office_name": known.get("office") or WORDS["office"],
    }
    if (
        has_request_context()
        and "desk_failed" not in g
        and current_user
        and current_user.is_authenticated
    ):
        who = actor()
        roles = (words.value("role", role, tongue) for role in sorted(who.roles))
        named = words.listed(roles, tongue) or "—"
        found |= {
            "person": current_user,
            "named": _person(current_user, named, tongue),
            "counts": counts_of(who, current_user.session_version),
            "searches": "Cases" in who.pages,
            "looks_up": "look_up" in who.rights,
            "menu": current_app.extensions["appbuilder"].menu.get_data(),
        }
    found["banners"] = _banners(known, who, tongue)
    return found


def _office() -> dict[str, str]:
    """What the office is called, and whether it is a sample one: asked until it is one, because it
    may be filled while the panel runs, and then once a minute."""
    told = current_app.extensions["desk_told"]
    known: dict[str, str] = told.get("office", {})
    fresh = time.monotonic() - told.get("office_asked", -ASKED_EVERY) < ASKED_EVERY
    if (fresh and known.get("sample_office") == "true") or "desk_failed" in g:
        return known
    if "desk_office" in g:
        settings = g.desk_office.words
        known = {name: settings[name] for name in ASKED_FOR if name in settings}
        told.update(office=known, office_asked=time.monotonic())
        return known
    query = select(Setting.name, Setting.value).where(Setting.name.in_(ASKED_FOR))
    known = {
        row.name: row.value for row in reader().execute(query.execution_options(unscoped=True))
    }
    told.update(office=known, office_asked=time.monotonic())
    return known


def _banners(known: dict[str, str], who: Actor | None, tongue: str) -> list[dict[str, str]]:
    """What every page warns of, but for what this person has closed for today: that the office is a
    sample one; that the bot's last whole pass is over half an hour old and that the coming year has
    no calendar, asked once a minute and process. That of the calendar is no unit's."""
    shown = [("sample", "sample", words.word("layout.sample", tongue))]
    shown = shown if known.get("sample_office") == "true" else []
    if who is not None:
        told = _told_of_all()
        if told.get("late"):
            shown.append(("bot_late", "late-bot", words.word("layout.bot_late", tongue)))
        found: Finding | None = None if who.of_a_unit else told.get("calendar")
        if found is not None:
            shown.append(("calendar", f"calendar {found.level}", found.said(tongue)))
    closed = closed_today()
    return [
        {"name": name, "looks": looks, "words": said}
        for name, looks, said in shown
        if name not in closed
    ]


def _told_of_all() -> dict[str, Any]:
    """What the process knows of the bot and of the calendar, asked anew once a minute."""
    told: dict[str, Any] = current_app.extensions["desk_told"]
    if "desk_failed" not in g and time.monotonic() - told.get("asked", -ASKED_EVERY) >= ASKED_EVERY:
        age, calendar = swept(reader(), now()), next(_warnings(), None)
        told.update(asked=time.monotonic(), late=age is None or age > LATE, calendar=calendar)
    return told


def _warnings() -> Iterator[Finding]:
    """What every page of the centre, the room and IT warns of: a clock that is wrong, a calendar
    that is missing."""
    yield from clock_findings(reader())
    yield from calendar_findings(reader(), now())
