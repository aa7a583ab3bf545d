"""Whole numbers, yes and no, and lines of codes with their numbers."""

from __future__ import annotations

import re

from app.rules.reading.text import Unread, folded, lines, tight

_MOST_DIGITS = 18
_YES, _NO = frozenset({"y", "yes", "是", "true"}), frozenset({"n", "no", "否", "false"})
_PAIR = re.compile(r"(.+?)(?:[\s:,=、]+)([+-]?[0-9]+)")


def whole(text: str) -> int:
    """A whole number of up to 18 digits; Unread otherwise."""
    plain = tight(text)
    if not re.fullmatch(rf"[+-]?[0-9]{{1,{_MOST_DIGITS}}}", plain):
        raise Unread(text.strip())
    return int(plain)


def yes(text: str) -> bool:
    """Yes or no, in either language; Unread otherwise."""
    plain = tight(text).casefold()
    if plain not in _YES | _NO:
        raise Unread(text.strip())
    return plain in _YES


def counts(text: str) -> dict[str, int]:
    """Lines `code number` with a blank or a sign between: code -> number. Unread quotes the
    line."""
    found: dict[str, int] = {}
    for line in lines(text):
        pair = _PAIR.fullmatch(folded(line.text))
        if pair is None or len(pair[2]) > _MOST_DIGITS or pair[1] in found:
            raise Unread(line.text, line.number)
        found[pair[1]] = int(pair[2])
    return found
