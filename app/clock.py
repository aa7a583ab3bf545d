"""The only clock. `DESK_CLOCK` sets another start; time runs on from there."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta

from app.rules.workdays import BEIJING

Clock = Callable[[], datetime]


def clock_from(start: datetime | None, since: datetime | None = None) -> Clock:
    """A clock of Beijing time: the real one, or one that stood at `start` when this was called.

    `since` is the real moment at which it was `start`: processes that name the same one agree,
    whenever they began."""
    if start is None:
        return lambda: datetime.now(BEIJING)
    if since is not None:
        ahead = start - since
        return lambda: datetime.now(BEIJING) + ahead
    began = time.monotonic()
    return lambda: start.astimezone(BEIJING) + timedelta(seconds=time.monotonic() - began)
