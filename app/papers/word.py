"""The Word twin of a paper: the same blocks as its PDF, through the same check of printable signs, marked
编辑稿. It is for editing; what counts is the PDF."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Length, Mm, Pt, RGBColor

from app.papers.blocks import Block, say
from app.papers.fonts import IN_WORD
from app.papers.press import fitted
from app.papers.repack import without_moments

_FORMED = datetime(2000, 1, 1)  # noqa: DTZ001 - a twin tells no moment of its making
_RED = RGBColor(0xD7, 0x00, 0x0F)
_PITCH, _BODY, _SMALL, _TITLE, _HEAD = Pt(28.95), Pt(15.75), Pt(10.5), Pt(22), Pt(30)
_ALIGNED = {
    "left": WD_ALIGN_PARAGRAPH.JUSTIFY,
    "center": WD_ALIGN_PARAGRAPH.CENTER,
    "right": WD_ALIGN_PARAGRAPH.RIGHT,
}
_UNSEEN = {
    n: None for n in (*range(32), 0xFFFE, 0xFFFF, *range(0xD800, 0xE000)) if n not in (9, 10)
}
"""Signs that XML cannot hold."""


def docx(kind: str, facts: Mapping[str, Any], own: Path | None = None) -> bytes:
    """The twin of a paper. Raises KeyError for a kind that is no paper."""
    page = fitted(kind, facts, own)
    made = Document()
    made.core_properties.title, made.core_properties.author = page["title"], ""
    made.core_properties.created = made.core_properties.modified = _FORMED
    _room(made, bool(page.get("landscape")))
    _mark(made)
    _above(made, page)
    for block in page["blocks"]:
        _WRITERS[block["is"]](made, block)
    if page.get("copies"):
        _line(made, page["copies"], size=Pt(14))
    content = io.BytesIO()
    made.save(content)
    return without_moments(content.getvalue())


def _room(made: Any, across: bool) -> None:
    """The type area of the standard."""
    section = made.sections[0]
    section.page_width, section.page_height = (Mm(297), Mm(210)) if across else (Mm(210), Mm(297))
    section.orientation = WD_ORIENT.LANDSCAPE if across else WD_ORIENT.PORTRAIT
    margins = (24, 22, 20, 20) if across else (37, 35, 28, 26)
    section.top_margin, section.bottom_margin = Mm(margins[0]), Mm(margins[1])
    section.left_margin, section.right_margin = Mm(margins[2]), Mm(margins[3])


def _mark(made: Any) -> None:
    """编辑稿, on every page."""
    paragraph = made.sections[0].header.paragraphs[0]
    paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    _run(paragraph, say("papers.mark.editing"), "heading", Pt(12))


def _above(made: Any, page: Mapping[str, Any]) -> None:
    """The red head, the number, the title, to whom."""
    if page.get("head"):
        paragraph = _line(made, page["head"], "title", _HEAD, "center")
        paragraph.runs[0].font.color.rgb = _RED
        paragraph.paragraph_format.line_spacing = None
    if page.get("number"):
        _line(made, page["number"], align="right")
    _line(made, page["title"], "title", _TITLE, "center").paragraph_format.line_spacing = Pt(34)
    if page.get("to"):
        _line(made, page["to"])


def _run(paragraph: Any, words: str, font: str, size: Length) -> None:
    run = paragraph.add_run(words.translate(_UNSEEN))
    run.font.size, run.font.name = size, "Times New Roman"
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), IN_WORD[font])


def _line(
    made: Any,
    words: str,
    font: str = "body",
    size: Length = _BODY,
    align: str = "left",
    indent: bool = False,
) -> Any:
    paragraph = made.add_paragraph()
    form = paragraph.paragraph_format
    form.alignment, form.space_after, form.space_before = _ALIGNED[align], Pt(0), Pt(0)
    form.line_spacing = _PITCH
    form.first_line_indent = Pt(2 * size.pt) if indent else None
    _run(paragraph, words, font, size)
    return paragraph


def _paragraphs(made: Any, block: Block) -> None:
    for line in block["lines"]:
        _line(made, line, align=block["align"], indent=block["indent"])


def _heading(made: Any, block: Block) -> None:
    _line(made, block["words"], "heading" if block["level"] == 1 else "second", indent=True)


def _signature(made: Any, block: Block) -> None:
    for line in ("", *block["lines"]):
        _line(made, line, align="right")
    if block.get("contact"):
        _line(made, block["contact"], indent=True)


def _table(made: Any, block: Block) -> None:
    _cells(made, [block["head"], *block["rows"]], len(block["head"]), head=True)


def _pairs(made: Any, block: Block) -> None:
    _cells(made, block["rows"], 2)


def _cells(made: Any, rows: Iterable[Any], columns: int, *, head: bool = False) -> None:
    """A table with a frame; a row that is a group spans all columns."""
    table = made.add_table(rows=0, cols=columns)
    table.style = "Table Grid"
    for n, row in enumerate(rows):
        cells = table.add_row().cells
        if isinstance(row, Mapping):
            _fill(cells[0].merge(cells[-1]), row["group"], "heading")
            continue
        for cell, words in zip(cells, row, strict=True):
            _fill(cell, _told(words), "heading" if head and n == 0 else "body")


def _told(words: Any) -> str:
    """What a cell says; the number of a page is the PDF's alone."""
    return words if isinstance(words, str) else ""


def _fill(cell: Any, words: str, font: str) -> None:
    first, *more = words.split("\n")
    _run(cell.paragraphs[0], first, font, _SMALL)
    for line in more:
        _run(cell.add_paragraph(), line, font, _SMALL)


def _room_to_write(made: Any, block: Block) -> None:
    _cells(made, [[f"{block['words']}\n\n\n\n"]], 1)


def _nothing(made: Any, block: Block) -> None:
    """What only a page has."""


_WRITERS: Mapping[str, Callable[[Any, Block], None]] = {
    "p": _paragraphs,
    "h": _heading,
    "sign": _signature,
    "table": _table,
    "groups": _table,
    "pairs": _pairs,
    "room": _room_to_write,
    "break": lambda made, block: made.add_page_break(),
    "title": lambda made, block: _line(made, block["words"], "title", _TITLE, "center"),
    "cover": lambda made, block: _line(made, block["words"], "title", _HEAD, "center"),
    "outline": _nothing,
}
KINDS: Sequence[str] = (
    "allocation",
    "redo",
    "instruction",
    "reminder",
    "supervision",
    "conclusion",
)
"""The papers of which a twin is given out: the notices."""
