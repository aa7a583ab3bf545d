"""What the parts of a report are made of: cells that know what they count and where that leads,
tiles, tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from app.stages.reporting.measures import Figure

TENTH = Decimal("0.1")
NONE = "—"


@dataclass(frozen=True)
class Lead:
    """What a figure leads to: the rows that a flag counts, of a unit, category, township or channel
    where that is named."""

    flag: str
    of: tuple[tuple[str, int | str], ...] = ()


@dataclass(frozen=True)
class Cell:
    """One cell: what is printed, the number behind it where it is one, what is said below it, where
    it leads."""

    text: str
    value: Decimal | int | None = None
    below: str = ""
    lead: Lead | None = None
    share: bool = False


@dataclass(frozen=True)
class Line:
    """A line of a table: its cells; `kind` is empty, `group` for a line that names those below it,
    `total` for sums, `apart` for the first one below a line."""

    cells: Sequence[Cell]
    kind: str = ""


@dataclass(frozen=True)
class Grid:
    """A table: its title, heads and lines, and what is said below it. `widths` are parts of its
    width, one a column."""

    title: str
    heads: Sequence[str]
    lines: Sequence[Line]
    note: str = ""
    widths: Sequence[float] = ()


@dataclass(frozen=True)
class Tile:
    """One figure at the head of a report: what it is called, how much, of how much, how it changed,
    the twelve periods before and this one (None: there was nothing)."""

    name: str
    value: Cell
    changes: Sequence[tuple[str, str]]
    series: Sequence[Decimal | int | None]


def plain(value: object) -> Cell:
    """A cell of words; a dash for none."""
    return Cell(NONE if value is None or value == "" else str(value))


def number(n: int | None, lead: Lead | None = None) -> Cell:
    """A cell with a number; what is nothing leads nowhere."""
    return Cell(NONE) if n is None else Cell(str(n), n, lead=lead if n else None)


def tenths(share: Decimal) -> Decimal:
    """A share to one decimal, half up."""
    return share.quantize(TENTH, ROUND_HALF_UP)


def share(figure: Figure, lead: Lead | None = None) -> Cell:
    """A cell with a share in percent and its fraction below; a dash where there was nothing."""
    if figure.percent is None:
        return Cell(NONE, share=True)
    told = tenths(figure.percent)
    return Cell(
        f"{told}%", figure.percent, f"{figure.n}/{figure.of}", lead if figure.n else None, True
    )
