"""A report's figures as tables: volumes, the units' lines, the evaluation with its arithmetic, the
ranking, hot topics, what was overdue, the digest of suggestions. [procedure 5]"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from app import words
from app.models import Report
from app.rules.evaluation import Points
from app.words.terms import end_told, until

_UNITS = {
    "allocated": "figures.unit.allocated",
    "on_time": "figures.unit.on_time",
    "late": "figures.unit.late",
    "open": "figures.unit.open",
    "overdue": "figures.unit.overdue",
    "average_workdays": "figures.unit.average_workdays",
    "returns": "figures.unit.returns",
    "reminders": "figures.unit.reminders",
    "lapsed": "figures.unit.lapsed",
    "supervised": "figures.unit.supervised",
    "redo": "figures.unit.redo",
    "repeats": "figures.unit.repeats",
    "closed": "figures.unit.closed",
    "rated": "figures.unit.rated",
    "satisfaction": "figures.unit.satisfaction",
    "unrated": "figures.unit.unrated",
    "asked": "figures.unit.asked",
    "solved": "figures.unit.solved",
    "partly": "figures.unit.partly",
    "unreasonable": "figures.unit.unreasonable",
}
"""A unit's line: the order of the columns, and their heads."""
_COUNTY = {
    **{name: _UNITS[name] for name in ("allocated", "on_time", "late")},
    "in_time": "figures.county.in_time",
    **{
        name: _UNITS[name]
        for name in ("closed", "rated", "satisfaction", "asked", "solved", "repeats")
    },
}
"""The whole county's figures, over all units and the centre."""
_CENTRE = {
    "closed": "figures.county.closed",
    "rated": "figures.county.rated",
    "satisfaction": "figures.county.satisfaction",
    "asked": "figures.county.asked",
    "solved": "figures.county.solved",
    "repeats": "figures.county.repeats",
    "centre_overdue": "figures.county.centre_overdue",
    "room_overdue": "figures.county.room_overdue",
}
_ITEMS = {
    "signing": "figures.item.signing",
    "answering": "figures.item.answering",
    "satisfaction": "figures.item.satisfaction",
    "solving": "figures.item.solving",
    "redo": "figures.unit.redo",
    "returns": "figures.item.returns",
}
_EXCLUDED = {
    "ended": "figures.excluded.ended",
    "declined": "figures.excluded.declined",
    "excluded": "figures.excluded.excluded",
    "unreachable": "figures.excluded.unreachable",
    "returned": "figures.excluded.returned",
    "running": "figures.excluded.running",
}
_DEDUCTED = {
    "reminder": "figures.unit.reminders",
    "lapsed": "figures.unit.lapsed",
    "supervised": "figures.unit.supervised",
    "untrue": "figures.deducted.untrue",
    "leak": "figures.deducted.leak",
    "referred": "figures.deducted.referred",
}
_TITLES = {
    "by_channel": "figures.by_channel",
    "by_kind": "figures.by_kind",
    "by_mode": "figures.by_mode",
    "by_category": "figures.by_category",
    "by_place": "figures.by_place",
}
_DOMAINS = {"by_channel": "channel", "by_kind": "kind", "by_mode": "mode"}
_OTHERS = {
    "by_mode": {"none": "figures.not_allocated"},
    "by_place": {"other": "figures.other"},
}


@dataclass(frozen=True)
class Table:
    """A table of the page: its title, its heads and lines, and what is said below it."""

    title: str
    heads: list[str]
    lines: list[list[str]]
    note: str = ""


class _Told:
    """The figures, told in one language to one reader."""

    def __init__(self, figures: Mapping[str, Any], tongue: str, unit: str | None) -> None:
        self.figures, self.tongue, self.unit = figures, tongue, unit

    def say(self, msgid: str, **facts: object) -> str:
        return words.word(msgid, self.tongue, **facts)

    def named(self, msgids: Mapping[str, str], name: str) -> str:
        return words.word(msgids[name], self.tongue) if name in msgids else name

    def heads(self, *msgids: str) -> list[str]:
        return [words.word(msgid, self.tongue) for msgid in msgids]

    def volumes(self) -> list[Table]:
        """The cases registered in the period, by channel, kind, category, place and mode; places
        not for units."""
        told = self.figures["volumes"]["cases"]
        found = []
        for by in _TITLES:
            lines = [
                [self._word(by, word, n), _plain(n["n"] if isinstance(n, dict) else n)]
                for word, n in (told.get(by) or {}).items()
            ]
            if lines and (by != "by_place" or self.unit is None):
                found.append(Table(self.named(_TITLES, by), [], lines))
        return found

    def _word(self, by: str, word: str, n: Any) -> str:
        if isinstance(n, dict):
            return n["name"] or self.say("figures.no_category")
        if word in _OTHERS.get(by, {}):
            return self.named(_OTHERS[by], word)
        return words.value(_DOMAINS[by], word, self.tongue) if by in _DOMAINS else word

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
                [self.say("figures.of_county") + self.named(_COUNTY, name), _plain(county[name])]
                for name in county
            ),
            *([self.named(_CENTRE, name), _plain(centre.get(name))] for name in _CENTRE),
        ]
        return Table(self.say("figures.in_all"), [], lines)

    def units(self) -> Table:
        """The units' lines."""
        units = self.figures["units"]
        lines = [
            [one["name"], *(_plain(one.get(name)) for name in _UNITS)] for one in units.values()
        ]
        heads = [self.say("figures.head.unit"), *(self.named(_UNITS, name) for name in _UNITS)]
        return Table(self.say("figures.units"), heads, lines)

    def ranking(self) -> list[Table]:
        """The ranking within each tier of volume, and who is listed without a rank."""
        told = self.figures["evaluation"]
        heads = self.heads(
            "figures.rank",
            "figures.head.unit",
            "figures.head.closed",
            "figures.points",
            "figures.band",
        )
        tables = []
        least = [*told["points"]["tiers"], told["ranked_closed"]]
        for tier, places in sorted(told["ranking"].items()):
            place = int(tier) - 1
            size = f"{least[place]}–{least[place - 1] - 1}" if place else f"≥{least[place]}"
            title = self.say("figures.ranking", size=size)
            lines = [
                [_plain(one[name]) for name in ("rank", "name", "closed", "total", "band")]
                for one in places
            ]
            tables.append(Table(title, heads, lines))
        names = [
            self.figures["units"][code]["name"]
            for code in told["not_ranked"]
            if code in self.figures["units"]
        ]
        if names:
            title = self.say("figures.not_ranked")
            few = self.say("figures.too_few", least=told["ranked_closed"])
            tables.append(Table(title, [], [["、".join(names), few]]))
        return tables

    def evaluation(self) -> Table:
        """Each unit's points with numerator, denominator, rate and what was left out."""
        told, units = self.figures["evaluation"]["units"], self.figures["units"]
        heads = [
            self.say("figures.head.unit"),
            *(self.named(_ITEMS, name) for name in _ITEMS),
            self.say("figures.deductions"),
            self.say("figures.points"),
            self.say("figures.band"),
        ]
        lines = [
            [
                units[code]["name"] if code in units else code,
                *(self._item(one["items"][name]) for name in _ITEMS),
                self._deducted(one),
                _plain(one["total"]),
                _plain(one["band"]),
            ]
            for code, one in told.items()
        ]
        note = self.say("figures.note")
        return Table(self.say("figures.arithmetic"), heads, lines, note)

    def _item(self, one: Mapping[str, Any]) -> str:
        out = "，".join(
            f"{self.named(_EXCLUDED, name)} {n}" for name, n in one["excluded"].items() if n
        )
        rate = "—" if one["rate"] is None else f"{one['rate']}%，{one['points']}"
        return f"{one['numerator']}/{one['denominator']} = {rate}" + (f"（{out}）" if out else "")

    def _deducted(self, one: Mapping[str, Any]) -> str:
        taken = "，".join(
            f"{self.named(_DEDUCTED, n)} {v}" for n, v in one["deductions"].items() if float(v)
        )
        return one["deducted"] + (f"（{taken}）" if taken else "")

    def topics(self) -> Table:
        """The categories that most contacts were about."""
        lines = [
            [one["name"], _plain(one["contacts"]), _plain(one["repeats"])]
            for one in self.figures["hot_topics"]
        ]
        heads = self.heads("figures.topic", "figures.head.contacts", "figures.head.repeats")
        return Table(self.say("figures.hot_topics"), heads, lines)

    def overdue(self) -> Table:
        """What was overdue at the end of the period; a unit reads its own."""
        rows = [one for one in self.figures["overdue"].values() if self.unit in (None, one["unit"])]
        leaders = self.say("case_page.leader_assigned")
        lines = [
            [
                one["case"],
                one["name"],
                words.value("role_of_unit", one["role"], self.tongue),
                until(end_told(one.get("due_at"), one["due_on"]), self.tongue),
                _plain(one["workdays_late"]),
                leaders if one["leader_assigned"] else "",
            ]
            for one in rows
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
        told = self.figures["suggestions"]
        digest = {} if self.unit is not None else told["digest"]
        lines = [
            [number, one["category"], _plain(one.get("words")), _plain(one["relevance"])]
            for number, one in digest.items()
        ]
        heads = self.heads(
            "figures.head.case",
            "figures.head.category",
            "figures.suggestion",
            "figures.relevance",
        )
        note = self.say(
            "figures.digest.note",
            marked=told["marked"],
            kept=told["kept"],
            dropped=told["dropped"],
            waiting=told["waiting"],
        )
        return Table(self.say("figures.digest"), heads, lines, note)


def _plain(value: Any) -> str:
    return "—" if value is None or value == "" else str(value)


def points_told(points: Points, tongue: str) -> str:
    """The points of the evaluation as people read them, a line for each item and for each
    deduction."""
    lines = [
        f"{words.word(_ITEMS[name], tongue)}："
        + words.word(
            "figures.scale",
            tongue,
            weight=one.weight,
            full=one.full,
            each=one.each,
            least=one.least,
        )
        for name, one in points.items.items()
    ]
    taken = asdict(points.deductions)
    most = taken.pop("most")
    each = "，".join(
        f"{words.word(_DEDUCTED[name], tongue)} {value}" for name, value in taken.items()
    )
    return "\n".join(
        [
            *lines,
            words.word("figures.scale.deductions", tongue, each=each, most=most),
        ]
    )


def own_part(figures: Mapping[str, Any], code: str) -> dict[str, Any]:
    """The figures of a draft with those of one unit only: the others' are nobody else's before they
    are issued."""
    evaluation = dict(figures["evaluation"])
    evaluation["units"] = {name: one for name, one in evaluation["units"].items() if name == code}
    evaluation |= {
        "ranking": {},
        "not_ranked": [name for name in evaluation["not_ranked"] if name == code],
    }
    units = {name: one for name, one in figures["units"].items() if name == code}
    return {**figures, "units": units, "evaluation": evaluation}


def figures_of(report: Report, tongue: str, unit: str | None = None) -> dict[str, list[Table]]:
    """What the page of a report shows: small tables of volumes, then the wide ones. `unit` is the
    code of the unit that reads: of single cases it is told its own."""
    told = _Told(json.loads(report.figures), tongue, unit)
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
