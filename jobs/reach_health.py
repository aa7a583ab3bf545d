"""Is what the desk hears from outside, and tells there, on its way: notices are taken, ways out work,
mailboxes are read, the front is heard. Only looks."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

import config
from app.database import Sessions, reading
from app.models import GatewayState, MailLook, Notice
from app.stages.inbox.mailboxes import mailboxes
from app.stages.outbox import in_force, ready_notices
from app.words import Message
from jobs.advice import WARNING, WRONG, Finding, finding

LATE = timedelta(minutes=15)
"""How long a notice may wait to be taken, or a way out rest, before it is told: the outbox looks every ten
seconds."""
HEARD, FRONT_GONE = "front-heard", 600.0
"""The file that the line to the front touches whenever it answered; after so many seconds without it the
front is away."""


def reach_findings(sessions: Sessions, now: datetime, settings: config.Config) -> list[Finding]:
    """What is wrong with the ways into the desk and out of it. Raises sqlalchemy's DatabaseError where
    the database cannot be asked."""
    with reading(sessions) as session:
        return [
            *_notices(session, now),
            *_ways(session, now),
            *_mailboxes(session),
            *_front(settings),
        ]


def _notices(session: Session, now: datetime) -> Iterator[Finding]:
    """Whether what people should be told of is taken."""
    query = select(func.count(), func.min(Notice.at))
    n, oldest = session.execute(query.where(*ready_notices(now))).one()
    if oldest is not None and now - oldest > LATE:
        yield finding("telling_behind", WRONG, n=n, minutes=_minutes(now - oldest))


def _minutes(span: timedelta) -> int:
    return int(span.total_seconds() // 60)


def _ways(session: Session, now: datetime) -> Iterator[Finding]:
    """Ways out that have been out of order for a while."""
    names = in_force(session)
    rows = session.scalars(select(GatewayState).where(GatewayState.paused_since <= now - LATE))
    for row in sorted(rows, key=lambda row: row.name):
        if row.name in names and row.paused_since is not None:
            rests, why = now - row.paused_since, Message(f"sent.{row.why}")
            yield finding("way_paused", WARNING, name=row.name, minutes=_minutes(rests), why=why)


def _mailboxes(session: Session) -> Iterator[Finding]:
    """Mailboxes that could not be read when they were last looked into."""
    for box in mailboxes(session):
        look = session.get(MailLook, box.id)
        if look is not None and look.code:
            why = Message(f"inbox.mailbox.{look.code}")
            yield finding("mailbox_unread", WARNING, name=box.name, why=why)


def _front(settings: config.Config) -> Iterator[Finding]:
    """Whether the front on another machine was heard lately."""
    if settings.front in ("here", "off"):
        return
    heard = last_heard(settings.data)
    if heard is None or time.time() - heard > FRONT_GONE:
        yield finding("front_away", WARNING, address=settings.front)


def last_heard(data: Path) -> float | None:
    """When the front was last heard, in seconds of the machine's clock; None where it never was."""
    try:
        return (data / HEARD).stat().st_mtime
    except OSError:
        return None


def heard(data: Path) -> None:
    """Note that the front answered just now."""
    (data / HEARD).touch(mode=0o600)
