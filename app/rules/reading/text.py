"""Text as it is read: what of it can be seen, its lines and paragraphs, in one width."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from typing import NamedTuple

_UNSEEN = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
"""Signs of a letter's kind on which nothing can be seen."""
_DASHES = str.maketrans(
    {**dict.fromkeys("‐‑‒–—―−─﹣", "-"), **dict.fromkeys("〜∼～", "~"), "﹕": ":", "∶": ":"}
)


class Unread(ValueError):
    """A typed line or value that cannot be read: `text` as it was typed, `number` which line it is
    (from 1; None where there are no lines), `day` a date beside which another weekday stands."""

    def __init__(self, text: str = "", number: int | None = None, day: date | None = None) -> None:
        super().__init__(text)
        self.text, self.number, self.day = text, number, day


class Line(NamedTuple):
    """A line on which something can be seen: its number (from 1) and its words without blanks at
    the ends."""

    number: int
    text: str


def seen(sign: str) -> bool:
    """Whether a sign can be seen: no blank of any width, no sign of control or format, no
    filler."""
    return sign not in _UNSEEN and unicodedata.category(sign)[0] not in "ZC" and not _selector(sign)


def _selector(sign: str) -> bool:
    return "\ufe00" <= sign <= "\ufe0f" or "\U000e0100" <= sign <= "\U000e01ef"


def visible(text: str) -> bool:
    """Whether anything of a text can be seen."""
    return any(map(seen, text))


def letters(text: str) -> int:
    """How many letters and digits of a text can be seen: what a least number of characters
    counts."""
    return sum(unicodedata.category(sign)[0] in "LN" and seen(sign) for sign in text)


def folded(text: str) -> str:
    """A text as it is read: digits and signs of half width, one kind of blank and dash, without
    what cannot be seen."""
    return "".join(map(_folded, text)).translate(_DASHES)


def _folded(sign: str) -> str:
    if unicodedata.category(sign) == "Nd":
        return str(unicodedata.digit(sign))
    if "\uff01" <= sign <= "\uff5e":
        return chr(ord(sign) - 0xFEE0)
    if sign.isspace():
        return sign if sign in "\n\r" else " "
    return sign if seen(sign) else ""


def tight(text: str) -> str:
    """Without blanks, but for one between two digits: those are two numbers."""
    return re.sub(r"(?<![0-9]) +| +(?![0-9])", "", re.sub(r"\s+", " ", folded(text)).strip())


def lines(text: str) -> list[Line]:
    """The lines on which something can be seen."""
    return [Line(n, _trimmed(line)) for n, line in enumerate(text.splitlines(), 1) if visible(line)]


def _trimmed(line: str) -> str:
    """A line from its first to its last sign that can be seen."""
    places = [n for n, sign in enumerate(line) if seen(sign)]
    return line[places[0] : places[-1] + 1] if places else ""


def paragraphs(text: str) -> list[str]:
    """The paragraphs of a text: lines that no empty one parts, each line without blanks at its
    ends."""
    found: list[list[str]] = []
    last = -1
    for line in lines(text):
        if line.number > last + 1 or not found:
            found.append([])
        found[-1].append(line.text)
        last = line.number
    return ["\n".join(part) for part in found]
