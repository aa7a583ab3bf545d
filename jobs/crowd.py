"""What Redis tells of the workers and their queue."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from redis import Redis
from rq import Worker
from rq.exceptions import NoSuchJobError
from rq.job import Job
from rq.registry import FailedJobRegistry

import config
from jobs.queue import queue_on, redis_of, ticked
from jobs.worker import WORKER_TTL

SILENT = timedelta(seconds=2 * WORKER_TTL + 30)
"""A worker that did not say for so long that it lives is dead."""


@dataclass(frozen=True)
class Crowd:
    """How many workers said lately that they live, how many jobs wait for one, how many failed, why
    the last did; how long ago the ticker ticked, None where Redis knows of no tick."""

    live: int
    waiting: int
    failed: int
    why: str
    tick: timedelta | None


def crowd_of(settings: config.Config) -> Crowd:
    """The workers on the desk's queue. Raises RedisError, NoRedis."""
    redis = redis_of(settings)
    try:
        since, queue = datetime.now(UTC) - SILENT, queue_on(redis)
        known = Worker.all(queue=queue, serializer="json")
        live = sum(
            worker.last_heartbeat is not None and worker.last_heartbeat >= since for worker in known
        )
        failed = FailedJobRegistry(queue=queue)
        last = failed.get_job_ids(desc=True)[:1]
        why, tick = _error(redis, last[0]) if last else "", ticked(redis)
        return Crowd(
            live, queue.count, failed.count, why, None if tick is None else datetime.now(UTC) - tick
        )
    finally:
        redis.close()


def _error(redis: Redis, id: str) -> str:
    """The last line of what stopped a job; its id where Redis kept no more."""
    try:
        result = Job.fetch(id, connection=redis, serializer="json").latest_result()
    except NoSuchJobError:
        return id
    lines = (result.exc_string or "").strip().splitlines() if result else []
    return f"{id}: {lines[-1][:200]}" if lines else id
