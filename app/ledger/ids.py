"""New ids, allotted before rows are inserted, because the event must name the row, and the row the
event."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.models.sessions import is_postgres


def ids_of(session: Session, wanted: Mapping[str, int]) -> dict[str, str]:
    """table -> the expression that `allotted` makes that many new ids of: on PostgreSQL the ids
    themselves, on SQLite, where one transaction writes at a time, the last one that is taken."""
    if is_postgres(session):
        return {
            name: f"ARRAY(SELECT nextval('{name}_id_seq') FROM generate_series(1, {n}))"  # noqa: S608
            for name, n in wanted.items()
        }
    return {name: f"(SELECT coalesce(max(id), 0) FROM {name})" for name in wanted}  # noqa: S608


def allotted(found: list[int] | int, n: int) -> list[int]:
    """The new ids, from what the database gave for an expression of `ids_of`."""
    return list(found) if isinstance(found, list) else list(range(found + 1, found + 1 + n))


def allot(session: Session, wanted: Mapping[str, int]) -> dict[str, list[int]]:
    """New ids for tables, name -> that many ids, in one statement."""
    columns = ", ".join(f"{chosen} AS {name}" for name, chosen in ids_of(session, wanted).items())
    row = session.execute(text(f"SELECT {columns}")).one()  # noqa: S608
    return {name: allotted(found, wanted[name]) for name, found in row._mapping.items()}
