"""The day's list 督办建议清单, on paper and as rows of a sheet. [procedure 4]"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.papers.blocks import (
    LANGUAGE,
    NONE,
    Block,
    Page,
    day,
    heading,
    paragraph,
    say,
    strung,
    table,
    value,
    witnessed,
)
from app.papers.notices import page
from app.words.terms import end_told, until

Facts = Mapping[str, Any]

LIST_HEAD = (
    "papers.head.n",
    "papers.case_number",
    "papers.head.unit",
    "papers.head.ground",
    "papers.head.class",
    "papers.head.round",
    "papers.head.due",
    "papers.head.workdays_late",
    "papers.head.reminder",
    "papers.head.repeats",
    "papers.head.instructions",
    "papers.head.reason",
)
"""The columns of the day's list, on paper and in the sheet."""


_CLASSES = {"mandatory": "papers.class.mandatory", "by_hand": "papers.class.by_hand"}


def list_rows(facts: Facts) -> list[list[str | int]]:
    """A row for each row of the frozen list: numbers as numbers, the rest as words."""
    return [[n, *_list_row(row)] for n, row in enumerate(facts["rows"], 1)]


def _list_row(row: Facts) -> list[str | int]:
    cited = row["facts"]
    said = strung(f"{one['leader']} {one['on']} {one['words']}" for one in row["instructions"])
    return [
        row["case"] or NONE,
        row["unit"],
        value("ground", row["ground"]),
        say(_CLASSES[row["class"]]),
        row["round"],
        _cited_due(cited),
        cited.get("workdays_late", 0),
        cited.get("reminder") or NONE,
        cited.get("repeats", 0),
        said or NONE,
        row["reason"] or NONE,
    ]


def _cited_due(cited: Facts) -> str:
    """The due date that a row cites; of rows that were frozen before they held the moment, the end
    of the day."""
    if not cited.get("due_on"):
        return NONE
    return until(end_told(cited.get("due_at"), cited["due_on"]), LANGUAGE)


STRUCK_HEAD = (
    "papers.case_number",
    "papers.head.unit",
    "papers.head.ground",
    "papers.head.listed_on",
    "papers.head.struck",
)


def struck_rows(facts: Facts) -> list[list[str]]:
    """The rows of earlier lists that this one strikes, with the reason."""
    return [
        [
            one["case"] or NONE,
            one["unit"],
            value("ground", one["ground"]),
            one["listed_on"],
            one["reason"] or NONE,
        ]
        for one in facts["struck"]
    ]


def supervision_list(facts: Facts) -> Page:
    """督办建议清单: as many rows as the day's list has, and the struck rows of earlier ones."""
    shown = [
        [
            row[0],
            row[1],
            row[2],
            row[3],
            row[6],
            row[7],
            row[8],
            row[9],
            "\n".join(str(one) for one in (row[10], row[11]) if one != NONE) or NONE,
        ]
        for row in list_rows(facts)
    ]
    head = (
        "papers.head.n",
        "papers.case_number",
        "papers.head.unit",
        "papers.head.ground",
        "papers.head.due",
        "papers.head.workdays_late.narrow",
        "papers.head.reminder",
        "papers.head.repeats",
        "papers.head.remarks",
    )
    # The last is wide enough for a date: a word that does not break would stand over the frame.
    widths = ("11mm", "27mm", "0.9fr", "0.8fr", "22mm", "14mm", "1fr", "11mm", "1.6fr")
    opening = say("papers.list.opening", day=day(facts["day"]), n=len(shown))
    blocks: list[Block | None] = [paragraph(opening), table(head, shown, widths)]
    struck = struck_rows(facts)
    if struck:
        blocks += [
            heading("papers.list.struck"),
            paragraph(say("papers.list.struck.said")),
            table(STRUCK_HEAD, struck, ("28mm", "1fr", "1fr", "24mm", "1.4fr")),
        ]
    end = [*witnessed(facts), paragraph(say("papers.list.end"))]
    return page(facts, say("papers.list.title"), *blocks, *end)
