"""What kinds of demands are called, in every language that the catalogues speak."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from app import words
from app.rules.limits import KINDS

LANGUAGES = ("zh", "en")


@cache
def kinds_called() -> Mapping[str, str]:
    """What a kind is called -> its word."""
    return {words.value("kind", kind, tongue): kind for tongue in LANGUAGES for kind in KINDS}
