"""Workers: they take what the ticker gave, say that they live, and leave nothing running behind."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from redis import Redis
from rq import Worker
from rq.job import Job
from rq.registry import FailedJobRegistry, FinishedJobRegistry
from sqlalchemy import select

import config
from app import web
from app.database import reading, transaction
from app.models import Dossier, Run, Setting
from app.rules.workdays import BEIJING
from jobs import ticker
from jobs import worker as worker_process
from jobs.desk import desk as desk_of_a_job
from jobs.desk import queue_on
from jobs.servable import Refused
from jobs.ticker import tick
from jobs.timetable import OUTBOX_QUEUE, QUEUE, TIMETABLE
from tests.databases import SIGNING, Desk
from tests.room import Room
from tests.servers import ValkeyServer
from tests.supervised import ROOT, children_of, gone, waited

LOG = "worker.log"
START = datetime(2025, 9, 30, 8, 29, 30, tzinfo=BEIJING)


@pytest.fixture
def redis(redis_url: str) -> Iterator[Redis]:
    with Redis.from_url(redis_url) as made:
        yield made


@contextmanager
def working(
    desk: Desk, redis_url: str, data: Path, *beside: str, **settings: str
) -> Iterator[subprocess.Popen[str]]:
    """A worker in a process of its own; its log goes into a file, for a pipe that nobody empties
    holds it up."""
    data.mkdir(exist_ok=True)
    (data / "ledger.key").write_bytes(desk.key)
    (data / "signing.key").write_bytes(SIGNING)
    environment = {
        **os.environ,
        "REDIS_URL": redis_url,
        "DESK_DATA": str(data),
        "DATABASE_URL": desk.url,
        "DESK_CLOCK": START.isoformat(),
        **settings,
    }
    with (data / LOG).open("w") as log:
        worker = subprocess.Popen(
            [sys.executable, "-m", "jobs.worker", "worker-1", *beside],
            env=environment,
            cwd=ROOT,
            text=True,
            stderr=log,
        )
    try:
        yield worker
    finally:
        worker.kill()
        worker.wait(30)


def alive(redis: Redis) -> list[Worker]:
    return list(Worker.all(connection=redis, serializer="json"))


def finished(redis: Redis) -> set[str]:
    return {id.rsplit("-", 2)[0] for id in FinishedJobRegistry(queue=queue_on(redis)).get_job_ids()}


def test_a_worker_does_all_jobs_and_each_pass_leaves_its_run(
    desk: Desk, redis: Redis, redis_url: str, tmp_path: Path
) -> None:
    tick(queue_on(redis), time.time())
    with working(desk, redis_url, tmp_path / "data") as worker:
        waited(
            lambda: finished(redis) == {wake.name for wake in TIMETABLE if wake.queue == QUEUE},
            60,
            "the jobs",
        )
        assert [one.name.rsplit("-", 1)[0] for one in alive(redis)] == ["worker-1"]
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(30) == 0
    assert alive(redis) == []
    assert FailedJobRegistry(queue=queue_on(redis)).count == 0
    for id in FinishedJobRegistry(queue=queue_on(redis)).get_job_ids():
        job = Job.fetch(id, connection=redis, serializer="json")
        told = job.return_value()
        heads = told.pop("heads", 0)  # The first checkpoint covers the chain of the office.
        assert heads in (0, 1) and not any(told.values())
    with reading(desk.sessions) as session:
        runs = session.execute(
            select(Run.name, Run.looked_at, Run.finished_at).order_by(Run.id)
        ).all()
    assert [name for name, _, _ in runs] == ["sweep", "supervision-list", "drafting"]
    assert all(
        START <= looked <= START + timedelta(seconds=60) and ended for _, looked, ended in runs
    )


def test_a_job_makes_the_files_of_a_sealed_dossier_once(
    desk: Desk, redis: Redis, redis_url: str, tmp_path: Path
) -> None:
    room = Room(desk)
    room.makes_dossiers = False
    room.to("seal_referral")
    data, queue = tmp_path / "data", queue_on(redis)
    with working(desk, redis_url, data, DESK_CLOCK="2025-06-12T10:30:00"):
        told = []
        for _ in range(2):
            job = queue.enqueue("jobs.sweeps.make_volumes")
            waited(lambda job=job: job.get_status() == "finished", 60, "the job")
            told.append(job.return_value()["volumes"])
    assert told == [1, 0]
    (made,) = room.rows(Dossier, referral_id=room.referral.id)
    (packed,) = (data / "dossiers").glob("*.zip")
    assert made.sha256 == sha256(packed.read_bytes()).hexdigest()


def beside_of(redis: Redis) -> list[int]:
    """The process that works beside the first one, once it is in Redis."""
    known = Worker.all(queue=queue_on(redis, OUTBOX_QUEUE), serializer="json")
    return [one.pid for one in known if one.pid and not gone(one.pid)]


def test_two_that_share_a_process_work_on_their_own_queues_and_stop_together(
    sqlite_desk: Desk, redis: Redis, redis_url: str, tmp_path: Path
) -> None:
    with working(sqlite_desk, redis_url, tmp_path / "data", OUTBOX_QUEUE) as worker:
        (other,) = waited(lambda: beside_of(redis), 60, "the other one")
        assert other in children_of(worker.pid)
        sent = queue_on(redis, OUTBOX_QUEUE).enqueue("jobs.outbox.send_waiting")
        waited(lambda: sent.get_status(refresh=True) == "finished", 60, "the outbox")
        tick(queue_on(redis), time.time())
        waited(lambda: "sweep" in finished(redis), 60, "a pass")
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(60) == 0
        assert gone(other) and alive(redis) == []


def test_where_one_of_two_ends_or_stands_still_both_end_to_be_started_again(
    sqlite_desk: Desk, redis: Redis, redis_url: str, tmp_path: Path
) -> None:
    with working(sqlite_desk, redis_url, tmp_path / "data", OUTBOX_QUEUE) as worker:
        (other,) = waited(lambda: beside_of(redis), 60, "the other one")
        os.kill(other, signal.SIGKILL)
        assert worker.wait(60) == 1
    with working(sqlite_desk, redis_url, tmp_path / "data", OUTBOX_QUEUE) as worker:
        (other,) = waited(lambda: beside_of(redis), 60, "the other one")
        worker.kill()
        worker.wait(30)
        waited(lambda: gone(other), 15, "the other one to end")


@pytest.mark.long
def test_a_jobs_process_that_stands_still_is_killed_and_the_next_job_is_done(
    sqlite_desk: Desk, redis: Redis, redis_url: str, tmp_path: Path
) -> None:
    """Seen failing: it kept the only worker for a quarter of an hour, and the worker beat on."""
    queue = queue_on(redis)
    with working(sqlite_desk, redis_url, tmp_path / "data") as worker:
        still = queue.enqueue("time.sleep", 600, job_timeout=900)
        (horse,) = waited(lambda: children_of(worker.pid), 60, "the job's process")
        os.kill(horse, signal.SIGSTOP)
        tick(queue, time.time())
        waited(lambda: gone(horse), 45, "the process to be killed")
        waited(lambda: "sweep" in finished(redis), 60, "the next job")
        assert still.get_status(refresh=True) == "failed" and worker.poll() is None


def test_a_worker_started_later_goes_on_with_the_same_clock(
    sqlite_desk: Desk, redis: Redis, redis_url: str, tmp_path: Path
) -> None:
    since = datetime.now(BEIJING) - timedelta(minutes=90)
    tick(queue_on(redis), time.time())
    with working(sqlite_desk, redis_url, tmp_path / "data", DESK_CLOCK_SINCE=since.isoformat()):
        waited(lambda: "sweep" in finished(redis), 60, "a job")
    with reading(sqlite_desk.sessions) as session:
        looked = session.scalars(select(Run.looked_at)).first()
    assert looked is not None
    assert START + timedelta(minutes=90) <= looked < START + timedelta(minutes=92)


def test_a_job_that_fails_is_kept_with_its_error_and_no_value(
    sqlite_desk: Desk, redis: Redis, redis_url: str, tmp_path: Path
) -> None:
    with closing(sqlite3.connect(str(sqlite_desk.engine.url.database))) as connection, connection:
        connection.execute("DROP TABLE run")
    tick(queue_on(redis), time.time())
    with working(sqlite_desk, redis_url, tmp_path / "data"):
        registry = FailedJobRegistry(queue=queue_on(redis))
        waited(lambda: registry.count == 3, 60, "three failures")
        error = Job.fetch(
            registry.get_job_ids()[0], connection=redis, serializer="json"
        ).latest_result()
    assert error is not None and "no such table: run" in error.exc_string
    assert "SQL parameters hidden" in error.exc_string
    assert (
        6 * 86_400
        < redis.ttl(Job(id=registry.get_job_ids()[0], connection=redis).key)
        <= 7 * 86_400
    )


def test_a_work_horse_dies_with_its_worker(
    sqlite_desk: Desk, redis: Redis, redis_url: str, tmp_path: Path
) -> None:
    sqlite_desk.engine.dispose()
    with closing(
        sqlite3.connect(str(sqlite_desk.engine.url.database), isolation_level=None)
    ) as lock:
        lock.execute("BEGIN IMMEDIATE")  # the job waits for this
        tick(queue_on(redis), time.time())
        with working(sqlite_desk, redis_url, tmp_path / "data") as worker:
            horse = waited(lambda: children_of(worker.pid), 30, "a work horse")[0]
            time.sleep(1)
            assert not gone(horse)
            worker.kill()
            waited(lambda: gone(horse), 15, "the horse to die")
        lock.execute("ROLLBACK")


def test_a_worker_enters_itself_again_in_a_redis_that_was_emptied(
    sqlite_desk: Desk, redis: Redis, redis_url: str, valkey: ValkeyServer, tmp_path: Path
) -> None:
    with working(sqlite_desk, redis_url, tmp_path / "data") as worker:
        name = waited(lambda: alive(redis), 30, "a worker")[0].name
        waited(lambda: redis.hget(f"rq:worker:{name}", "state") == b"idle", 30, "it to wait")
        valkey.forget()
        tick(queue_on(redis), time.time())
        waited(
            lambda: finished(redis) == {wake.name for wake in TIMETABLE if wake.queue == QUEUE},
            60,
            "the jobs",
        )
        found = waited(lambda: alive(redis), 20, "the worker again")
        assert [one.name for one in found] == [name] and found[0].pid == worker.pid


def refusals(
    desk: Desk, data: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> list[str]:
    """What worker, panel and ticker say, each started by itself in production, and refused."""
    config.load({"DESK_DATA": str(data)})
    given = {"DESK_ENV": "production", "DESK_DATA": str(data), "DATABASE_URL": desk.url}
    for name, value in {**given, "REDIS_URL": f"unix://{data}/none.sock"}.items():
        monkeypatch.setenv(name, value)
    told = []
    desk_of_a_job.cache_clear()
    try:
        for start in (lambda: worker_process.main(["worker-1"]), ticker.main):
            assert start() == 2
            told.append(caplog.messages[-1])
    finally:
        desk_of_a_job.cache_clear()
    with pytest.raises(Refused) as no:
        web.from_environment()
    return [*told, str(no.value)]


def test_services_started_on_a_database_that_is_behind_refuse(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with desk.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0001'")
    (told,) = set(refusals(desk, tmp_path / "data", monkeypatch, caplog))
    assert "behind its migrations" in told and "python -m app upgrade" in told


def test_services_started_on_the_sample_office_in_production_refuse(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with transaction(desk.sessions) as session:
        session.add(Setting(name="sample_office", value="true"))
    (told,) = set(refusals(desk, tmp_path / "data", monkeypatch, caplog))
    assert "sample office" in told and "python -m app init" in told


def test_a_worker_that_finds_no_redis_ends_with_one_line(sqlite_desk: Desk, tmp_path: Path) -> None:
    with working(sqlite_desk, f"unix://{tmp_path}/none.sock", tmp_path / "data") as worker:
        assert worker.wait(60) == 1
    told = (tmp_path / "data" / LOG).read_text()
    assert "Redis does not answer" in told and "Traceback" not in told
