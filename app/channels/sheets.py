"""Sheets of other platforms are read: workbooks and CSV, in whatever character set, every cell as the text
that a person sees in it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook

from app.rules.refusal import NotAllowed

MOST_ROWS, MOST_COLUMNS, LONGEST_CELL = 100_000, 200, 1_000_000
"""So many rows and columns a sheet may have, and so many signs a cell."""
_PLAIN = ("text/csv", "text/plain")
_MARKS = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
_DELIMITERS = ",;\t"
Rows = list[list[str]]


def rows_of(content: bytes, media_type: str) -> Rows:
    """The rows of a sheet, the heading first, empty ones left out at its end only: a row keeps its
    number. Raises NotAllowed (sheet_unreadable, sheet_empty, sheet_too_long)."""
    rows = _of_text(content) if media_type in _PLAIN else _of_workbook(content)
    while rows and not any(cell.strip() for cell in rows[-1]):
        rows.pop()
    if len(rows) < 2:
        raise NotAllowed("sheet_empty")
    if len(rows) > MOST_ROWS or max(map(len, rows)) > MOST_COLUMNS:
        raise NotAllowed("sheet_too_long", rows=MOST_ROWS, columns=MOST_COLUMNS)
    wide = len(rows[0])
    return [[*row, *[""] * (wide - len(row))] for row in rows]


def _of_workbook(content: bytes) -> Rows:
    """The rows of the first sheet of a workbook that has any."""
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        for name in book.sheet_names:
            # Rows and columns that are empty at the beginning count: a row has its number in them.
            rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
            if any(any(cell not in ("", None) for cell in row) for row in rows):
                return [[_cell(cell) for cell in row] for row in rows]
    except (CalamineError, ValueError, OverflowError) as error:
        raise NotAllowed("sheet_unreadable") from error
    raise NotAllowed("sheet_empty")


def sheets_of(content: bytes) -> dict[str, Rows]:
    """The rows of every sheet of a workbook, by the name of the sheet; a row keeps its number. Raises
    NotAllowed (sheet_unreadable, sheet_too_long)."""
    found: dict[str, Rows] = {}
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        for name in book.sheet_names:
            rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
            if len(rows) > MOST_ROWS or any(len(row) > MOST_COLUMNS for row in rows):
                raise NotAllowed("sheet_too_long", rows=MOST_ROWS, columns=MOST_COLUMNS)
            found[name] = [[_cell(cell) for cell in row] for row in rows]
    except (CalamineError, ValueError, OverflowError) as error:
        raise NotAllowed("sheet_unreadable") from error
    return found


def _cell(value: Any) -> str:
    """A cell as text: a whole number without its point, a day without a time, a moment whole."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float) and value.is_integer() and abs(value) < 10**15:
        return str(int(value))
    if isinstance(value, datetime):
        plain = value.replace(microsecond=0, tzinfo=None)
        return plain.isoformat(" ") if plain.time() != time(0) else plain.date().isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value).split(".")[0] if isinstance(value, timedelta) else str(value)


def _of_text(content: bytes) -> Rows:
    text = _text(content)
    csv.field_size_limit(LONGEST_CELL)
    try:
        return [*_bounded(csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text)))]
    except csv.Error as error:
        raise NotAllowed("sheet_unreadable") from error


def _bounded(rows: Iterator[list[str]]) -> Iterator[list[str]]:
    for place, row in enumerate(rows):
        if place > MOST_ROWS:
            raise NotAllowed("sheet_too_long", rows=MOST_ROWS, columns=MOST_COLUMNS)
        yield row


def _text(content: bytes) -> str:
    """The words of a file, by its mark, as UTF-8, as GB18030; strictly."""
    charsets: Sequence[str] = ("utf-8-sig", "gb18030")
    for mark, charset in _MARKS.items():
        if content.startswith(mark):
            charsets = (charset,)
    for charset in charsets:
        try:
            return content.decode(charset).removeprefix("\ufeff")
        except UnicodeError:
            continue
    raise NotAllowed("sheet_unreadable")


def _delimiter(text: str) -> str:
    """What parts the cells: of the signs that may, the one that the heading has most of."""
    heading = text.lstrip("\r\n").split("\n", 1)[0]
    return max(_DELIMITERS, key=heading.count)
