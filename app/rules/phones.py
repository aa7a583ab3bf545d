"""What a telephone number looks like. Loads without any framework."""

from __future__ import annotations

import re

SHORTEST, LONGEST = 5, 20
_NUMBER = re.compile(r"\+?[0-9(（][0-9 ()（）-]*(?:(?:转|分机|extension|ext\.?|x|#) ?[0-9]+)?", re.IGNORECASE)


def is_number(typed: str) -> bool:
    """Whether this can be called: digits with + before them, blanks, hyphens and brackets between, an extension after
    them; five digits at least, twenty signs at most."""
    fits = len(typed) <= LONGEST and len(re.findall(r"[0-9]", typed)) >= SHORTEST
    return fits and _NUMBER.fullmatch(typed) is not None
