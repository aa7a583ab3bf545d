"""Engine, session and transaction: the same on SQLite and PostgreSQL."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import psycopg
from sqlalchemy import Connection, Engine, ExceptionContext, create_engine, event, make_url
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


CONNECT_SECONDS = 10
"""How long a connection is waited for where nothing else is said."""
SILENT_SECONDS = 2
"""How much later than the server itself gives up a statement its silence is taken for its end."""
_LINE = {
    "connect_timeout": CONNECT_SECONDS,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 15_000,
}
"""What a connection is given up by where packets are no longer answered."""


class Answering(psycopg.Connection[Any]):
    """A connection to a server that may fall silent, as one that was stopped does: it keeps none of
    its own time limits then. After `answers_within` seconds (None: never) the connection is taken
    for broken."""

    answers_within: float | None = None

    def wait(self, gen: Any, interval: float = 0.1, timeout: float | None = None) -> Any:
        """What the server answers. Raises OperationalError, with the connection closed, where it
        does not."""
        limit = self.answers_within if timeout is None else timeout
        try:
            return super().wait(gen, interval, limit)
        except psycopg.errors._WaitTimeout as error:
            if timeout is not None:
                raise
            self.pgconn.finish()
            raise psycopg.OperationalError(f"the server was silent for {limit:g} s") from error


def _hear(engine: Engine, patience: Patience) -> None:
    """Let no connection wait for a silent server: when it is looked at before its use as long as
    for a new one, at work a little longer than a statement may take."""
    at_work = None if patience.statement is None else patience.statement + SILENT_SECONDS

    @event.listens_for(engine, "do_connect")
    def connect(dialect: Any, record: Any, told: Any, named: Any) -> Answering:
        made = Answering.connect(*told, **named)
        made.answers_within = patience.connect
        return made

    @event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:
        connection.connection.dbapi_connection.answers_within = at_work

    @event.listens_for(engine, "checkin")
    def checkin(connection: Answering | None, record: Any) -> None:
        if connection is not None:
            connection.answers_within = patience.connect


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
    for (30 s on SQLite) and a statement to its end: for migrations and the command line. Its
    errors name no values: a caller's words would reach the log, or Redis, with them."""
    if make_url(url).get_backend_name() == "sqlite":
        engine = create_engine(url, **{"hide_parameters": True, **options})
        _prepare_sqlite(engine, patience.lock if patience else 30)
        return engine
    options = {"connect_args": _begins(url, patience), "pool_pre_ping": True, **options}
    engine = create_engine(url, **{"hide_parameters": True, **options})
    _plain_errors(engine)
    if patience is not None:
        _hear(engine, patience)
    return engine


def _begins(url: str, patience: Patience | None) -> dict[str, Any]:
    """What a connection to PostgreSQL begins with, beside what its URL says: that one's own options
    come last."""
    own = make_url(url).query
    line = {name: value for name, value in _LINE.items() if name not in own}
    if patience is None:
        return line
    if "connect_timeout" in line:
        line["connect_timeout"] = patience.connect
    given = own.get("options", "")
    told = " ".join([patience.options, *([given] if isinstance(given, str) else given)]).strip()
    return {"options": told, **line}


def sessions_from(
    engine: Engine | Connection,
    ledger_key: bytes,
    retired: Sequence[bytes] = (),
    production: bool = False,
    signing: Sequence[bytes] = (),
) -> Sessions:
    """A factory of sessions that carry the ledger's key, those that were in use before, the signing
    keys (the one in use first; none in a rehearsal), whether the office works in earnest, and share
    what was read of the calendar and of the office's own fields, by their versions."""
    keys = {
        "ledger_key": ledger_key,
        "retired_keys": tuple(retired),
        "signing_keys": tuple(signing),
    }
    info = {**keys, "production": production, "calendars": {}, "extras": {}}
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
