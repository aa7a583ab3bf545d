"""Sheets: the day's list as a spreadsheet. What a caller typed is a string and never a formula."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import xlsxwriter

from app.papers.blocks import day, say, titles
from app.papers.letter import GUESSED
from app.papers.lists import LIST_HEAD, STRUCK_HEAD, list_rows, opening, rules_told, struck_rows

_OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
_FORMED = datetime(2000, 1, 1)  # noqa: DTZ001 - a sheet tells no moment of its making
_UNSEEN = {n: None for n in range(32) if n not in (9, 10)}
_WIDTHS = (6, 11, 22, 16, 36, 18, 12, 9, 20, 7, 7, 30, 24, 18)
_STRUCK_WIDTHS = (16, 22, 18, 13, 60)
_A4 = 9
"""Excel's number of the paper size."""
Cell = str | int | date | None


def list_xlsx(facts: Mapping[str, Any]) -> bytes:
    """The day's list: a sheet with as many rows as the list has, one with the struck rows of earlier
    lists, and one that says by which rules rows are listed."""
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {**_OPTIONS, "in_memory": False}) as book:
        book.set_properties(
            {"title": facts["number"], "author": facts["issuer"], "created": _FORMED}
        )
        listed = _Sheet(book, say("papers.list.title"), _WIDTHS)
        listed.lines(_above(facts))
        listed.table(titles(LIST_HEAD), list_rows(facts))
        struck = struck_rows(facts)
        if struck:
            apart = _Sheet(book, say("papers.list.struck"), _STRUCK_WIDTHS)
            apart.table(titles(STRUCK_HEAD), struck)
        _Sheet(book, say("papers.list.rules"), (110,)).lines(_told(facts))
    return made.getvalue()


def _above(facts: Mapping[str, Any]) -> list[str]:
    """The lines above the head: number and day of issue, and what is counted."""
    issued = say("papers.list.issued", number=facts["number"], on=day(facts["at"]))
    return [issued, list(opening(facts))[-1]]


def _told(facts: Mapping[str, Any]) -> list[str]:
    guessed = [say(GUESSED)] if facts.get("guessed") else []
    return [*opening(facts), *rules_told(), *guessed]


class _Sheet:
    """One sheet of a book, written from the top: lines, then a table whose head stays in sight, is
    repeated on each page, and by which rows are filtered; printed across, as wide as the page."""

    def __init__(self, book: Any, name: str, widths: Sequence[float]) -> None:
        self.sheet, self.line = book.add_worksheet(name), 0
        self.bold = book.add_format({"bold": True, "border": 1, "text_wrap": True})
        wrapped = {"border": 1, "text_wrap": True, "valign": "top"}
        self.plain = book.add_format(wrapped)
        self.day = book.add_format({**wrapped, "num_format": "yyyy-mm-dd"})
        self.free = book.add_format({"text_wrap": len(widths) == 1, "valign": "top"})
        for place, width in enumerate(widths):
            self.sheet.set_column(place, place, width)
        self.sheet.set_landscape()
        self.sheet.set_paper(_A4)
        self.sheet.fit_to_pages(1, 0)

    def lines(self, words: Sequence[str]) -> None:
        """Lines of words, one below the other."""
        for said in words:
            self.sheet.write_string(self.line, 0, _fit(said), self.free)
            self.line += 1

    def table(self, head: Sequence[str], rows: Sequence[Sequence[Cell]]) -> None:
        """A head, and rows below it."""
        top = self.line
        self.sheet.freeze_panes(top + 1, 0)
        self.sheet.repeat_rows(top)
        self.sheet.autofilter(top, 0, top + len(rows), len(head) - 1)
        for place, words in enumerate(head):
            self.sheet.write_string(top, place, words, self.bold)
        for line, row in enumerate(rows, top + 1):
            for place, value in enumerate(row):
                self._write(line, place, value)
        self.line = top + 1 + len(rows)

    def _write(self, line: int, place: int, value: Cell) -> None:
        if isinstance(value, int):
            self.sheet.write_number(line, place, value, self.plain)
        elif isinstance(value, date):
            self.sheet.write_datetime(line, place, value, self.day)
        else:
            self.sheet.write_string(line, place, _fit(value or ""), self.plain)


def _fit(words: str) -> str:
    """Words as a cell can hold them."""
    return words.translate(_UNSEEN)[:32767]
