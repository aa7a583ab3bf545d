"""Is there room: on the disk of the data folder, by its numbers, and in database and folder, by
writing to them."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DatabaseError

from app.faults import BUSY, FULL, fault
from jobs.advice import WARNING, WRONG, Finding, finding
from jobs.servable import short

NEARLY_FULL, AS_GOOD_AS_FULL = 90, 95
"""Percent of the disk at which a finding is a warning, and at which it is wrong."""
PROBE_BYTES = 256 * 1024
_STATEMENTS = {
    # A table that is gone with its transaction makes the database ask the disk for room, and leaves
    # nothing.
    "postgresql": (
        "CREATE TEMPORARY TABLE probe_of_room (told text) ON COMMIT DROP",
        "INSERT INTO probe_of_room SELECT md5(n::text) FROM generate_series(1, 4000) n",
    ),
    # What it is set to is what it was: only that it is written counts.
    "sqlite": ("PRAGMA user_version = 0",),
}


def disk_findings(data: Path) -> Iterator[Finding]:
    """Whether the disk of the data folder is nearly full."""
    told = shutil.disk_usage(data)
    percent = round(100 * told.used / max(1, told.used + told.free))
    if percent >= NEARLY_FULL:
        level = WRONG if percent >= AS_GOOD_AS_FULL else WARNING
        yield finding("disk_short", level, percent=percent, free=_worded(told.free))


def _worded(count: int) -> str:
    return f"{count / 1024**3:.1f} GB" if count >= 1024**3 else f"{count // 1024**2} MB"


def data_findings(data: Path) -> Iterator[Finding]:
    """Whether the data folder can be written to: a small file is, and goes again."""
    try:
        with tempfile.NamedTemporaryFile(dir=data, prefix=".probe-") as file:
            file.write(bytes(PROBE_BYTES))
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        yield finding("data_unwritable", why=error.strerror)


def database_findings(engine: Engine) -> Iterator[Finding]:
    """Whether the database can be written to. One in which somebody else writes just now can.
    Raises DatabaseError where it does not answer."""
    try:
        with engine.connect().execution_options(reads=True) as connection:
            _probe(connection)
    except DatabaseError as error:
        if fault(error) == BUSY:
            return
        if fault(error) != FULL:
            raise
        yield finding("database_unwritable", why=short(error))


def _probe(connection: Connection) -> None:
    """Write, and leave nothing."""
    name = connection.dialect.name
    if name == "sqlite":
        connection.exec_driver_sql("ROLLBACK")
        connection.exec_driver_sql("PRAGMA busy_timeout = 100")
    try:
        for statement in _STATEMENTS[name]:
            connection.exec_driver_sql(statement)
    finally:
        if name == "sqlite":
            connection.invalidate()  # the next one who has it would be as impatient
        else:
            connection.rollback()
