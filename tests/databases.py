"""The desk's database for tests: made once in each process by the real migrations, then copied for
each test."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine

from app.database import Sessions, engine_from, reading, sessions_from, transaction
from app.rules.workdays import BEIJING, Calendar
from app.stages.calendar import days_known, fill
from migrations.upgrade import upgrade
from tests.servers import PostgresCluster

KEY = b"the key of the tests' own ledger"
SIGNING = hashlib.sha256(b"the signing key of the tests").digest()
FILLED_AT = datetime(2026, 6, 1, 9, tzinfo=BEIJING)
"""When the table of days was filled: it runs from 2004 to the end of 2027, which is provisional."""

READ: dict[tuple[str, int], Calendar] = {}
"""The calendars of the databases that tests copy, as `app.stages.calendar` keeps them: read once,
not once a desk."""


@dataclass(frozen=True)
class Desk:
    """One database of the desk, on SQLite or PostgreSQL: migrated, guarded, with its days and
    nothing else."""

    engine: Engine
    sessions: Sessions
    url: str
    key: bytes = KEY

    @property
    def sqlite(self) -> bool:
        """Whether it is SQLite (else it is PostgreSQL)."""
        return self.engine.dialect.name == "sqlite"


def sessions_on(engine: Engine) -> Sessions:
    """The sessions of a desk, which know the calendar that its database began with."""
    sessions = sessions_from(engine, KEY, signing=(SIGNING,))
    sessions.kw["info"]["calendars"].update(READ)
    return sessions


@contextmanager
def desk_at(url: str) -> Iterator[Desk]:
    """The desk whose database stands at a url; nobody is connected to it afterwards."""
    engine = engine_from(url)
    try:
        yield Desk(engine, sessions_on(engine), url)
    finally:
        engine.dispose()


def lay(url: str) -> None:
    """Migrate an empty database and fill its table of days."""
    with desk_at(url) as desk:
        upgrade(desk.engine)
        with transaction(desk.sessions) as session:
            fill(session, FILLED_AT)
        with reading(desk.sessions) as session:
            days_known(session, FILLED_AT)
            READ.update(session.info["calendars"])


def sqlite_url(file: Path) -> str:
    return f"sqlite:///{file}"


def lay_sqlite(file: Path) -> Path:
    """Make the file that tests copy; the last one to leave it writes its log back, so one file is
    all of it."""
    lay(sqlite_url(file))
    return file


def lay_postgres(cluster: PostgresCluster, name: str) -> str:
    """Make the database that tests copy; gives its name."""
    lay(cluster.database(name))
    return name


@contextmanager
def sqlite_again(template: Path, engine: Engine) -> Iterator[Desk]:
    """A fresh desk where the last one of this process stood. The engine stays, and with it every
    statement that it compiled; nobody is connected in between."""
    file = Path(str(engine.url.database))
    for suffix in ("", "-wal", "-shm"):
        Path(f"{file}{suffix}").unlink(missing_ok=True)
    shutil.copyfile(template, file)
    try:
        yield Desk(engine, sessions_on(engine), sqlite_url(file))
    finally:
        engine.dispose()


@contextmanager
def postgres_again(cluster: PostgresCluster, template: str, engine: Engine) -> Iterator[Desk]:
    """The same on PostgreSQL."""
    with cluster.fresh(str(engine.url.database), template) as url:
        try:
            yield Desk(engine, sessions_on(engine), url)
        finally:
            engine.dispose()


@contextmanager
def sqlite_copy(template: Path, file: Path) -> Iterator[Desk]:
    """A desk of its own on SQLite."""
    shutil.copyfile(template, file)
    with desk_at(sqlite_url(file)) as desk:
        yield desk


@contextmanager
def postgres_copy(cluster: PostgresCluster, template: str, name: str) -> Iterator[Desk]:
    """A desk of its own on PostgreSQL; dropped afterwards."""
    with cluster.fresh(name, template) as url, desk_at(url) as desk:
        yield desk
