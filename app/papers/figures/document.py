"""The report as a document that can be worked on: the same parts as the paper, marked as such."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from app.papers.blocks import LANGUAGE
from app.papers.figures.annexes import annexes
from app.papers.figures.grid import Grid
from app.papers.figures.paper import fitted
from app.papers.figures.paper import grid as as_data
from app.papers.figures.told import Told

MADE = datetime(2000, 1, 1, tzinfo=UTC)
"""A document tells no moment of its making."""
FONT, HEADING = "仿宋", "黑体"
_UNSEEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


def docx(figures: Mapping[str, Any], head: Mapping[str, str], own: Path | None = None) -> bytes:
    """The report for Word; `head` and `own` as for the paper."""
    told = Told(figures, LANGUAGE)
    made = _Document(own)
    made.heading(head["title"], 18, centred=True)
    made.paragraph(f"{head['number']}　{head['day']}　{head['office']}")
    made.paragraph(told.say("report_page.worked_on"))
    made.paragraph(told.span)
    made.table(_tiles(told))
    made.heading(told.say("report_page.part.attention"), 14)
    for place, (said, _, _) in enumerate(told.sentences(), 1):
        made.paragraph(f"{place}. {said}")
    for one in (
        *told.at_a_glance(),
        *(told.hot(), told.units(), told.chain(), told.suggestions(), told.typical()),
    ):
        made.grid(one)
    made.heading(told.say("report_page.part.annex"), 14)
    for one in annexes(told):
        made.grid(one)
    if told.witnessed:
        made.paragraph(told.witnessed)
    return made.read()


def _tiles(told: Told) -> list[list[str]]:
    return [
        [tile.name, tile.value.text, tile.value.below, *(words for words, _ in tile.changes)]
        for tile in told.tiles()
    ]


class _Document:
    """A document that is being written; every word goes through the check of printable signs."""

    def __init__(self, own: Path | None) -> None:
        self.own = own
        self.made = Document()
        section = self.made.sections[0]
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.left_margin = section.right_margin = Mm(18)
        section.top_margin = section.bottom_margin = Mm(20)
        style = self.made.styles["Normal"]
        style.font.name, style.font.size = FONT, Pt(12)
        style.element.rPr.rFonts.set(qn("w:eastAsia"), FONT)
        properties = self.made.core_properties
        properties.created = properties.modified = MADE
        properties.author = properties.last_modified_by = ""

    def _said(self, words: str) -> str:
        return _UNSEEN.sub("", str(fitted(words, self.own)))

    def heading(self, words: str, size: int, centred: bool = False) -> None:
        paragraph = self.made.add_paragraph()
        if centred:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        run = paragraph.add_run(self._said(words))
        run.bold, run.font.size, run.font.name = True, Pt(size), HEADING
        run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), HEADING)

    def paragraph(self, words: str) -> None:
        self.made.add_paragraph(self._said(words))

    def grid(self, one: Grid) -> None:
        """A table with its title, and what is said below it."""
        self.heading(one.title, 12)
        told = as_data(one)
        rows = [
            *([one.heads] if one.heads else []),
            *([_cell(cell) for cell in line["cells"]] for line in told["lines"]),
        ]
        self.table([list(row) for row in rows])
        if one.note:
            self.paragraph(one.note)

    def table(self, rows: list[list[str]]) -> None:
        """Rows of words; one that is shorter than the first spans what is left."""
        wide = max((len(row) for row in rows), default=1)
        table = self.made.add_table(rows=0, cols=wide, style="Table Grid")
        for row in rows:
            cells = table.add_row().cells
            if len(row) == 1 and wide > 1:
                cells[0].merge(cells[-1])
            for cell, words in zip(cells, row, strict=False):
                run = cell.paragraphs[0].add_run(self._said(words))
                run.font.size = Pt(8)

    def read(self) -> bytes:
        """The bytes, with no moment of their making in them."""
        file = BytesIO()
        self.made.save(file)
        return _undated(file)


def _undated(file: BytesIO) -> bytes:
    """The same package, its parts dated as all packages are that tell no day."""
    packed = BytesIO()
    with ZipFile(file) as parts, ZipFile(packed, "w", ZIP_DEFLATED) as undated:
        for name in parts.namelist():
            part = ZipInfo(name)
            part.compress_type = ZIP_DEFLATED
            undated.writestr(part, parts.read(name))
    return packed.getvalue()


def _cell(cell: Mapping[str, str]) -> str:
    return f"{cell['text']}\n{cell['below']}" if cell["below"] else cell["text"]
