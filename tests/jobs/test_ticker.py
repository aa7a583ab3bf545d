"""The ticker: wake-ups only, each once, whatever becomes of Redis."""

from __future__ import annotations

import importlib
import json
import logging
import os
import re
import signal
import subprocess
import sys
import threading
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry
from rq import Queue
from rq.job import Job

from app import words
from jobs.desk import queue_on
from jobs.ticker import poke, run, tick, wake_id
from jobs.timetable import OUTBOX_QUEUE, SENDING_SECONDS, TIMETABLE
from tests.commands import Running
from tests.databases import Desk
from tests.servers import ValkeyServer
from tests.supervised import ROOT, waited

NAMES = [
    *("sweep", "supervision-list", "drafting", "papers", "volumes", "checkpoints", "files"),
    *("figures", "forgetting", "backup", "pairs"),
    *("mail", "sheets", "slips", "wechat-media", "outbox"),
]
PASSES = NAMES[:-1]
"""Those of the queue that is looked at; who is told outside the panel stands in one of its own."""


@pytest.fixture
def queue(redis_url: str) -> Iterator[Queue]:
    with Redis.from_url(redis_url, retry=Retry(NoBackoff(), 0)) as redis:
        yield queue_on(redis)


@contextmanager
def ticking(queue: Queue) -> Iterator[None]:
    """A ticker in a thread."""
    stopped = threading.Event()
    thread = threading.Thread(target=run, args=(queue, stopped))
    thread.start()
    try:
        yield
        assert thread.is_alive()
    finally:
        stopped.set()
        thread.join(10)


@pytest.mark.parametrize("name", [wake.name for wake in TIMETABLE])
def test_every_wake_up_has_a_name_for_people(name: str) -> None:
    assert re.search("[A-Za-z]", words.value("run", name, "zh")) is None


def test_two_tickers_give_one_job_in_a_span_of_time(queue: Queue) -> None:
    assert [tick(queue, 36_000.0), tick(queue, 36_000.4), tick(queue, 36_009.9)] == [NAMES, [], []]
    assert len(queue) == len(PASSES)
    often, each_minute = ["volumes", "sheets", "slips", "outbox"], NAMES[-5:]
    assert tick(queue, 36_059.9) == often
    assert tick(queue, 36_060.0) == ["sweep", "papers", "volumes", *each_minute]
    assert tick(queue, 36_300.0) == [*NAMES[:6], *each_minute]
    assert tick(queue, 39_600.0) == [*NAMES[:10], *each_minute]
    assert tick(queue, 43_200.0) == NAMES


def test_who_tells_people_is_woken_on_a_queue_of_its_own(queue: Queue) -> None:
    tick(queue, 36_000.0)
    own = queue_on(queue.connection, OUTBOX_QUEUE)
    assert own.job_ids == ["outbox-10-3600"]
    job = Job.fetch(own.job_ids[0], connection=queue.connection, serializer="json")
    assert (job.func_name, job.timeout) == ("jobs.outbox.send_waiting", SENDING_SECONDS)


@pytest.mark.long
def test_two_ticker_processes_at_once_give_one_job(
    queue: Queue, redis_url: str, sqlite_desk: Desk, tmp_path: Path
) -> None:
    environment = {
        **os.environ,
        "REDIS_URL": redis_url,
        "DESK_DATA": str(tmp_path),
        "DATABASE_URL": sqlite_desk.url,
    }
    both = [
        subprocess.Popen([sys.executable, "-m", "jobs.ticker"], env=environment, cwd=ROOT)
        for _ in range(2)
    ]
    waited(lambda: len(queue) >= len(PASSES), 20, "wake-ups")
    time.sleep(3)
    ids = queue.job_ids
    for one in both:
        one.send_signal(signal.SIGTERM)
    assert [one.wait(20) for one in both] == [0, 0]
    # A minute may have turned meanwhile: then there is another sweep, with another id.
    assert len(ids) == len(set(ids)) <= 2 * len(PASSES)
    assert {re.sub(r"-\d+-\d+$", "", id) for id in ids} == set(PASSES)


def test_a_wake_up_names_itself_and_its_place_in_time_in_letters_that_rq_takes() -> None:
    for wake in TIMETABLE:
        assert re.fullmatch(r"[A-Za-z0-9_-]+", wake_id(wake, time.time()))
    assert wake_id(TIMETABLE[0], 120.0) == wake_id(TIMETABLE[0], 179.9) == "sweep-60-2"


def test_every_wake_up_names_a_job_that_is_there() -> None:
    for wake in TIMETABLE:
        module, _, name = wake.job.rpartition(".")
        assert callable(getattr(importlib.import_module(module), name))
    assert [wake.name for wake in TIMETABLE] == NAMES


def test_what_stands_in_redis_is_json_and_holds_no_word_of_a_case(queue: Queue) -> None:
    tick(queue, time.time())
    ids = queue.job_ids
    assert len(ids) == len(PASSES)
    for id in ids:
        job = Job.fetch(id, connection=queue.connection, serializer="json")
        assert (list(job.args), job.kwargs, job.meta) == ([], {}, {})
        raw = zlib.decompress(queue.connection.hget(job.key, "data"))
        assert json.loads(raw) == [job.func_name, None, [], {}]


def test_a_redis_that_is_away_is_waited_for_with_one_line_in_the_log(
    queue: Queue, valkey: ValkeyServer, caplog: pytest.LogCaptureFixture
) -> None:
    valkey.kill()
    try:
        with caplog.at_level(logging.WARNING), ticking(queue):
            time.sleep(3.5)
            assert [
                record.levelname for record in caplog.records if record.name == "duban.ticker"
            ] == ["WARNING"]
            valkey.start()
            waited(lambda: len(queue) == len(PASSES), 10, "wake-ups")
    finally:
        if valkey.process is None:
            valkey.start()


def test_a_redis_that_was_emptied_is_filled_again_at_once(
    queue: Queue, valkey: ValkeyServer
) -> None:
    with ticking(queue):
        waited(lambda: len(queue) == len(PASSES), 10, "wake-ups")
        valkey.forget()
        waited(lambda: len(queue) == len(PASSES), 10, "wake-ups again")


def test_a_redis_that_takes_nothing_is_waited_for(queue: Queue) -> None:
    queue.connection.config_set("maxmemory", "1")
    try:
        with ticking(queue):
            time.sleep(2)
            queue.connection.config_set("maxmemory", "256mb")
            waited(lambda: len(queue) == len(PASSES), 10, "wake-ups")
    finally:
        queue.connection.config_set("maxmemory", "256mb")


def test_wake_ups_that_nobody_took_go_away(queue: Queue) -> None:
    wake = TIMETABLE[0]
    assert poke(queue, wake, 36_000.0)
    assert (
        0
        < queue.connection.ttl(Job(id=wake_id(wake, 36_000.0), connection=queue.connection).key)
        <= 5 * wake.every
    )


def test_without_redis_it_says_what_to_set(tmp_path: Path) -> None:
    environment = {**os.environ, "REDIS_URL": "", "DESK_DATA": str(tmp_path), "DATABASE_URL": ""}
    for module in ("jobs.ticker", "jobs.worker"):
        done = Running(module, [], environment).ended()
        assert (
            done.returncode == 2 and "REDIS_URL" in done.stderr and "Traceback" not in done.stderr
        )
