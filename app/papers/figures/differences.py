"""What changed between two countings, so that it can be seen: whose, which measure, before and after."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from app.papers.figures.grid import Grid, Line, plain
from app.papers.figures.told import Told
from app.stages.reporting.measures import MEASURES

_COUNTY, _UNIT = ("by", "", ""), ("by", "unit")


def changed_grid(told: Told, changes: Sequence[Mapping[str, Any]]) -> Grid:
    """The county's and the units' counts that changed; of all else that did, how much it was."""
    lines = [*_lines(told, changes)]
    others = len(changes) - len(lines)
    note = told.say("report_page.changed_more", n=others) if others else ""
    heads = [
        told.say("figures.head.unit"),
        told.say("report_page.measure"),
        told.say("report_page.was"),
        told.say("report_page.is"),
    ]
    return Grid(told.say("report_page.changed"), heads, lines, note, (4, 3, 1.5, 1.5))


def _lines(told: Told, changes: Sequence[Mapping[str, Any]]) -> Iterator[Line]:
    for one in changes:
        path = tuple(one["path"].split("/"))
        name = _called(told, path[-1])
        if name and path[:-1] == _COUNTY:
            who = told.say("report_page.county")
        elif name and path[:2] == _UNIT and len(path) == 4:
            unit = told.figures["named"]["unit"].get(path[2])
            who = unit["name"] if unit else told.say("figures.county.own")
        else:
            continue
        yield Line([plain(who), plain(name), plain(one["old"] or 0), plain(one["new"] or 0)])


def _called(told: Told, flag: str) -> str:
    """What a count is called: by the measure that it is, or is the base of."""
    for measure in MEASURES.values():
        if measure.top == flag:
            name = told.name(measure.name)
            return told.say("report_page.top", name=name) if measure.share else name
    for measure in MEASURES.values():
        if measure.of == flag:
            return told.say("report_page.base", name=told.name(measure.name))
    return ""
