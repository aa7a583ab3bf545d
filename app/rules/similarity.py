"""How alike two texts are: the pairs and triples of characters that they share. For the repeat check, which proposes
cases that may be the same matter, and decides nothing. [procedure 1]"""

from __future__ import annotations

from unicodedata import normalize

SUGGESTED, STRIKING = 0.4, 0.8
"""From which likeness a case is proposed, and from which it is marked. Ours."""


def grams(words: str) -> frozenset[str]:
    """The pairs and triples of letters and figures of a text, in one width and without marks and blanks."""
    signs = "".join(sign for sign in normalize("NFKC", words).casefold() if sign.isalnum())
    return frozenset(signs[n : n + size] for size in (2, 3) for n in range(len(signs) - size + 1))


def likeness(one: str, other: str) -> float:
    """From 0, nothing in common, to 1, the same: twice what they share by what they have together (Dice)."""
    first, second = grams(one), grams(other)
    together = len(first) + len(second)
    return 2 * len(first & second) / together if together else 0.0
