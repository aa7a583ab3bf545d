"""In which order rows stand: coded words by their rank in the procedure, not by their letters; what
is empty last, on both databases and in both directions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import case, func, inspect, literal, tuple_

from app import words


def ranks(table: str, column: str) -> Sequence[str]:
    """The words of a coded column in the order of the procedure; none where the column holds no
    codes."""
    if column == "state":
        return list(words.STATES.get("case" if table == "hotline_case" else table, ()))
    return list(words.VALUES.get(words.DOMAINS.get(table, {}).get(column, ""), ()))


def grows(model: type[Any]) -> bool:
    """Whether a table grows with every case: the others hold what an office is, and stay short."""
    return hasattr(model, "case_id") or model.__tablename__ in _GROWS


_GROWS = ("hotline_case", "event", "run", "delivery")


def in_order(model: type[Any], name: str) -> bool:
    """Whether the rows of a table can be read in the order of a column without sorting any: an
    index has it and the key, and it is never empty."""
    table, column = inspect(model).local_table, inspect(model).columns[name]
    plain = [index for index in table.indexes if index.dialect_options["sqlite"]["where"] is None]
    alone = [column, *table.primary_key.columns]
    read = column.unique or any([*index.columns] == alone for index in plain)
    return bool(
        read and not ranks(table.name, name) and (not column.nullable or never_empty(model, name))
    )


def never_empty(model: type[Any], name: str) -> bool:
    """Whether a column that may be empty for a moment, while its row is made, never is
    afterwards."""
    return (model.__tablename__, name) in _FILLED


_FILLED = {("hotline_case", "number"), ("assignment", "number")}


def ordered(model: type[Any], name: str, way: str, apart: bool = False) -> list[Any]:
    """What to order by so that rows stand by a column, `way` asc or desc, and those of one value by
    their key. `apart`: few rows were found already, and no index is walked for them."""
    column = getattr(model, name)
    if apart:
        column = func.coalesce(column, column)
    known = ranks(model.__tablename__, name)
    rank = (
        case({word: n for n, word in enumerate(known)}, value=column, else_=len(known))
        if known
        else column
    )
    keys = [key for key in inspect(model).primary_key if key.key != name]
    by = [part.asc() if way == "asc" else part.desc() for part in (rank, *keys)]
    # Only where a value may be missing: an index tells no NULLs from the rest, and could not be
    # read in order.
    missing = inspect(model).columns[name].nullable and not never_empty(model, name)
    return [column.is_(None), *by] if missing else by


def place(row: Any, name: str) -> tuple[Any, ...]:
    """Where a row stands in the order of a column: its value, and its key."""
    (key,) = inspect(type(row)).primary_key
    return (getattr(row, name),) if key.key == name else (getattr(row, name), getattr(row, key.key))


def after(model: type[Any], name: str, way: str, place: Sequence[Any]) -> Any:
    """The rows that stand behind a place, in the order of a column that is never empty."""
    (key,) = inspect(model).primary_key
    columns = (
        [getattr(model, name)]
        if key.key == name
        else [getattr(model, name), getattr(model, key.key)]
    )
    here = tuple_(*columns)
    there = tuple_(
        *(literal(value, column.type) for value, column in zip(place, columns, strict=True))
    )
    return here > there if way == "asc" else here < there
