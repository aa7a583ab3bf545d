"""What papers leave out: the caller, wherever his name or number was written down. [procedure 8: caller redacted]"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from typing import Any

CALLER = "〔诉求人〕"
_MOBILE = re.compile(r"(?<![0-9A-Za-z])(1[3-9]\d)\d{4}(\d{4})(?![0-9A-Za-z])")
_IDENTITY = re.compile(r"(?<![0-9A-Za-z])(\d{4})\d{13}[\dXx](?![0-9A-Za-z])")
_SHORTEST_NAME, _SHORTEST_NUMBER = 2, 5


def secrets(names: Iterable[str], numbers: Iterable[str]) -> list[str]:
    """What must not be read anywhere, the longest first; a single character is no name that could be found again."""
    found = {name.strip() for name in names if len(name.strip()) >= _SHORTEST_NAME}
    found |= {number.strip() for number in numbers if len(number.strip()) >= _SHORTEST_NUMBER}
    return sorted(found, key=lambda word: (-len(word), word))


def redacted(words: str, hidden: Iterable[str] = ()) -> str:
    """Words without the caller: his name and number become 〔诉求人〕, other mobile and identity numbers are masked."""
    for secret in hidden:
        pattern = re.escape(secret)
        if secret.isascii():
            pattern = rf"(?<![0-9A-Za-z]){pattern}(?![0-9A-Za-z])"
        words = re.sub(pattern, CALLER, words)
    return _IDENTITY.sub(r"\1**************", _MOBILE.sub(r"\1****\2", words))


def without_caller(value: Any, hidden: Collection[str], spared: Collection[str] = ()) -> Any:
    """The same for every text within lists and dicts; what stands under a `spared` key stays as it is."""
    if isinstance(value, str):
        return redacted(value, hidden)
    if isinstance(value, dict):
        return {
            name: one if name in spared else without_caller(one, hidden, spared) for name, one in value.items()
        }
    if isinstance(value, list | tuple):
        return [without_caller(one, hidden, spared) for one in value]
    return value
