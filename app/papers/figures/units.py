"""The table of units: worst first, townships apart from departments, those with too few closed cases
below a line, and all of them together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from app.papers.figures.grid import Cell, Grid, Line, plain
from app.stages.reporting.measures import MEASURES

if TYPE_CHECKING:
    from app.papers.figures.told import Told

COLUMNS = (
    *("workload", "timely", "satisfaction", "solving", "response"),
    *("signing", "returning", "redoing", "overdue", "reminders", "supervised"),
)
"""What the table tells of each unit."""
UNRANKED = Decimal(1000)


def units_grid(told: Told) -> Grid:
    """The units of a report, and the whole county."""
    lines = [*_lines(told)]
    total = [Cell(told.say("report_page.county")), *_cells(told, told.whole, ())]
    heads = [told.say("figures.head.unit"), *(told.name(name) for name in COLUMNS)]
    least = told.figures["evaluation"]["ranked_closed"]
    note = told.say("report_page.units_note", least=least)
    title = told.say("report_page.part.units")
    widths = (4, 1.3, *(1.7,) * 7, 1.3, 1.3, 1.3)
    return Grid(title, heads, [*lines, Line(total, "total")], note, widths)


def _lines(told: Told) -> Iterator[Line]:
    """Departments, then townships, each worst first; then those that are not ranked."""
    ranked, few = sorted_units(told.figures)
    for township, title in ((False, "departments"), (True, "townships")):
        group = [one for one in ranked if bool(one[1]["area"]) is township]
        if group:
            yield Line([Cell(told.say(f"report_page.{title}"))], "group")
            yield from (_line(told, *one) for one in group)
    if few:
        yield Line([Cell(told.say("report_page.few"))], "group")
    yield from (_line(told, *one) for one in few)


def sorted_units(figures: Mapping[str, Any]) -> tuple[list[Any], list[Any]]:
    """(id, unit, counts) of the units that a report shows, by their points, worst first: those that
    are ranked, and those with too few closed cases."""
    evaluated = figures["evaluation"]["units"]
    there = [
        (id, unit, figures["by"]["unit"].get(id, {}))
        for id, unit in figures["named"]["unit"].items()
        if unit["code"] in evaluated
    ]

    def points(one: Any) -> tuple[Decimal, str]:
        total = evaluated[one[1]["code"]]["total"]
        return (UNRANKED if total is None else Decimal(total), one[1]["code"])

    there.sort(key=points)
    ranked = [one for one in there if evaluated[one[1]["code"]]["ranked"]]
    return ranked, [one for one in there if not evaluated[one[1]["code"]]["ranked"]]


def _line(told: Told, id: str, unit: Mapping[str, Any], counts: Mapping[str, int]) -> Line:
    return Line([plain(unit["name"]), *_cells(told, counts, (("unit", int(id)),))])


def _cells(told: Told, counts: Mapping[str, int], of: tuple[Any, ...]) -> list[Cell]:
    return [told.cell(MEASURES[name], counts, of) for name in COLUMNS]
