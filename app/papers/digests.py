"""The papers that go with a report: the suggestions 合理化建议汇编 and the ranking 考核得分排名表."""

from __future__ import annotations

from collections.abc import Iterator

from app.papers.blocks import Block, Page, day, heading, listed, paragraph, say, table
from app.papers.letter import Facts, form

_SUGGESTED = (
    "papers.head.n",
    "papers.case_number",
    "papers.head.category",
    "papers.head.suggestion",
    "papers.head.relevance",
    "papers.head.leaders_words",
)
_RANKED = (
    "papers.head.rank",
    "papers.head.unit",
    "papers.head.closed",
    "papers.head.points",
    "papers.head.band",
)


def suggestions(facts: Facts) -> Page:
    """合理化建议汇编: what was kept in the period, in the suggestion's own words, with room for a leader's
    comment."""
    counts = facts["counts"]
    opening = say(
        "papers.suggestions.opening",
        first=day(facts["first"]),
        last=day(facts["last"]),
        marked=counts["marked"],
        kept=counts["kept"],
        dropped=counts["dropped"],
        waiting=counts["waiting"],
    )
    rows = [
        [n, row["case"], row["category"], row["words"], row["relevance"], " "]
        for n, row in enumerate(facts["rows"], 1)
    ]
    widths = ("12mm", "29mm", "18mm", "1.6fr", "1fr", "22mm")
    told = table(_SUGGESTED, rows, widths) if rows else paragraph(say("papers.suggestions.none"))
    return form(facts, say("papers.suggestions.title"), paragraph(opening), told)


def scores(facts: Facts) -> Page:
    """考核得分排名表: the units' places within each tier of volume; who closed too few is named, not
    ranked."""
    first, last = day(facts["first"]), day(facts["last"])
    opening = paragraph(say("papers.scores.opening", first=first, last=last))
    return form(facts, say("papers.scores.title"), opening, *_tiers(facts), *_not_ranked(facts))


def _tiers(facts: Facts) -> Iterator[Block]:
    least = facts["tiers"]
    for tier, places in sorted(facts["ranking"].items()):
        place = int(tier) - 1
        size = f"{least[place]}–{least[place - 1] - 1}" if place else f"≥{least[place]}"
        rows = [
            [one[name] for name in ("rank", "name", "closed", "total", "band")] for one in places
        ]
        yield heading("papers.scores.tier", 2, size=size)
        yield table(_RANKED, rows, ("14mm", "1fr", "24mm", "24mm", "24mm"))


def _not_ranked(facts: Facts) -> Iterator[Block]:
    if facts["not_ranked"]:
        units = listed(facts["not_ranked"])
        yield paragraph(say("papers.scores.not_ranked", least=facts["least"], units=units))
