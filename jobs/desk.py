"""What a process of the bot holds: settings, database, clock and queue. Made once, before anything forks."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry
from rq import Queue
from sqlalchemy import Engine

import config
from app.clock import Clock
from app.database import BOT, Sessions, engine_from
from jobs.children import clock_of, redis_url_of
from jobs.servable import office_at, sessions_of
from jobs.timetable import QUEUE


class NoRedis(Exception):
    """There is no Redis to work with; the message is one sentence that says what to do."""


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


def redis_of(settings: config.Config, seconds: float | None = 3.0) -> Redis:
    """Redis as the settings name it, or the one that a supervisor of the same data started. `seconds`: how long to
    wait for an answer; None is for a worker, which waits for jobs. Raises NoRedis where there is neither."""
    url = redis_url_of(settings)
    if url is None:
        raise NoRedis(
            "REDIS_URL is unset and `python -m app run` does not run here: set REDIS_URL to the Redis that ticker and"
            " workers share."
        )
    if seconds is None:
        return Redis.from_url(url, socket_connect_timeout=5, health_check_interval=30)
    # Whoever asks asks again soon; to try again by itself would keep it waiting, and from stopping.
    return Redis.from_url(
        url, socket_connect_timeout=seconds, socket_timeout=seconds, retry=Retry(NoBackoff(), 0)
    )  # fmt: skip


def queue_on(redis: Redis) -> Queue:
    """The queue of wake-ups. JSON only: what is pickled in Redis would be run by whoever reads it."""
    return Queue(QUEUE, connection=redis, serializer="json")
