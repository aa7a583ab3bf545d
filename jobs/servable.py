"""What a database must be before any process serves it or works on it: at the schema of the
program, sealed with the key at hand, no sample in production."""

from __future__ import annotations

import contextlib
import logging
import os
import sys

from sqlalchemy import Engine, inspect, select
from sqlalchemy.exc import DatabaseError, OperationalError
from sqlalchemy.orm import Session

import app.extend  # noqa: F401  (what the office added, in every process that serves or works)
import config
from app.database import PANEL, Sessions, engine_from, missing_file, reading, sessions_from
from app.ledger.chain import key_name
from app.ledger.keys import UNNAMED, key_in_use, other_key
from app.ledger.signers import other_signer
from app.ledger.signing import name_of_key
from app.models import Person, Setting
from app.words import Message
from jobs.clocks import CLOCK_TELLS, ahead_of_database
from jobs.queue import NoRedis, redis_of
from migrations.upgrade import BEHIND as IS_BEHIND
from migrations.upgrade import BROKEN_OFF, CURRENT, NEWER, standing

log = logging.getLogger("duban")
BEHIND = Message("shell.database.behind")
NOT_ARRIVED = Message("shell.database.not_arrived")
"""What is said of a database that an office was moving into when that was broken off."""


class Refused(Exception):
    """Nothing is started; the message is one sentence that says what to do, in the shell's
    languages. `code` is the exit code."""

    def __init__(self, told: Message, code: int = 2) -> None:
        super().__init__(told.both())
        self.code = code


def newer_than_us(revision: str | None) -> Message:
    """What is said of a database that a later program migrated."""
    return Message("shell.database.newer", {"revision": revision})


def unusable(error: DatabaseError) -> Message:
    """What is said of a database that does not answer, or is none."""
    return Message("shell.database.unusable", {"why": short(error)})


def sessions_of(settings: config.Config, engine: Engine) -> Sessions:
    """Sessions on an engine that carry the keys of the settings, and whether this is production."""
    keys = settings.ledger_key, settings.retired_keys
    return sessions_from(
        engine, *keys, production=settings.production, signing=settings.signing_keys
    )


def opened(settings: config.Config) -> Sessions:
    """Sessions on a database that is at this program's schema and was sealed with this desk's key.
    Raises Refused."""
    engine = engine_from(settings.database_url)
    at_our_schema(engine)
    sessions = sessions_of(settings, engine)
    with reading(sessions) as session:
        our_key(settings, session)
    return sessions


def servable(settings: config.Config) -> None:
    """Raises Refused where the database is behind or newer, was sealed with another key, or is the
    sample office in production. One that does not answer now is no reason to stay away: it is
    waited for by whoever asks it."""
    engine = engine_from(settings.database_url, PANEL)
    try:
        with contextlib.suppress(OperationalError):
            at_our_schema(engine)
            with reading(sessions_of(settings, engine)) as session:
                no_sample(settings, session)
                our_key(settings, session)
                tell_of_clock(session)
    finally:
        engine.dispose()


def at_our_schema(engine: Engine) -> None:
    """Raises Refused where the database is not there, or not at the schema of this program; makes
    nothing."""
    file = missing_file(engine)
    if file is not None:
        raise Refused(Message("shell.database.none", {"file": file}))
    with engine.connect().execution_options(reads=True) as connection:
        where, revision = standing(connection)
    not_ours(where, revision)
    if where != CURRENT:
        raise Refused(BEHIND)


def not_ours(where: str, revision: str | None) -> None:
    """Raises Refused where no upgrade helps: a later program migrated the database, or an office
    that was to move into it did not arrive."""
    if where == NEWER:
        raise Refused(newer_than_us(revision))
    if where == BROKEN_OFF:
        raise Refused(NOT_ARRIVED)


def our_key(settings: config.Config, session: Session) -> None:
    """Raises Refused, naming both keys, where the record was sealed with another key than that of
    the settings."""
    theirs = other_key(session, settings.ledger_key)
    if theirs is not None:
        told = Message("shell.key.unnamed") if theirs == UNNAMED else theirs
        ours = key_name(settings.ledger_key)
        raise Refused(
            Message("shell.key.differs", {"data": settings.data, "ours": ours, "theirs": told})
        )
    _our_signing_key(settings, session)


def _our_signing_key(settings: config.Config, session: Session) -> None:
    """Raises Refused, naming both, where another signing key is in use than that of the settings."""
    ours = settings.signing_keys[0] if settings.signing_keys else None
    theirs = other_signer(session, ours) if ours else None
    if ours and theirs is not None:
        named = name_of_key(ours)
        told = Message(
            "shell.signing.differs", {"data": settings.data, "ours": named, "theirs": theirs}
        )
        raise Refused(told)


def office_at(url: str) -> str | None:
    """Why no ledger's key may be made for the database at a url, in the shell's languages: it holds
    an office, or does not answer. Makes nothing."""
    why = _office_at(url)
    return None if why is None else why.both()


def _office_at(url: str) -> Message | None:
    engine = engine_from(url, PANEL)
    if missing_file(engine) is not None:
        return None
    try:
        with engine.connect().execution_options(reads=True) as connection:
            if "event" not in inspect(connection).get_table_names():
                return None
            where, revision = standing(connection)
        if where in (NEWER, BROKEN_OFF):
            return newer_than_us(revision) if where == NEWER else NOT_ARRIVED
        if where == IS_BEHIND:
            return Message("shell.database.of_before")
        with reading(sessions_from(engine, b"")) as session:
            used = key_in_use(session, b"")
            accounts = session.scalar(select(Person.id).limit(1)) is not None
    except DatabaseError as error:
        return Message("shell.database.unasked", {"why": short(error)})
    finally:
        engine.dispose()
    if used is None and not accounts:
        return None
    if used in (None, UNNAMED):
        return Message("shell.database.office")
    return Message("shell.database.office_of_key", {"key": used})


def tell_of_clock(session: Session) -> None:
    """Say in the log where this machine's clock does not go with the database's."""
    seconds = ahead_of_database(session)
    if abs(seconds) >= CLOCK_TELLS:
        log.warning("this machine's clock is %+.0f s off the database's: set it right", seconds)


def short(error: DatabaseError) -> str:
    """The first line of what a database said, without the statement."""
    return (str(error.orig).strip().splitlines() or ["?"])[0][:200]


def no_sample(settings: config.Config, session: Session) -> None:
    """Raises Refused where production would serve the sample office."""
    if settings.production and is_sample(session):
        raise Refused(Message("shell.database.sample"))


def is_sample(session: Session) -> bool:
    """Whether the office is the sample one."""
    return session.scalar(select(Setting.value).where(Setting.name == "sample_office")) == "true"


def main() -> int:
    """Say whether there is a Redis to work with and a database that may be served: 0, or 2 and a
    sentence."""
    try:
        settings = config.load(os.environ, office=office_at)
        redis_of(settings)
        servable(settings)
    except (config.ConfigError, NoRedis, Refused) as no:
        sys.stderr.write(f"{no}\n")
        return 2
    return 0


if __name__ == "__main__":
    os.umask(0o077)
    sys.exit(main())
