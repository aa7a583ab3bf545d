"""The keys of the record as files of DESK_DATA: which are there, and how another one comes into
use."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

import config
from app.database import engine_from, reading, transaction
from app.ledger.chain import key_name
from app.ledger.keys import add_key, known_keys, other_key, register_key
from app.supervisor.signing import rotate_signing
from app.words import Message, both
from jobs.children import supervised
from jobs.servable import Refused, at_our_schema, our_key, sessions_of


def path_of_key(data: Path, key: bytes) -> Path:
    """Where a key stands under its name."""
    return data / f"ledger-{key_name(key)}.key"


def told_keys(settings: config.Config, session: Session) -> Iterator[str]:
    """The keys of the record, a line each: fingerprint, which one is in use, where its file is."""
    here = {key_name(key): path_of_key(settings.data, key) for key in settings.retired_keys}
    here[key_name(settings.ledger_key)] = settings.data / config.LEDGER_KEY
    known = known_keys(session)
    for name in known or [key_name(settings.ledger_key)]:
        used = both("shell.key.in_use" if name == (known or [name])[-1] else "shell.key.retired")
        yield f"{name}  {used}  {here.get(name, both('shell.key.not_here'))}"
    theirs = other_key(session, settings.ledger_key)
    if theirs is not None:
        ours = key_name(settings.ledger_key)
        yield f"{ours}  {both('shell.key.another')}  {settings.data / config.LEDGER_KEY}"


def rotate(settings: config.Config, now: datetime) -> str:
    """Bring a new key into use: both stand in files of their names before the record knows of it,
    and only then the new one takes the place of ledger.key. Broken off, it is finished by doing it
    again. What it did, in a sentence. Raises Refused, ConfigError."""
    if supervised(settings.data):
        raise Refused(Message("shell.key.running", {"data": settings.data}))
    engine = engine_from(settings.database_url)
    try:
        at_our_schema(engine)
        sessions = sessions_of(settings, engine)
        with reading(sessions) as session:
            begun = _begun(settings, session)
        if begun is not None:
            config.replace_key(settings.data, begun)
            return _told(begun, settings.ledger_key)
        fresh = secrets.token_bytes(config.LEDGER_KEY_BYTES)
        for key in (settings.ledger_key, fresh):
            config.keep_key(path_of_key(settings.data, key), key)
        with transaction(sessions) as session:
            our_key(settings, session)
            register_key(session, now, settings.ledger_key)
            add_key(session, now, fresh)
        config.replace_key(settings.data, fresh)
        return _told(fresh, settings.ledger_key)
    finally:
        engine.dispose()


def _begun(settings: config.Config, session: Session) -> bytes | None:
    """The key that the record has in use and that did not yet take the place of ledger.key."""
    theirs = other_key(session, settings.ledger_key)
    return next((key for key in settings.retired_keys if theirs == key_name(key)), None)


def _told(fresh: bytes, old: bytes) -> str:
    return both("shell.key.rotated", fresh=key_name(fresh), old=key_name(old))


ROTATIONS: dict[str, Callable[[config.Config, datetime], str]] = {
    "rotate": rotate,
    "rotate-signing": rotate_signing,
}
"""What `keys` does -> how: each brings another key into use."""
