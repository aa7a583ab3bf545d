"""What somebody does behind the ledger: plain SQL, with the guards standing or gone, undone at the
end."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Boolean, Connection, Date, DateTime, Integer, Table, text
from sqlalchemy.exc import DBAPIError

from app import ledger
from app.ledger.seals import row_key
from app.models.columns import Moment
from migrations import triggers
from tests.databases import KEY, Desk


@contextmanager
def unguarded(desk: Desk) -> Iterator[Connection]:
    """A connection of somebody who owns the database: no guard, no foreign key; undone at the
    end."""
    with desk.engine.connect() as connection:
        if desk.sqlite:
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            connection.exec_driver_sql("SET session_replication_role = replica")
        triggers.drop(connection)
        yield connection
        connection.rollback()
        connection.exec_driver_sql(
            "PRAGMA foreign_keys=ON" if desk.sqlite else "RESET session_replication_role"
        )


@contextmanager
def guarded(desk: Desk) -> Iterator[Connection]:
    """A connection with every guard standing; undone at the end."""
    with desk.engine.connect() as connection:
        yield connection
        connection.rollback()


def flaws(desk: Desk, connection: Connection, case: int | None = None) -> list[ledger.Flaw]:
    """What `verify` names now."""
    with desk.sessions(bind=connection) as session:
        return ledger.verify(session, KEY, case)


def _another(connection: Connection, table: Table, name: str, value: Any) -> Any:
    """A row that a foreign key may point to as well; None where there is no other."""
    for key in table.c[name].foreign_keys:
        of = key.column
        query = f"SELECT max({of.name}) FROM {of.table.name} WHERE {of.name} <> :value"  # noqa: S608
        return connection.execute(text(query), {"value": value or 0}).scalar()
    return None


def _other(table: Table, name: str, value: Any) -> Any:
    """Another value of a column."""
    kind = table.c[name].type
    if isinstance(kind, DateTime | Moment):
        base = (
            datetime.fromisoformat(str(value))
            if value
            else datetime(2020, 1, 1, tzinfo=UTC).replace(tzinfo=None)
        )
        return (base + timedelta(days=3)).isoformat(" ")
    if isinstance(kind, Date):
        return (
            (datetime.fromisoformat(str(value or "2020-01-01")) + timedelta(days=3))
            .date()
            .isoformat()
        )
    if isinstance(kind, Boolean):
        return not value
    if isinstance(kind, Integer):
        return int(value or 0) + 100_000
    length = getattr(kind, "length", None) or 1000
    return f"~{value or ''}"[:length] if value is None or not str(value).startswith("~") else "!"


def change(
    connection: Connection, table: Table, name: str, points: bool = True
) -> tuple[str, str] | None:
    """Change one column of the last row of a table: table and key of the row, or None where there
    is none. A foreign key `points` to another row that is there, or nowhere. DBAPIError: the
    database refused."""
    keys = [column.name for column in table.primary_key]
    order = ", ".join(f'"{key}" DESC' for key in keys)
    query = f"SELECT * FROM {table.name} ORDER BY {order} LIMIT 1"  # noqa: S608
    row = connection.execute(text(query)).mappings().first()
    if row is None:
        return None
    same = " AND ".join(f'"{key}" = :k_{key}' for key in keys)
    new = _another(connection, table, name, row[name]) if points else None
    given = {f"k_{key}": row[key] for key in keys} | {
        "new": _other(table, name, row[name]) if new is None else new
    }
    connection.execute(text(f'UPDATE {table.name} SET "{name}" = :new WHERE {same}'), given)  # noqa: S608
    return table.name, row_key(table, row)


def refused(connection: Connection, table: Table, name: str) -> bool:
    """Whether the database refuses such a change; it is undone either way."""
    point = connection.begin_nested()
    try:
        assert change(connection, table, name) is not None, f"no row of {table.name}"
    except DBAPIError:
        return True
    finally:
        point.rollback()
    return False
