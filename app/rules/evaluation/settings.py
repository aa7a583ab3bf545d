"""The table of points as an office edits it: lines of a name and a number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from decimal import Decimal, InvalidOperation
from typing import Any

from app.rules.evaluation.points import HUNDRED, ITEMS, Points
from app.rules.refusal import NotAllowed

SETTING = "evaluation."
TABLE = f"{SETTING}points"
"""What the names of an office's own points begin with, as `evaluation.signing.weight`."""


def _number(name: str, value: str) -> Decimal:
    try:
        number = Decimal(value)
    except InvalidOperation:
        raise NotAllowed("evaluation_setting", name=name, value=value) from None
    if not number.is_finite() or number < 0:
        raise NotAllowed("evaluation_setting", name=name, value=value)
    return number


def table_of(points: Points) -> str:
    """The whole table as an office edits it: a name and a number on each line."""
    groups: dict[str, Any] = {**points.items, "deductions": points.deductions}
    return "\n".join(
        f"{name}.{field.name} {getattr(group, field.name)}"
        for name, group in groups.items()
        for field in fields(group)
        if field.name != "falling"
    )


def _told_in(text: str) -> dict[str, str]:
    """The settings that a table says, line by line."""
    found = {}
    for line in text.splitlines():
        if line.strip():
            name, _, value = line.strip().partition(" ")
            found[f"{SETTING}{name}"] = value.strip()
    return found


def points_of(settings: Mapping[str, str]) -> Points:
    """The table with an office's own numbers: `evaluation.<item>.<weight|full|each|least>`,
    `evaluation.deductions.*`, each by itself or all of them as the lines of `evaluation.points`.

    NotAllowed for a name that is not there, for what is no number, for items that do not come to
    100 points and for an item that leaves more points than it has."""
    points = Points()
    single = {name: value for name, value in settings.items() if name != TABLE}
    for name, value in sorted((single | _told_in(settings.get(TABLE, ""))).items()):
        points = _with(points, name, value)
    uneven = any(scale.least > scale.weight for scale in points.items.values())
    if points.whole != HUNDRED or uneven:
        raise NotAllowed("evaluation_not_100", points=str(points.whole))
    return points


def _with(points: Points, name: str, value: str) -> Points:
    """The table with one number set; NotAllowed where it has none of that name."""
    group, _, part = name.removeprefix(SETTING).partition(".")
    before = getattr(points, group) if group in (*ITEMS, "deductions") else None
    if before is None or part not in {field.name for field in fields(before)} - {"falling"}:
        raise NotAllowed("evaluation_setting", name=name, value=value)
    return replace(points, **{group: replace(before, **{part: _number(name, value)})})
