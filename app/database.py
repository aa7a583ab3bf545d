"""Engine, session and transaction: the same on SQLite and PostgreSQL."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

from sqlalchemy import Engine, ExceptionContext, create_engine, event
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import Session, sessionmaker

from app.rules.refusal import Gone

Result = TypeVar("Result")
Sessions = sessionmaker[Session]
TRIES = 4
"""How often a transaction is tried that lost against another one (deadlock, serialisation, a row that moved on)."""
_RETRY = ("40001", "40P01")
_PRAGMAS = ("busy_timeout=30000", "journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "recursive_triggers=ON")


def _prepare_sqlite(engine: Engine) -> None:
    """SQLite: writers queue at BEGIN IMMEDIATE (a read upgraded to a write fails at once), readers are deferred."""

    @event.listens_for(engine, "connect")
    def connect(connection: sqlite3.Connection, _: Any) -> None:
        connection.isolation_level = None
        for pragma in _PRAGMAS:
            connection.execute(f"pragma {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:
        reads = connection.get_execution_options().get("reads")
        connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")


def _plain_errors(engine: Engine) -> None:
    """PostgreSQL tells the values of a row in an error's details, and a value that it cannot read (class 22) in its
    first line: only what went wrong is left, on the error that is raised and on the one behind it."""

    @event.listens_for(engine, "handle_error")
    def plain(context: ExceptionContext) -> None:
        error, raised = context.original_exception, context.sqlalchemy_exception
        said = getattr(error, "diag", None)
        if said is None or said.message_primary is None:
            return
        unread = str(said.sqlstate).startswith("22")
        told = f"a value cannot be taken ({said.sqlstate})" if unread else said.message_primary
        if raised is not None:
            raised.args = (str(raised.args[0]).replace(str(error), told),)
        error.args = (told,)


def engine_from(url: str, **options: Any) -> Engine:
    """An engine for a database URL; `options` go to SQLAlchemy. Its errors name no values: a caller's words would
    reach the log, or Redis, with them."""
    engine = create_engine(url, **{"hide_parameters": True, **options})
    if engine.dialect.name == "sqlite":
        _prepare_sqlite(engine)
    else:
        _plain_errors(engine)
    return engine


def sessions_from(engine: Engine, ledger_key: bytes, retired: Sequence[bytes] = ()) -> Sessions:
    """A factory of sessions that carry the ledger's key, those that were in use before, and share what was read of the
    calendar, by its version."""
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
    """Run `work` in a transaction, again where it lost against another one, at most four times in all."""
    for attempt in range(1, TRIES + 1):
        try:
            with transaction(sessions) as session:
                return work(session)
        except Gone:
            if attempt == TRIES:
                raise
        except OperationalError as error:
            if attempt == TRIES or getattr(error.orig, "sqlstate", None) not in _RETRY:
                raise
        time.sleep(0.02 * attempt)
    raise AssertionError("unreachable")
