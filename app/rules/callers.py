"""Who a caller is: a name with a number. Names are compared without what differs from one keyboard
to the next, and kept as typed. [procedure 1]"""

from __future__ import annotations

from app.rules.folding import DOT, visible

ANOTHER = "another"
"""The answer that somebody is another person than those of the same number."""
_BETWEEN = str.maketrans("", "", f"{DOT}.。'-")


def name_key(name: str) -> str:
    """A name as it is compared: in one width and case, without blanks, middle dots and signs that
    nobody sees. A name of nothing else is itself."""
    told = visible(name)
    return told.translate(_BETWEEN) or told


def covered_address(address: str) -> str:
    """An address of a sender as it is shown: the first sign of what stands before the @, and where
    it lies; of another name its first two signs."""
    box, at, where = address.partition("@")
    if not at:
        return f"{address[:2]}**" if address else ""
    return f"{box[:1]}**@{where}"
