"""A report's figures as tables: volumes, the units' lines, the evaluation with its arithmetic, the
ranking, hot topics, what was overdue, the digest of suggestions. [procedure 5]"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app import words
from app.models import Report
from app.papers.figures.heads import (
    CENTRE,
    COUNTY,
    DEDUCTED,
    DOMAINS,
    EXCLUDED,
    ITEMS,
    OTHERS,
    TITLES,
    UNITS,
)
from app.words.terms import end_told, until


@dataclass(frozen=True)
class Table:
    """A table of the page: its title, its heads and lines, and what is said below it."""

    title: str
    heads: list[str]
    lines: list[list[str]]
    note: str = ""


class Tables:
    """The figures, told in one language to one reader."""

    def __init__(self, figures: Mapping[str, Any], tongue: str, unit: str | None) -> None:
        self.figures, self.tongue, self.unit = figures, tongue, unit

    def say(self, msgid: str, **facts: object) -> str:
        return words.word(msgid, self.tongue, **facts)

    def named(self, msgids: Mapping[str, str], name: str) -> str:
        return words.word(msgids[name], self.tongue) if name in msgids else name

    def heads(self, *msgids: str) -> list[str]:
        return [words.word(msgid, self.tongue) for msgid in msgids]

    def volumes(self, shown: Sequence[str] = tuple(TITLES)) -> list[Table]:
        """The cases registered in the period, by channel, kind, category, place and mode, or by those
        that are named; places not for units."""
        cases, tables = self.figures["volumes"]["cases"], []
        for by in shown:
            lines = [
                [self._word(by, word, n), _plain(n["n"] if isinstance(n, dict) else n)]
                for word, n in (cases.get(by) or {}).items()
            ]
            if lines and (by != "by_place" or self.unit is None):
                tables.append(Table(self.named(TITLES, by), [], lines))
        return tables

    def _word(self, by: str, word: str, n: Any) -> str:
        if isinstance(n, dict):
            return n["name"] or self.say("figures.no_category")
        if word in OTHERS.get(by, {}):
            return self.named(OTHERS[by], word)
        return words.value(DOMAINS[by], word, self.tongue) if by in DOMAINS else word

    def totals(self) -> Table:
        """How many contacts and cases there were, the whole county's rates, and the centre's own
        part. (Reports that were issued before the county was counted tell the centre's part
        only.)"""
        volumes, centre = self.figures["volumes"], self.figures["centre"]
        county = self.figures.get("county", {})
        lines = [
            [self.say("figures.contacts"), _plain(volumes["contacts"]["total"])],
            [self.say("figures.cases"), _plain(volumes["cases"]["registered"])],
            *(
                [self.say("figures.of_county", name=self.named(COUNTY, name)), _plain(county[name])]
                for name in county
            ),
            *([self.named(CENTRE, name), _plain(centre.get(name))] for name in CENTRE),
        ]
        return Table(self.say("figures.in_all"), [], lines)

    def units(self) -> Table:
        """The units' lines."""
        units = self.figures["units"]
        lines = [
            [unit["name"], *(_plain(unit.get(name)) for name in UNITS)] for unit in units.values()
        ]
        heads = [self.say("figures.head.unit"), *(self.named(UNITS, name) for name in UNITS)]
        return Table(self.say("figures.units"), heads, lines)

    def ranking(self) -> list[Table]:
        """The ranking within each tier of volume, and who is listed without a rank."""
        evaluation = self.figures["evaluation"]
        heads = self.heads(
            "figures.rank",
            "figures.head.unit",
            "figures.head.closed",
            "figures.points",
            "figures.band",
        )
        tables = []
        least = [*evaluation["points"]["tiers"], evaluation["ranked_closed"]]
        for tier, places in sorted(evaluation["ranking"].items()):
            place = int(tier) - 1
            size = f"{least[place]}–{least[place - 1] - 1}" if place else f"≥{least[place]}"
            title = self.say("figures.ranking", size=size)
            lines = [
                [_plain(ranked[name]) for name in ("rank", "name", "closed", "total", "band")]
                for ranked in places
            ]
            tables.append(Table(title, heads, lines))
        names = [
            self.figures["units"][code]["name"]
            for code in evaluation["not_ranked"]
            if code in self.figures["units"]
        ]
        if names:
            title = self.say("figures.not_ranked")
            few = self.say("figures.too_few", least=evaluation["ranked_closed"])
            tables.append(Table(title, [], [[words.listed(names, self.tongue), few]]))
        return tables

    def evaluation(self) -> Table:
        """Each unit's points with numerator, denominator, rate and what was left out."""
        evaluated, units = self.figures["evaluation"]["units"], self.figures["units"]
        heads = [
            self.say("figures.head.unit"),
            *(self.named(ITEMS, name) for name in ITEMS),
            self.say("figures.deductions"),
            self.say("figures.points"),
            self.say("figures.band"),
        ]
        lines = [
            [
                units[code]["name"] if code in units else code,
                *(self._item(points["items"][name]) for name in ITEMS),
                self._deducted(points),
                _plain(points["total"]),
                _plain(points["band"]),
            ]
            for code, points in evaluated.items()
        ]
        note = self.say("figures.note")
        return Table(self.say("figures.arithmetic"), heads, lines, note)

    def _item(self, item: Mapping[str, Any]) -> str:
        """An item of the evaluation: its fraction, rate and points, and what was left out."""
        excluded = (
            f"{self.named(EXCLUDED, name)} {n}" for name, n in item["excluded"].items() if n
        )
        told = (f"{item['rate']}%", item["points"])
        rate = "—" if item["rate"] is None else words.clauses(told, self.tongue)
        said = f"{item['numerator']}/{item['denominator']} = {rate}"
        return words.aside(said, words.clauses(excluded, self.tongue), self.tongue)

    def _deducted(self, points: Mapping[str, Any]) -> str:
        """What was deducted from a unit's points, and for what."""
        taken = (
            f"{self.named(DEDUCTED, name)} {value}"
            for name, value in points["deductions"].items()
            if float(value)
        )
        return words.aside(points["deducted"], words.clauses(taken, self.tongue), self.tongue)

    def topics(self) -> Table:
        """The categories that most contacts were about."""
        lines = [
            [topic["name"], _plain(topic["contacts"]), _plain(topic["repeats"])]
            for topic in self.figures["hot_topics"]
        ]
        heads = self.heads("figures.topic", "figures.head.contacts", "figures.head.repeats")
        return Table(self.say("figures.hot_topics"), heads, lines)

    def overdue(self) -> Table:
        """What was overdue at the end of the period; a unit reads its own."""
        rows = [
            late for late in self.figures["overdue"].values() if self.unit in (None, late["unit"])
        ]
        leaders = self.say("case_page.leader_assigned")
        lines = [
            [
                late["case"],
                late["name"],
                words.value("role_of_unit", late["role"], self.tongue),
                until(end_told(late.get("due_at"), late["due_on"]), self.tongue),
                _plain(late["workdays_late"]),
                leaders if late["leader_assigned"] else "",
            ]
            for late in rows
        ]
        heads = self.heads(
            "figures.head.case",
            "figures.head.unit",
            "figures.head.role",
            "figures.head.due",
            "figures.days_late",
        )
        return Table(self.say("figures.overdue_at_end"), [*heads, ""], lines)

    def suggestions(self) -> Table:
        """The digest of reasonable suggestions; not for units."""
        suggestions = self.figures["suggestions"]
        digest = {} if self.unit is not None else suggestions["digest"]
        lines = [
            [
                number,
                suggestion["category"],
                _plain(suggestion.get("words")),
                _plain(suggestion["relevance"]),
            ]
            for number, suggestion in digest.items()
        ]
        heads = self.heads(
            "figures.head.case",
            "figures.head.category",
            "figures.suggestion",
            "figures.relevance",
        )
        note = self.say(
            "figures.digest.note",
            marked=suggestions["marked"],
            kept=suggestions["kept"],
            dropped=suggestions["dropped"],
            waiting=suggestions["waiting"],
        )
        return Table(self.say("figures.digest"), heads, lines, note)


def _plain(value: Any) -> str:
    return "—" if value is None or value == "" else str(value)


def own_part(figures: Mapping[str, Any], code: str) -> dict[str, Any]:
    """The figures of a draft with those of one unit only: the others' are nobody else's before they
    are issued."""
    evaluation = dict(figures["evaluation"])
    evaluation |= {
        "units": {name: unit for name, unit in evaluation["units"].items() if name == code},
        "ranking": {},
        "not_ranked": [name for name in evaluation["not_ranked"] if name == code],
    }
    units = {name: unit for name, unit in figures["units"].items() if name == code}
    return {**figures, "units": units, "evaluation": evaluation}


def figures_of(report: Report, tongue: str, unit: str | None = None) -> dict[str, list[Table]]:
    """What the page of a report shows: small tables of volumes, then the wide ones. `unit` is the
    code of the unit that reads: of single cases it is told its own."""
    told = Tables(json.loads(report.figures), tongue, unit)
    return {
        "small": [told.totals(), *told.volumes()],
        "wide": [
            told.units(),
            *told.ranking(),
            told.evaluation(),
            told.topics(),
            told.overdue(),
            told.suggestions(),
        ],
    }


def tables_of(figures: Mapping[str, Any], tongue: str, unit: str | None = None) -> Tables:
    """The tables of figures, told in one language to one reader."""
    return Tables(figures, tongue, unit)
