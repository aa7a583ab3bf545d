"""What an error of the outside means to who waits for an answer: the database is away, something
holds what is needed, there is no room. What is none of these is a mistake of ours."""

from __future__ import annotations

import sqlite3

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from app.rules.files import NO_ROOM

AWAY, BUSY, FULL = "away", "busy", "full"
UNSURE = "the commit was sent and not answered"
"""The note on an error after which nobody knows whether the transaction stands."""
_BUSY_STATES = ("55P03", "57014", "40001", "40P01")
"""PostgreSQL: a lock or a statement took too long, or another transaction won four times."""
_AWAY_STATES = ("57P01", "57P02", "57P03", "57P05", "25006", "53300")
"""PostgreSQL: it shuts down, crashed, starts, only reads (it is the standby), or has no connection
left."""
_FULL_STATES = ("53100", "58030")
_SQLITE_BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
_SQLITE_FULL = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_READONLY)
_SQLITE_UNWRITTEN = (
    sqlite3.SQLITE_IOERR_WRITE,
    sqlite3.SQLITE_IOERR_FSYNC,
    sqlite3.SQLITE_IOERR_DIR_FSYNC,
    sqlite3.SQLITE_IOERR_TRUNCATE,
    sqlite3.SQLITE_IOERR_SHMSIZE,
)


def fault(error: BaseException) -> str | None:
    """away, busy or full; None for an error that is none of these."""
    if isinstance(error, OSError):
        return FULL if error.errno in NO_ROOM else None
    if isinstance(error, PoolTimeout):
        return BUSY
    if not isinstance(error, DBAPIError):
        return None
    if isinstance(error.orig, sqlite3.Error):
        return _of_sqlite(error.orig)
    return _of_postgres(error)


def _of_postgres(error: DBAPIError) -> str | None:
    state = getattr(error.orig, "sqlstate", None)
    for states, word in ((_BUSY_STATES, BUSY), (_FULL_STATES, FULL), (_AWAY_STATES, AWAY)):
        if state in states:
            return word
    if error.connection_invalidated or str(state).startswith("08"):
        return AWAY
    # What cannot be connected to has no state to tell.
    return AWAY if state is None and isinstance(error, (OperationalError, InterfaceError)) else None


def _of_sqlite(error: sqlite3.Error) -> str | None:
    code = getattr(error, "sqlite_errorcode", 0) or 0
    if code in _SQLITE_UNWRITTEN or code & 0xFF in _SQLITE_FULL:
        return FULL
    if code & 0xFF in _SQLITE_BUSY:
        return BUSY
    return AWAY if code & 0xFF == sqlite3.SQLITE_CANTOPEN else None


def lost(error: BaseException) -> bool:
    """Whether the connection broke that an error came through: there may be another one to have at
    once."""
    return isinstance(error, DBAPIError) and error.connection_invalidated


def unsure(error: BaseException) -> bool:
    """Whether nobody knows if what the error came from stands."""
    return UNSURE in getattr(error, "__notes__", ())
