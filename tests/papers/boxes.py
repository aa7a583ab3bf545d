"""Where the lines of a PDF stand: what the pages of papers are held against. Millimetres and points from the
upper left corner."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pdfplumber

MM = 72 / 25.4
TOLERANCE = 8
"""How far, in points, a box may stand over the margin: signs at the edge of a line hang a little."""
UPRIGHT, ACROSS = (37, 26, 35, 28), (24, 20, 22, 20)
"""Top, right, bottom and left margin of a paper, and of the day's list, in millimetres."""


@dataclass(frozen=True)
class Line:
    """A line of words on a page, with its box in points."""

    page: int
    words: str
    left: float
    right: float
    top: float
    bottom: float


def lines_of(pdf: bytes) -> list[list[Line]]:
    """The lines of each page; page numbers and marks aside."""
    with pdfplumber.open(io.BytesIO(pdf)) as opened:
        return [list(_lines(page, n)) for n, page in enumerate(opened.pages, 1)]


def _lines(page: Any, n: int) -> Iterator[Line]:
    upright = page.filter(_stands)
    for line in upright.extract_text_lines(return_chars=False, y_tolerance=2):
        box = (line["x0"], line["x1"], line["top"], line["bottom"])
        if line["top"] < page.height - _margins(page)[2] * MM + 2:
            yield Line(n, line["text"], *box)


def _stands(thing: Any) -> bool:
    """What is no watermark, and no stamp in the corner."""
    if thing.get("object_type") != "char":
        return True
    return bool(thing["upright"]) and not (thing["size"] > 17 and thing["top"] < 25 * MM)


def _margins(page: Any) -> tuple[int, int, int, int]:
    return ACROSS if page.width > page.height else UPRIGHT


def outside(pdf: bytes) -> list[Line]:
    """The lines that stand outside the margins; the head of a letter begins 7 mm higher."""
    with pdfplumber.open(io.BytesIO(pdf)) as opened:
        found = []
        for n, page in enumerate(opened.pages, 1):
            top, right, bottom, left = (side * MM for side in _margins(page))
            for line in _lines(page, n):
                inside = (
                    left - TOLERANCE <= line.left
                    and line.right <= page.width - right + TOLERANCE
                    and top - 7 * MM - TOLERANCE <= line.top
                    and line.bottom <= page.height - bottom + TOLERANCE
                )
                found += [] if inside else [line]
        return found


def overlapping(pdf: bytes) -> list[tuple[str, str]]:
    """The pairs of signs of a page that stand on one another by more than half of the smaller."""
    with pdfplumber.open(io.BytesIO(pdf)) as opened:
        return [pair for page in opened.pages for pair in _overlaps(page.filter(_stands).chars)]


def _overlaps(chars: list[Any]) -> Iterator[tuple[str, str]]:
    rows: dict[int, list[Any]] = {}
    for char in chars:
        if char["text"].strip():
            rows.setdefault(round(char["bottom"] / 4), []).append(char)
    for row in rows.values():
        row.sort(key=lambda char: char["x0"])
        for one, other in zip(row, row[1:], strict=False):
            wide = min(one["x1"] - one["x0"], other["x1"] - other["x0"])
            shared = min(one["x1"], other["x1"]) - max(one["x0"], other["x0"])
            high = min(one["bottom"], other["bottom"]) - max(one["top"], other["top"])
            if wide > 0.5 and shared > wide / 2 and high > 2:
                yield one["text"], other["text"]


def _said(page: Any) -> str:
    """The words of a page, its number aside."""
    foot = page.height - _margins(page)[2] * MM + 2
    return "".join(char["text"] for char in page.chars if char["top"] < foot)


def text_of(pdf: bytes, page: int | None = None) -> str:
    """All that a PDF's text layer holds - of one page, where it is named -, without the signs at which
    a line may break."""
    with pdfplumber.open(io.BytesIO(pdf)) as opened:
        meant = opened.pages if page is None else [opened.pages[page]]
        said = "".join(_said(page) for page in meant)
        return said.replace("\u200b", "")
