"""The measures, each said once: what is counted of what, what is left out, and which way is better.
Page, paper, sheet and wall read this table; the catalogues say what each means (`measure.<name>`,
`means.<name>`). [procedure 5]

The six of the city's own table: workload, satisfaction, signing, returning, redoing, timely.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from app.rules.evaluation import rate
from app.stages.reporting.sources import SOURCE_OF, Source


@dataclass(frozen=True)
class Measure:
    """One measure. `top` is the flag that is counted, `of` the one it is counted of; `without` are
    flags of the same source that are left out of `of`. `share`: it is told in percent, else as a
    number beside the other. `better`: 1 where more is better, -1 where less is."""

    name: str
    top: str
    of: str = ""
    without: tuple[str, ...] = ()
    share: bool = False
    better: int = 0

    @property
    def source(self) -> Source:
        """Where the rows of its numerator are."""
        return SOURCE_OF[self.top]

    def of_counts(self, counts: Mapping[str, int]) -> Figure:
        """The figure that counts make."""
        return Figure(counts.get(self.top, 0), counts.get(self.of, 0) if self.of else None)


@dataclass(frozen=True)
class Figure:
    """n, and of how many; None where it is a number of its own."""

    n: int
    of: int | None = None

    @property
    def percent(self) -> Decimal | None:
        """n of m in percent, rounded half up to two decimals; None where m is nothing."""
        return rate(self.n, self.of) if self.of else None


def _share(name: str, top: str, of: str, better: int, *without: str) -> Measure:
    return Measure(name, top, of, without, True, better)


MEASURES: dict[str, Measure] = {
    one.name: one
    for one in (
        Measure("received", "registered", "contacts"),
        Measure("workload", "allocated", without=("returned",)),
        _share("signing", "signed_in_time", "to_sign", 1, "returned", "running"),
        _share("response", "contacted", "contact_asked", 1, "unreachable"),
        _share("timely", "answered_in_time", "due", 1, "ended"),
        _share("satisfaction", "content", "rated", 1, "declined", "unreachable", "excluded"),
        _share("solving", "solved", "asked", 1, "unreachable"),
        _share("returning", "returned", "allocated", -1),
        _share("redoing", "redo_ordered", "answered", -1),
        Measure("unmet", "unmet", "due", ("ended",), better=-1),
        Measure("answered", "answered"),
        Measure("open", "open", better=-1),
        Measure("overdue", "overdue", "open", better=-1),
        Measure("reminders", "reminders", without=("void",), better=-1),
        Measure("lapsed", "lapsed", "reminders", better=-1),
        Measure("listed", "listed", better=-1),
        Measure("supervised", "supervised", "listed", better=-1),
        Measure("found", "found", better=-1),
        Measure("referred", "referred", better=-1),
        Measure("repeats", "repeats", "contacts", better=-1),
        Measure("closed", "closed"),
        Measure("suggestions", "suggestions_kept"),
    )
}
"""Every measure, by name."""
CITY = ("workload", "satisfaction", "signing", "returning", "redoing", "timely")
"""What the city's hotline evaluates its units by."""
TILES = ("received", "timely", "satisfaction", "supervised")
"""What stands at the head of a report."""
CHAIN = ("reminders", "lapsed", "listed", "supervised", "found", "referred")
"""From a reminder to a referral."""
