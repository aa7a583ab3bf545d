"""Redis as ticker and workers share it, and the queue of wake-ups in it."""

from __future__ import annotations

from datetime import UTC, datetime

from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry
from rq import Queue

import config
from app.words import both
from jobs.children import redis_url_of
from jobs.timetable import QUEUE

TICKED = "duban:ticked"
"""Where the ticker writes when it last put wake-ups into the queue."""


class NoRedis(Exception):
    """There is no Redis to work with; the message is one sentence that says what to do."""


def redis_of(settings: config.Config, seconds: float | None = 3.0) -> Redis:
    """Redis as the settings name it, or the one that a supervisor of the same data started.
    `seconds`: how long to wait for an answer; None is for a worker, which waits for jobs. Raises
    NoRedis where there is neither."""
    url = redis_url_of(settings)
    if url is None:
        raise NoRedis(both("shell.redis.none"))
    if seconds is None:
        return Redis.from_url(url, socket_connect_timeout=5, health_check_interval=30)
    # Whoever asks asks again soon; to try again by itself would keep it waiting, and from stopping.
    return Redis.from_url(
        url, socket_connect_timeout=seconds, socket_timeout=seconds, retry=Retry(NoBackoff(), 0)
    )


def queue_on(redis: Redis, name: str = QUEUE) -> Queue:
    """A queue of wake-ups, that of the passes where none is named. JSON only: what is pickled in Redis
    would be run by whoever reads it."""
    return Queue(name, connection=redis, serializer="json")


def note_tick(redis: Redis) -> None:
    """Write that the ticker ticked. Raises RedisError."""
    redis.set(TICKED, datetime.now(UTC).isoformat(timespec="seconds"))


def ticked(redis: Redis) -> datetime | None:
    """When the ticker last ticked; None where this Redis knows of no tick. Raises RedisError."""
    told = redis.get(TICKED)
    return datetime.fromisoformat(told.decode()) if isinstance(told, bytes) else None
