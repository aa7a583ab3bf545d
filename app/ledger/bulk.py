"""Grouped writes: many rows of one table in one statement, the same text on both databases."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Table, TextClause, inspect, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Session, make_transient_to_detached
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.schema import ColumnDefault

from app.models.sessions import is_postgres
from app.rules.workdays import beijing

_PG = postgresql.dialect()  # type: ignore[no-untyped-call]
Rows = Sequence[Mapping[str, Any]]


@lru_cache(maxsize=1024)
def _wall(moment: datetime) -> str:
    """Beijing wall time: the first 26 characters, without the zone. Most rows of a batch have the
    same moments."""
    return beijing(moment).isoformat(" ", "microseconds")[:26]


def coded(value: Any) -> Any:
    """A value as JSON carries it: moments as Beijing wall time, as the columns store them.
    ValueError: no zone."""
    if isinstance(value, datetime):
        return _wall(value)
    if isinstance(value, date):
        return value.isoformat()
    return value


def _coded(value: Any) -> Any:
    """What the encoder asks for values that JSON does not know."""
    if isinstance(value, date):
        return coded(value)
    raise TypeError(f"not for a column: {type(value).__name__}")


def as_json(rows: Rows) -> str:
    """Rows as one JSON array, for a bound parameter."""
    return json.dumps(rows, ensure_ascii=False, separators=(",", ":"), default=_coded)


def _source(table: Table, columns: Iterable[str], postgres: bool) -> str:
    """`r`: the bound JSON array as rows, typed like the table's columns (`was`: like its state)."""
    if postgres:
        named = {
            name: table.c["state" if name == "was" else name].type.compile(dialect=_PG)
            for name in columns
        }
        return f"json_to_recordset(CAST(:j AS json)) AS r({', '.join(f'{n} {t}' for n, t in named.items())})"
    picked = ", ".join(f"json_extract(value, '$.{name}') AS {name}" for name in columns)
    return f"(SELECT {picked} FROM json_each(:j)) AS r"  # noqa: S608


@lru_cache(maxsize=512)
def _insert(table: Table, columns: tuple[str, ...], postgres: bool, tail: str) -> TextClause:
    names = ", ".join(columns)
    chosen = ", ".join(f"r.{name}" for name in columns)
    return text(
        f"INSERT INTO {table.name} ({names}) SELECT {chosen} FROM {_source(table, columns, postgres)} WHERE true {tail}"  # noqa: S608
    )


@lru_cache(maxsize=512)
def _update(table: Table, columns: tuple[str, ...], checked: bool, postgres: bool) -> TextClause:
    stays = {
        name: f"coalesce(r.{name}, {table.name}.{name})"
        for name in ("state", "state_event_id")
        if checked
    }
    sets = ", ".join(f"{name} = {stays.get(name, f'r.{name}')}" for name in columns)
    names = ("id", *columns, "was") if checked else ("id", *columns)
    same = f" AND (r.was IS NULL OR {table.name}.state = r.was)" if checked else ""
    return text(
        f"UPDATE {table.name} SET {sets} FROM {_source(table, names, postgres)} WHERE {table.name}.id = r.id{same}"  # noqa: S608
    )


@lru_cache(maxsize=64)
def _defaults(table: Table) -> dict[str, Any]:
    return {
        column.name: column.default.arg
        for column in table.columns
        if isinstance(column.default, ColumnDefault) and not callable(column.default.arg)
    }


def completed(table: Table, row: Mapping[str, Any]) -> dict[str, Any]:
    """A new row with the table's own defaults where a column is left out."""
    return {**_defaults(table), **row}


@dataclass(frozen=True)
class Batch:
    """New rows of one table that all have the same columns; `tail` may say what to do on
    conflict."""

    table: Table
    rows: Rows
    tail: str = ""


def insert_together(session: Session, batches: Sequence[Batch]) -> None:
    """Insert rows of several tables, none of which waits for another: on PostgreSQL in one
    statement, on SQLite, which is asked without a way over a network, in one for each table."""
    batches = [batch for batch in batches if batch.rows]
    if not is_postgres(session) or len(batches) < 2:
        for batch in batches:
            insert_rows(session, batch.table, batch.rows, batch.tail)
        return
    statement = _inserts(
        tuple((batch.table, tuple(batch.rows[0]), batch.tail) for batch in batches)
    )
    session.execute(statement, {f"j{n}": as_json(batch.rows) for n, batch in enumerate(batches)})


@lru_cache(maxsize=512)
def _inserts(parts: tuple[tuple[Table, tuple[str, ...], str], ...]) -> TextClause:
    *first, last = [
        _insert(table, columns, True, tail).text.replace(":j AS", f":j{n} AS")
        for n, (table, columns, tail) in enumerate(parts)
    ]
    return text(f"WITH {', '.join(f'p{n} AS ({part})' for n, part in enumerate(first))} {last}")


def insert_rows(session: Session, table: Table, rows: Rows, tail: str = "") -> None:
    """Insert rows that all have the same columns, in one statement; `tail` may say what to do on
    conflict."""
    if rows:
        statement = _insert(table, tuple(rows[0]), is_postgres(session), tail)
        session.execute(statement, {"j": as_json(rows)})


def update_rows(session: Session, table: Table, rows: Rows) -> int:
    """Update rows by id in one statement; where they carry `was`, only those still in that state (a
    row whose `was` is None keeps its state). How many."""
    if not rows:
        return 0
    columns = tuple(name for name in rows[0] if name not in ("id", "was"))
    result = session.execute(
        _update(table, columns, "was" in rows[0], is_postgres(session)), {"j": as_json(rows)}
    )
    assert isinstance(result, CursorResult)  # noqa: S101
    return int(result.rowcount)


def hold(session: Session, model: type[Any], row: Mapping[str, Any]) -> Any:
    """A row that was just written past the session, held by it as if it had been read."""
    made = model()
    for column in inspect(model).column_attrs:
        value = row.get(column.key)
        set_committed_value(
            made, column.key, beijing(value) if isinstance(value, datetime) else value
        )
    make_transient_to_detached(made)
    session.add(made)
    return made
