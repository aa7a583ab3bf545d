"""What the page of a report or of a draft shows: its parts, their pictures, where each figure leads."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import current_app

from app.papers.figures.annexes import annexes
from app.papers.figures.grid import Lead
from app.papers.figures.pictures import hot, lines, units
from app.papers.figures.told import Told
from app.views.actor import language

KEPT = 32
"""So many drawn reports a process keeps: pictures take most of a page, and frozen figures do not
change."""


def parts(
    figures: Mapping[str, Any], leads: Callable[[Lead], str], unit: str | None, name: Any
) -> dict[str, Any]:
    """The seven parts of a report, for its template. `unit` is the code of the unit that reads; `name`
    names figures that are the same each time."""
    told = Told(figures, language())
    drawn = _kept((name, language(), unit), lambda: _drawn(told, leads))
    return {
        "told": told,
        "leads": leads,
        "tiles": [*zip(told.tiles(), drawn["lines"], strict=True)],
        "sentences": told.sentences(),
        "glance": told.at_a_glance(),
        "hot": (told.hot(), drawn["hot"]),
        "units": (told.units(), drawn["units"]),
        "chain": told.chain(),
        "suggestions": told.suggestions() if unit is None else None,
        "typical": told.typical(),
        "annexes": [*annexes(told, unit)],
    }


def own_parts(
    figures: Mapping[str, Any], leads: Callable[[Lead], str], unit: str
) -> dict[str, Any]:
    """What a unit reads of a draft: its own line, its arithmetic, what it had overdue."""
    told = Told(figures, language())
    return {
        "told": told,
        "leads": leads,
        "own": told.own_line(unit),
        "annexes": [*annexes(told, unit, own=True)],
    }


def _drawn(told: Told, leads: Callable[[Lead], str]) -> dict[str, Any]:
    return {"lines": lines(told), "hot": hot(told, leads), "units": units(told, leads)}


def _kept(key: Any, made: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    told: dict[Any, dict[str, Any]] = current_app.extensions["desk_told"].setdefault("drawn", {})
    if key not in told:
        while len(told) >= KEPT:
            told.pop(next(iter(told)))
        told[key] = made()
    return told[key]
