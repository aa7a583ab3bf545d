"""New cases begin: their numbers are taken just before their first events, in one statement with
the ids of all that is written with them and a look at what is on file already."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, Table, literal_column
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from app.ledger.ids import allotted, ids_of
from app.ledger.numbers import case_period, numbered
from app.models import Series
from app.models.sessions import is_postgres


@dataclass(frozen=True)
class Opened:
    """What new cases begin with: their numbers, new ids by table, and the id that each look found,
    or None."""

    numbers: list[str]
    ids: dict[str, list[int]]
    known: dict[str, int | None]


def open_cases(
    session: Session,
    day: date,
    cases: int,
    wanted: Mapping[str, int],
    looks: Mapping[str, Select[int]],
) -> Opened:
    """Take the numbers of so many cases of a day, and `wanted`: table -> how many new ids. `looks`:
    name -> a query for one id. The numbers' counter is held to the end of the transaction, and
    given back with it."""
    table: Any = Series.__table__
    assert isinstance(table, Table)  # noqa: S101
    dialect: Any = postgresql if is_postgres(session) else sqlite
    columns: list[ColumnElement[Any]] = [
        literal_column(chosen).label(f"new_{name}")
        for name, chosen in ids_of(session, wanted).items()
    ]
    columns += [query.scalar_subquery().label(name) for name, query in looks.items()]
    taken = dialect.insert(table).values(name="case", period=case_period(day), last=cases)
    taken = taken.on_conflict_do_update(
        index_elements=["name", "period"], set_={"last": table.c.last + cases}
    )
    row = session.execute(taken.returning(table.c.last, *columns)).one()._mapping
    ids = {name: allotted(row[f"new_{name}"], n) for name, n in wanted.items()}
    first = int(row["last"]) - cases + 1
    return Opened(
        [numbered(day, first + n) for n in range(cases)], ids, {name: row[name] for name in looks}
    )
