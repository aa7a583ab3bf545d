"""The text of the rules that a dossier cites: a line each, with the days between which it is in
force. "Text of the rules cited (an editable table, with validity dates: law article numbers
change)." [procedure 8]

A line may begin with its days, 〔2018-03-20至今〕 or 〔2018-03-20至2025-05-31〕; one without is in force
on any day.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

_LINE = re.compile(r"〔(\d{4}-\d\d-\d\d)至(\d{4}-\d\d-\d\d|今)〕\s*(\S.*)")


@dataclass(frozen=True)
class Article:
    """One rule: its text, its first day and its last one; None where there is none."""

    words: str
    first: date | None = None
    last: date | None = None

    def in_force(self, day: date) -> bool:
        """Whether it is in force on a day."""
        return (self.first is None or self.first <= day) and (self.last is None or day <= self.last)


def _article(line: str) -> Article:
    if not line.startswith("〔"):
        return Article(line)
    found = _LINE.fullmatch(line)
    try:
        since, until, words = found.groups() if found else ("", "", "")
        first, last = (
            date.fromisoformat(since),
            None if until == "今" else date.fromisoformat(until),
        )
    except ValueError:
        raise ValueError(line) from None
    if last is not None and last < first:
        raise ValueError(line)
    return Article(words, first, last)


def articles(text: str) -> list[Article]:
    """The rules of a text, a line each; ValueError where a line's days cannot be read."""
    return [_article(line.strip()) for line in text.splitlines() if line.strip()]
