"""The sample office's gateway, in the process itself: it takes everything and hands it to whoever keeps
it, so that what would have left can be read on a page. No office in earnest has it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from app.channels.channel import Sent, Told
from app.channels.reasons import sent
from app.rules.refusal import NotAllowed

NAME = "pretend"
"""What stands before the reference of all that it took, and marks it wherever that is shown."""
Keep = Callable[[str, Told], None]
"""Keeps a message under its reference. A key that it has had before is the same message again."""


@dataclass(frozen=True)
class Pretend:
    """A gateway that sends nothing. Raises NotAllowed (pretend_in_production) when made for an
    office in earnest."""

    keep: Keep = field(repr=False)
    production: bool

    def __post_init__(self) -> None:
        if self.production:
            raise NotAllowed("pretend_in_production")

    def send(self, told: Told) -> Sent:
        """Keep a message."""
        reference = f"{NAME}-{told.key}"
        self.keep(reference, told)
        return sent("taken", reference=reference)


class Kept:
    """What a pretend gateway took, in memory: reference -> message, a repeated key once."""

    def __init__(self) -> None:
        self._taken: dict[str, Told] = {}
        self._lock = threading.Lock()

    def __call__(self, reference: str, told: Told) -> None:
        """Keep one."""
        with self._lock:
            self._taken.setdefault(reference, told)

    def all(self) -> list[tuple[str, Told]]:
        """Everything, the oldest first."""
        with self._lock:
            return [*self._taken.items()]
