"""The parts of a report that are tables of what was told: suggestions, typical cases, what units said,
all categories and places, what every measure means."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app import words
from app.papers.figures.grid import Cell, Grid, Lead, Line, number, plain, share
from app.stages.reporting.measures import MEASURES, Measure


class Details:
    """The figures of a report in one language: its tables of what was told."""

    figures: Mapping[str, Any]
    language: str

    def say(self, msgid: str, **facts: object) -> str:
        """A text of ours."""
        return words.word(msgid, self.language, **facts)

    def name(self, measure: str) -> str:
        """What a measure is called."""
        return self.say(f"measure.{measure}")

    def category(self, key: str) -> str:
        """What a category is called."""
        return self.figures["named"]["category"].get(key) or self.say("figures.no_category")

    def cells(
        self, measures: Sequence[str], counts: Mapping[str, int], of: tuple[Any, ...]
    ) -> list[Cell]:
        """Measures of some counts, each leading to the rows of its numerator."""
        return [self.cell(MEASURES[name], counts, of) for name in measures]

    def cell(self, measure: Measure, counts: Mapping[str, int], of: tuple[Any, ...]) -> Cell:
        """A measure of some counts, leading to the rows of its numerator."""
        found, lead = measure.of_counts(counts), Lead(measure.top, of)
        return share(found, lead) if measure.share else number(found.n, lead)

    def suggestions(self) -> Grid:
        """The suggestions that were kept, in their own words, with room for leaders' comments."""
        told = self.figures["suggestions"]
        lines = [
            Line(
                [
                    plain(number_),
                    plain(one["category"]),
                    plain(one["words"]),
                    plain(one["relevance"]),
                    Cell(""),
                ]
            )
            for number_, one in told["digest"].items()
        ]
        heads = [
            *(self.say(f"figures.head.{name}") for name in ("case", "category")),
            self.say("figures.suggestion"),
            self.say("figures.relevance"),
            self.say("report_page.comment"),
        ]
        note = self.say(
            "figures.digest.note",
            marked=told["marked"],
            kept=told["kept"],
            dropped=told["dropped"],
            waiting=told["waiting"],
        )
        title = self.say("report_page.part.suggestions")
        return Grid(title, heads, lines, note, (2.2, 2, 5, 2.5, 2.5))

    def typical(self) -> Grid:
        """The cases that the centre head chose."""
        lines = [
            Line([plain(one[name]) for name in ("number", "category", "unit", "words")])
            for one in self.figures.get("typical", ())
        ]
        heads = [
            *(self.say(f"figures.head.{name}") for name in ("case", "category", "unit")),
            self.say("report_page.matter"),
        ]
        return Grid(self.say("report_page.typical"), heads, lines, widths=(2.2, 2.5, 3, 5))

    def contests(self) -> Grid:
        """What units said to the draft, and what was answered."""
        lines = [
            Line(
                [
                    plain(one["name"]),
                    plain(self.say("draft.agrees") if one["agrees"] else one["words"]),
                    plain(self._answer(one)),
                ]
            )
            for one in self.figures.get("contests", ())
        ]
        heads = [
            self.say("figures.head.unit"),
            self.say("report_page.said"),
            self.say("report_page.answer"),
        ]
        return Grid(self.say("draft.contests"), heads, lines, widths=(2, 4, 4))

    def _answer(self, one: Mapping[str, Any]) -> str:
        if one["accepted"] is None:
            return ""
        ruled = self.say("draft.accepted" if one["accepted"] else "draft.refused")
        return words.aside(ruled, one["answer"], self.language)

    def by(self, name: str) -> Grid:
        """All categories, townships or channels, with how much came and how it ended."""
        shown = ("received", "closed", "timely", "satisfaction", "repeats")
        lines = [
            Line([plain(self._called(name, key)), *self.cells(shown, counts, ((name, of),))])
            for key, of, counts in self._sorted(name)
        ]
        heads = [self.say(f"report_page.by.{name}"), *(self.name(one) for one in shown)]
        return Grid(
            self.say(f"report_page.all.{name}"), heads, lines, widths=(4, *(1.6,) * len(shown))
        )

    def _sorted(self, by: str) -> Sequence[tuple[str, int | str, Mapping[str, int]]]:
        found = [
            (key, key if by == "channel" else int(key), counts)
            for key, counts in self.figures["by"][by].items()
            if counts.get("registered") or counts.get("closed")
        ]
        return sorted(found, key=lambda one: (-one[2].get("registered", 0), str(one[1])))

    def _called(self, by: str, key: str) -> str:
        if by == "category":
            return self.category(key)
        if by == "channel":
            return words.value("channel", key, self.language) if key else "—"
        unit = self.figures["named"]["unit"].get(key)
        return unit["area"] if unit else self.say("report_page.no_township")

    def definitions(self) -> Grid:
        """What every measure means, of what it is counted and what is left out."""
        lines = [
            Line([plain(self.name(name)), plain(self.say(f"means.{name}"))]) for name in MEASURES
        ]
        heads = [self.say("report_page.measure"), self.say("report_page.means")]
        return Grid(self.say("report_page.definitions"), heads, lines, widths=(2, 8))
