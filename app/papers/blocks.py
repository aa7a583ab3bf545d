"""The pieces that pages are made of, as plain data for the template: titles, paragraphs, tables,
signatures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from app import words as told
from app.rules.workdays import minute
from app.words.terms import end_told, until

Block = dict[str, Any]
Page = dict[str, Any]
NONE = "—"
LANGUAGE = "zh"
"""The language of papers."""


def paragraph(words: str, indent: bool = True, align: str = "left") -> Block:
    """A paragraph; each line of the words begins anew."""
    return {"is": "p", "lines": lines(words), "indent": indent, "align": align}


def say(msgid: str, **facts: object) -> str:
    """A text of ours in the language of papers."""
    return told.word(msgid, LANGUAGE, **facts)


def value(domain: str, name: str) -> str:
    """What a word of a vocabulary is called on papers."""
    return told.value(domain, name, LANGUAGE)


def event(kind: str) -> str:
    """What an event is called on papers."""
    return told.event(kind, LANGUAGE)


def listed(parts: Iterable[object]) -> str:
    """Parts of one list."""
    return told.listed(parts, LANGUAGE)


def strung(parts: Iterable[object]) -> str:
    """Parts that hold commas themselves."""
    return told.strung(parts, LANGUAGE)


def aside(said: object, more: object) -> str:
    """Something with more in brackets, where there is more."""
    return told.aside(said, more, LANGUAGE)


def titles(msgids: Iterable[str]) -> list[str]:
    """The texts of a head."""
    return [say(msgid) for msgid in msgids]


def lines(words: str) -> list[str]:
    """The lines of words, empty ones left out."""
    return [line.strip() for line in words.splitlines() if line.strip()]


def heading(msgid: str, level: int = 1, label: str = "", **facts: object) -> Block:
    """A heading, by its message id: 一、 in the first level, （一） in the second; `label` lets others
    name its page."""
    return {"is": "h", "words": say(msgid, **facts), "level": level, "label": label}


def table(head: Sequence[str], rows: Iterable[Sequence[Any]], widths: Sequence[str]) -> Block:
    """A table, its head by message ids; `widths` in parts (`2fr`) or millimetres (`18mm`)."""
    return {
        "is": "table",
        "head": titles(head),
        "rows": [[cell(content) for content in row] for row in rows],
        "widths": list(widths),
    }


def pairs(rows: Iterable[tuple[str, Any]]) -> Block:
    """Names, by message ids, and what stands for them, in two columns."""
    return {"is": "pairs", "rows": [[say(name), cell(value)] for name, value in rows]}


def with_extra(block: Block, facts: Mapping[str, Any]) -> Block:
    """Names and what stands for them, with what stands in the office's own fields, by their labels."""
    own = [[label, cell(said)] for label, said in facts.get("extra", ())]
    return {**block, "rows": [*block["rows"], *own]}


def extra_below(words: str, facts: Mapping[str, Any]) -> str:
    """Words with what stands in the office's own fields below them."""
    own = (told.pair(label, said, "zh") for label, said in facts.get("extra", ()))
    return "\n".join(filter(None, (words, *own)))


def cell(value: Any) -> Any:
    """What a cell shows: a dash for nothing, 是 or 否 for a truth; a block stays one."""
    if value is None or value == "":
        return NONE
    if isinstance(value, bool):
        return say("papers.yes") if value else say("papers.no")
    return value if isinstance(value, dict) else str(value)


def page_of(*labels: str) -> Block:
    """The number of the page on which the first of these labels stands that stands anywhere."""
    return {"is": "page", "labels": list(labels)}


def sign(*words: str) -> Block:
    """Who signs, and the date, with space for the seal above them; never alone on a page."""
    return {"is": "sign", "lines": list(words)}


def page_break() -> Block:
    """What follows begins on a new page."""
    return {"is": "break"}


def day(word: str | None) -> str:
    """A date or moment of ISO text as papers write it: 2025年9月30日."""
    if not word:
        return NONE
    at = date.fromisoformat(word[:10])
    return say("papers.day", at=at)


def moment(word: str | None) -> str:
    """A moment of ISO text to the minute: 2025-09-30 08:30."""
    return NONE if not word else minute(datetime.fromisoformat(word))


def grouped(sha256: str) -> str:
    """A SHA-256 in groups of eight, so that it breaks within its cell."""
    return " ".join(sha256[place : place + 8] for place in range(0, len(sha256), 8))


def fours(digits: str) -> str:
    """The digits of a witness in groups of four, as they are typed."""
    return " ".join(digits[place : place + 4] for place in range(0, len(digits), 4))


def witnessed(facts: Mapping[str, Any]) -> list[Block]:
    """The line by which a paper bears witness to the record as it stood; none on papers of before
    there were checkpoints."""
    digits = facts.get("witness")
    return [paragraph(say("papers.witness", digits=fours(digits)), indent=False)] if digits else []


def before(moment: str | None, on: str = "") -> str:
    """The end of a clock as papers say it, 2025年9月30日24时前, from ISO text: its moment, else the last
    day."""
    return until(end_told(moment, on), LANGUAGE, paper=True)
