"""The day's list 督办建议清单: A4 across, in groups - what must be supervised, leaders' matters first; what
is watched; what somebody proposed; what earlier lists had in error -, and as rows of a sheet.
[procedure 4]"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from app import words
from app.papers.blocks import (
    LANGUAGE,
    NONE,
    Block,
    Page,
    day,
    paragraph,
    say,
    strung,
    titles,
    value,
    witnessed,
)
from app.papers.letter import GUESSED, form
from app.words.terms import end_told, until

Facts = Mapping[str, Any]
Cell = str | int | date | None

LIST_HEAD = (
    "papers.head.n",
    "papers.head.group",
    "papers.head.unit",
    "papers.case_number",
    "papers.head.summary",
    "papers.head.ground",
    "papers.head.due",
    "papers.head.workdays_late",
    "papers.head.reminder",
    "papers.head.repeats",
    "papers.head.round",
    "papers.head.instructions",
    "papers.head.reason",
    "papers.head.room",
)
"""The columns of the day's list in the sheet and on its page."""
_ON_PAPER = (
    "papers.head.seq",
    "papers.head.unit",
    "papers.case_number",
    "papers.head.summary",
    "papers.head.ground",
    "papers.head.due_late",
    "papers.head.reminder",
    "papers.head.repeats",
    "papers.head.instructions",
    "papers.head.room",
)
_WIDTHS = ("10mm", "30mm", "29mm", "1.5fr", "28mm", "26mm", "25mm", "12mm", "1.1fr", "24mm")
STRUCK_HEAD = (
    "papers.case_number",
    "papers.head.unit",
    "papers.head.ground",
    "papers.head.listed_on",
    "papers.head.struck",
)
GROUPS = {
    "mandatory": "papers.class.mandatory",
    "watched": "papers.class.watched",
    "by_hand": "papers.class.by_hand",
    "struck": "papers.list.struck",
}
"""The groups of a list, in their order."""
MOST_SAID = 60
"""How many signs of an instruction or a reason a row shows; the sheet has them all."""


def grouped_rows(facts: Facts) -> dict[str, list[Facts]]:
    """The rows of a frozen list by their groups; leaders' matters first among those that must be
    supervised."""
    mandatory = [row for row in facts["rows"] if row["class"] == "mandatory"]
    mandatory.sort(key=lambda row: row["ground"] != "leader" and not row["facts"].get("leader"))
    return {
        "mandatory": mandatory,
        "watched": list(facts.get("watched", ())),
        "by_hand": [row for row in facts["rows"] if row["class"] == "by_hand"],
    }


def list_rows(facts: Facts) -> list[list[Cell]]:
    """A row for each row of the frozen list, what is watched among them: numbers as numbers, days as
    days, the rest as words."""
    return [[n, say(GROUPS[group]), *_list_row(row)] for n, (group, row) in _numbered(facts)]


def rows_in_order(facts: Facts) -> list[Facts]:
    """The rows of a list in the order in which `list_rows` tells them."""
    return [row for _, (_, row) in _numbered(facts)]


def _numbered(facts: Facts) -> list[tuple[int, tuple[str, Facts]]]:
    """(number, (group, row)) of the rows of a list."""
    found = grouped_rows(facts)
    return list(enumerate([(group, row) for group in found for row in found[group]], 1))


def _list_row(row: Facts) -> list[Cell]:
    cited = row["facts"]
    return [
        row["unit"],
        row["case"] or NONE,
        row.get("summary") or NONE,
        _ground(row),
        date.fromisoformat(cited["due_on"]) if cited.get("due_on") else NONE,
        cited.get("workdays_late", 0),
        cited.get("reminder") or NONE,
        cited.get("repeats", 0),
        row.get("round", 1),
        _instructions(row) or NONE,
        row.get("reason") or NONE,
        "",
    ]


def _ground(row: Facts) -> str:
    return value("ground", row["ground"]) if "ground" in row else say(GROUPS["watched"])


def _instructions(row: Facts) -> str:
    return strung(
        f"{one['leader']} {one['on']} {one['words']}" for one in row.get("instructions", ())
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
    """督办建议清单: as many rows as the day's list has, what is watched, and the struck rows of earlier
    ones; totals, what is carried over, and who signs beside at least two rows."""
    table = {
        "is": "groups",
        "head": titles(_ON_PAPER),
        "rows": list(_paper_rows(facts)),
        "widths": list(_WIDTHS),
    }
    blocks: list[Block] = [paragraph(said) for said in opening(facts)]
    if facts.get("guessed"):
        blocks.append(paragraph(say(GUESSED)))
    blocks += witnessed(facts)
    title = say("papers.list.title")
    made = form({**facts, "guessed": False}, title, *blocks, table)
    return {**made, "landscape": True}


def opening(facts: Facts) -> Iterator[str]:
    """What a list says above its rows: to whom, of which day, how many of each group, and how many are
    carried over."""
    found = grouped_rows(facts)
    counts = {group: len(rows) for group, rows in found.items()}
    total = counts["mandatory"] + counts["by_hand"]
    yield say("papers.list.opening", day=day(facts["day"]), n=total, to=facts["to"])
    yield say(
        "papers.list.totals",
        mandatory=counts["mandatory"],
        leaders=sum(row["ground"] == "leader" for row in found["mandatory"]),
        by_hand=counts["by_hand"],
        watched=counts["watched"],
        struck=len(facts["struck"]),
        carried=facts.get("carried", 0),
    )


def _paper_rows(facts: Facts) -> Iterator[Block | list[str]]:
    """A line for each group that has rows, and its rows numbered through."""
    n = 0
    for group, rows in grouped_rows(facts).items():
        if rows:
            yield _group(group, len(rows))
        for row in rows:
            n += 1
            yield [str(n), *_paper_row(row)]
    if facts["struck"]:
        yield _group("struck", len(facts["struck"]))
    for row in facts["struck"]:
        n += 1
        yield [str(n), *_struck_row(row)]


def _group(group: str, n: int) -> Block:
    return {"group": say("papers.list.group", group=say(GROUPS[group]), n=n)}


def _paper_row(row: Facts) -> list[str]:
    cited = row["facts"]
    late = cited.get("workdays_late", 0)
    due = _cited_due(cited) + (say("papers.list.late", n=late) if late else "")
    return [
        row["unit"],
        row["case"] or NONE,
        row.get("summary") or NONE,
        clipped(words.pair(_ground(row), row["reason"], LANGUAGE))
        if row.get("reason")
        else _ground(row),
        due,
        cited.get("reminder") or NONE,
        str(cited.get("repeats", 0)),
        clipped(_instructions(row)) or NONE,
        "",
    ]


def _struck_row(row: Facts) -> list[str]:
    listed = say("papers.list.listed_on", on=row["listed_on"])
    case, unit, ground = row["case"] or NONE, row["unit"], value("ground", row["ground"])
    return [unit, case, clipped(row["reason"] or NONE), ground, listed, NONE, NONE, NONE, ""]


def clipped(said: str) -> str:
    """Words on one line, at most `MOST_SAID` signs."""
    line = " ".join(said.split())
    return line if len(line) <= MOST_SAID else f"{line[: MOST_SAID - 1]}…"


def _cited_due(cited: Facts) -> str:
    """The due date that a row cites; of rows that were frozen before they held the moment, the end
    of the day."""
    if not cited.get("due_on"):
        return NONE
    return until(end_told(cited.get("due_at"), cited["due_on"]), LANGUAGE)


def rules_told() -> Sequence[str]:
    """The rules by which rows are listed, as the sheet 说明 tells them."""
    return titles(_RULES)


_RULES = (
    "papers.rules.mandatory",
    "papers.rules.leader",
    "papers.rules.repeated",
    "papers.rules.silent",
    "papers.rules.redo_failed",
    "papers.rules.watched",
    "papers.rules.by_hand",
    "papers.rules.struck",
    "papers.rules.counted",
)
