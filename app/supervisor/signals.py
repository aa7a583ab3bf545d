"""Signals: taken note of by a process that stops in its own order."""

from __future__ import annotations

import contextlib
import signal
import time
from collections.abc import Iterator
from types import FrameType

STOPPING = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
HURRY_SECONDS = 1.0
"""A second signal that comes later than this ends what still stops by itself."""


class Signals:
    """The moments at which somebody asked to stop."""

    def __init__(self) -> None:
        self.moments: list[float] = []

    def __bool__(self) -> bool:
        return bool(self.moments)

    @property
    def hurried(self) -> bool:
        """Whether somebody asked a second time, not just twice at once."""
        return len(self.moments) > 1 and self.moments[-1] - self.moments[0] > HURRY_SECONDS

    @contextlib.contextmanager
    def noted(self) -> Iterator[None]:
        """Take note of signals instead of dying of them; as it was before, afterwards."""

        def hear(number: int, frame: FrameType | None) -> None:
            self.moments.append(time.monotonic())

        before = {number: signal.signal(number, hear) for number in STOPPING}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
