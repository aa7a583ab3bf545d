"""A report's figures, told in one language: the seven parts that page, paper, document and sheet lay
out. Every number is one of the measures. [procedure 5]"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from app import words
from app.papers.blocks import fours
from app.papers.figures.details import Details
from app.papers.figures.grid import Cell, Grid, Lead, Line, Tile, number, plain, share, tenths
from app.papers.figures.units import COLUMNS, units_grid
from app.stages.reporting.measures import CHAIN, MEASURES, TILES, Measure
from app.stages.reporting.wording import text_of, worded

HOTTEST = 10
"""So many categories stand in the picture of hot matters."""
GLANCE = 5
"""So many lines of each stand on the first page."""
BETTER, WORSE = "better", "worse"


class Told(Details):
    """The figures of a report in one language."""

    def __init__(self, figures: Mapping[str, Any], language: str) -> None:
        self.figures, self.language = figures, language
        self.whole: Mapping[str, int] = figures["by"][""].get("", {})
        self.compared: Mapping[str, Any] = figures["compared"]
        self.kind: str = figures["period"]["kind"]

    @property
    def span(self) -> str:
        """From when to when."""
        period = self.figures["period"]
        return self.say("report_page.span", first=period["first"], last=period["last"])

    @property
    def witnessed(self) -> str:
        """The line by which the report bears witness to the record; empty on one of before there were
        checkpoints."""
        digits = self.figures.get("witness")
        return self.say("papers.witness", digits=fours(digits)) if digits else ""

    def tiles(self) -> list[Tile]:
        """The four at the head."""
        return [self._tile(MEASURES[name]) for name in TILES]

    def _tile(self, measure: Measure) -> Tile:
        lead = Lead(measure.top)
        found = measure.of_counts(self.whole)
        value = share(found, lead) if measure.share else number(found.n, lead)
        if not measure.share:
            below = self.say(f"report_page.of.{measure.name}", n=found.of or 0)
            value = Cell(value.text, value.value, below, value.lead)
        series = [
            None if one["counts"] is None else self._value(measure, one["counts"])
            for one in self.compared["series"]
        ]
        changes = [
            self._change(measure, f"report_page.{since}.{self.kind}", self.compared[since])
            for since in ("before", "year")
        ]
        return Tile(self.name(measure.name), value, changes, [*series, self._value(measure, None)])

    def _value(self, measure: Measure, counts: Mapping[str, int] | None) -> Decimal | int | None:
        found = measure.of_counts(self.whole if counts is None else counts)
        return found.percent if measure.share else found.n

    def _change(
        self, measure: Measure, since: str, counts: Mapping[str, int] | None
    ) -> tuple[str, str]:
        """How a measure changed, in words, and whether that is a good change."""
        now = self._value(measure, None)
        was = None if counts is None else self._value(measure, counts)
        if was is None or now is None:
            return self.say(since, change="—"), ""
        by = tenths(Decimal(now) - Decimal(was)) if measure.share else Decimal(now) - Decimal(was)
        told = f"{by:+}" if by else self.say("report_page.same")
        if by and measure.share:
            told = self.say("report_page.points", n=told)
        good = by * measure.better
        return self.say(since, change=told), BETTER if good > 0 else WORSE if good < 0 else ""

    def sentences(self) -> list[tuple[str, str, Lead | None]]:
        """What leaders are asked to look at: the sentence, what the rule said where it was worded
        otherwise, and where it leads."""
        found = []
        for text, said, one in worded(self.figures, self.figures.get("edited", {})):
            lead = None if one is None else Lead(one["flag"], tuple(sorted(one["of"].items())))
            own = text if one is None or text != text_of(one) else text_of(one, self.language)
            found.append((own, said if text != said else "", lead))
        return found

    def at_a_glance(self) -> tuple[Grid, Grid]:
        """What is hot and who is late, in five lines each: for the first page."""
        hot = self.hot()
        late = sorted(
            (
                (id, unit["name"], self.figures["by"]["unit"].get(id, {}))
                for id, unit in self.figures["named"]["unit"].items()
            ),
            key=lambda one: (-one[2].get("unmet", 0), -one[2].get("overdue", 0), one[1]),
        )
        lines = [
            Line(
                [
                    plain(name),
                    *self.cells(("unmet", "timely", "overdue"), counts, (("unit", int(id)),)),
                ]
            )
            for id, name, counts in late[:GLANCE]
            if counts.get("unmet") or counts.get("overdue")
        ]
        heads = [
            self.say("figures.head.unit"),
            *(self.name(name) for name in ("unmet", "timely", "overdue")),
        ]
        short = [Line(line.cells[:3]) for line in hot.lines[:GLANCE]]
        return (
            Grid(self.say("report_page.hottest"), hot.heads[:3], short, widths=(4, 1.5, 1.5)),
            Grid(self.say("report_page.latest"), heads, lines, widths=(4, 1.5, 2, 1.5)),
        )

    def hot(self) -> Grid:
        """The ten categories with most cases, now and before, with the place that most are from."""
        rows = self.hottest()
        earlier = self.compared["categories"]
        heads = [
            self.say("figures.head.category"),
            self.say(f"report_page.this.{self.kind}"),
            self.say(f"report_page.last.{self.kind}"),
            self.say("report_page.place"),
            self.name("repeats"),
            self.say("report_page.new"),
        ]
        known = self.compared["before"] is not None
        lines = []
        for key, name, counts in rows:
            of = (("category", int(key)),)
            was = earlier.get(key, 0) if known else None
            new = self.say("papers.yes") if known and not was else ""
            lines.append(
                Line(
                    [
                        plain(name),
                        number(counts.get("registered", 0), Lead("registered", of)),
                        number(was),
                        self._place(key),
                        number(counts.get("repeats", 0), Lead("repeats", of)),
                        Cell(new),
                    ]
                )
            )
        return Grid(
            self.say("report_page.part.hot"), heads, lines, widths=(4, 1.4, 1.4, 2.4, 1.4, 1)
        )

    def hottest(self) -> list[tuple[str, str, Mapping[str, int]]]:
        """(number, name, counts) of the categories with most cases, most first."""
        found = [
            (key, self.category(key), counts)
            for key, counts in self.figures["by"]["category"].items()
            if counts.get("registered")
        ]
        return sorted(found, key=lambda one: (-one[2]["registered"], int(one[0])))[:HOTTEST]

    def _place(self, category: str) -> Cell:
        """The township in which most cases of a category lie."""
        there = self.figures["places"].get(category, {})
        if not there:
            return plain(None)
        key, n = max(there.items(), key=lambda one: (one[1], -int(one[0])))
        name = self.figures["named"]["unit"][key]["area"]
        of = (("category", int(category)), ("township", int(key)))
        return Cell(words.pair(name, str(n), self.language), n, lead=Lead("registered", of))

    def units(self) -> Grid:
        """The units, worst first, and all of them together."""
        return units_grid(self)

    def own_line(self, code: str) -> Grid:
        """One unit's line alone, for its own people."""
        found = self.units()
        ids = [id for id, one in self.figures["named"]["unit"].items() if one["code"] == code]
        counts = self.figures["by"]["unit"].get(ids[0], {}) if ids else {}
        of = (("unit", int(ids[0])),) if ids else ()
        line = [
            plain(self.figures["named"]["unit"][ids[0]]["name"] if ids else None),
            *self.cells(COLUMNS, counts, of),
        ]
        return Grid(found.title, found.heads, [Line(line)], widths=found.widths)

    def chain(self) -> Grid:
        """From a reminder to a referral, with the working days between."""
        days = self.figures["chain"]
        lines = [
            Line(
                [
                    plain(self.name(name)),
                    number(self.whole.get(MEASURES[name].top, 0), Lead(MEASURES[name].top)),
                    plain(days.get(name)),
                ]
            )
            for name in CHAIN
        ]
        heads = [
            self.say("report_page.step"),
            self.say("report_page.n"),
            self.say("report_page.days"),
        ]
        return Grid(self.say("report_page.part.chain"), heads, lines, widths=(3, 1, 2))
