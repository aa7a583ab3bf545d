"""The second factor (动态口令): a code that a device of the person's own makes anew each half minute,
and that works without any network. [trust, Access: "In production TOTP for IT admin, supervision
head and log auditor"; RFC 6238]"""

from __future__ import annotations

import secrets
from contextlib import suppress
from datetime import datetime
from hmac import compare_digest

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from sqlalchemy.orm import Session

from app.ledger import note_office
from app.models import Person
from app.roles import BOT, Actor
from app.rules.refusal import NotAllowed
from app.stages.people import logged_in
from app.stages.secrets_sealed import opened, sealed

SECRET_BYTES = 20
_PURPOSE = "duban second factor"
DIGITS, STEP_SECONDS = 6, 30
"""What every authenticator app makes where it is told nothing else: six digits, SHA-1, half a
minute."""
DRIFT = (0, -1, 1)
"""How many half minutes the person's clock may be off."""


def _context(row: Person) -> str:
    """Binds a sealed secret to its row: copied to another account it opens nothing."""
    return f"ab_user|factor_sealed|{row.id}"


def _opened(session: Session, row: Person) -> bytes:
    """A secret as it was sealed, with the key in use or one that was before it. Raises
    InvalidTag."""
    keys: list[bytes] = [session.info["ledger_key"], *session.info.get("retired_keys", ())]
    for key in keys[:-1]:
        with suppress(InvalidTag):
            return opened(key, _PURPOSE, row.factor_sealed or "", _context(row))
    return opened(keys[-1], _PURPOSE, row.factor_sealed or "", _context(row))


def _codes(session: Session, row: Person) -> TOTP:
    secret = _opened(session, row)
    # SHA-1 because the apps know no other; nothing but a code that lives half a minute hangs on it.
    return TOTP(secret, DIGITS, SHA1(), STEP_SECONDS)  # noqa: S303


def begin_factor(session: Session, id: int) -> None:
    """Make the secret of an account that has none yet. One that was not proven before is made
    anew."""
    row = session.get_one(Person, id, with_for_update=True)
    if row.factor_since is None:
        secret = secrets.token_bytes(SECRET_BYTES)
        row.factor_sealed = sealed(session.info["ledger_key"], _PURPOSE, secret, _context(row))


def factor_address(session: Session, id: int, office: str) -> str | None:
    """The `otpauth://` address that an app reads from the picture; None where the account has
    proven its secret: it is shown until then and never again."""
    row = session.get_one(Person, id)
    if row.factor_since is not None or row.factor_sealed is None:
        return None
    return _codes(session, row).get_provisioning_uri(row.username, office)


def tell_code(session: Session, now: datetime, id: int, code: str) -> bool:
    """Whether the code is right, now or half a minute off, and was not taken before. A right one
    ends the login that a right password began; whoever asks counts a wrong one, as they count a
    wrong password."""
    row = session.get_one(Person, id, with_for_update=True)
    if row.factor_sealed is None:
        return False
    codes, step = _codes(session, row), int(now.timestamp()) // STEP_SECONDS
    typed = code.encode()
    right = [
        step + off
        for off in DRIFT
        if compare_digest(codes.generate((step + off) * STEP_SECONDS), typed)
    ]
    if not right or (row.factor_step is not None and right[0] <= row.factor_step):
        return False
    row.factor_step = right[0]
    if row.factor_since is None:
        row.factor_since = now
        note_office(session, now, Actor(row.id, row.username), "user.factor_set", {"user": row.id})
    logged_in(session, now, id)
    return True


def refuse_reset(row: Person) -> None:
    """Raises NotAllowed where an account has no second factor to forget."""
    if row.factor_sealed is None:
        raise NotAllowed("nothing_changed")


def factor_reset(session: Session, now: datetime, actor: Actor, row: Person) -> Person:
    """Forget the second factor of somebody who lost their device."""
    return _forgotten(session, now, actor, row, "user.factor_reset")


def factor_reset_from_shell(session: Session, now: datetime, row: Person) -> Person:
    """The same by whoever owns the data folder. The record knows no account of theirs, so the event
    has a word of its own: it was not the bot."""
    return _forgotten(session, now, BOT, row, "user.factor_reset_from_shell")


def _forgotten(session: Session, now: datetime, actor: Actor, row: Person, event: str) -> Person:
    """Forget it and end the account's sessions: at the next login the person sets up another."""
    refuse_reset(row)
    row.factor_sealed, row.factor_since, row.factor_step = None, None, None
    row.session_version += 1
    session.flush()
    note_office(session, now, actor, event, {"user": row.id})
    return row
