"""The office's ledger keys: which key sealed the record, told by its fingerprint in the office's
own chain.

The first key is registered by the event with which an office begins, each later one added by an
event that the key before it seals. A process with another key would leave events that nobody could
ever verify: it is refused.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.ledger.chain import ADDED, REGISTERED, Keys, flaw, key_name, keyring
from app.ledger.moves import note_office
from app.ledger.tips import lock_office
from app.models import OFFICE_CHAIN, Event
from app.roles import BOT

UNNAMED = "?"
"""The fingerprint of a key that sealed events of before keys had names, and is not the one at
hand."""


def known_keys(session: Session) -> list[str]:
    """The fingerprints of the office's keys, the first first and the one in use last; none where
    none is registered."""
    query = select(Event.payload).where(
        Event.chain == OFFICE_CHAIN, Event.kind.in_((REGISTERED, ADDED))
    )
    return [
        str(json.loads(payload)["key"]) for payload in session.scalars(query.order_by(Event.seq))
    ]


def key_in_use(session: Session, key: bytes) -> str | None:
    """The fingerprint of the key that the record is sealed with; None where nothing is on record
    yet. `key` is tried on events of before keys had names."""
    registered = known_keys(session)
    if registered:
        return registered[-1]
    last = session.scalars(select(Event).order_by(Event.id.desc()).limit(1)).first()
    if last is None or last.key_name is not None:
        return last and last.key_name
    return key_name(key) if _sealed_with(session, last, key) else UNNAMED


def _sealed_with(session: Session, event: Event, key: bytes) -> bool:
    query = select(Event.hash).where(Event.chain == event.chain, Event.seq == event.seq - 1)
    before = session.scalar(query) or ""
    row = {column.name: getattr(event, column.name) for column in Event.__table__.columns}
    return flaw(before, event.seq, row, key) is None


def other_key(session: Session, key: bytes) -> str | None:
    """The fingerprint of the key that sealed the record where `key` is another one; None where it
    is that key."""
    used = key_in_use(session, key)
    return None if used in (None, key_name(key)) else used


def register_key(session: Session, now: datetime, key: bytes) -> bool:
    """Register the office's first key, once; whether this did it. Who begins an office at the same
    time waits here."""
    lock_office(session)
    if known_keys(session) or other_key(session, key) is not None:
        return False
    note_office(session, now, BOT, REGISTERED, {"key": key_name(key)})
    return True


def add_key(session: Session, now: datetime, fresh: bytes) -> None:
    """Add a key to the office: the one in use seals the event that names it, and is retired with
    that."""
    lock_office(session)
    note_office(session, now, BOT, ADDED, {"key": key_name(fresh)})


def ring_of(session: Session, key: bytes, retired: Iterable[bytes] = ()) -> Keys:
    """The keys at hand by their names, for verification; events without a name have the office's
    first key."""
    registered = known_keys(session)
    return keyring(key, retired, registered[0] if registered else "")
