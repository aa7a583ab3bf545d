"""What callers say: a matter drawn with a place and a caller, so that no two cases are word for
word the same."""

from __future__ import annotations

import string
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice
from random import Random
from typing import Any

from app.story.sample.texts import read_texts

SURNAMES = "张王李刘高折訾白贺乔郝杨赵武韩马苏薛郭贾"
CHANNELS = {
    "phone": 62,
    "mailbox": 8,
    "wechat": 14,
    "email": 2,
    "web": 6,
    "platform": 6,
    "walk_in": 2,
}
"""channel -> how many in a hundred demands come by it; a leader's come by their own."""
DRAWS = 20
"""How often a pattern is tried for words that were not told yet."""


@dataclass(frozen=True)
class Matter:
    """One demand as it is told: to which unit it belongs, and what that unit says in public when it
    is done."""

    unit: str
    category: str
    kind: str
    narrative: str
    asks: str
    answer: str
    place: str


@dataclass(frozen=True)
class Pattern:
    """A matter before it is drawn."""

    unit: str
    category: str
    kind: str
    says: str
    asks: str
    answer: str


@cache
def patterns() -> tuple[Pattern, ...]:
    """All matters that the sample office knows."""
    found = []
    for unit, lines in read_texts("matters")["matters"].items():
        for line in lines:
            category, kind, says, asks, answer = line.split("|")
            found.append(Pattern(unit, category.split("/")[1], kind, says, asks, answer))
    return tuple(found)


class Callers:
    """Draws matters and callers; each pattern comes round before it comes again, for each unit and
    kind; none is told twice in the same words."""

    def __init__(self, dice: Random) -> None:
        self.dice = dice
        self.turns: dict[Any, Iterator[Pattern]] = {}
        self.number = 0
        self.told: set[str] = set()

    def matter(
        self, unit: str | None = None, kinds: Sequence[str] = (), not_from: Sequence[str] = ()
    ) -> Matter:
        """A matter of a unit (any, where none is named), of one of some kinds (any)."""
        key = (unit, tuple(kinds), tuple(not_from))
        turn = self.turns.setdefault(key, self._round(unit, kinds, not_from))
        # A pattern whose words are used up gives way to the next.
        drawn = (self._drawn(pattern) for pattern in turn for _ in range(DRAWS))
        for matter in islice(drawn, DRAWS * len(patterns())):
            if matter.narrative not in self.told:
                self.told.add(matter.narrative)
                return matter
        raise ValueError(f"all that is said of {unit} {kinds} has been said")

    def _round(
        self, unit: str | None, kinds: Sequence[str], not_from: Sequence[str]
    ) -> Iterator[Pattern]:
        fitting = [
            pattern
            for pattern in patterns()
            if unit in (None, pattern.unit)
            and (not kinds or pattern.kind in kinds)
            and pattern.unit not in not_from
        ]
        if not fitting:
            raise ValueError(f"no matter of {unit} is of these kinds: {kinds}")
        while True:
            yield from self.dice.sample(fitting, len(fitting))

    def _drawn(self, pattern: Pattern) -> Matter:
        texts = read_texts("matters")
        words = self._words(pattern, texts["slots"])
        ending = ""
        if pattern.kind in ("complaint", "help", "report"):
            ending = self.dice.choice(texts["endings"]["home" if "estate" in words else "any"])
        place = (
            words.get("estate")
            or words.get("town", "") + words.get("village", "")
            or words.get("street", "")
        )
        says, answer = pattern.says.format_map(words), pattern.answer.format_map(words)
        return Matter(
            pattern.unit,
            pattern.category,
            pattern.kind,
            f"{says}{ending}",
            pattern.asks,
            answer,
            f"神木市{place or words.get('school', '市区')}",
        )

    def _words(self, pattern: Pattern, slots: Mapping[str, list[str]]) -> dict[str, str]:
        """A word for each brace of a pattern; `street2` is another street than `street`."""
        said = string.Formatter().parse(pattern.says + pattern.answer + pattern.asks)
        words: dict[str, str] = {}
        for name in sorted({name for _, name, _, _ in said if name}):
            choices = [
                word for word in slots[name.rstrip("2")] if word != words.get(name.rstrip("2"))
            ]
            words[name] = self.dice.choice(choices)
        return words

    def caller(self) -> dict[str, str]:
        """A caller's name and number. No mobile number in China begins with 129."""
        self.number += 1
        name = self.dice.choice(SURNAMES) + self.dice.choice(read_texts("matters")["given"])
        return {"name": name, "phone": f"129{self.dice.randrange(10**4):04d}{self.number:04d}"}

    def opening(self, matter: Matter, channel: str) -> str:
        """How the operator begins to write it down, as it was spoken or written."""
        if matter.kind == "praise" or channel == "leader":
            return ""
        way = "spoken" if channel in ("phone", "walk_in") else "written"
        return str(self.dice.choice(read_texts("matters")["openings"][way]))

    def channel(self) -> str:
        """How a demand came in."""
        return self.dice.choices(list(CHANNELS), list(CHANNELS.values()))[0]
