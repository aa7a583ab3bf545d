"""Which keys sign for the office, and from when to when: told by events of its own chain, with their
public halves, so that what they signed is checked without them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.ledger.moves import note_office
from app.ledger.signing import fingerprint, name_of_key, public_half
from app.ledger.tips import lock_office
from app.models import OFFICE_CHAIN, Event
from app.models.sessions import UNSCOPED
from app.roles import BOT

FIRST, LATER = "signing.registered", "signing.added"
"""The events that bring a signing key into use: an office's first, and each later one."""


@dataclass(frozen=True)
class Signer:
    """A key that signs: its fingerprint, its public half as DER, the event that brought it into use,
    since when, and until when (None: it is in use)."""

    name: str
    public: bytes
    event: int
    since: datetime
    until: datetime | None = None


class OtherSigner(RuntimeError):
    """The signing key at hand is not the one that the record has in use."""


def signers(session: Session) -> list[Signer]:
    """The office's signing keys, the one in use last; none where none is registered."""
    query = select(Event.id, Event.at, Event.payload).where(
        Event.chain == OFFICE_CHAIN, Event.kind.in_((FIRST, LATER))
    )
    rows = session.execute(query.order_by(Event.seq), execution_options=UNSCOPED).all()
    ends = [*(row.at for row in rows[1:]), None]
    found = []
    for row, until in zip(rows, ends, strict=False):
        public = _public(row.payload)
        found.append(Signer(fingerprint(public), public, row.id, row.at, until))
    return found


def _public(payload: str) -> bytes:
    """The public half that an event registered; empty where the event was edited to say none: no
    checkpoint is of that key, and no other is registered in its place."""
    try:
        return bytes.fromhex(json.loads(payload)["public"])
    except (ValueError, TypeError, KeyError, IndexError, RecursionError):
        return b""


def signing_key(session: Session) -> bytes | None:
    """The private key that the session signs with; None in one that signs nothing."""
    keys: tuple[bytes, ...] = session.info.get("signing_keys", ())
    return keys[0] if keys else None


def other_signer(session: Session, key: bytes) -> str | None:
    """The fingerprint of the signing key in use where `key` is another one; None where it is that
    one, or none is registered."""
    known = signers(session)
    return known[-1].name if known and known[-1].name != name_of_key(key) else None


def register_signing(session: Session, now: datetime, key: bytes) -> None:
    """Register the office's first signing key, once. Raises OtherSigner where another is in use."""
    if not signers(session):
        lock_office(session)
        if not signers(session):
            note_office(session, now, BOT, FIRST, _told(key))
    theirs = other_signer(session, key)
    if theirs is not None:
        raise OtherSigner(theirs)


def add_signing(session: Session, now: datetime, fresh: bytes) -> None:
    """Bring another signing key into use; the one before is retired with that."""
    lock_office(session)
    note_office(session, now, BOT, LATER, _told(fresh))


def _told(key: bytes) -> dict[str, str]:
    return {"key": name_of_key(key), "public": public_half(key).hex()}
