"""A worker, or several that share what one of them has read: everything is imported before it forks, and
what it forks ends with it."""

from __future__ import annotations

import gc
import logging
import os
import secrets
import signal
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from redis import Redis, RedisError
from rq import Worker
from structlog.contextvars import bind_contextvars

from app.logs import write_lines
from config import ConfigError
from jobs.beats import READY, Beats
from jobs.desk import NoRedis, desk, queue_on, redis_of
from jobs.parent import dies_with, forks_die_with_me
from jobs.servable import Refused, servable
from jobs.timetable import OUTBOX_QUEUE, QUEUE, TIMETABLE

log = logging.getLogger("duban.worker")
WORKER_TTL = 20
"""Of the seconds for which Redis remembers a worker; for fifteen less it waits for a job before it
says again that it lives. By default it is silent so long that a killed one would be missed for
minutes."""
MAINTENANCE_SECONDS = 30
MONITORING_SECONDS = 5
STANDS_STILL = 3
"""After so many looks, one each of those seconds, a job's process that was stopped is killed: its
own limit is that of the longest job."""


class DeskWorker(Worker):
    """RQ's worker, which enters itself again in a Redis that was emptied, and beats for whoever
    started it."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.beats = Beats()
        self.stopped = 0
        self.beside = Beside(())

    def perform_job(self, job: Any, *more: Any, **named: Any) -> bool:
        """Do a job; each line of the log names it."""
        bind_contextvars(job=job.id)
        done: bool = super().perform_job(job, *more, **named)
        return done

    def maintain_heartbeats(self, job: Any, execution: Any) -> None:
        """Say that the job is worked on, and see that it is."""
        self.stopped = self.stopped + 1 if _stands_still(self.horse_pid) else 0
        if self.stopped >= STANDS_STILL:
            log.warning("the process of job %s stands still; it is killed", job.id)
            self.kill_horse()
        super().maintain_heartbeats(job, execution)

    def heartbeat(self, timeout: int | None = None, pipeline: Any = None) -> None:
        """Say that this worker lives; where Redis forgot it, from its birth on."""
        if pipeline is None and not self.connection.hexists(self.key, "birth"):
            # What is left of the entry is what was written since; register_birth would take it for
            # another worker.
            self.connection.delete(self.key)
            self.register_birth()  # type: ignore[no-untyped-call]
        super().heartbeat(timeout, pipeline)
        self.beats.beat()
        if self.beside.ended() and not self._stop_requested:
            # Whoever started us starts all of us again.
            os.kill(os.getpid(), signal.SIGTERM)

    def request_stop(self, signum: int, frame: Any) -> None:
        """Stop after the job at hand, and so do those beside."""
        self.beside.stop()
        super().request_stop(signum, frame)  # type: ignore[no-untyped-call]

    def request_force_stop(self, signum: int, frame: Any) -> None:
        """Stop at once, and so do those beside."""
        self.beside.stop(at_once=True)
        super().request_force_stop(signum, frame)


class Beside:
    """Workers that were forked from this one before it began: they share its memory, and end with it.
    `fell`: one of them ended before it was told to."""

    def __init__(self, pids: Sequence[int]) -> None:
        self.pids, self.fell = list(pids), False
        self._still, self._told = 0, False
        self._of = os.getpid()

    def ended(self) -> bool:
        """Whether one of them ended untold; one that stands still is killed. A job's process, which has
        this worker's memory, has none beside it."""
        if os.getpid() != self._of:
            return False
        stands_still = any(map(_stands_still, self.pids))
        self._still = self._still + 1 if stands_still else 0
        if self._still >= STANDS_STILL:
            log.warning("a worker beside this one stands still; it is killed")
            self._send(signal.SIGKILL)
        left = [pid for pid in self.pids if not _over(pid, os.WNOHANG)]
        self.fell |= not self._told and len(left) < len(self.pids)
        self.pids = left
        return self.fell

    def stop(self, at_once: bool = False) -> None:
        """Tell all of them to stop after their jobs, or `at_once`: who is told twice does."""
        if at_once or not self._told:
            self._told = True
            self._send(signal.SIGTERM)

    def _send(self, sign: int) -> None:
        for pid in self.pids:
            os.kill(pid, sign)

    def end(self) -> None:
        """Stop all of them, and wait until they ended."""
        self.stop()
        for pid in self.pids:
            _over(pid, 0)
        self.pids = []


def _over(pid: int, how: int) -> bool:
    """Whether a process that was forked here has ended; waits for it unless `how` says not to."""
    return os.waitpid(pid, how)[0] == pid


def _stands_still(pid: int) -> bool:
    """Whether a process was stopped (SIGSTOP), where the system tells."""
    try:
        told = (Path("/proc") / str(pid) / "stat").read_bytes()
    except OSError:
        return False
    return told.rpartition(b")")[2].split()[:1] in ([b"T"], [b"t"])


def queue_of(name: str) -> str:
    """The queue that a worker of this name listens on."""
    return OUTBOX_QUEUE if name.startswith(OUTBOX_QUEUE) else QUEUE


def read_jobs(queue: str) -> None:
    """Read the jobs of a queue before anything forks, so that one starts at once; not those of
    others, which take memory."""
    for module in {wake.job.rpartition(".")[0] for wake in TIMETABLE if wake.queue == queue}:
        import_module(module)


def worker(redis: Redis, name: str) -> DeskWorker:
    """A worker on the queue that goes with its name, which in Redis is never used twice."""
    return DeskWorker(
        [queue_on(redis, queue_of(name))],
        name=f"{name}-{secrets.token_hex(4)}",
        connection=redis,
        serializer="json",
        worker_ttl=WORKER_TTL,
        maintenance_interval=MAINTENANCE_SECONDS,
        job_monitoring_interval=MONITORING_SECONDS,
        log_job_description=False,
    )


def main(arguments: list[str]) -> int:
    """Work under the first of these names, and under each other in a process beside, until SIGTERM or
    SIGINT, the job at hand included. 2: the settings or the database cannot be used; 1: Redis went
    away, or one beside ended."""
    name, *others = arguments or ["worker"]
    write_lines(name)
    try:
        redis_of(desk().settings, None)
        servable(desk().settings)
        for one in (name, *others):
            read_jobs(queue_of(one))
    except (ConfigError, NoRedis, Refused) as wrong:
        log.error("%s", wrong)
        return 2
    # What was read stays shared: a look for garbage in a process would write to all of it.
    gc.collect()
    gc.freeze()
    beside = Beside([_forked(one) for one in others])
    forks_die_with_me()
    Beats().say(READY)
    code = _work(name, beside)
    beside.end()
    return 1 if beside.fell else code


def _forked(name: str) -> int:
    """Work under a name in a process of its own, which ends with this one; its pid."""
    parent = os.getpid()
    pid = os.fork()
    if pid:
        return pid
    dies_with(parent)
    write_lines(name)
    forks_die_with_me()
    os._exit(_work(name, Beside(())))


def _work(name: str, beside: Beside) -> int:
    try:
        made = worker(redis_of(desk().settings, None), name)
        made.beside = beside
        made.work(logging_level="WARNING")
    except RedisError as gone:
        log.warning("Redis does not answer (%s); the worker ends", type(gone).__name__)
        return 1
    return 0


if __name__ == "__main__":
    os.umask(0o077)
    sys.exit(main(sys.argv[1:]))
