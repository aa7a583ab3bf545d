"""The centre's clock on a message: one working day, marked once where it has run out. (0, 1)"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from app.ledger import note_office
from app.models import Message
from app.models.sessions import UNSCOPED
from app.roles import BOT

AT_ONCE = 500
"""So many messages are marked in one transaction."""
_LATE = (
    Message.ended_at.is_(None),
    or_(Message.own_overdue_for.is_(None), Message.own_overdue_for != Message.own_at),
)


def mark_overdue(session: Session, now: datetime) -> bool:
    """Mark the messages with which nothing was done in time, each once for its deadline; whether
    more are left. One statement where there are none."""
    late = (*_LATE, Message.own_at <= now)
    if not session.scalar(select(exists().where(*late))):
        return False
    query = select(Message).where(*late).order_by(Message.own_at, Message.id).limit(AT_ONCE)
    rows = session.scalars(query.with_for_update(), execution_options=UNSCOPED).all()
    for row in rows:
        row.own_overdue_for = row.own_at
        session.flush()
        true_at = row.own_at.isoformat() if row.own_at is not None else ""
        payload = {"message": row.id, "task": "message", "true_at": true_at}
        note_office(session, now, BOT, "centre.overdue", payload)
    return len(rows) == AT_ONCE
