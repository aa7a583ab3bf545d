"""The password of a slip between the form that made it and the page that shows it: sealed, and for some minutes only.

A form that is sent twice gets the same answer, so the password has to be kept for as long as a second sending may take;
whoever reads the database has nothing of it."""

from __future__ import annotations

import base64
import secrets
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from app.models import AccountChange, Person
from app.views.actor import desk, reader

NONCE_BYTES = 12


def slip_of(done: Any) -> dict[str, Any]:
    """What is kept of the slip that a verb made: the account and the password, sealed; nothing where it made none."""
    row = done.made if isinstance(done, AccountChange) else done
    if not isinstance(row, Person) or row.slip is None:
        return {}
    nonce = secrets.token_bytes(NONCE_BYTES)
    sealed = _cipher().encrypt(nonce, row.slip.encode(), _context(row.id))
    return {"account": row.id, "slip": base64.b64encode(nonce + sealed).decode()}


def slip_shown(told: dict[str, Any]) -> tuple[Person, str] | None:
    """The account of a slip and its password in words; None where there is none, or another key is used by now."""
    if "slip" not in told:
        return None
    sealed = base64.b64decode(told["slip"])
    try:
        words = _cipher().decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], _context(told["account"]))
    except InvalidTag:
        return None
    return reader().get_one(Person, told["account"], populate_existing=True), words.decode()


def _cipher() -> AESGCM:
    """A key of its own, worked out from the one that signs the sessions: it is kept outside the database."""
    return AESGCM(HKDF(SHA256(), 32, salt=None, info=b"duban slips").derive(desk().settings.secret_key.encode()))


def _context(id: int) -> bytes:
    return f"slip|{id}".encode()
