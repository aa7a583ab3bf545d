"""A report's figures as tables: the volumes, the units' lines, and the evaluation with its arithmetic."""

from __future__ import annotations

import json
from typing import Any

from app.models import Report
from app.rules import words

_HEADS: dict[str, tuple[str, str]] = {
    "allocated": ("交办", "allocated"), "on_time": ("按时", "on time"), "late": ("逾期", "late"),
    "open": ("在办", "open"),
    "overdue": ("逾期未复", "overdue"),
    "returns": ("退单", "returns"), "reminders": ("催办", "reminders"),
    "lapsed": ("催办未复", "lapsed"), "supervised": ("督办", "supervised"), "repeats": ("重复", "repeats"),
    "closed": ("办结", "closed"), "unrated": ("未评价", "unrated"), "asked": ("询问", "asked"),
    "partly": ("部分解决", "partly"),
    "unreasonable": ("不合理", "unreasonable"), "redo": ("重办", "redo"), "rated": ("已评价", "rated"),
    "satisfaction": ("满意率%", "satisfied %"), "solved": ("解决率%", "solved %"),
    "average_workdays": ("平均工作日", "average days"),
}  # fmt: skip
_RANKED = ("rank", "name", "closed", "total", "band")


def _plain(value: Any) -> str:
    return "—" if value is None or value == "" else str(value)


def _volumes(told: dict[str, Any], tongue: str) -> list[tuple[str, list[tuple[str, str]]]]:
    domains = {"by_channel": "channel", "by_kind": "kind", "by_mode": "mode"}
    found = []
    for name, domain in domains.items():
        counted = told.get(name) or {}
        rows = [(words.value(domain, one, tongue) if one else "—", _plain(n)) for one, n in counted.items()]
        found.append((words.field({"kind": "kind", "channel": "channel"}.get(domain, domain), tongue), rows))
    return found


def figures_of(report: Report, tongue: str) -> dict[str, Any]:
    """What the page of a report shows: volumes as tables, units as lines, the ranking by tier."""
    told = json.loads(report.figures)
    evaluation = told.get("evaluation") or {}
    ranking = [
        (tier, [{name: _plain(one.get(name)) for name in _RANKED} for one in places])
        for tier, places in (evaluation.get("ranking") or {}).items()
    ]  # fmt: skip
    return {
        "volumes": _volumes(told["volumes"]["cases"], tongue), "ranking": ranking,
        "not_ranked": evaluation.get("not_ranked") or [], "points": evaluation.get("points") or {},
        "units": unit_lines(told, tongue),
    }  # fmt: skip


def unit_lines(told: dict[str, Any], tongue: str) -> dict[str, Any]:
    """The units' part as a table: heads, and a line for each unit."""
    units = told.get("units") or {}
    names = [name for name in next(iter(units.values()), {}) if name not in ("id", "code", "name", "active")]
    heads = [words.word(_HEADS.get(name, (name, name)), tongue) for name in names]
    lines = [
        [_plain(one.get("name") or code), *(_plain(one.get(name)) for name in names)] for code, one in units.items()
    ]
    return {"heads": heads, "lines": lines}
