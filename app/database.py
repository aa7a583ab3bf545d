"""Engine, session and transaction: the same on SQLite and PostgreSQL."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Engine, ExceptionContext, create_engine, event, make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, sessionmaker

from app.faults import UNSURE, lost
from app.rules.refusal import Gone

Result = TypeVar("Result")
Sessions = sessionmaker[Session]
TRIES = 4
"""How often a transaction is tried that lost against another one (deadlock, serialisation, a row
that moved on)."""
_RETRY = ("40001", "40P01")
_PRAGMAS = ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "recursive_triggers=ON")


@dataclass(frozen=True)
class Patience:
    """How many seconds are waited for a connection, for a lock, and for the end of one statement.
    None: to the end."""

    connect: int
    lock: int
    statement: int | None

    @property
    def options(self) -> str:
        """The same as PostgreSQL takes it when a connection begins."""
        told = {"lock_timeout": self.lock, "statement_timeout": self.statement}
        return " ".join(
            f"-c {name}={seconds * 1000}" for name, seconds in told.items() if seconds is not None
        )


PANEL = Patience(connect=5, lock=5, statement=30)
"""A person waits: after that he gets a sentence, and may try again."""
BOT = Patience(connect=10, lock=30, statement=600)
"""The bot's batches are larger than a page, and nobody watches; its next wake-up goes on where this
one gave up."""


def _prepare_sqlite(engine: Engine, wait: int) -> None:
    """SQLite: writers queue at BEGIN IMMEDIATE (a read upgraded to a write fails at once), at most
    `wait` seconds; readers are deferred."""

    @event.listens_for(engine, "connect")
    def connect(connection: sqlite3.Connection, _: Any) -> None:
        connection.isolation_level = None
        for pragma in (f"busy_timeout={wait * 1000}", *_PRAGMAS):
            connection.execute(f"pragma {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:
        reads = connection.get_execution_options().get("reads")
        connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")


def _plain_errors(engine: Engine) -> None:
    """PostgreSQL tells the values of a row in an error's details, and a value that it cannot read
    (class 22) in its first line: only what went wrong is left, on the error that is raised and on
    the one behind it."""

    @event.listens_for(engine, "handle_error")
    def plain(context: ExceptionContext) -> None:
        error, raised = context.original_exception, context.sqlalchemy_exception
        said = getattr(error, "diag", None)
        if said is None or said.message_primary is None:
            return
        unread = str(said.sqlstate).startswith("22")
        sentence = f"a value cannot be taken ({said.sqlstate})" if unread else said.message_primary
        if raised is not None:
            raised.args = (str(raised.args[0]).replace(str(error), sentence),)
        error.args = (sentence,)


def engine_from(url: str, patience: Patience | None = None, **options: Any) -> Engine:
    """An engine for a database URL; `options` go to SQLAlchemy. Without `patience` a lock is waited
    for (30 s on SQLite) and nothing else is limited: for migrations and the command line. Its
    errors name no values: a caller's words would reach the log, or Redis, with them."""
    if make_url(url).get_backend_name() == "sqlite":
        engine = create_engine(url, **{"hide_parameters": True, **options})
        _prepare_sqlite(engine, patience.lock if patience else 30)
        return engine
    options = {"connect_args": _begins(url, patience), "pool_pre_ping": True, **options}
    engine = create_engine(url, **{"hide_parameters": True, **options})
    _plain_errors(engine)
    return engine


def _begins(url: str, patience: Patience | None) -> dict[str, Any]:
    """What a connection to PostgreSQL begins with, beside what its URL says: that one's own options
    come last."""
    if patience is None:
        return {}
    own = make_url(url).query
    given = own.get("options", "")
    told = " ".join([patience.options, *([given] if isinstance(given, str) else given)]).strip()
    return {
        "options": told,
        **({} if "connect_timeout" in own else {"connect_timeout": patience.connect}),
    }


def sessions_from(engine: Engine, ledger_key: bytes, retired: Sequence[bytes] = ()) -> Sessions:
    """A factory of sessions that carry the ledger's key, those that were in use before, and share
    what was read of the calendar, by its version."""
    info = {"ledger_key": ledger_key, "retired_keys": tuple(retired), "calendars": {}}
    return sessionmaker(engine, expire_on_commit=False, info=info)


@contextmanager
def transaction(sessions: Sessions) -> Iterator[Session]:
    """One transaction: commits at the end, rolls back on any error."""
    with sessions() as session, session.begin():
        yield session


@contextmanager
def reading(sessions: Sessions) -> Iterator[Session]:
    """A session that only reads: it never waits for a writer."""
    with sessions() as session:
        session.connection(execution_options={"reads": True})
        yield session


_KEPT = ("append-only", "state without its event", "the id of a row with a state never changes")
"""What the guards of the record say."""


def kept_by_guard(error: Exception) -> bool:
    """Whether a guard in the database refused a change of what the record keeps."""
    return isinstance(error, DBAPIError) and any(words in str(error.orig) for words in _KEPT)


def retried(sessions: Sessions, work: Callable[[Session], Result]) -> Result:
    """Run `work` in a transaction, again where it lost against another one, or where its connection
    broke before the commit was sent; at most four times in all. An error after which nobody knows
    whether the transaction stands carries the note `app.faults.UNSURE`."""
    for attempt in range(1, TRIES + 1):
        sent = False
        try:
            with transaction(sessions) as session:
                done = work(session)
                session.flush()
                sent = True
            return done
        except Gone:
            if attempt == TRIES:
                raise
        except DBAPIError as error:
            if sent and lost(error):
                error.add_note(UNSURE)
            if attempt == TRIES or not _may_win(error, sent):
                raise
        time.sleep(0.02 * attempt)
    raise AssertionError("unreachable")


def _may_win(error: DBAPIError, sent: bool) -> bool:
    """Whether another try may do what one could not, and nothing twice."""
    return getattr(error.orig, "sqlstate", None) in _RETRY or (lost(error) and not sent)


def missing_file(engine: Engine) -> str | None:
    """The file of a SQLite database that is not there: to connect would make it."""
    file = engine.url.database if engine.dialect.name == "sqlite" else None
    return file if file is not None and not Path(file).exists() else None
