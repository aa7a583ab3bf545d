"""Bring a database to the newest schema, and say whether it is there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

_ONE_AT_A_TIME = 12345_0001
"""PostgreSQL's lock by which a second upgrade waits for the first."""


def alembic_config() -> Config:
    """Alembic's configuration: where the migrations stand."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    return config


def upgrade(
    engine: Engine, revision: str = "head", then: Callable[[Connection], None] | None = None
) -> None:
    """Run what is missing, in one transaction, guards included; `then` is part of it, and takes
    away the mark of a database that is being filled."""
    config = alembic_config()
    with _rewriting(engine) as connection:
        config.attributes["connection"] = connection
        if then is not None:
            connection.exec_driver_sql(f"DELETE FROM {VERSIONS}")
        command.upgrade(config, revision)
        if then is not None:
            then(connection)


@contextmanager
def _rewriting(engine: Engine) -> Iterator[Connection]:
    """A transaction in which tables may be rewritten. SQLite drops them for that, so it looks at
    foreign keys at the end instead: RuntimeError where one then points nowhere, and nothing was
    changed."""
    if engine.dialect.name != "sqlite":
        with engine.begin() as connection:
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_ONE_AT_A_TIME})")
            yield connection
        return
    with engine.connect() as connection:
        raw = connection.connection.cursor()
        raw.execute("PRAGMA foreign_keys=OFF")  # ignored inside a transaction, hence before it
        try:
            with connection.begin():
                yield connection
                torn = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
                if torn:
                    raise RuntimeError(f"keys that point nowhere: {torn[:5]}")
        finally:
            raw.execute("PRAGMA foreign_keys=ON")
            raw.close()


FRESH, BEHIND, CURRENT, NEWER = "fresh", "behind", "current", "newer"
BROKEN_OFF = "broken off"
"""Where a database stands beside the program: without a schema, at an earlier one, at the same, at
a later one; or an office was to move in, and did not arrive."""
VERSIONS, MOVING = "alembic_version", "moving"
"""Alembic's table, and what stands in it while an office moves in."""


def mark(engine: Engine) -> None:
    """Mark an empty database as one that an office is moving into."""
    with engine.begin() as connection:
        made = (
            f"CREATE TABLE IF NOT EXISTS {VERSIONS} (version_num VARCHAR(32) NOT NULL PRIMARY KEY)"
        )
        connection.exec_driver_sql(made)
        connection.exec_driver_sql(f"DELETE FROM {VERSIONS}")
        connection.execute(text(f"INSERT INTO {VERSIONS} VALUES ('{MOVING}')"))


def standing(connection: Connection) -> tuple[str, str | None]:
    """Where a database stands, and its own revision."""
    script = ScriptDirectory.from_config(alembic_config())
    revision = MigrationContext.configure(connection).get_current_revision()
    if revision is None:
        return FRESH, None
    if revision == MOVING:
        return BROKEN_OFF, None
    if revision == script.get_current_head():
        return CURRENT, revision
    known = {one.revision for one in script.walk_revisions()}
    return (BEHIND if revision in known else NEWER), revision


def knows(revision: str) -> bool:
    """Whether a schema is one of this program's, the newest or an earlier one."""
    script = ScriptDirectory.from_config(alembic_config())
    return revision in {one.revision for one in script.walk_revisions()}


def behind(engine: Engine) -> bool:
    """Whether the database lacks a migration that the code has."""
    with engine.connect().execution_options(reads=True) as connection:
        return standing(connection)[0] in (FRESH, BEHIND)
