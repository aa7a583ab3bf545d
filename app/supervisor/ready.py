"""What must be so before anything is started: one supervisor, a free port, a database at the schema
of the program."""

from __future__ import annotations

import errno
import fcntl
import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial

from sqlalchemy import Engine, select
from sqlalchemy.exc import DatabaseError, OperationalError

import config
from app.clock import clock_from
from app.database import Sessions, engine_from, missing_file, reading, retried, transaction
from app.ledger import verify
from app.ledger.baseline import seal_cases, seal_office
from app.ledger.keys import register_key, ring_of
from app.ledger.proof import is_older
from app.ledger.signers import register_signing
from app.models import Case, Person
from app.stages.acceptance import name_leaders
from app.stages.calendar import fill
from app.stages.changes import GUARDS
from app.stages.founding import guards_to_make, lay_new_roles
from app.words import Message
from jobs.checkpoints import checkpoint_all
from jobs.children import lock_file
from jobs.servable import (
    BEHIND,
    Refused,
    at_our_schema,
    is_sample,
    no_sample,
    not_ours,
    our_key,
    sessions_of,
    unusable,
)
from migrations.grants import grant
from migrations.upgrade import CURRENT, FRESH, standing, upgrade

ANOTHER_RUNS = 3
"""The exit code where another supervisor runs on the same data."""
_LOCK_SECONDS = 1.0
"""How long the lock is tried for: who only looks whether it is held holds it for a moment."""


@contextmanager
def alone(settings: config.Config) -> Iterator[int]:
    """Hold the lock of the one supervisor of this data; gives its handle. Raises Refused where
    another holds it."""
    path = lock_file(settings.data)
    path.parent.mkdir(mode=0o700, exist_ok=True)
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        _lock(handle, settings)
        os.ftruncate(handle, 0)
        os.write(handle, f"{os.getpid()}\n".encode())
        yield handle
    finally:
        os.close(handle)


def _lock(handle: int, settings: config.Config) -> None:
    until = time.monotonic() + _LOCK_SECONDS
    while True:
        try:
            return fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > until:
                pid = os.pread(handle, 20, 0).decode().strip() or "?"
                told = Message("shell.runs_already", {"data": settings.data, "pid": pid})
                raise Refused(told, ANOTHER_RUNS) from None
            time.sleep(0.1)


def port_is_free(settings: config.Config) -> None:
    """Raises Refused where the panel's port cannot be listened on."""
    family = socket.AF_INET6 if ":" in settings.bind else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.bind, settings.port))
        except OSError as error:
            at = {"port": settings.port, "bind": settings.bind}
            told = Message("shell.port.deaf", {**at, "why": error.strerror})
            if error.errno == errno.EADDRINUSE:
                told = Message("shell.port.in_use", at)
            raise Refused(told) from error


def prepare(settings: config.Config, now: datetime) -> bool:
    """Bring the database to the schema of the program, where that may be done unasked: a new one,
    and one of a demo. Whether nobody has an account yet. Raises Refused."""
    engine = engine_from(settings.database_url)
    try:
        _migrate(engine, settings, now)
        with reading(sessions_of(settings, engine)) as session:
            no_sample(settings, session)
            our_key(settings, session)
            return session.scalar(select(Person.id).limit(1)) is None
    except DatabaseError as error:
        # What else is a DatabaseError is a mistake of ours; SQLite says so of a file that is no
        # database.
        if type(error) not in (OperationalError, DatabaseError):
            raise
        raise Refused(unusable(error)) from error
    finally:
        engine.dispose()


def may_begin(settings: config.Config, now: datetime) -> list[str]:
    """The roles whose first accounts are to be made in the database; makes and writes nothing.
    Raises Refused, SetupRefused."""
    engine = engine_from(settings.database_url)
    if missing_file(engine) is not None:
        return [*GUARDS]
    try:
        with engine.connect().execution_options(reads=True) as connection:
            where, _ = standing(connection)
        if where == FRESH:
            return [*GUARDS]
        at_our_schema(engine)
        with transaction(sessions_of(settings, engine)) as session:
            our_key(settings, session)
            return guards_to_make(session, now)
    finally:
        engine.dispose()


def _migrate(engine: Engine, settings: config.Config, now: datetime) -> None:
    with engine.connect().execution_options(reads=True) as connection:
        where, revision = standing(connection)
    not_ours(where, revision)
    if where == CURRENT:
        return
    if settings.production and where != FRESH:
        raise Refused(BEHIND)
    bring_up(settings, engine, now)


def bring_up(settings: config.Config, engine: Engine, now: datetime) -> None:
    """Bring a database to the newest schema, register the key of an office that has none
    registered, and fill the calendar. Raises Refused where its record was sealed with another key,
    before anything is written to it. Where an owner of the tables is named, that one does it, and
    whoever runs may do afterwards what the program does."""
    owner = engine_from(settings.owner_url) if settings.owner_url else engine
    try:
        upgrade(owner)
        sessions = sessions_of(settings, owner)
        with transaction(sessions) as session:
            our_key(settings, session)
            register_key(session, now, settings.ledger_key)
            config.save_keys(settings)
            register_signing(session, now, settings.signing_keys[0])
            fill(session, now)
            lay_new_roles(session)
        seal_as_found(settings, sessions, now)
        with transaction(sessions) as session:
            name_leaders(session, now)
        checkpoint_all(sessions, now)
        if owner is not engine:
            with owner.begin() as connection:
                grant(connection, engine.url.username or "")
    finally:
        if owner is not engine:
            owner.dispose()


def seal_as_found(settings: config.Config, sessions: Sessions, now: datetime) -> None:
    """Seal the rows of an office of before there were seals, as they are found, once its chains
    were verified. A chain that is broken stays as it is, and is named by every verification."""
    with reading(sessions) as session:
        if not is_older(session):
            return
        flaws = verify(session, ring_of(session, settings.ledger_key, settings.retired_keys))
    broken = {flaw.chain for flaw in flaws if flaw.row is None}
    last: int | None = 0
    while last is not None:
        last = retried(sessions, partial(seal_cases, now=now, after=last, broken=broken))
    retried(sessions, partial(seal_office, now=now))


def sample_office(settings: config.Config) -> tuple[list[str], int] | None:
    """The accounts of a sample office and how many cases it holds; None where the office is not a
    sample."""
    engine = engine_from(settings.database_url)
    try:
        with reading(sessions_of(settings, engine)) as session:
            if not is_sample(session):
                return None
            names = list(session.scalars(select(Person.username).order_by(Person.id)))
            return names, len(list(session.scalars(select(Case.id))))
    finally:
        engine.dispose()


def clock_of(settings: config.Config) -> datetime:
    """The desk's time now."""
    return clock_from(settings.clock, settings.clock_since)()
