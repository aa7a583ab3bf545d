"""What all papers of the desk share: the red head of a letter 函 or the title of a form, the wording
between head and signature, signature, date, contact and copies. [GB/T 9704-2012, 7 and 10.1]"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from app.papers.blocks import (
    Block,
    Page,
    aside,
    day,
    listed,
    moment,
    pairs,
    paragraph,
    say,
    sign,
    value,
    with_extra,
)
from app.rules.wording import PREFIX, WORDINGS, worded

Facts = Mapping[str, Any]
Part = Block | Sequence[Block] | None
GUESSED = "papers.guessed"
"""What a paper or a list says where a clock crosses guessed days. [procedure 0]"""
_MARKS = {"void": "papers.mark.void", "reprint": "papers.mark.reprint"}
_ALONE = re.compile(r"\{(\w+)\}")


def page(facts: Facts, title: str, *blocks: Block | None) -> Page:
    """A paper in the form of a letter: the red head of its issuer, signed by it on its day, with room
    for the seal, whom to ask, and who has a copy."""
    return {
        **_shared(facts, title, blocks),
        "head": facts["issuer"],
        "to": say("papers.addressed", to=facts["to"]) if facts.get("to") else "",
        "copies": _copies(facts),
    }


def form(facts: Facts, title: str, *blocks: Block | None, signed: bool = True) -> Page:
    """A paper in the form of a table or a list: its title, the number that it carries, and who made
    it."""
    return {**_shared(facts, title, blocks, signed=signed), "to": ""}


def _shared(
    facts: Facts, title: str, blocks: Sequence[Block | None], *, signed: bool = True
) -> dict[str, Any]:
    found = [block for block in blocks if block is not None]
    if facts.get("guessed"):
        found.append(paragraph(say(GUESSED)))
    if signed:
        found.append({**sign(facts["issuer"], day(facts["at"])), "contact": contact(facts)})
    return {
        "title": title,
        "number": facts.get("number") or "",
        "blocks": found,
        "draft": bool(facts.get("draft")),
        "stamp": stamp(facts.get("marks", {})),
    }


def stamp(marks: Mapping[str, bool]) -> str:
    """What a print says of itself: 作废, 重印, both, or nothing."""
    return " ".join(say(msgid) for name, msgid in _MARKS.items() if marks.get(name))


def contact(facts: Facts) -> str:
    """Who is asked about a paper, and by which telephone; blanks to be filled in by hand where the
    office did not say. [GB/T 9704-2012, 7.3.9]"""
    asked = facts.get("contact")
    return say("papers.contact", contact=asked) if asked else say("papers.contact.blank")


def _copies(facts: Facts) -> str:
    copies = facts.get("copies")
    return say("papers.copies", copies=listed(copies)) if copies else ""


def said_by(
    facts: Facts, kind: str, fields: Mapping[str, str], parts: Mapping[str, Part]
) -> list[Block]:
    """The wording of a paper as blocks: each line a paragraph with its fields filled in, and what
    stands alone on its line in its place."""
    text = facts.get("wording", {}).get("text") or WORDINGS[f"{PREFIX}{kind}"]
    found: list[Block] = []
    for line in filter(None, map(str.strip, text.splitlines())):
        alone = _ALONE.fullmatch(line)
        if alone and alone[1] in parts:
            found += blocks_of(parts[alone[1]])
        else:
            found.append(paragraph(worded(line, fields)))
    return found


def blocks_of(part: Part) -> list[Block]:
    """One block, several or none, as a list."""
    if part is None:
        return []
    return [part] if isinstance(part, dict) else list(part)


def words_of(text: str) -> Part:
    """Somebody's words as paragraphs; nothing where there are none."""
    return paragraph(text) if text.strip() else None


def matter(facts: Facts) -> Block:
    """The demand, without the caller."""
    told = pairs(
        [
            ("papers.case_number", facts["case_number"]),
            ("papers.received_at", moment(facts["received_at"])),
            ("papers.received_by", value("channel", facts["channel"])),
            ("papers.happened_at", facts["place"]),
            ("papers.narrative", facts["narrative"]),
            ("papers.demand", facts["demand"]),
        ]
    )
    return with_extra(told, facts)


def instructed(instructions: Sequence[Facts]) -> Part:
    """What leaders wrote on the matter, each in its paragraph."""
    return [paragraph(_instructed(one)) for one in instructions] or None


def _instructed(one: Facts) -> str:
    return say(
        "papers.instructed.document",
        leader=one["leader"],
        level=value("level", one["level"]),
        on=day(one["on"]),
        document=aside("", one["document"]),
        words=one["words"],
    )
