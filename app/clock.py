"""The only clock. `DESK_CLOCK` sets another start; time runs on from there."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta

from app.rules.workdays import BEIJING

Clock = Callable[[], datetime]


def clock_from(start: datetime | None) -> Clock:
    """A clock of Beijing time: the real one, or one that started at `start` when this was called."""
    if start is None:
        return lambda: datetime.now(BEIJING)
    since = time.monotonic()
    return lambda: start.astimezone(BEIJING) + timedelta(seconds=time.monotonic() - since)
