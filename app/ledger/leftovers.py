"""What a transaction wrote and no event has sealed when it commits gets an event of its own:
nothing goes unsealed.

Stages write their rows before the event that settles them, so there is nothing left over; tests say
so. What lays an office out, or mends it by hand through the program, is sealed here.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import event, select
from sqlalchemy.orm import Session

from app.ledger.entries import Entry
from app.ledger.moves import move_many
from app.ledger.watch import anything, pending
from app.models import OFFICE_CHAIN, Event
from app.roles import BOT
from app.rules.workdays import BEIJING

_LONG_AGO = datetime(2004, 1, 1, tzinfo=BEIJING)
"""The first day of the calendar: when an office is laid out that has no event yet, and nobody says
when."""


def seal_leftovers(session: Session, now: datetime | None = None) -> None:
    """Seal what this transaction wrote and no event has: a case's rows in its chain, others in the
    office's."""
    if "ledger_key" not in session.info:
        return
    session.flush()
    if anything(session):
        cases = sorted({what.case or OFFICE_CHAIN for what in pending(session).values()}) or [
            OFFICE_CHAIN
        ]
        entries = [
            Entry(
                case,
                "record.sealed",
                *(("case", case) if case != OFFICE_CHAIN else ("office", None)),
            )
            for case in cases
        ]
        move_many(session, now or _moment(session), BOT, entries)


def _moment(session: Session) -> datetime:
    """When: the ledger reads no clock, so it is the moment of this transaction's last event, else
    of the office's."""
    known: datetime | None = session.info.get("ledger_now")
    if known is None:
        query = (
            select(Event.at).where(Event.chain == OFFICE_CHAIN).order_by(Event.seq.desc()).limit(1)
        )
        known = session.scalars(query).first()
    return known or _LONG_AGO


@event.listens_for(Session, "before_commit")
def _before_commit(session: Session) -> None:
    seal_leftovers(session)
