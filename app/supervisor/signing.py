"""The signing keys of the office as files of DESK_DATA: which there are, and how another one comes
into use."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

import config
from app.database import engine_from, reading, transaction
from app.ledger.signers import add_signing, other_signer, register_signing, signers
from app.ledger.signing import name_of_key
from app.papers.verifying import script_sha256
from app.rules.workdays import minute
from app.words import Message, both
from jobs.children import supervised
from jobs.servable import Refused, at_our_schema, our_key, sessions_of


def path_of_signing(data: Path, key: bytes) -> Path:
    """Where a signing key stands under its name."""
    return data / f"signing-{name_of_key(key)[:16]}.key"


def told_signers(settings: config.Config, session: Session) -> Iterator[str]:
    """The keys that sign dossiers and checkpoints, a line each: fingerprint, from when to when, where
    its file is; and the SHA-256 of the script that goes along with a dossier."""
    here = {name_of_key(key): path_of_signing(settings.data, key) for key in settings.signing_keys}
    if settings.signing_keys:
        here[name_of_key(settings.signing_keys[0])] = settings.data / config.SIGNING_KEY
    for one in signers(session):
        used = both("shell.key.in_use" if one.until is None else "shell.key.retired")
        days = f"{minute(one.since)} - {minute(one.until) if one.until else ''}".strip()
        where = here.get(one.name, both("shell.key.not_here"))
        yield f"{one.name}  {both('shell.signing.signs')}  {used}  {days}  {where}"
    yield f"{script_sha256()}  verify_dossier.py"


def rotate_signing(settings: config.Config, now: datetime) -> str:
    """Bring a new signing key into use, as the ledger's key is: both in files of their names first,
    then on record, then in the place of signing.key. Broken off, it is finished by doing it again.
    What it did, in a sentence. Raises Refused, ConfigError."""
    if supervised(settings.data):
        raise Refused(Message("shell.key.running", {"data": settings.data}))
    engine = engine_from(settings.database_url)
    try:
        at_our_schema(engine)
        sessions = sessions_of(settings, engine)
        used = settings.signing_keys[0]
        with reading(sessions) as session:
            theirs = other_signer(session, used)
        begun = next((key for key in settings.signing_keys if name_of_key(key) == theirs), None)
        fresh = begun or config.new_signing_key()
        for key in (used, fresh):
            config.keep_key(path_of_signing(settings.data, key), key)
        if begun is None:
            with transaction(sessions) as session:
                our_key(settings, session)
                register_signing(session, now, used)
                add_signing(session, now, fresh)
        config.replace_key(settings.data, fresh, config.SIGNING_KEY)
        return both("shell.signing.rotated", fresh=name_of_key(fresh), old=name_of_key(used))
    finally:
        engine.dispose()
