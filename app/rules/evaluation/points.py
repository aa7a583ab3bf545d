"""The table of points: items, deductions, bands and tiers, as an office sets them."""

from __future__ import annotations

from dataclasses import dataclass, fields
from decimal import ROUND_HALF_UP, Decimal

HUNDREDTH = Decimal("0.01")
HUNDRED = Decimal(100)


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
    """The deductions, in points each; all together `most`."""

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
DEDUCTIONS = tuple(field.name for field in fields(Deductions) if field.name != "most")


def half_up(value: Decimal) -> Decimal:
    """Rounded half up to 2 decimals: 1.945 is 1.95."""
    return value.quantize(HUNDREDTH, ROUND_HALF_UP)
