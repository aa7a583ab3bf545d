"""What a process of the bot holds: settings, database, clock and queue. Made once, before anything
forks."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from sqlalchemy import Engine

import config
from app.clock import Clock
from app.database import BOT, Sessions, engine_from
from jobs.children import clock_of
from jobs.queue import NoRedis, queue_on, redis_of
from jobs.servable import office_at, sessions_of

__all__ = ["Desk", "NoRedis", "desk", "queue_on", "redis_of"]


@dataclass(frozen=True)
class Desk:
    """One database with its clock, as a job sees it."""

    settings: config.Config
    engine: Engine
    sessions: Sessions
    clock: Clock

    def now(self) -> datetime:
        """The desk's time: the same in all its processes."""
        return self.clock()


@cache
def desk() -> Desk:
    """The desk that the environment names. Raises config.ConfigError."""
    settings = config.load(os.environ, office=office_at)
    engine = engine_from(settings.database_url, BOT)
    # A forked child must not use, nor close, connections of its parent.
    os.register_at_fork(after_in_child=lambda: engine.dispose(close=False))
    return Desk(settings, engine, sessions_of(settings, engine), clock_of(settings))
