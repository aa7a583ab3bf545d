"""Seals: what an event says of the rows that were written with it, without saying what stands in
them.

For each row a line beside the payload: `"assignment:12": "+ due_at=3fJq… due_clock=k0Qp…"`. `+`
founds a row, `-` says that it went; each column has a keyed digest over table, row, column and
value, so that nobody without the ledger's key can guess a caller's number from it, or make another.
A column that was left as the table begins it has none.
"""

from __future__ import annotations

import hashlib
import hmac
from binascii import b2a_base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from flask_appbuilder import Model
from sqlalchemy import Table
from sqlalchemy.schema import ColumnDefault

from app.ledger.bulk import coded
from app.rules.seals import CHAINED, EXCEPT, NOT_RECORDED, OTHERWISE

BYTES = 9
"""Of each digest: 72 bits, twelve signs. Nobody can try values without the key, and events bear a
MAC of their own."""
FOUNDED, GONE = "+", "-"
DAYS, DAY_SIGNS = "calendar_day", 4
"""The table whose rows are sealed together, year by year, and the signs of one day's digest
there."""
_NOTHING = "-"
_STATEFUL = frozenset(("state", "state_event_id"))


def plain(value: Any) -> str:
    """A value as it is sealed: the same text from Python and from either database."""
    if value is None:
        return _NOTHING
    if isinstance(value, bool):
        return "=1" if value else "=0"
    if isinstance(value, datetime):
        return f"={value.isoformat(' ', 'microseconds') if value.tzinfo is None else coded(value)}"
    if isinstance(value, date):
        return f"={value.isoformat()}"
    return f"={value}"


class Sealer:
    """Makes digests under a key derived from the ledger's; what is equal for all rows of a column
    is hashed once."""

    def __init__(self, key: bytes) -> None:
        own = hmac.digest(key, b"duban/seals/1", "sha256")
        self._blank = hashlib.blake2b(key=own, digest_size=BYTES)
        self._columns: dict[tuple[str, str], Any] = {}

    def digest(self, table: str, row: str | int, column: str, value: str) -> str:
        """The seal of one column of one row, `value` as `plain` gives it."""
        begun = self._columns.get((table, column))
        if begun is None:
            begun = self._blank.copy()
            begun.update(f"{table}.{column}\x1f".encode())
            self._columns[table, column] = begun
        one = begun.copy()
        one.update(f"{row}\x1f{value}".encode("utf-8", "surrogatepass"))
        return b2a_base64(one.digest(), newline=False).decode()


@lru_cache(maxsize=8)
def sealer(key: bytes) -> Sealer:
    """The sealer of a ledger's key."""
    return Sealer(key)


def recorded() -> list[Table]:
    """The tables of the record whose rows are sealed, by name."""
    tables = Model.metadata.tables
    return [
        tables[name] for name in sorted(tables) if name not in NOT_RECORDED and name not in CHAINED
    ]


@lru_cache(maxsize=128)
def sealed_columns(table: Table) -> dict[str, str]:
    """column -> the value with which the table begins it, of those that seals hold. A row's key is
    part of each seal; its state is what the last event that moved it says."""
    left_out = {*EXCEPT.get(table.name, ()), *OTHERWISE.get(table.name, ())}
    left_out |= {column.name for column in table.primary_key}
    if set(table.columns.keys()) >= _STATEFUL:
        left_out |= _STATEFUL
    found = {}
    for column in table.columns:
        if column.name not in left_out:
            default = column.default
            fixed = isinstance(default, ColumnDefault) and not callable(default.arg)
            found[column.name] = plain(default.arg) if fixed else _NOTHING  # type: ignore[union-attr]
    return found


@dataclass
class Written:
    """What was written of one row: whether it is new or went, and the values of its columns, as
    they are sealed; and the case to which it belongs."""

    founded: bool = False
    gone: bool = False
    cells: dict[str, str] = field(default_factory=dict)
    case: int | None = None

    def take(self, other: Written) -> None:
        """What was written of the same row later."""
        self.founded, self.gone = (self.founded or other.founded) and not other.gone, other.gone
        self.cells = {} if other.gone else {**({} if other.founded else self.cells), **other.cells}
        self.case = other.case or self.case


def written(table: Table, values: Mapping[str, Any], founded: bool) -> Written:
    """What values of a row seal: of a new row all that is not as the table begins it."""
    begins = sealed_columns(table)
    cells = {name: plain(value) for name, value in values.items() if name in begins}
    if founded:
        cells = {name: value for name, value in cells.items() if value != begins[name]}
    case = values.get("id") if table.name == "hotline_case" else values.get("case_id")
    return Written(founded, False, cells, case)


def line(sealer: Sealer, table: str, row: str | int, what: Written) -> str:
    """The line of a row in an event's seals."""
    if what.gone:
        return GONE
    cells = [
        f"{name}={_sealed(sealer, table, row, name, what.cells[name])}"
        for name in sorted(what.cells)
    ]
    return " ".join([FOUNDED, *cells] if what.founded else cells)


def _sealed(sealer: Sealer, table: str, row: str | int, name: str, value: str) -> str:
    """One digest; of the days of a year four signs for each, so that a day can be named in a few
    thousand signs."""
    if table == DAYS:
        return "".join(day_digest(sealer, day) for day in value.split("\n"))
    return sealer.digest(table, row, name, value)


def look_seal(sealer: Sealer, case: int, seq: int, look: str) -> str:
    """The MAC over when the bot looks at a case again, as it stood after one of its events."""
    return sealer.digest("hotline_case", case, "look_again_at", f"{seq} {look}")


def day_digest(sealer: Sealer, day: str) -> str:
    """The seal of one day, as `2026-01-01 1 5423 library`."""
    return sealer.digest(DAYS, day[:10], "day", day)[:DAY_SIGNS]


def day_text(day: Any, worked: Any, ordinal: Any, source: Any) -> str:
    """A day of the calendar as it is sealed."""
    return f"{day} {int(worked)} {ordinal} {source}"


def read_line(said: str) -> tuple[str, dict[str, str]]:
    """(`+`, `-` or nothing; column -> digest) of a line."""
    words = said.split(" ") if said else []
    mark = words.pop(0) if words and words[0] in (FOUNDED, GONE) else ""
    return mark, dict(word.split("=", 1) for word in words)


def row_key(table: Table, values: Any) -> str:
    """How a row is named in a seal: its primary key."""
    return "/".join(plain(values[column.name])[1:] for column in table.primary_key)
