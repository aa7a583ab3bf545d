"""The timeline of a dossier: every event, and each clock with the working days that it counted. [procedure 8]"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.papers.blocks import (
    NONE,
    Block,
    aside,
    before,
    event,
    heading,
    listed,
    moment,
    paragraph,
    say,
    table,
)

Facts = Mapping[str, Any]

_LENGTHS = {
    "workdays": "papers.length.workdays",
    "hours": "papers.length.hours",
    "named": "papers.length.named",
}


_NO_ACCOUNT = {"bot": "papers.by_the_system", "caller": "papers.by_the_caller"}
"""Who acts without an account -> how a paper names them."""
_COUNTED_DAYS = 40
"""So many counted days are named one by one; of a longer clock the first and the last."""


def timeline_pages(facts: Facts) -> list[Block]:
    """Every event with the working days since the allocation, and each clock with the days that it
    counted."""
    several = len(facts["chains"]) > 1
    rows = []
    for n, (chain, _seq, at, kind, actor, _hash, counted) in enumerate(facts["timeline"], 1):
        what = aside(event(kind), facts["chains"][str(chain)] if several else "")
        who = say(_NO_ACCOUNT[actor]) if actor in _NO_ACCOUNT else facts["actors"].get(actor, actor)
        rows.append([n, moment(str(at)), what, who, NONE if counted is None else counted])
    clocks = [
        [
            say("papers.timeline.due", number=row["number"] or NONE),
            *_clock(row["due"]),
            before(row["due_at"]),
        ]
        for row in facts["assignments"]
    ]
    clocks += [
        [
            say("papers.timeline.reply_by", number=row["number"]),
            *_clock(row["reply_by"]),
            before(row["reply_by_at"]),
        ]
        for row in facts["reminders"]
    ]
    return [
        heading("papers.timeline.title", label="timeline"),
        table(
            (
                "papers.head.n",
                "papers.head.at",
                "papers.head.event",
                "papers.head.actor",
                "papers.head.counted",
            ),
            rows,
            ("10mm", "34mm", "1fr", "30mm", "22mm"),
        ),
        heading("papers.timeline.clocks", 2),
        paragraph(say("papers.timeline.note")),
        table(
            (
                "papers.head.clock",
                "papers.head.start",
                "papers.head.length",
                "papers.head.days",
                "papers.head.end",
            ),
            clocks,
            ("1.1fr", "22mm", "22mm", "1.4fr", "26mm"),
        ),
    ]


def _clock(trace: Facts) -> list[str]:
    """Start, length and counted days of a clock."""
    days = trace["days"]
    shown = [day[5:] for day in days]
    if len(shown) > _COUNTED_DAYS:
        shown = [shown[0], "…", shown[-1]]
    length = say(_LENGTHS[trace["unit"]], n=trace["n"])
    return [trace["start"], length, listed(shown) or NONE]
