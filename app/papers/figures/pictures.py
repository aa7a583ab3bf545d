"""The pictures of a report: hot matters, units, and how the four figures went."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from markupsafe import Markup
from pygal.style import Style

from app.models.acceptance import PATH_SIGN
from app.papers.figures import charts
from app.papers.figures.charts import SCREEN, Bar
from app.papers.figures.grid import TENTH, Lead
from app.papers.figures.told import Told
from app.papers.figures.units import sorted_units

Leads = Callable[[Lead], str]
"""Where a figure leads; nowhere on paper."""
SHOWN_UNITS, LONGEST_NAME = 14, 12
"""So many units stand in the picture, those with the worst points first; so many signs of a name."""
ROW, HEAD = 36, 60
"""How high a row of bars is, and what stands around them."""
PARTS = ("on_time", "late", "open")
"""What a unit's bar is made of."""


def nowhere(lead: Lead) -> str:
    """Where figures lead on paper."""
    return ""


def hot(told: Told, leads: Leads = nowhere, style: Style = SCREEN) -> Markup:
    """The categories with most cases, in this period and in the one before."""
    rows = told.hottest()
    if not rows:
        return Markup("")
    earlier = told.compared["categories"]
    now, was = (told.say(f"report_page.{word}.{told.kind}") for word in ("this", "last"))
    these, those = [], []
    for key, name, counts in rows:
        n, before = counts["registered"], earlier.get(key, 0)
        lead = leads(Lead("registered", (("category", int(key)),)))
        these.append(Bar(n, told.say("report_page.bar", what=name, when=now, n=n), lead))
        those.append(Bar(before, told.say("report_page.bar", what=name, when=was, n=before)))
    known = told.compared["before"] is not None
    shown = [(now, these), *([(was, those)] if known else [])]
    names = [_short(name) for _, name, _ in rows]
    return charts.lying(names, shown, style, HEAD + ROW * len(rows), "hot")


def _short(name: str) -> str:
    own = name.rpartition(PATH_SIGN)[2]
    return own if len(own) <= LONGEST_NAME else f"{own[: LONGEST_NAME - 1]}…"


def units(told: Told, leads: Leads = nowhere, style: Style = SCREEN) -> Markup:
    """What units answered in time and late and what is open with them, worst first, and their mean."""
    ranked, few = sorted_units(told.figures)
    shown = [one for one in [*ranked, *few] if any(one[2].get(part) for part in PARTS)]
    if not shown:
        return Markup("")
    rows: list[tuple[str, list[Bar]]] = []
    for part in PARTS:
        name = told.say(f"figures.unit.{part}")
        bars = [_of_unit(told, one, part, name, leads) for one in shown[:SHOWN_UNITS]]
        mean = _mean([one[2].get(part, 0) for one in shown])
        county = told.say("report_page.mean")
        said = told.say("report_page.bar", what=county, when=name, n=mean)
        rows.append((name, [*bars, Bar(mean, said)]))
    labels = [_short(one[1]["name"]) for one in shown[:SHOWN_UNITS]]
    labels.append(told.say("report_page.mean"))
    return charts.stacked(labels, rows, style, HEAD + ROW * len(labels), "units")


def _of_unit(told: Told, one: Any, part: str, name: str, leads: Leads) -> Bar:
    id, unit, counts = one
    n = counts.get(part, 0)
    said = told.say("report_page.bar", what=unit["name"], when=name, n=n)
    return Bar(n, said, leads(Lead(part, (("unit", int(id)),))))


def _mean(numbers: Sequence[int]) -> float:
    return float((Decimal(sum(numbers)) / len(numbers)).quantize(TENTH, ROUND_HALF_UP))


def lines(told: Told, style: Style = SCREEN) -> list[Markup]:
    """How each of the four figures went, from twelve periods before to this one."""
    return [
        charts.line(tile.series, style, f"line{place}") for place, tile in enumerate(told.tiles())
    ]


def pictures(told: Told, leads: Leads = nowhere, style: Style = SCREEN) -> Mapping[str, Any]:
    """All pictures of a report."""
    return {
        "hot": hot(told, leads, style),
        "units": units(told, leads, style),
        "lines": lines(told, style),
    }
