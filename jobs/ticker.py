"""The ticker: puts wake-ups into Redis, nothing else. It reads little of the program, and no
library of databases.

Two of them are harmless, for a wake-up's id is its name and its place in time, and Redis takes an
id once. None is harmless for a while, and so is a Redis that is away or was emptied: what is due
stands in the database.
"""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import threading
import time
from subprocess import PIPE
from types import FrameType

from redis import RedisError
from rq import Queue
from rq.exceptions import DuplicateJobError

from app.logs import write_lines
from config import ConfigError, load
from jobs.beats import READY, Beats
from jobs.queue import NoRedis, note_tick, queue_on, redis_of
from jobs.timetable import FAILED_SECONDS, KEPT_SECONDS, TIMETABLE, Wake

log = logging.getLogger("duban.ticker")
LOGGED_EVERY = 60.0
"""Seconds between two lines about the same Redis that is away."""


def wake_id(wake: Wake, now: float) -> str:
    """The id of a wake-up at a moment (seconds of the real clock): the same for everybody who asks
    in that span."""
    return f"{wake.name}-{wake.every}-{int(now // wake.every)}"


def poke(queue: Queue, wake: Wake, now: float) -> bool:
    """Put one wake-up into its queue, beside this one or this one itself, if nobody did in this span of
    time. Raises RedisError where Redis is away."""
    its_own = queue if wake.queue == queue.name else queue_on(queue.connection, wake.queue)
    try:
        its_own.enqueue(
            wake.job,
            job_id=wake_id(wake, now),
            unique=True,
            description=wake.name,
            job_timeout=wake.seconds,
            ttl=5 * wake.every,
            result_ttl=max(KEPT_SECONDS, 2 * wake.every),
            failure_ttl=FAILED_SECONDS,
        )
    except DuplicateJobError:
        return False
    return True


def tick(queue: Queue, now: float) -> list[str]:
    """Put the wake-ups of this moment into their queues; the names of those that were not there
    yet."""
    return [wake.name for wake in TIMETABLE if poke(queue, wake, now)]


def run(queue: Queue, stopped: threading.Event) -> None:
    """Tick every second until stopped. A Redis that is away is waited for, with a line in the log
    once a minute."""
    quiet_until, beats = 0.0, Beats()
    beats.say(READY)
    while not stopped.is_set():
        beats.beat()
        try:
            tick(queue, time.time())
            note_tick(queue.connection)
            quiet_until = 0.0
        except RedisError as gone:
            if time.monotonic() >= quiet_until:
                log.warning(
                    "Redis does not answer (%s); wake-ups wait, nothing is lost",
                    type(gone).__name__,
                )
                quiet_until = time.monotonic() + LOGGED_EVERY
        stopped.wait(1.0)


def main() -> int:
    """Tick until SIGTERM or SIGINT; 2 where the settings or the database cannot be used."""
    write_lines("ticker")
    # Who looks at the database has the whole program in memory: a process that ends once it has
    # looked.
    looked = subprocess.run(
        [sys.executable, "-m", "jobs.servable"], stderr=PIPE, text=True, check=False
    )  # noqa: S603
    try:
        if looked.returncode:
            raise ConfigError(looked.stderr.strip())
        queue = queue_on(redis_of(load(os.environ)))
    except (ConfigError, NoRedis) as wrong:
        log.error("%s", wrong)
        return 2
    stopped = threading.Event()

    def stop(number: int, frame: FrameType | None) -> None:
        stopped.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    run(queue, stopped)
    return 0


if __name__ == "__main__":
    os.umask(0o077)
    sys.exit(main())
