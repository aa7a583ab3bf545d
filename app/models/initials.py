"""The pinyin initials of a name, by which it is found in a picker: 水利局 by slj. A sign that is read
in several ways has all of them: 曾, 单 and 查 are other words in names than in sentences."""

from __future__ import annotations

import os
from itertools import islice, product
from typing import Any

READINGS, LETTERS = 16, 24
"""So many readings of a name are kept, each of so many letters."""
LONGEST = READINGS * (LETTERS + 1)
_NO_PHRASES = "PYPINYIN_NO_PHRASES"


def initials(name: str) -> str:
    """The readings of a name, blanks between: the usual one first, and the first signs, which are
    typed first, in each of theirs."""
    signs = [_read(sign) for sign in name.lower() if sign.isalnum()][:LETTERS]
    # The last of a product changes first; here the first shall.
    made = ("".join(reversed(one)) for one in product(*reversed(signs)) if one)
    return " ".join(islice(made, READINGS))


def named(row: Any, said: str) -> str:
    """A name that a row is given, whose initials it is given with it."""
    row.pinyin = initials(said or "")
    return said


def _read(sign: str) -> list[str]:
    """The initials of a sign, each once; a letter or a figure is its own."""
    if sign.isascii():
        return [sign]
    # Only who saves a name needs the readings, which fill some memory: with phrases, four times it.
    os.environ.setdefault(_NO_PHRASES, "true")
    from pypinyin import Style, pinyin  # noqa: PLC0415

    (found,) = pinyin(sign, style=Style.FIRST_LETTER, heteronym=True) or ([],)
    return list(dict.fromkeys(one for one in found if one.isascii())) or [""]
