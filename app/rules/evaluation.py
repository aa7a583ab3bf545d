"""The evaluation 考核 of member units: 100 points, less deductions, in bands and tiers. [procedure 5]

Decimal arithmetic. The rate r of an item is rounded half up to 2 decimals; the points lost are
computed from that r, rounded half up to 2 decimals and taken from the item's maximum. Points and
deductions are settings.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from app.rules.limits import Limits
from app.rules.refusal import NotAllowed

HUNDREDTH = Decimal("0.01")
HUNDRED = Decimal(100)
WORST = "不合格"
"""The band below every named one."""
SETTING = "evaluation."
TABLE = f"{SETTING}points"
"""What the names of an office's own points begin with, as `evaluation.signing.weight`."""


@dataclass(frozen=True)
class Scale:
    """One item: its maximum `weight`; nothing is lost at a rate of `full` percent or better; beyond
    it every percentage point costs `each` points, until `least` points are left. `falling`: a lower
    rate is the better one."""

    weight: Decimal
    full: Decimal
    each: Decimal
    least: Decimal = Decimal(0)
    falling: bool = False

    def points(self, rate: Decimal) -> Decimal:
        """The points of a rate in percent."""
        beyond = rate - self.full if self.falling else self.full - rate
        lost = half_up(self.each * max(beyond, Decimal(0)))
        return half_up(self.weight - min(lost, self.weight - self.least))


@dataclass(frozen=True)
class Deductions:
    """What is taken off, in points each; all together `most`."""

    reminder: Decimal = Decimal("0.2")
    lapsed: Decimal = Decimal("0.5")
    supervised: Decimal = Decimal(2)
    untrue: Decimal = Decimal(5)
    leak: Decimal = Decimal(10)
    referred: Decimal = Decimal(10)
    most: Decimal = Decimal(30)


@dataclass(frozen=True)
class Points:
    """The whole table: six items, deductions, bands from the best one down, tiers of volume (closed
    cases)."""

    signing: Scale = Scale(Decimal(10), Decimal(100), Decimal("0.5"))
    answering: Scale = Scale(Decimal(30), Decimal(100), Decimal(1))
    satisfaction: Scale = Scale(Decimal(30), Decimal(95), Decimal("0.5"), Decimal(15))
    solving: Scale = Scale(Decimal(10), Decimal(90), Decimal("0.25"))
    redo: Scale = Scale(Decimal(10), Decimal(0), Decimal(1), falling=True)
    returns: Scale = Scale(Decimal(10), Decimal(0), Decimal(1), falling=True)
    deductions: Deductions = Deductions()
    bands: tuple[tuple[Decimal, str], ...] = (
        (Decimal(90), "优秀"),
        (Decimal(80), "良好"),
        (Decimal(60), "合格"),
    )
    tiers: tuple[int, ...] = (50, 10)

    @property
    def items(self) -> dict[str, Scale]:
        """The items by name, in the order of the table."""
        return {name: getattr(self, name) for name in ITEMS}

    @property
    def whole(self) -> Decimal:
        """The points of all items together."""
        return sum((scale.weight for scale in self.items.values()), Decimal(0))


ITEMS = ("signing", "answering", "satisfaction", "solving", "redo", "returns")
DEDUCTIONS = tuple(one.name for one in fields(Deductions) if one.name != "most")


@dataclass(frozen=True)
class UnitCounts:
    """What a unit did in a period, as counted; `stages.reporting` says which row and which day
    counts.

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


def half_up(value: Decimal) -> Decimal:
    """Rounded half up to 2 decimals: 1.945 is 1.95."""
    return value.quantize(HUNDREDTH, ROUND_HALF_UP)


def rate(numerator: int, denominator: int) -> Decimal | None:
    """numerator / denominator in percent, rounded half up to 2 decimals; None for a zero
    denominator."""
    return half_up(HUNDRED * numerator / denominator) if denominator > 0 else None


def _fractions(counts: UnitCounts) -> dict[str, tuple[int, int, dict[str, int]]]:
    """item -> numerator, denominator, what was left out of them."""
    one = counts
    pleased = one.satisfied + one.basically
    unrated = {"declined": one.declined, "unreachable": one.unreachable, "excluded": one.excluded}
    left_out = {"returned": one.returned, "running": one.running}
    return {
        "signing": (one.signed_in_time, one.allocated - one.returned - one.running, left_out),
        "answering": (one.answered_in_time, one.due, {"ended": one.ended}),
        "satisfaction": (pleased, pleased + one.dissatisfied, unrated),
        "solving": (one.solved, one.asked, {"unreachable": one.unreachable}),
        "redo": (one.redo_ordered, one.answered, {}),
        "returns": (one.refused_returns, one.allocated, {}),
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
        name: one.total for name, one in units.items() if one.ranked and one.total is not None
    }
    for name in sorted(totals, key=lambda one: (-totals[one], one)):
        peers = tiers.setdefault(tier(units[name].closed, points), [])
        tied = bool(peers) and totals[peers[-1][1]] == totals[name]
        peers.append((peers[-1][0] if tied else len(peers) + 1, name))
    return dict(sorted(tiers.items()))


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
        f"{group}.{one.name} {getattr(held, one.name)}"
        for group, held in groups.items()
        for one in fields(held)
        if one.name != "falling"
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
    settings = {name: value for name, value in settings.items() if name != TABLE} | _told_in(
        settings.get(TABLE, "")
    )
    for name, value in sorted(settings.items()):
        group, _, part = name.removeprefix(SETTING).partition(".")
        held = getattr(points, group) if group in (*ITEMS, "deductions") else None
        if held is None or part not in {one.name for one in fields(held)} - {"falling"}:
            raise NotAllowed("evaluation_setting", name=name, value=value)
        points = replace(points, **{group: replace(held, **{part: _number(name, value)})})
    if points.whole != HUNDRED or any(
        scale.least > scale.weight for scale in points.items.values()
    ):
        raise NotAllowed("evaluation_not_100", points=str(points.whole))
    return points
