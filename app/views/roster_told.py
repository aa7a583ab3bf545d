"""What a roster changes and what is wrong with it, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app import words
from app.rules.roster import UNITS
from app.stages.roster import Change
from app.views.actor import language
from app.words.roster import COLUMN_NAMES, SHEET_NAMES

TAKES = "take_in_roster"
_DOMAINS = {"post": "post", "default_mode": "mode"}


@dataclass(frozen=True)
class Told:
    """A change in words: its sheet, row, what it is about, and each column with what stood and what
    is wanted."""

    sheet: str
    row: int
    about: str
    new: bool
    waits: bool
    columns: list[tuple[str, str, str]]


def told_of(changes: Sequence[Change]) -> list[Told]:
    """Changes in words."""
    tongue = language()
    return [
        Told(
            words.word(SHEET_NAMES[one.sheet], tongue),
            one.row,
            _about(one),
            one.was is None,
            one.waits,
            [
                (
                    words.word(COLUMN_NAMES[name], tongue),
                    _said(name, (one.was or {}).get(name)),
                    said,
                )
                for name, value in one.will.items()
                if (said := _said(name, value)) or one.was is not None
            ],
        )
        for one in changes
    ]


def _about(one: Change) -> str:
    """What a row is known by, in words."""
    parts = [str(part) for part in one.key[1:]]
    if one.sheet == "posts":
        parts[2] = words.value("post", parts[2], language())
    return parts[0] if one.sheet in (*UNITS, "accounts") else " · ".join(filter(None, parts))


def _said(name: str, value: Any) -> str:
    """What stands in a cell, in words."""
    tongue = language()
    if isinstance(value, dict):
        return str(value["shown"])
    if isinstance(value, bool):
        return words.word("list.yes" if value else "list.no", tongue)
    if isinstance(value, list):
        return words.listed((words.value("role", one, tongue) for one in value), tongue)
    if name in _DOMAINS and value:
        return words.value(_DOMAINS[name], value, tongue)
    return "" if value is None else str(value)


def faults_told(faults: Sequence[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """Cells that cannot stand: where, and why."""
    tongue, told = language(), []
    for one in faults:
        column = words.word(COLUMN_NAMES[one["column"]], tongue) if one["column"] else ""
        sheet = words.word(SHEET_NAMES[one["sheet"]], tongue)
        row, cell = one["row"], one["cell"]
        where = (
            words.word("roster_page.where", tongue, sheet=sheet, row=row, cell=cell, column=column)
            if column
            else words.word("roster_page.where_row", tongue, sheet=sheet, row=row, cell=cell)
        )
        told.append((where, words.said_of(one["why"], one["facts"], tongue, TAKES)))
    return told
