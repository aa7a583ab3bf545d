"""The annexes of a report: the arithmetic of points, what was overdue, all categories and places,
what units said, what every measure means."""

from __future__ import annotations

from collections.abc import Iterator

from app.papers.figures.grid import Grid, Line, plain
from app.papers.figures.tables import Table, own_part, tables_of
from app.papers.figures.told import Told

EVALUATION_WIDTHS = (3, *(2.2,) * 6, 2, 1.3, 1.4)
OVERDUE_WIDTHS = (2.4, 4, 1.4, 3, 1.6, 1.6)


def annexes(told: Told, unit: str | None = None, own: bool = False) -> Iterator[Grid]:
    """Every annex that has anything in it; `unit` is the code of the unit that reads: of single cases
    it is told its own, and `own` keeps to what is its own altogether."""
    figures = own_part(told.figures, unit or "") if own else told.figures
    shown = tables_of(figures, told.language, unit)
    for table in () if own else shown.ranking():
        yield _grid(table)
    yield _grid(shown.evaluation(), EVALUATION_WIDTHS)
    yield _grid(shown.overdue(), OVERDUE_WIDTHS)
    if own:
        yield told.definitions()
        return
    yield _grid(shown.totals())
    for table in shown.volumes(("by_kind", "by_mode", "by_place")):
        yield _grid(table)
    for by in ("category", "township", "channel"):
        yield told.by(by)
    if told.figures.get("contests"):
        yield told.contests()
    yield told.definitions()


def _grid(table: Table, widths: tuple[float, ...] = ()) -> Grid:
    lines = [Line([plain(cell) for cell in line]) for line in table.lines]
    width = max((len(line) for line in table.lines), default=len(table.heads))
    heads = table.heads or []
    return Grid(table.title, heads, lines, table.note, widths or (1,) * max(1, width))
