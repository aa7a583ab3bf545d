"""The office moves to the other database: every row of every table as it is, ids and chains too, the
guards made afterwards, and both sides compared before anything of the new one counts.

All of it is one transaction of the new database, but for a mark that is laid before: what was broken
off has no row, starts nothing, and is begun anew only where that is asked for.
"""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from flask_appbuilder import Model
from sqlalchemy import Connection, Engine, Integer, Table, func, inspect, select, text
from sqlalchemy.exc import SAWarning

import app.extend  # noqa: F401  (the tables, those of the office's own among them)
import config
from app.ledger import verify
from app.ledger.keys import ring_of
from app.words import Message
from jobs.keeping.making import session_on
from jobs.keeping.snapshot import INDEX, is_empty
from jobs.servable import Refused
from migrations import triggers
from migrations.grants import grant
from migrations.upgrade import BROKEN_OFF, VERSIONS, mark, standing, upgrade

BATCH = 2000
"""So many rows are carried at once."""
_WHOLE = 1 << 256


@dataclass(frozen=True)
class Moved:
    """A table that was carried: how many rows, and a sum over their SHA-256 that no order changes."""

    name: str
    rows: int
    total: int


def refuse_move(source: Engine, target: Engine, anew: bool) -> None:
    """Raises Refused where an office cannot move into a database: it is the same one, something is
    in it, or a move was broken off there and is not to be begun anew."""
    if source.url.set(query={}) == target.url.set(query={}):
        raise Refused(Message("shell.move.same"))
    if is_empty(target):
        return
    with target.connect().execution_options(reads=True) as connection:
        begun = standing(connection)[0] == BROKEN_OFF
        alone = set(inspect(connection).get_table_names()) == {VERSIONS}
    if not (begun and alone):
        raise Refused(Message("shell.move.full"))
    if not anew:
        raise Refused(Message("shell.move.broken_off"))


def move(
    settings: config.Config,
    source: Engine,
    target: Engine,
    account: str | None = None,
    tell: Callable[[Moved], None] = lambda moved: None,
) -> list[Moved]:
    """Carry the office over, and verify it there; `tell` hears of each table. `account`: who works on
    the new database, where `target` is its owner's. Raises Refused, DatabaseError, and then the new
    database holds nothing but its mark."""
    mark(target)
    moved: list[Moved] = []
    with _held(source) as old:

        def carry(new: Connection) -> None:
            triggers.drop(new)
            keys = _without_keys(new)
            tables = _tables(old, new)
            for table in reversed(tables):
                new.execute(table.delete())
            for table in tables:
                moved.append(_carried(old, new, table))
                tell(moved[-1])
            _begin_after(new, tables)
            for made in keys:
                new.exec_driver_sql(made)
            triggers.create(new)
            _same(settings, old, new, tables, moved)
            if account:
                grant(new, account)

        upgrade(target, then=carry)
    return moved


@contextmanager
def _held(source: Engine) -> Iterator[Connection]:
    """The old database as it is now, which nobody changes meanwhile: on SQLite nobody can, on
    PostgreSQL nobody else may be there. Raises Refused."""
    if source.dialect.name == "sqlite":
        with source.connect() as connection:  # BEGIN IMMEDIATE: who writes waits
            yield connection
        return
    with source.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
        others = connection.execute(
            text(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
                "AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
            )
        ).scalar_one()
        if others:
            raise Refused(Message("shell.move.others", {"n": others}))
        connection.execute(text("SET TRANSACTION READ ONLY"))
        yield connection


def _tables(old: Connection, new: Connection) -> list[Table]:
    """The tables that are carried, those first that others point to. Raises Refused where the old
    database has one that the program does not know."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SAWarning)  # tables that point to each other
        known = Model.metadata.sorted_tables
    there = {name for name in inspect(old).get_table_names() if not name.startswith(INDEX)}
    lacking = there - {VERSIONS, *(table.name for table in known)}
    lacking |= there - {VERSIONS} - set(inspect(new).get_table_names())
    if lacking:
        raise Refused(Message("shell.move.unknown", {"names": tuple(sorted(lacking))}))
    return [table for table in known if table.name in there]


def _rows(connection: Connection, table: Table) -> Iterator[Sequence[Any]]:
    found = connection.execute(select(table), execution_options={"yield_per": BATCH})
    yield from found.mappings().partitions(BATCH)


def _total(rows: Sequence[Any]) -> int:
    """The sum of the hashes of rows, by what Python reads of them."""
    hashed = (hashlib.sha256(repr([*row.values()]).encode()).digest() for row in rows)
    return sum(int.from_bytes(one, "big") for one in hashed)


def _carried(old: Connection, new: Connection, table: Table) -> Moved:
    n = total = 0
    for rows in _rows(old, table):
        new.execute(table.insert(), [dict(row) for row in rows])
        n, total = n + len(rows), (total + _total(rows)) % _WHOLE
    return Moved(table.name, n, total)


def _without_keys(new: Connection) -> list[str]:
    """Drop what points from one table to another on PostgreSQL, which asks it row by row; the
    statements that make it again. SQLite looks at the end."""
    if new.dialect.name != "postgresql":
        return []
    query = (
        "SELECT conrelid::regclass::text AS tab, quote_ident(conname) AS name, "
        "pg_get_constraintdef(oid) AS told FROM pg_constraint "
        "WHERE contype = 'f' AND connamespace = current_schema()::regnamespace ORDER BY oid"
    )
    rows = new.execute(text(query)).all()
    for row in rows:
        new.exec_driver_sql(f"ALTER TABLE {row.tab} DROP CONSTRAINT {row.name}")
    return [f"ALTER TABLE {row.tab} ADD CONSTRAINT {row.name} {row.told}" for row in rows]


def _begin_after(new: Connection, tables: list[Table]) -> None:
    """Let the numbers of new rows begin after those that came."""
    if new.dialect.name != "postgresql":
        return
    for table in tables:
        for column in table.primary_key:
            name = f"{table.name}_{column.name}_seq"
            there = new.execute(select(func.to_regclass(name))).scalar_one()
            if there is not None and isinstance(column.type, Integer):
                last = new.execute(select(func.max(column))).scalar_one()
                new.execute(select(func.setval(name, last or 1, last is not None)))


def _same(
    settings: config.Config,
    old: Connection,
    new: Connection,
    tables: list[Table],
    moved: list[Moved],
) -> None:
    """Raises Refused where the new database is not what the old one is: a table, or what
    `verify` says."""
    for table, carried in zip(tables, moved, strict=True):
        n = total = 0
        for rows in _rows(new, table):
            n, total = n + len(rows), (total + _total(rows)) % _WHOLE
        if (n, total) != (carried.rows, carried.total):
            raise Refused(Message("shell.move.differs", {"name": table.name}))
    if _flaws(settings, old) != _flaws(settings, new):
        raise Refused(Message("shell.move.differs", {"name": "verify"}))


def _flaws(settings: config.Config, connection: Connection) -> list[str]:
    with session_on(settings, connection) as session:
        ring = ring_of(session, settings.ledger_key, settings.retired_keys)
        return [flaw.told("en") for flaw in verify(session, ring)]
