"""The report as a spreadsheet: numbers as numbers, tables that can be filtered and are set up for
printing, charts of the program that opens it, and what every measure means."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from io import BytesIO
from typing import Any

import xlsxwriter

from app.papers.blocks import LANGUAGE
from app.papers.figures.annexes import annexes
from app.papers.figures.grid import Cell, Grid, Line
from app.papers.figures.pictures import PARTS
from app.papers.figures.told import Told
from app.papers.figures.units import sorted_units

_MADE = datetime(2000, 1, 1)  # noqa: DTZ001 - a sheet tells no moment of its making
_UNSEEN = {n: None for n in range(32) if n not in (9, 10)}
LONGEST, WIDE = 32_767, 9.0
"""How many signs a cell has, and how wide (in signs) one part of a table's width is."""
COLOURS = ("#0b5cad", "#e0a030", "#c9d3db")
_BETWEEN = "[]:*?/\\'"


class Book:
    """A workbook that is being written."""

    def __init__(self) -> None:
        self.file = BytesIO()
        self.book = xlsxwriter.Workbook(
            self.file,
            {
                "in_memory": True,
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
            },
        )
        self.book.set_properties({"created": _MADE})
        plain = {"text_wrap": True, "valign": "vcenter", "border": 1, "border_color": "#999999"}
        self.looks = {
            "": self.book.add_format(plain),
            "head": self.book.add_format({**plain, "bold": True, "bg_color": "#e8edf2"}),
            "group": self.book.add_format({**plain, "bold": True, "bg_color": "#f4f6f8"}),
            "total": self.book.add_format({**plain, "bold": True}),
            "share": self.book.add_format({**plain, "num_format": "0.00%"}),
            "title": self.book.add_format({"bold": True, "font_size": 14}),
            "note": self.book.add_format({"font_color": "#555555"}),
        }
        self.names: set[str] = set()

    def sheet(self, name: str, landscape: bool = True) -> Any:
        """A new sheet, set up to be printed on A4, as wide as the paper."""
        made = self.book.add_worksheet(self._name(name))
        made.set_paper(9)
        if landscape:
            made.set_landscape()
        made.fit_to_pages(1, 0)
        return made

    def _name(self, wanted: str) -> str:
        """A name that a sheet may have, each once."""
        plain = "".join(" " if sign in _BETWEEN else sign for sign in wanted)[:28].strip() or "-"
        name, n = plain, 1
        while name.lower() in self.names:
            n += 1
            name = f"{plain} {n}"
        self.names.add(name.lower())
        return name

    def words(self, sheet: Any, row: int, column: int, said: str, look: str = "") -> None:
        """Words, never a formula or a link."""
        sheet.write_string(row, column, said.translate(_UNSEEN)[:LONGEST], self.looks[look])

    def cell(self, sheet: Any, row: int, column: int, cell: Cell, look: str) -> None:
        """A cell: a number as one, a share as one; all else as words."""
        if cell.value is None:
            self.words(sheet, row, column, cell.text, look)
        elif cell.share:
            sheet.write_number(row, column, float(cell.value) / 100, self.looks["share"])
        elif cell.text == str(cell.value):
            sheet.write_number(row, column, float(cell.value), self.looks[look])
        else:
            self.words(sheet, row, column, cell.text, look)

    def table(self, name: str, grid: Grid) -> Any:
        """A table on a sheet of its own: its head stays in sight and filters. A share has its
        fraction in a column of its own."""
        sheet = self.sheet(name)
        fractions = _fractions(grid)
        wide = max((len(line.cells) for line in grid.lines), default=len(grid.heads))
        heads = [*_spread(grid.heads or [""] * wide, fractions)]
        for column, head in enumerate(heads):
            self.words(sheet, 0, column, head, "head")
        for row, line in enumerate(grid.lines, 1):
            self._line(sheet, row, line, fractions)
        widths = [*_spread_widths(grid, fractions)]
        for column, width in enumerate(widths):
            sheet.set_column(column, column, max(8.0, width * WIDE / 2))
        sheet.freeze_panes(1, 1)
        sheet.repeat_rows(0)
        if grid.lines:
            sheet.autofilter(0, 0, len(grid.lines), len(heads) - 1)
        if grid.note:
            self.words(sheet, len(grid.lines) + 2, 0, grid.note, "note")
        return sheet

    def _line(self, sheet: Any, row: int, line: Line, fractions: Sequence[int]) -> None:
        column = 0
        for place, cell in enumerate(line.cells):
            self.cell(sheet, row, column, cell, line.kind if line.kind in self.looks else "")
            column += 1
            if place in fractions:
                self.words(sheet, row, column, cell.below, line.kind)
                column += 1

    def read(self) -> bytes:
        """End the workbook; its bytes."""
        self.book.close()
        return self.file.getvalue()


def _fractions(grid: Grid) -> list[int]:
    """The columns whose cells are shares."""
    found = {place for line in grid.lines for place, cell in enumerate(line.cells) if cell.share}
    return sorted(found)


def _spread(heads: Sequence[str], fractions: Sequence[int]) -> Iterator[str]:
    for place, head in enumerate(heads):
        yield head
        if place in fractions:
            yield f"{head} n/m"


def _spread_widths(grid: Grid, fractions: Sequence[int]) -> Iterator[float]:
    for place, width in enumerate(grid.widths or (1.0,) * len(grid.heads)):
        yield width
        if place in fractions:
            yield 1.6


def xlsx(figures: Mapping[str, Any], head: Mapping[str, str]) -> bytes:
    """The report as a workbook; `head` as for the paper. The same figures give the same bytes."""
    told, book = Told(figures, LANGUAGE), Book()
    _first(book, told, head)
    hot = told.hot()
    _chart_of_hot(book, book.table(told.say("report_page.sheet.hot"), hot), hot)
    book.table(told.say("report_page.sheet.units"), told.units())
    _chart_of_units(book, told)
    for name in ("chain", "suggestions", "typical"):
        book.table(told.say(f"report_page.sheet.{name}"), getattr(told, name)())
    for one in annexes(told):
        book.table(one.title, one)
    return book.read()


def _first(book: Book, told: Told, head: Mapping[str, str]) -> None:
    """The first sheet: number and day, the four figures, what leaders are asked to look at."""
    sheet = book.sheet(told.say("report_page.sheet.first"), landscape=False)
    sheet.set_column(0, 0, 26)
    sheet.set_column(1, 4, 18)
    book.words(sheet, 0, 0, head["title"], "title")
    book.words(sheet, 1, 0, f"{head['number']}  {head['day']}", "note")
    book.words(sheet, 2, 0, told.span, "note")
    book.words(sheet, 3, 0, told.witnessed, "note")
    row = 4
    for tile in told.tiles():
        cells = [Cell(tile.name), tile.value, Cell(tile.value.below)]
        cells += [Cell(words) for words, _ in tile.changes]
        for column, cell in enumerate(cells):
            book.cell(sheet, row, column, cell, "")
        row += 1
    row += 1
    book.words(sheet, row, 0, told.say("report_page.part.attention"), "title")
    for place, (said, _, _) in enumerate(told.sentences(), 1):
        row += 1
        sheet.merge_range(row, 0, row, 4, "", book.looks[""])
        book.words(sheet, row, 0, f"{place}. {said}")


def _chart_of_hot(book: Book, sheet: Any, hot: Grid) -> None:
    """Bars of the categories, this period and the last."""
    if not hot.lines:
        return
    chart = book.book.add_chart({"type": "bar"})
    last, name = len(hot.lines), sheet.get_name()
    for column in (1, 2):
        chart.add_series(
            {
                "name": [name, 0, column],
                "categories": [name, 1, 0, last, 0],
                "values": [name, 1, column, last, column],
                "fill": {"color": COLOURS[column - 1]},
                "data_labels": {"value": True},
            }
        )
    chart.set_y_axis({"reverse": True})
    chart.set_legend({"position": "bottom"})
    chart.set_size({"width": 760, "height": 80 + 38 * last})
    sheet.insert_chart(last + 3, 0, chart)


def _chart_of_units(book: Book, told: Told) -> None:
    """Bars of what units answered in time, late, and what is open with them; with the numbers."""
    ranked, few = sorted_units(told.figures)
    lines = [
        Line([Cell(unit["name"]), *(_number(counts.get(part, 0)) for part in PARTS)])
        for _, unit, counts in [*ranked, *few]
    ]
    heads = [
        told.say("figures.head.unit"),
        *(told.say(f"figures.unit.{part}") for part in PARTS),
    ]
    title = told.say("report_page.sheet.work")
    sheet = book.table(title, Grid(title, heads, lines, widths=(5, 2, 2, 2)))
    if not lines:
        return
    chart = book.book.add_chart({"type": "bar", "subtype": "stacked"})
    name = sheet.get_name()
    for column, colour in enumerate(COLOURS, 1):
        chart.add_series(
            {
                "name": [name, 0, column],
                "categories": [name, 1, 0, len(lines), 0],
                "values": [name, 1, column, len(lines), column],
                "fill": {"color": colour},
                "border": {"color": "#333333"},
            }
        )
    chart.set_y_axis({"reverse": True})
    chart.set_legend({"position": "bottom"})
    chart.set_size({"width": 760, "height": 100 + 26 * len(lines)})
    sheet.insert_chart(0, 6, chart)


def _number(n: int) -> Cell:
    return Cell(str(n), n)
