"""Reads rows as they are sealed: raw, as text, so that a forged value cannot stop the reading."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from typing import Any

from sqlalchemy import DateTime, Table, text
from sqlalchemy.orm import Session

from app.ledger.seals import day_text, plain, row_key, sealed_columns
from app.models.columns import Moment
from app.models.sessions import is_postgres

_LISTS = {
    "ab_user": ("roles", "SELECT id, user_id, role_id FROM ab_user_role ORDER BY id"),
    "ab_role": (
        "permissions",
        "SELECT id, role_id, permission_view_id FROM ab_permission_view_role ORDER BY id",
    ),
}
_BESIDES = {"hotline_case": ("head_seq", "look_seal", "look_again_at")}


@dataclass(slots=True)
class Row:
    """One row: its sealed columns as `plain` text, what else of it is compared, and its case."""

    values: dict[str, str]
    of: dict[str, Any]
    case: int | None


def lists(table: Table) -> list[str]:
    """What of a table's rows stands in a table of pairs."""
    return [_LISTS[table.name][0]] if table.name in _LISTS else []


def _asked(table: Table) -> list[str]:
    keys = [column.name for column in table.primary_key]
    besides = [*_BESIDES.get(table.name, ()), *(["case_id"] if "case_id" in table.columns else [])]
    return list(dict.fromkeys([*keys, *besides, *sealed_columns(table)]))


@lru_cache(maxsize=256)
def _select(table: Table, postgres: bool, where: str) -> str:
    def read(name: str) -> str:
        if postgres and isinstance(table.c[name].type, DateTime | Moment):
            return f'to_char("{name}", \'YYYY-MM-DD HH24:MI:SS.US\') AS "{name}"'
        return f'"{name}"'

    columns = ", ".join(map(read, _asked(table)))
    keys = ", ".join(f'"{column.name}"' for column in table.primary_key)
    return f"SELECT {columns} FROM {table.name}{f' WHERE {where}' if where else ''} ORDER BY {keys}"


def _rows(
    session: Session, table: Table, where: str, given: dict[str, Any]
) -> Iterator[tuple[str, Row]]:
    query = _select(table, is_postgres(session), where)
    pairs = _pairs(session, table)
    besides = _BESIDES.get(table.name, ())
    wanted = [*sealed_columns(table), *(name for name in besides if name == "look_again_at")]
    for read in session.connection().execute(text(query), given).mappings():
        key = row_key(table, read)
        values = {name: plain(read[name]) for name in wanted}
        if pairs is not None:
            values[_LISTS[table.name][0]] = plain(pairs.get(key, ""))
        case = read["id"] if table.name == "hotline_case" else read.get("case_id")
        yield key, Row(values, {name: read[name] for name in besides}, case)


def _pairs(session: Session, table: Table) -> dict[str, str] | None:
    """row -> its pairs as they are sealed."""
    if table.name not in _LISTS:
        return None
    found: dict[str, list[str]] = {}
    for id, of, other in session.connection().execute(text(_LISTS[table.name][1])):
        found.setdefault(str(of), []).append(f"{id}={other}")
    return {of: ",".join(pairs) for of, pairs in found.items()}


def of_cases(
    session: Session, table: Table, first: int, last: int | None
) -> Iterator[tuple[str, Row]]:
    """The rows of a table that belong to the cases from one id to another."""
    case = "id" if table.name == "hotline_case" else "case_id"
    where = f"{case} >= :first" + ("" if last is None else f" AND {case} <= :last")
    return _rows(
        session, table, where, {"first": first} if last is None else {"first": first, "last": last}
    )


def whole(session: Session, table: Table, where: str = "") -> Iterator[tuple[str, Row]]:
    """All rows of a table, or those of a condition."""
    return _rows(session, table, where, {})


def keyed(session: Session, table: Table, keys: Sequence[str]) -> Iterator[tuple[str, Row]]:
    """The rows with some keys, one by one."""
    columns = list(table.primary_key.columns)
    where = " AND ".join(f'"{column.name}" = :k{place}' for place, column in enumerate(columns))
    for key in keys:
        words = key.split("/") if len(columns) > 1 else [key]
        given = {
            f"k{place}": column.type.python_type(word)
            for place, (column, word) in enumerate(zip(columns, words, strict=True))
        }
        yield from _rows(session, table, where, given)


def days(session: Session) -> Iterator[tuple[str, list[str]]]:
    """Each year with its days as they are sealed."""
    query = text("SELECT day, worked, ordinal, source FROM calendar_day ORDER BY day")
    found = [day_text(*row) for row in session.connection().execute(query)]
    for year, texts in groupby(found, key=lambda day: day[:4]):
        yield year, list(texts)
