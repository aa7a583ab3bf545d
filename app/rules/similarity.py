"""How alike two texts are: the pairs and triples of signs that they share. For the repeat check,
which proposes cases that may be the same matter, and decides nothing. [procedure 1]

The pairs are also what cases are found by: an index holds them as numbers, the same on both
databases. Whoever changes how pairs are made has to empty that index in a migration.
"""

from __future__ import annotations

from app.rules.folding import folded_sign

SUGGESTED, STRIKING = 0.4, 0.8
"""From which likeness a case is proposed, and from which it is marked. Ours."""
INDEXED = 2000
"""How many signs of a text are found by; likeness is that of all of it."""
PLACE = 1 << 31
"""What sets the pairs of a place apart from those of a case's words."""


def signs(words: str) -> str:
    """The letters and figures of a text as they are compared: in one width and case, without marks
    and blanks."""
    return "".join(filter(str.isalnum, "".join(map(folded_sign, words))))


def grams(words: str) -> frozenset[str]:
    """The pairs and triples of letters and figures of a text."""
    plain = signs(words)
    return frozenset(plain[n : n + size] for size in (2, 3) for n in range(len(plain) - size + 1))


def likeness(one: str, other: str) -> float:
    """From 0, nothing in common, to 1, the same: twice what they share by what they have together
    (Dice)."""
    first, second = grams(one), grams(other)
    together = len(first) + len(second)
    return 2 * len(first & second) / together if together else 0.0


def pairs(words: str) -> frozenset[int]:
    """The pairs of a text as numbers below `PLACE`. Two pairs of rare signs may share one, which
    only makes for a candidate more."""
    plain = signs(words[:INDEXED])
    return frozenset(
        ((ord(first) << 16) ^ ord(second)) & (PLACE - 1)
        for first, second in zip(plain, plain[1:], strict=False)
    )


def place_pairs(place: str) -> frozenset[int]:
    """The pairs of a place, as numbers from `PLACE` on."""
    return frozenset(PLACE | pair for pair in pairs(place))


def within(one: str, other: str) -> bool:
    """Whether one place contains the other, or is it: 锦绣花园 and 锦绣花园三期."""
    first, second = sorted((signs(one), signs(other)), key=len)
    return bool(first) and first in second
