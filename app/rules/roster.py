"""The roster of an office as a workbook: which sheets and columns it has, and what a cell may say. Nobody is
looked up here."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from app.rules import reading
from app.rules.refusal import NotAllowed

Called = Mapping[str, Mapping[str, str]]
"""domain -> what its words are called, in every language -> the word."""
Rows = Sequence[Sequence[str]]


@dataclass(frozen=True)
class Column:
    """A column: `kind` is text, flag, date, number, names (several words) or word (one); `domain`
    whose words; `key` says that it is part of what a row is known by."""

    name: str
    kind: str = "text"
    required: bool = False
    key: bool = False
    domain: str = ""
    most: int = 0


_UNIT = (
    Column("code", required=True, key=True, most=40),
    Column("name", required=True, most=120),
    Column("superior", most=40),
    Column("landline", most=40),
    Column("active", "flag"),
)
SHEETS: dict[str, tuple[Column, ...]] = {
    "units": _UNIT,
    "townships": _UNIT,
    "posts": (
        Column("unit", required=True, key=True, most=40),
        Column("person", required=True, key=True, most=80),
        Column("post", "word", required=True, key=True, domain="post"),
        Column("from_on", "date", required=True, key=True),
        Column("to_on", "date"),
        Column("duty", most=120),
        Column("cadre_authority", most=120),
        Column("username", most=64),
        Column("mobile", most=40),
    ),
    "accounts": (
        Column("username", required=True, key=True, most=64),
        Column("first_name", required=True, most=64),
        Column("roles", "names", required=True, domain="role"),
        Column("unit", most=40),
        Column("mobile", most=40),
        Column("active", "flag"),
    ),
    "categories": (
        Column("parent", key=True, most=80),
        Column("name", required=True, key=True, most=80),
        Column("default_unit", most=40),
        Column("default_mode", "word", domain="mode"),
        Column("default_workdays", "number"),
        Column("active", "flag"),
    ),
}
"""sheet -> its columns. A township is a unit like others; it has a sheet of its own because it is another
list."""
UNITS = ("units", "townships")
PHONES = ("landline", "mobile")
"""Columns with numbers by which people are reached: kept sealed."""
MOST_WORKDAYS = 60
MOST_ROWS = 5000
"""So many rows the sheets of one file may have together."""
_LISTED = re.compile(r"\s*[,，、;；\n]\s*")


@dataclass(frozen=True)
class Line:
    """A row that can be read: its sheet, its number as the sheet counts, what it says by column, and
    where each column stands."""

    sheet: str
    row: int
    says: dict[str, Any]
    places: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Fault:
    """What is wrong with a cell (`column` empty: with a row): the message and its facts."""

    sheet: str
    row: int
    column: str
    why: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    cell: str = ""


def cell_of(place: int, row: int) -> str:
    """A cell as workbooks name it: column 0, row 5 is A5."""
    letters, place = "", place + 1
    while place:
        place, left = divmod(place - 1, 26)
        letters = chr(65 + left) + letters
    return f"{letters}{row}"


def fault_of(line: Line, column: str, no: NotAllowed) -> Fault:
    """What is wrong with a cell of a row that could be read."""
    place = line.places.get(column, 0)
    return Fault(line.sheet, line.row, column, no.msgid, dict(no.facts), cell_of(place, line.row))


def in_order(faults: Iterable[Fault]) -> list[Fault]:
    """What is wrong, as the sheets stand in the workbook."""
    return sorted(faults, key=lambda one: ([*SHEETS].index(one.sheet), one.row))


def read(book: Mapping[str, Rows], called: Called) -> tuple[list[Line], list[Fault]]:
    """The rows of a workbook (name of a sheet -> rows of text, the heading first) that can be read,
    and what is wrong with the others. A sheet of another name is passed over. Raises NotAllowed
    where no sheet is one of a roster, or there are too many rows."""
    known = {
        called["sheet"][name.strip()]: name for name in book if name.strip() in called["sheet"]
    }
    if not known:
        raise NotAllowed("roster_no_sheet")
    if sum(len(book[name]) for name in known.values()) > MOST_ROWS:
        raise NotAllowed("roster_too_long", most=MOST_ROWS)
    lines: list[Line] = []
    faults: list[Fault] = []
    for sheet in [sheet for sheet in SHEETS if sheet in known]:
        for found in _of_sheet(sheet, book[known[sheet]], called):
            if isinstance(found, Line):
                lines.append(found)
            else:
                faults.append(found)
    return lines, faults


def _of_sheet(sheet: str, rows: Rows, called: Called) -> Iterator[Line | Fault]:
    if not rows:
        return
    places, wrong = _places(sheet, rows[0], called)
    yield from wrong
    if any(fault.why == "roster_column_missing" for fault in wrong):
        return
    seen: dict[tuple[Any, ...], int] = {}
    for number, cells in enumerate(rows[1:], 2):
        if not any(reading.visible(cell) for cell in cells):
            continue
        line, faults = _line(sheet, number, cells, places, called)
        if not faults:
            key = key_of(line)
            first = seen.setdefault(key, number)
            if first != number:
                faults = [fault_of(line, _last_key(sheet), NotAllowed("roster_twice", row=first))]
        if faults:
            yield from faults
        else:
            yield line


def _last_key(sheet: str) -> str:
    return next(one.name for one in SHEETS[sheet] if one.key and one.required)


def _places(
    sheet: str, heading: Sequence[str], called: Called
) -> tuple[dict[str, int], list[Fault]]:
    """column -> its place; what is wrong with the heading: a column that is not known, twice there,
    or missing."""
    places: dict[str, int] = {}
    wrong: list[Fault] = []
    names = {one.name for one in SHEETS[sheet]}
    for place, cell in enumerate(heading):
        said = cell.strip().rstrip("*").strip()
        column = called["column"].get(said, "")
        if said and (column not in names or column in places):
            why = "roster_column_twice" if column in places else "roster_column_unknown"
            wrong.append(Fault(sheet, 1, "", why, {"heading": said[:40]}, cell_of(place, 1)))
        elif said:
            places[column] = place
    wrong += [
        Fault(sheet, 1, one.name, "roster_column_missing", {}, cell_of(0, 1))
        for one in SHEETS[sheet]
        if one.required and one.name not in places
    ]
    return places, wrong


def _line(
    sheet: str, number: int, cells: Sequence[str], places: Mapping[str, int], called: Called
) -> tuple[Line, list[Fault]]:
    line = Line(sheet, number, {}, places)
    faults = []
    for column in SHEETS[sheet]:
        if column.name not in places:
            continue
        place = places[column.name]
        said = cells[place].strip() if place < len(cells) else ""
        try:
            line.says[column.name] = _said(column, said, called)
        except NotAllowed as no:
            faults.append(fault_of(line, column.name, no))
    return line, faults


def _said(column: Column, said: str, called: Called) -> Any:
    """What a cell says. Raises NotAllowed."""
    if not reading.visible(said):
        if column.required:
            raise NotAllowed("roster_cell_missing")
        return "" if column.kind == "text" else None
    if column.most and len(said) > column.most:
        raise NotAllowed("roster_cell_too_long", most=column.most)
    return _READ[column.kind](column, said, called)


def _text(column: Column, said: str, called: Called) -> str:
    if any(ord(sign) < 32 for sign in said):
        raise NotAllowed("roster_cell_unread", text=said[:40])
    return said


def _word(column: Column, said: str, called: Called) -> str:
    known = called[column.domain]
    found = known.get(said, said if said in known.values() else None)
    if found is None:
        raise NotAllowed("roster_cell_unread", text=said[:40])
    return found


def _names(column: Column, said: str, called: Called) -> list[str]:
    """Names of roles, those of the office's own as they stand: who knows them looks."""
    known = called[column.domain]
    return sorted({known.get(one, one) for one in _LISTED.split(said) if one})


def _flag(column: Column, said: str, called: Called) -> bool:
    try:
        return said == "1" or (said != "0" and reading.yes(said))
    except ValueError:
        raise NotAllowed("roster_cell_unread", text=said[:40]) from None


def _day(column: Column, said: str, called: Called) -> str:
    try:
        return reading.day(said).isoformat()
    except ValueError:
        raise NotAllowed("roster_cell_unread", text=said[:40]) from None


def _number(column: Column, said: str, called: Called) -> int:
    if not (said.isascii() and said.isdigit() and 0 < int(said[:4]) <= MOST_WORKDAYS):
        raise NotAllowed("roster_number_wrong", most=MOST_WORKDAYS)
    return int(said)


_READ: dict[str, Any] = {
    "text": _text,
    "word": _word,
    "names": _names,
    "flag": _flag,
    "date": _day,
    "number": _number,
}


def key_of(line: Line) -> tuple[Any, ...]:
    """What a row is known by: two rows of one key are the same thing."""
    kind = "units" if line.sheet in UNITS else line.sheet
    says = (line.says.get(one.name, "") for one in SHEETS[line.sheet] if one.key)
    return (kind, *(one.lower() if line.sheet == "accounts" else one for one in says))


def day_said(said: str | None) -> date | None:
    """A day as a row says it."""
    return date.fromisoformat(said) if said else None
