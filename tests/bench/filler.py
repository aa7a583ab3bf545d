"""Rows for every case of a made-up office, put into one table after another by set-based SQL."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, Column, Connection, Date, Integer, Numeric, select
from sqlalchemy import func as sql

from app.models.columns import Moment
from app.rules.workdays import BEIJING, Deadline

NOW = datetime(2026, 3, 12, 10, tzinfo=BEIJING)
"""The moment as of which a desk is filled: its newest case was registered then."""
A_DAY = 500
"""So many cases came each day, whatever the size: the largest desk goes back five years."""
OPEN = (
    "registered",
    "submitted",
    "allocated",
    "signed",
    "refused",
    "examining",
    "reviewing",
    "direct",
    "leaders",
)
"""The groups of open cases: by the case's state, of those in handling by the assignment's, of those
to visit by whose visits they are."""
THIRD = 1 / 27
"""The share of each group with which a third of all cases is open."""
LATE, SOON = "2026-03-11 00:00:00.000000", "2026-03-20 00:00:00.000000"
_GROUP = "((i * 2654435761) % 4294967296) * 1.0 / 4294967296"
"""Where in [0, 1) a case lies by its number: spread evenly, the same on both databases."""


TRACE = f"'{Deadline(NOW, NOW.date(), 5, counted=(NOW.date(),)).trace()}'"
"""How any clock of a row was worked out."""


@dataclass(frozen=True)
class Filler:
    """One connection on which n cases are made, the ids of those who work on them, and what SQL
    differs in."""

    connection: Connection
    n: int
    share: float
    sqlite: bool
    first_case: int
    first_event: int
    unit: int
    units: Sequence[int]
    people: dict[str, int]

    def run(self, statement: str) -> None:
        self.connection.exec_driver_sql(statement if self.sqlite else statement.replace("%", "%%"))

    def before(self, seconds: str) -> str:
        """The moment so many seconds (SQL) before now, as the database keeps moments."""
        moment = NOW.strftime("%Y-%m-%d %H:%M:%S.000000")
        if self.sqlite:
            return f"strftime('%Y-%m-%d %H:%M:%S.000000', '{moment}', '-' || CAST({seconds} AS integer) || ' seconds')"
        return f"(CAST('{moment}' AS timestamp) - CAST({seconds} AS integer) * interval '1 second')"

    def moment(self, literal: str) -> str:
        return f"'{literal}'" if self.sqlite else f"CAST('{literal}' AS timestamp)"

    def one_of(self, values: Sequence[Any], by: str) -> str:
        """One of some values, by a number (SQL)."""
        cases = " ".join(f"WHEN {n} THEN {value!r}" for n, value in enumerate(values))
        return f"CASE {by} % {len(values)} {cases} END"

    def bool(self, condition: str) -> str:
        return f"CASE WHEN {condition} THEN 1 ELSE 0 END" if self.sqlite else f"({condition})"

    @property
    def yes(self) -> str:
        return "1" if self.sqlite else "true"

    def plan(self) -> None:
        """The table of all cases that are made: number, group, unit, when it came."""
        kind = "TEMP" if self.sqlite else "UNLOGGED"
        numbers = f"generate_series(1, {self.n}) AS g(i)"
        if self.sqlite:
            counted = f"SELECT 1 UNION ALL SELECT i + 1 FROM g WHERE i < {self.n}"
            numbers = f"(WITH RECURSIVE g(i) AS ({counted}) SELECT i FROM g)"
        groups = " ".join(
            f"WHEN p < {(k + 1) * self.share:.8f} THEN '{name}'" for k, name in enumerate(OPEN)
        )
        units = self.one_of(self.units, "i")
        self.run(
            f"CREATE {kind} TABLE filling AS SELECT i, CAST({self.first_case} + i AS bigint) AS id, grp, "
            f"CASE WHEN grp = 'closed' THEN {units} ELSE {self.unit} END AS unit_id, "
            f"{self.before(f'({self.n} - i) * {86400 / A_DAY}')} AS at FROM "
            f"(SELECT i, CASE {groups} ELSE 'closed' END AS grp FROM (SELECT i, {_GROUP} AS p FROM "
            f"(SELECT CAST(i AS bigint) AS i FROM {numbers}) AS n) AS p) AS g"
        )
        if not self.sqlite:
            self.run("ANALYZE filling")

    def last(self, model: Any) -> int:
        return int(
            self.connection.execute(
                select(sql.coalesce(sql.max(model.__table__.c.id), 0))
            ).scalar_one()
        )

    def put(self, model: Any, groups: Sequence[str] = (), when: str = "", **given: str) -> None:
        """A row for each case of some groups (all: none named), its columns by SQL over `f`; of
        those not given, those that may not be empty get what they begin with."""
        table = model.__table__
        if "id" in table.columns and "id" not in given:
            given["id"] = f"{self.last(model)} + f.i"
        columns = {
            column.name: given.pop(column.name, None) or self._usual(column)
            for column in table.columns
        }
        assert not given, given
        for name, value in columns.items():
            # A clock that runs says how it was worked out.
            if name.endswith("_clock") and columns[f"{name.removesuffix('_clock')}_at"]:
                columns[name] = TRACE if value in (None, "''") else value
        named = {name: value for name, value in columns.items() if value is not None}
        chosen = [f"f.grp IN ({', '.join(repr(one) for one in groups)})"] if groups else []
        where = " AND ".join([*chosen, *([when] if when else [])]) or "1 = 1"
        self.run(
            f"INSERT INTO {table.name} ({', '.join(named)}) SELECT {', '.join(named.values())} "
            f"FROM filling f WHERE {where} ORDER BY f.i"
        )

    def _usual(self, column: Column[Any]) -> str | None:
        if column.name == "state_event_id":
            return f"{self.first_event} + 2 * f.i"
        own = {"case_id": "f.id", "caller_case_id": "f.id", "unit_id": "f.unit_id"}.get(column.name)
        if own is not None and (column.name == "case_id" or not column.nullable):
            return own
        scalar = column.default is not None and column.default.is_scalar
        value = column.default.arg if scalar else None  # type: ignore[union-attr]
        if value is None and column.nullable:
            return None
        kind = column.type
        if isinstance(kind, Boolean):
            return self.bool("1 = 1" if value else "1 = 0")
        if isinstance(kind, Moment):
            return "f.at"
        if isinstance(kind, Date):
            return "'2026-03-02'" if self.sqlite else "DATE '2026-03-02'"
        if isinstance(kind, (Integer, Numeric)):
            return str(value or 0)
        return f"'{value or ''}'"
