"""The template of a roster: a workbook with a sheet for each list, its columns as text, so that numbers of
telephones and codes keep their zeros."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import xlsxwriter

from app import words
from app.rules.roster import SHEETS, Column
from app.words.roster import COLUMN_NAMES, SHEET_NAMES

_FORMED = datetime(2000, 1, 1)  # noqa: DTZ001 - a sheet tells no moment of its making
_TONGUE, _ROWS, _WIDTH = "zh", 1000, 20
_SPOKEN = {"name": "roster_page.told", "rules": "roster_page.rules"}
Filled = Mapping[str, Sequence[Sequence[str]]]


def template_xlsx(filled: Filled | None = None) -> bytes:
    """The workbook; `filled`: rows below the headings of a sheet."""
    made = io.BytesIO()
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(made, {**options, "in_memory": True}) as book:
        book.set_properties({"created": _FORMED})
        text = book.add_format({"num_format": "@"})
        bold = book.add_format({"bold": True, "num_format": "@", "bg_color": "#e8eef7"})
        for name, columns in SHEETS.items():
            _sheet(book, name, columns, bold, text, (filled or {}).get(name, ()))
        _told(book)
    return made.getvalue()


def _sheet(
    book: Any, name: str, columns: Sequence[Column], bold: Any, text: Any, rows: Sequence[Any]
) -> None:
    sheet = book.add_worksheet(words.word(SHEET_NAMES[name], _TONGUE))
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, len(columns) - 1, _WIDTH, text)
    for place, column in enumerate(columns):
        must = "*" if column.required else ""
        head = words.word(COLUMN_NAMES[column.name], _TONGUE)
        sheet.write_string(0, place, f"{head}{must}", bold)
        choices = _choices(column)
        if choices:
            sheet.data_validation(
                1,
                place,
                _ROWS,
                place,
                {"validate": "list", "source": choices, "ignore_blank": True},
            )
    for number, row in enumerate(rows, 1):
        for place, value in enumerate(row):
            sheet.write_string(number, place, value, text)


def _choices(column: Column) -> list[str]:
    """What may be chosen in a column; nothing where it is typed."""
    if column.kind == "flag":
        return [words.word(f"list.{said}", _TONGUE) for said in ("yes", "no")]
    if column.kind != "word":
        return []
    return [words.value(column.domain, one, _TONGUE) for one in words.VALUES[column.domain]]


def _told(book: Any) -> None:
    """What has to be known to fill it in."""
    sheet = book.add_worksheet(words.word(_SPOKEN["name"], _TONGUE))
    sheet.set_column(0, 0, 110)
    for number, line in enumerate(words.word(_SPOKEN["rules"], _TONGUE).split("\n")):
        sheet.write_string(number, 0, line)
