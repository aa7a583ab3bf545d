"""What a report tells of each unit: its line of the table of volumes, and its evaluation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, fields
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Setting, Unit
from app.rules import evaluation
from app.rules.evaluation import Evaluation, Points, UnitCounts, evaluate, half_up, ranking, rate
from app.stages.reporting.queries import rows_of


def _percent(numerator: int, denominator: int) -> str | None:
    found = rate(numerator, denominator)
    return None if found is None else str(found)


def line_of(one: Mapping[str, int]) -> dict[str, Any]:
    """One unit's line of the table of volumes."""
    pleased, rated = (
        one["satisfied"] + one["basically"],
        one["satisfied"] + one["basically"] + one["dissatisfied"],
    )
    timed = one["timed"]
    plain = (
        "allocated",
        "on_time",
        "late",
        "open",
        "overdue",
        "returns",
        "reminders",
        "lapsed",
        "supervised",
        "repeats",
        "closed",
        "unrated",
        "asked",
        "partly",
        "unreasonable",
    )
    return {
        **{name: one[name] for name in plain},
        "redo": one["redo_ordered"],
        "rated": rated,
        "satisfaction": _percent(pleased, rated),
        "solved": _percent(one["solved"], one["asked"]),
        "average_workdays": str(half_up(Decimal(one["workdays"]) / timed)) if timed else None,
    }


def county_line(lines: Iterable[Mapping[str, int]]) -> dict[str, Any]:
    """The whole county's line: the sums over all units and the centre, and the rates of those
    sums."""
    found: Counter[str] = Counter()
    for one in lines:
        found.update(one)
    line = line_of(found)
    line["in_time"] = _percent(found["on_time"], found["on_time"] + found["late"])
    names = (
        "allocated",
        "on_time",
        "late",
        "in_time",
        "closed",
        "rated",
        "satisfaction",
        "asked",
        "solved",
        "repeats",
    )
    return {name: line[name] for name in names}


def direct_line(one: Mapping[str, int]) -> dict[str, Any]:
    """The centre's own line: what it answered itself, and how that was received."""
    line = line_of(one)
    return {
        name: line[name]
        for name in ("closed", "rated", "satisfaction", "asked", "solved", "repeats")
    }


def _evaluated(counts: UnitCounts, found: Evaluation) -> dict[str, Any]:
    """One unit's evaluation: numerators, denominators and exclusions shown; null stands for "—"."""
    items = {
        name: {
            "numerator": line.numerator,
            "denominator": line.denominator,
            "excluded": dict(line.excluded),
            "rate": _word(line.rate),
            "points": _word(line.points),
            "weight": _word(line.weight),
        }
        for name, line in found.items.items()
    }
    return {
        "counts": asdict(counts),
        "items": items,
        "deductions": {name: str(taken) for name, taken in found.deductions.items()},
        "deducted": str(found.deducted),
        "subtotal": _word(found.subtotal),
        "total": _word(found.total),
        "band": found.band,
        "ranked": found.ranked,
    }


def _word(number: Decimal | None) -> str | None:
    return None if number is None else str(number)


_COUNTED = tuple(one.name for one in fields(UnitCounts))
SHOWN = (
    *_COUNTED,
    "on_time",
    "late",
    "open",
    "overdue",
    "returns",
    "repeats",
    "workdays",
    "timed",
    "unrated",
)
"""Every count that a unit's part of a report is drawn from; what was not counted is zero."""


def named_units(session: Session) -> dict[int, dict[str, Any]]:
    """Unit id -> its id, code, name, area and whether it is active, by code."""
    query = select(Unit.id, Unit.code, Unit.name, Unit.area, Unit.active).order_by(Unit.code)
    return {row["id"]: row for row in rows_of(session, query)}


def points_in_force(session: Session) -> Points:
    """The table of points as the office has set it."""
    query = select(Setting.name, Setting.value).where(
        Setting.name.startswith(evaluation.SETTING, autoescape=True)
    )
    return evaluation.points_of({row["name"]: row["value"] for row in rows_of(session, query)})


def _table(points: Points) -> dict[str, Any]:
    """The points in force, as a report shows them."""
    scales = {
        name: {
            "weight": str(one.weight),
            "full": str(one.full),
            "each": str(one.each),
            "least": str(one.least),
        }
        for name, one in points.items.items()
    }
    return {
        "items": scales,
        "deductions": {name: str(value) for name, value in asdict(points.deductions).items()},
        "bands": {word: str(least) for least, word in points.bands},
        "tiers": list(points.tiers),
    }


def evaluation_of(
    units: Mapping[str, Mapping[str, Any]],
    counts: Mapping[str, Mapping[str, int]],
    points: Points,
    ranked_closed: int,
) -> dict[str, Any]:
    """The evaluation of units: each one's, the ranking by tier of volume, and those listed without
    a rank."""
    own = {
        code: UnitCounts(**{name: unit[name] for name in _COUNTED}) for code, unit in counts.items()
    }
    evaluated = {code: evaluate(unit, points, ranked_closed) for code, unit in own.items()}
    ranks = {
        str(tier): [
            {
                "rank": rank,
                "unit": code,
                "name": units[code]["name"],
                "closed": evaluated[code].closed,
                "total": _word(evaluated[code].total),
                "band": evaluated[code].band,
            }
            for rank, code in places
        ]
        for tier, places in ranking(evaluated, points).items()
    }
    return {
        "points": _table(points),
        "ranked_closed": ranked_closed,
        "units": {code: _evaluated(own[code], unit) for code, unit in evaluated.items()},
        "ranking": ranks,
        "not_ranked": sorted(code for code, unit in evaluated.items() if not unit.ranked),
    }
