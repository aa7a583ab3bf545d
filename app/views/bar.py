"""The counts of the bar: how much waits for a person, and how many notices are unread; and what of
the banners a person has closed for today.

What waits is counted once a minute for each person and process, and anew once the person has written
something; a page that is left open asks anew in one statement, which is no activity of its session.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import current_app, g, has_request_context, request, session
from sqlalchemy import Select, false, func, literal, select, union, union_all

from app.models import Notice, NoticeRead, Person
from app.roles import Actor
from app.scope import Seen, seen_by
from app.views.actor import WROTE, actor, key_typed, now, reader
from app.views.login.sessions import lasts
from app.worklists import count_parts, count_told

COUNTED = 100
"""So many of the newest notices of a role or unit are counted as unread."""
KEPT_FOR = 60.0
"""How long (seconds) a count of what waits is shown."""
BANNERS, CLOSED = ("sample", "bot_late", "calendar"), "closed"
"""What every page may warn of, and the cookie that names the day and what was closed on it."""
_UNREAD, _VERSION, _INBOX = "unread", "version", "inbox"


@dataclass
class Counts:
    """What the bar tells a person: how much waits, and how many notices are unread; `who` and
    `version` are those of the session that asked last, `at` when what waits was counted, `wrote` how
    often that session had written by then, `inbox` how much of what waits are messages to take."""

    who: Actor
    version: int
    waiting: int = 0
    inbox: int = 0
    unread: int = 0
    at: float = -KEPT_FOR
    wrote: int = 0

    @property
    def stale(self) -> bool:
        """Whether what waits has to be counted anew."""
        return self.wrote != _wrote() or time.monotonic() - self.at >= KEPT_FOR

    @property
    def waiting_told(self) -> str:
        """How much waits, in signs; nothing where nothing does."""
        return count_told(self.waiting) if self.waiting else ""

    def told(self, waiting: Mapping[str, int]) -> None:
        """Keep how much waits, list by list."""
        self.waiting, self.inbox = sum(waiting.values()), waiting.get(_INBOX, 0)
        self.at, self.wrote = time.monotonic(), _wrote()


def _wrote() -> int:
    return int(session.get(WROTE, 0)) if has_request_context() else 0


def counts_of(who: Actor, version: int) -> Counts:
    """What the bar of a page shows; what waits, from the last minute."""
    found = _kept(who, version)
    _count(found)
    return found


def tell_waiting(who: Actor, version: int, waiting: Mapping[str, int]) -> None:
    """Keep how much waits for a person, list by list, where a page has just counted it."""
    _kept(who, version).told(waiting)


def polled() -> Counts | None:
    """The counts for a page that is left open, in one statement; None where its session is over."""
    id = key_typed(str(session.get("_user_id", "")))
    if not id or not lasts():
        return None
    found = _all().get(id)
    if found is None:
        who = actor()
        return None if who.id is None else counts_of(who, session.get("sv", 0))
    g.desk_actor = found.who
    return found if _count(found) == session.get("sv") else None


def unread_of(who: Actor) -> Select[Any]:
    """The events among the newest that a person has not read. Older ones are no longer shown nor
    counted, so that the bell costs the same in its tenth year."""
    told = newest_told(seen_by(who), COUNTED).subquery()
    read = select(NoticeRead.event_id).where(NoticeRead.person_id == (who.id or 0))
    return select(told.c.event_id).where(told.c.event_id.not_in(read)).limit(COUNTED)


def newest_told(seen: Seen, most: int) -> Any:
    """The newest events that were told to each role and unit of a person, each event once."""
    parts = [
        select(
            select(Notice.event_id)
            .where(Notice.recipient == recipient)
            .order_by(Notice.event_id.desc())
            .limit(most)
            .subquery()
            .c.event_id
        )
        for recipient in seen.told
    ]
    return union(*parts) if parts else select(Notice.event_id).where(false())


def closed_today() -> list[str]:
    """The banners that this browser's person has closed for today."""
    told = request.cookies.get(CLOSED, "") if has_request_context() else ""
    day, _, names = told.partition(".")
    if not names or day != f"{now():%Y%m%d}":
        return []
    return [name for name in names.split(".") if name in BANNERS]


def _all() -> dict[int, Counts]:
    kept: dict[int, Counts] = current_app.extensions["desk_told"].setdefault("bar", {})
    return kept


def _kept(who: Actor, version: int) -> Counts:
    """What is kept of a person: nothing of who he was before his roles or his unit changed."""
    found = _all().get(who.id or 0)
    if found is None or found.version != version:
        found = _all()[who.id or 0] = Counts(who, version)
    found.who = who
    return found


def _count(found: Counts) -> int | None:
    """Count in one statement what is unread and, once a minute, what waits: the version of the
    account's session as it is now; None where the account is closed. The scope does not reach into
    a union: each part of it holds what the person may see."""
    who, stale = found.who, found.stale
    number = func.count().label("n")
    parts = [
        select(literal(_UNREAD).label("key"), number).select_from(unread_of(who).subquery()),
        select(literal(_VERSION), Person.session_version).where(
            Person.id == who.id, Person.active.is_(True)
        ),
        *(count_parts(who, now()) if stale else ()),
    ]
    query = union_all(*parts).execution_options(unscoped=True)
    rows = {row.key: int(row.n) for row in reader().execute(query)}
    found.unread, version = rows.pop(_UNREAD), rows.pop(_VERSION, None)
    if stale:
        found.told(rows)
    return version
