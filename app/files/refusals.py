"""How a content is refused: what it is that is not taken, by a word that `app.words`
names."""

from __future__ import annotations

from app.rules.files import MOST_UNPACKED
from app.rules.refusal import NotAllowed


def active(part: str) -> NotAllowed:
    """The refusal of a part that would do something by itself, or lead elsewhere."""
    return NotAllowed("file_active", part=part)


def wrapped(what: str) -> NotAllowed:
    """The refusal of what holds other files: these are to be sent one by one."""
    return NotAllowed("file_wrapped", part=what)


def too_much() -> NotAllowed:
    """The refusal of what is too large unpacked."""
    return NotAllowed("file_unpacked", most=MOST_UNPACKED // 1024**2)
