"""Sheets: the day's list as a spreadsheet. What a caller typed is a string and never a formula."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import xlsxwriter

from app.papers.blocks import say, titles
from app.papers.lists import LIST_HEAD, STRUCK_HEAD, list_rows, struck_rows
from app.papers.notices import GUESSED

_OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
_FORMED = datetime(2000, 1, 1)  # noqa: DTZ001 - a sheet tells no moment of its making
_UNSEEN = {n: None for n in range(32) if n not in (9, 10)}


def list_xlsx(facts: Mapping[str, Any]) -> bytes:
    """The day's list: a sheet with as many rows as the list has, and one with the struck rows of
    earlier lists."""
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {**_OPTIONS, "in_memory": False}) as book:
        book.set_properties(
            {"title": facts["number"], "author": facts["issuer"], "created": _FORMED}
        )
        _sheet(book, say("papers.list.title"), titles(LIST_HEAD), list_rows(facts))
        struck = struck_rows(facts)
        if struck:
            _sheet(book, say("papers.list.struck"), titles(STRUCK_HEAD), struck)
        if facts.get("guessed"):
            _sheet(book, say("papers.head.reason"), (say("papers.head.reason"),), [[say(GUESSED)]])
    return made.getvalue()


def _sheet(book: Any, name: str, head: Sequence[str], rows: Sequence[Sequence[str | int]]) -> None:
    """One sheet: a bold first row that stays in sight, then the rows."""
    sheet = book.add_worksheet(name)
    bold = book.add_format({"bold": True, "border": 1, "text_wrap": True})
    plain = book.add_format({"border": 1, "text_wrap": True, "valign": "top"})
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, len(head) - 1, 18)
    for place, words in enumerate(head):
        sheet.write_string(0, place, words, bold)
    for line, row in enumerate(rows, 1):
        for place, value in enumerate(row):
            if isinstance(value, int):
                sheet.write_number(line, place, value, plain)
            else:
                sheet.write_string(line, place, value.translate(_UNSEEN)[:32767], plain)
