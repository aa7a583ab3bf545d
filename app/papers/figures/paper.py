"""The report as a PDF: the same figures give the same bytes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from app.papers import fonts, press
from app.papers.blocks import LANGUAGE
from app.papers.figures.annexes import annexes
from app.papers.figures.charts import PAPER
from app.papers.figures.grid import Cell, Grid
from app.papers.figures.pictures import pictures
from app.papers.figures.told import Told

TEMPLATE = Path(__file__).with_name("bulletin.typ")


def pdf(
    figures: Mapping[str, Any],
    head: Mapping[str, str],
    own: Path | None = None,
    draft: bool = False,
) -> bytes:
    """The PDF of a report. `head`: `office`, `title`, `number` and `day`, as they are printed; `own`
    is a folder with fonts that the office owns."""
    told = Told(figures, LANGUAGE)
    drawn = pictures(told, style=PAPER)
    page = fitted({**_page(told), "head": dict(head), "draft": draft}, own)
    page["pictures"] = {
        "hot": str(drawn["hot"]),
        "units": str(drawn["units"]),
        "lines": [str(one) for one in drawn["lines"]],
    }
    words = {name: told.say(f"papers.{name}") for name in ("draft",)}
    inputs = {"page": page, "words": words}
    return press.typeset(
        TEMPLATE,
        {name: json.dumps(value, ensure_ascii=False) for name, value in inputs.items()},
        own,
    )


def fitted(value: Any, own: Path | None) -> Any:
    """Facts as fonts can print them: a character that none has is printed by its number."""
    if isinstance(value, str):
        return fonts.printable(value, own)[0]
    if isinstance(value, Mapping):
        return {name: fitted(part, own) for name, part in value.items()}
    return [fitted(part, own) for part in value] if isinstance(value, list | tuple) else value


def _page(told: Told) -> dict[str, Any]:
    """What is printed, part by part."""
    return {
        "span": told.span,
        "tiles": [
            {
                "name": tile.name,
                "value": tile.value.text,
                "below": tile.value.below,
                "changes": [words for words, _ in tile.changes],
            }
            for tile in told.tiles()
        ],
        "attention": {
            "title": told.say("report_page.part.attention"),
            "lines": [said for said, _, _ in told.sentences()],
        },
        "glance": [grid(one) for one in told.at_a_glance()],
        "hot": grid(told.hot()),
        "units": grid(told.units()),
        "chain": grid(told.chain()),
        "suggestions": grid(told.suggestions()),
        "typical": grid(told.typical()),
        "annex": told.say("report_page.part.annex"),
        "annexes": [grid(one) for one in annexes(told)],
        "witnessed": told.witnessed,
        "none": told.say("figures.none"),
    }


def grid(one: Grid) -> dict[str, Any]:
    """A table as the template takes it."""
    return {
        "title": one.title,
        "heads": list(one.heads),
        "widths": list(one.widths or [1.0] * len(one.heads)),
        "lines": [
            {"kind": line.kind, "cells": [_cell(c) for c in line.cells]} for line in one.lines
        ],
        "note": one.note,
    }


def _cell(cell: Cell) -> dict[str, str]:
    return {"text": cell.text, "below": cell.below}
