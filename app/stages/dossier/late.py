"""What the centre, the room and the bot were late with, which speaks for the unit."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Event
from app.stages.dossier.as_text import Facts, moment_of

_OURS = ("centre.overdue", "room.overdue")
_FOUND = (
    *("assignment.auto_signed", "assignment.overdue", "reminder.lapsed"),
    *("supervision.overdue", "supervision.heard"),
)
"""What the bot finds each morning that it looks."""
OUTAGE = timedelta(days=1)
"""The bot looks every day: what it found later than that was found after an outage. [procedure 0]"""


def late_steps(session: Session, chains: Sequence[int]) -> list[Facts]:
    """The steps that the centre and the room took late, and what the bot found after an outage: which,
    when it was due or true, and when that was recorded."""
    query = select(Event.kind, Event.at, Event.payload).where(
        Event.chain.in_(chains), Event.kind.in_((*_OURS, *_FOUND))
    )
    found = []
    for kind, at, payload in session.execute(query.order_by(Event.id)):
        told = json.loads(payload).get("true_at")
        if told and (kind in _OURS or at - datetime.fromisoformat(told) > OUTAGE):
            found.append({"kind": kind, "true_at": told, "at": moment_of(at)})
    return found
