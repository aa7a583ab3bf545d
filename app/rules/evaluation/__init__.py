"""The evaluation 考核 of member units: 100 points, less deductions, in bands and tiers. [procedure 5]

Decimal arithmetic. The rate r of an item is rounded half up to 2 decimals; the points lost are
computed from that r, rounded half up to 2 decimals and taken from the item's maximum. Points and
deductions are settings.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal

from app.rules.evaluation.points import (
    DEDUCTIONS,
    HUNDRED,
    HUNDREDTH,
    ITEMS,
    Deductions,
    Points,
    Scale,
    half_up,
)
from app.rules.evaluation.settings import SETTING, TABLE, points_of, table_of
from app.rules.limits import Limits

__all__ = [
    "DEDUCTIONS",
    "HUNDRED",
    "HUNDREDTH",
    "ITEMS",
    "SETTING",
    "TABLE",
    "WORST",
    "Deductions",
    "Evaluation",
    "ItemResult",
    "Points",
    "Scale",
    "UnitCounts",
    "band",
    "evaluate",
    "half_up",
    "points_of",
    "ranking",
    "rate",
    "table_of",
    "tier",
]

WORST = "不合格"
"""The band below every named one."""


@dataclass(frozen=True)
class UnitCounts:
    """The counts of a unit in a period; `stages.reporting` says which row and which day counts.

    `running` are allocations that may still be signed for in time: left out of the first item.
    `declined`, `unreachable`, `excluded` are visits that are not rated; `void` reminders and
    `ended` assignments are not counted either. `partly` and `unreasonable` are asked, but not
    solved. All of them are shown."""

    allocated: int = 0
    returned: int = 0
    running: int = 0
    signed_in_time: int = 0
    due: int = 0
    ended: int = 0
    answered_in_time: int = 0
    satisfied: int = 0
    basically: int = 0
    dissatisfied: int = 0
    declined: int = 0
    unreachable: int = 0
    excluded: int = 0
    asked: int = 0
    solved: int = 0
    partly: int = 0
    unreasonable: int = 0
    redo_ordered: int = 0
    answered: int = 0
    refused_returns: int = 0
    reminders: int = 0
    void: int = 0
    lapsed: int = 0
    supervised: int = 0
    untrue: int = 0
    leaks: int = 0
    referred: int = 0
    closed: int = 0


@dataclass(frozen=True)
class ItemResult:
    """One line of the table: `rate` in percent and `points` are None ("—") where the denominator is
    zero."""

    numerator: int
    denominator: int
    rate: Decimal | None
    points: Decimal | None
    weight: Decimal
    excluded: Mapping[str, int]


@dataclass(frozen=True)
class Evaluation:
    """One unit's result. `subtotal` is what the items come to out of the whole table, the weight of
    lines without a denominator spread over the others; `total` is that less `deducted`; all None
    where nothing could be measured."""

    items: Mapping[str, ItemResult]
    deductions: Mapping[str, Decimal]
    deducted: Decimal
    subtotal: Decimal | None
    total: Decimal | None
    band: str | None
    closed: int
    ranked: bool


def rate(numerator: int, denominator: int) -> Decimal | None:
    """numerator / denominator in percent, rounded half up to 2 decimals; None for a zero
    denominator."""
    return half_up(HUNDRED * numerator / denominator) if denominator > 0 else None


def _fractions(counts: UnitCounts) -> dict[str, tuple[int, int, dict[str, int]]]:
    """item -> numerator, denominator, what was left out of them."""
    pleased = counts.satisfied + counts.basically
    unrated = {
        "declined": counts.declined,
        "unreachable": counts.unreachable,
        "excluded": counts.excluded,
    }
    left_out = {"returned": counts.returned, "running": counts.running}
    to_sign = counts.allocated - counts.returned - counts.running
    return {
        "signing": (counts.signed_in_time, to_sign, left_out),
        "answering": (counts.answered_in_time, counts.due, {"ended": counts.ended}),
        "satisfaction": (pleased, pleased + counts.dissatisfied, unrated),
        "solving": (counts.solved, counts.asked, {"unreachable": counts.unreachable}),
        "redo": (counts.redo_ordered, counts.answered, {}),
        "returns": (counts.refused_returns, counts.allocated, {}),
    }


def _lines(counts: UnitCounts, points: Points) -> dict[str, ItemResult]:
    lines = {}
    for name, (numerator, denominator, excluded) in _fractions(counts).items():
        scale = points.items[name]
        percent = rate(numerator, denominator)
        worth = None if percent is None else scale.points(percent)
        lines[name] = ItemResult(numerator, denominator, percent, worth, scale.weight, excluded)
    return lines


def _subtotal(lines: Mapping[str, ItemResult], points: Points) -> Decimal | None:
    """The items together, out of the whole table. Where weight is spread the sum is cut, not
    rounded, to 2 decimals: a band is never reached by rounding."""
    measured = [line for line in lines.values() if line.points is not None]
    available = sum((line.weight for line in measured), Decimal(0))
    if not available:
        return None
    earned = sum((line.points for line in measured if line.points is not None), Decimal(0))
    return (earned * points.whole / available).quantize(HUNDREDTH, ROUND_DOWN)


def _deductions(counts: UnitCounts, points: Points) -> dict[str, Decimal]:
    times = {
        "reminder": counts.reminders,
        "lapsed": counts.lapsed,
        "supervised": counts.supervised,
        "untrue": counts.untrue,
        "leak": counts.leaks,
        "referred": counts.referred,
    }
    return {name: half_up(getattr(points.deductions, name) * times[name]) for name in DEDUCTIONS}


def band(total: Decimal, points: Points) -> str:
    """The band of a total as it stands, never rounded up: 89.99 is 良好."""
    return next((word for least, word in points.bands if total >= least), WORST)


def evaluate(
    counts: UnitCounts, points: Points | None = None, ranked_closed: int = Limits().ranked_closed
) -> Evaluation:
    """Evaluate one unit; with fewer than `ranked_closed` closed cases it is listed, not ranked.
    [procedure 5]"""
    points = points or Points()
    lines = _lines(counts, points)
    taken = _deductions(counts, points)
    deducted = min(sum(taken.values(), Decimal(0)), points.deductions.most)
    subtotal = _subtotal(lines, points)
    total = None if subtotal is None else subtotal - deducted
    word = None if total is None else band(total, points)
    ranked = total is not None and counts.closed >= ranked_closed
    return Evaluation(lines, taken, deducted, subtotal, total, word, counts.closed, ranked)


def tier(closed: int, points: Points) -> int:
    """The tier of volume: 1 from 50 closed cases, 2 from 10, 3 below."""
    return 1 + sum(closed < least for least in points.tiers)


def ranking(
    units: Mapping[str, Evaluation], points: Points | None = None
) -> dict[int, list[tuple[int, str]]]:
    """tier -> (rank, unit) by total, best first. Ties share a rank and the next one is passed over
    (1, 1, 3)."""
    points = points or Points()
    tiers: dict[int, list[tuple[int, str]]] = {}
    totals = {
        name: result.total
        for name, result in units.items()
        if result.ranked and result.total is not None
    }
    for name in sorted(totals, key=lambda name: (-totals[name], name)):
        peers = tiers.setdefault(tier(units[name].closed, points), [])
        tied = bool(peers) and totals[peers[-1][1]] == totals[name]
        peers.append((peers[-1][0] if tied else len(peers) + 1, name))
    return dict(sorted(tiers.items()))
