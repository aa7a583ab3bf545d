"""A report's figures as tables: volumes, the units' lines, the evaluation with its arithmetic, the
ranking, hot topics, what was overdue, the digest of suggestions. [procedure 5]"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from app.models import Report
from app.rules import words
from app.rules.evaluation import Points
from app.rules.terms import end_told, until

_UNITS: dict[str, tuple[str, str]] = {
    "allocated": ("交办", "allocated"),
    "on_time": ("按时", "on time"),
    "late": ("逾期", "late"),
    "open": ("在办", "open"),
    "overdue": ("逾期未复", "overdue"),
    "average_workdays": ("平均工作日", "average days"),
    "returns": ("退单", "returns"),
    "reminders": ("催办", "reminders"),
    "lapsed": ("催办未复", "lapsed"),
    "supervised": ("督办", "supervised"),
    "redo": ("重办", "redo"),
    "repeats": ("重复", "repeats"),
    "closed": ("办结", "closed"),
    "rated": ("参评", "rated"),
    "satisfaction": ("满意率%", "satisfied %"),
    "unrated": ("未评价", "unrated"),
    "asked": ("回访问及解决", "asked whether solved"),
    "solved": ("解决率%", "solved %"),
    "partly": ("部分解决", "partly"),
    "unreasonable": ("诉求不合理", "unreasonable"),
}
"""A unit's line: the order of the columns, and their heads."""
_COUNTY = {
    **{name: _UNITS[name] for name in ("allocated", "on_time", "late")},
    "in_time": ("按时率%", "on time %"),
    **{
        name: _UNITS[name]
        for name in ("closed", "rated", "satisfaction", "asked", "solved", "repeats")
    },
}
"""The whole county's figures, over all units and the centre."""
_CENTRE = {
    "closed": ("中心直办办结", "answered by the centre itself"),
    "rated": ("中心直办参评", "of these rated"),
    "satisfaction": ("中心直办满意率%", "of these satisfied %"),
    "asked": ("中心直办回访问及解决", "of these asked whether solved"),
    "solved": ("中心直办解决率%", "of these solved %"),
    "repeats": ("中心直办重复", "of these repeats"),
    "centre_overdue": ("中心逾期", "the centre's own overdue"),
    "room_overdue": ("督查室逾期", "the room's own overdue"),
}
_ITEMS = {
    "signing": ("按时签收", "signed in time"),
    "answering": ("按时答复", "answered in time"),
    "satisfaction": ("满意", "satisfied"),
    "solving": ("解决", "solved"),
    "redo": ("重办", "redo"),
    "returns": ("退单不当", "refused returns"),
}
_EXCLUDED = {
    "ended": ("已终止", "ended"),
    "declined": ("拒评", "declined to rate"),
    "excluded": ("非单位责任", "not responsible"),
    "unreachable": ("未联系上", "unreachable"),
    "returned": ("已退单", "returned"),
    "running": ("未到期", "not due yet"),
}
_DEDUCTED = {
    "reminder": ("催办", "reminders"),
    "lapsed": ("催办未复", "lapsed"),
    "supervised": ("督办", "supervised"),
    "untrue": ("结果不实", "untrue"),
    "leak": ("泄露身份", "identity leak"),
    "referred": ("移送", "referred"),
}
_TITLES = {
    "by_channel": ("受理渠道", "By channel"),
    "by_kind": ("诉求类型", "By kind"),
    "by_mode": ("办理方式", "By mode"),
    "by_category": ("诉求分类", "By category"),
    "by_place": ("区域", "By place"),
}
_DOMAINS = {"by_channel": "channel", "by_kind": "kind", "by_mode": "mode"}
_OTHERS = {
    "by_mode": {"none": ("未分派", "not allocated")},
    "by_place": {"other": ("其他", "other")},
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

    def say(self, chinese: str, english: str) -> str:
        return english if self.tongue == "en" else chinese

    def named(self, pairs: Mapping[str, tuple[str, str]], name: str) -> str:
        return words.word(pairs.get(name, (name, name)), self.tongue)

    def heads(self, *pairs: tuple[str, str]) -> list[str]:
        return [words.word(pair, self.tongue) for pair in pairs]

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
            return n["name"] or self.say("未分类", "no category")
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
            [self.say("来电来件", "contacts"), _plain(volumes["contacts"]["total"])],
            [self.say("登记工单", "cases registered"), _plain(volumes["cases"]["registered"])],
            *(
                [self.say("全县", "county: ") + self.named(_COUNTY, name), _plain(county[name])]
                for name in county
            ),
            *([self.named(_CENTRE, name), _plain(centre.get(name))] for name in _CENTRE),
        ]
        return Table(self.say("总体情况", "In all"), [], lines)

    def units(self) -> Table:
        """The units' lines."""
        units = self.figures["units"]
        lines = [
            [one["name"], *(_plain(one.get(name)) for name in _UNITS)] for one in units.values()
        ]
        heads = [self.say("单位", "Unit"), *(self.named(_UNITS, name) for name in _UNITS)]
        return Table(self.say("各单位办理情况", "Units"), heads, lines)

    def ranking(self) -> list[Table]:
        """The ranking within each tier of volume, and who is listed without a rank."""
        told = self.figures["evaluation"]
        heads = self.heads(
            ("名次", "Rank"),
            ("单位", "Unit"),
            ("办结", "Closed"),
            ("得分", "Points"),
            ("等次", "Band"),
        )
        tables = []
        least = [*told["points"]["tiers"], told["ranked_closed"]]
        for tier, places in sorted(told["ranking"].items()):
            place = int(tier) - 1
            size = f"{least[place]}–{least[place - 1] - 1}" if place else f"≥{least[place]}"
            title = self.say(f"考核得分排名（办结 {size} 件）", f"Ranking ({size} closed)")
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
            title = self.say("列出不排名", "Listed, not ranked")
            few = self.say(
                f"办结不足 {told['ranked_closed']} 件", f"fewer than {told['ranked_closed']} closed"
            )
            tables.append(Table(title, [], [["、".join(names), few]]))
        return tables

    def evaluation(self) -> Table:
        """Each unit's points with numerator, denominator, rate and what was left out."""
        told, units = self.figures["evaluation"]["units"], self.figures["units"]
        heads = [
            self.say("单位", "Unit"),
            *(self.named(_ITEMS, name) for name in _ITEMS),
            self.say("扣分", "Deducted"),
            self.say("得分", "Points"),
            self.say("等次", "Band"),
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
        note = self.say(
            "每格：分子/分母 = 比率%，得分；括号内为不计入的件数。分母为零的项目记“—”，其分值按比例分摊到其他项目。",
            "Each cell: numerator/denominator = rate %, points; in brackets what was left out. An item without a "
            "denominator shows “—” and its weight is spread over the others.",
        )
        return Table(self.say("考核计算", "The arithmetic of the evaluation"), heads, lines, note)

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
        heads = self.heads(("热点事项", "Topic"), ("来电来件", "Contacts"), ("其中重复", "Repeats"))
        return Table(self.say("热点事项", "Hot topics"), heads, lines)

    def overdue(self) -> Table:
        """What was overdue at the end of the period; a unit reads its own."""
        rows = [one for one in self.figures["overdue"].values() if self.unit in (None, one["unit"])]
        leaders = self.say("领导交办", "leader-assigned")
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
            ("工单编号", "Case"),
            ("单位", "Unit"),
            ("主协办", "Role"),
            ("办理期限", "Due"),
            ("逾期工作日", "Days late"),
            ("", ""),
        )
        return Table(self.say("期末逾期清单", "Overdue at the end of the period"), heads, lines)

    def suggestions(self) -> Table:
        """The digest of reasonable suggestions; not for units."""
        told = self.figures["suggestions"]
        digest = {} if self.unit is not None else told["digest"]
        lines = [
            [number, one["category"], _plain(one.get("words")), _plain(one["relevance"])]
            for number, one in digest.items()
        ]
        heads = self.heads(
            ("工单编号", "Case"),
            ("分类", "Category"),
            ("建议内容", "The suggestion"),
            ("采纳意见", "Relevance"),
        )
        note = self.say(
            f"入库 {told['marked']} 件，采纳 {told['kept']} 件，未采纳 {told['dropped']} 件，"
            f"待筛选 {told['waiting']} 件。",
            f"{told['marked']} marked, {told['kept']} kept, {told['dropped']} dropped, {told['waiting']} waiting.",
        )
        return Table(self.say("合理化建议汇编", "Digest of suggestions"), heads, lines, note)


def _plain(value: Any) -> str:
    return "—" if value is None or value == "" else str(value)


def points_told(points: Points, tongue: str) -> str:
    """The points of the evaluation as people read them, a line for each item and for each
    deduction."""
    zh = tongue != "en"
    lines = [
        f"{words.word(_ITEMS[name], tongue)}："
        + (
            f"{one.weight}分，比率{one.full}%起每差1个百分点扣{one.each}分，最低{one.least}分"
            if zh
            else f"{one.weight} points, {one.each} less for each percentage point beyond"
            f" {one.full}, at least {one.least}"
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
            f"扣分：{each}；合计不超过{most}分" if zh else f"Deductions: {each}; at most {most}",
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
