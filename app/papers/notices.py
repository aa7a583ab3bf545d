"""The notices: allocation 派单通知单, redo 重办通知单, reminder 催办通知单, supervision 督办通知单, the day's list
督办建议清单 and the letter 移送函. Words state facts and rules, never guilt. [procedure 8]
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.papers.blocks import (
    Block,
    Page,
    aside,
    before,
    day,
    grouped,
    listed,
    moment,
    pairs,
    paragraph,
    say,
    sign,
    value,
    witnessed,
)

Facts = Mapping[str, Any]
_NTH = {2: "papers.nth.first", 3: "papers.nth.second", 4: "papers.nth.third"}
GUESSED = "papers.guessed"
"""What a paper or a list says where a clock crosses guessed days. [procedure 0]"""


def page(facts: Facts, title: str, *blocks: Block | None, head: str | None = None) -> Page:
    """A paper with the red head of its issuer, signed by it on its day, with room for the seal."""
    end = sign(facts["issuer"], day(facts["at"]))
    if facts.get("guessed"):
        blocks = (*blocks, paragraph(say(GUESSED)))
    return {
        "head": head or facts["issuer"],
        "number": facts["number"],
        "title": title,
        "to": say("papers.addressed", to=facts["to"]) if facts.get("to") else "",
        "blocks": [*(one for one in blocks if one is not None), end],
        "foot": "double",
    }


def _said(instructions: Sequence[Facts]) -> Block | None:
    words = [_instructed(instruction) for instruction in instructions]
    return paragraph("\n".join(words)) if words else None


def _instructed(one: Facts) -> str:
    document = aside("", one["document"])
    return say(
        "papers.instructed.document",
        leader=one["leader"],
        level=value("level", one["level"]),
        on=day(one["on"]),
        document=document,
        words=one["words"],
    )


def _matter(facts: Facts) -> Block:
    """The demand, without the caller."""
    return pairs(
        [
            ("papers.case_number", facts["case_number"]),
            ("papers.received_at", moment(facts["received_at"])),
            ("papers.received_by", value("channel", facts["channel"])),
            ("papers.happened_at", facts["place"]),
            ("papers.narrative", facts["narrative"]),
            ("papers.demand", facts["demand"]),
        ]
    )


def allocation(facts: Facts) -> Page:
    """派单通知单: a case for a unit, lead or assist, and by when."""
    role = value("role_of_unit", facts["role"])
    beside = listed(
        aside(one["unit"], value("role_of_unit", one["role"])) for one in facts["beside"]
    )
    asks = say(
        "papers.allocation.asks",
        case_number=facts["case_number"],
        role=role,
        by=before(facts["due_at"]),
    )
    if beside:
        asks += say("papers.allocation.beside", beside=beside)
    end = say("papers.allocation.end")
    return page(
        facts,
        say("papers.allocation.title"),
        paragraph(asks),
        _matter(facts),
        _said(facts["instructions"]),
        paragraph(end),
    )


def instruction(facts: Facts) -> Page:
    """领导批示办理单: what a leader wrote on a matter, to the unit that handles it, and by when."""
    role = value("role_of_unit", facts["role"])
    asks = say(
        "papers.instruction.asks",
        case_number=facts["case_number"],
        role=role,
        assignment=facts["assignment"],
        by=before(facts["due_at"]),
    )
    end = say("papers.instruction.end")
    return page(
        facts,
        say("papers.instruction.title"),
        paragraph(asks),
        _said(facts["instructions"]),
        _matter(facts),
        paragraph(end),
    )


def redo(facts: Facts) -> Page:
    """重办通知单: back to the same unit, a round on."""
    nth = say(_NTH[facts["round"]]) if facts["round"] in _NTH else str(facts["round"] - 1)
    asks = say(
        "papers.redo.asks", case_number=facts["case_number"], nth=nth, by=before(facts["due_at"])
    )
    end = say("papers.redo.end")
    return page(facts, say("papers.redo.title"), paragraph(asks), _matter(facts), paragraph(end))


def reminder(facts: Facts) -> Page:
    """催办通知单: overdue and not explained; a reply within two working days."""
    asks = say(
        "papers.reminder.asks",
        assignment=facts["assignment"],
        case_number=facts["case_number"],
        by=before(facts.get("due_at"), facts["due_on"]),
        by_=before(facts.get("reply_by_at"), facts["reply_by"]),
    )
    end = say("papers.reminder.end")
    again = (
        None
        if facts["attempt"] == 1
        else paragraph(say("papers.reminder.again", attempt=facts["attempt"]))
    )
    return page(facts, say("papers.reminder.title"), paragraph(asks), again, paragraph(end))


def supervision(facts: Facts) -> Page:
    """督办通知单: the room's notice, again where the feedback was not enough."""
    again = say("papers.supervision.nth", n=facts["n"]) if facts["n"] > 1 else ""
    asks = say(
        "papers.supervision.asks",
        case_number=facts["case_number"],
        assignment=facts["assignment"],
        ground=value("ground", facts["ground"]),
    )
    by = before(facts.get("due_at"), facts["due_on"])
    end = say("papers.supervision.end", by=by)
    reason = (
        paragraph(say("papers.supervision.reason", reason=facts["reason"]))
        if facts["reason"]
        else None
    )
    return page(
        facts,
        say("papers.supervision.title", again=again),
        paragraph(asks),
        paragraph(facts["requirement"]),
        reason,
        paragraph(end),
    )


def letter(facts: Facts) -> Page:
    """移送函: the dossier goes to the committee, named by its SHA-256."""
    people = listed(aside(one["person"], value("post", one["post"])) for one in facts["persons"])
    opening = say(
        "papers.letter.opening",
        unit=facts["unit"],
        case_number=facts["case_number"],
        finding=value("finding", facts["finding"]),
    )
    persons = say("papers.letter.people", people=people) if people else say("papers.letter.nobody")
    return page(
        facts,
        say("papers.letter.title"),
        paragraph(opening),
        paragraph(persons),
        paragraph(say("papers.letter.proposal", proposal=facts["proposal"])),
        pairs(verified_by(facts)),
        *witnessed(facts),
        paragraph(say("papers.letter.end")),
    )


def verified_by(facts: Facts) -> list[tuple[str, str]]:
    """What a dossier is verified by, as letter and slip tell it; of one of before dossiers were signed
    the SHA-256 of its zip alone."""
    rows = [
        ("papers.letter.file", f"{facts['dossier']}.zip"),
        ("papers.letter.sha256", grouped(facts["sha256"])),
    ]
    if facts.get("fingerprint"):
        rows += [
            ("papers.letter.script", grouped(facts["script_sha256"])),
            ("papers.letter.fingerprint", grouped(facts["fingerprint"])),
        ]
    return rows
