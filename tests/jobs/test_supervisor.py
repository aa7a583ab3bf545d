"""One command runs everything, keeps it alive and leaves nothing behind."""

from __future__ import annotations

import os
import signal
import socket
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path

import pytest
from redis import Redis
from sqlalchemy import select

import config
from app.database import transaction
from app.models import Person, Setting
from app.story.theatre.cast import actor_named
from app.supervisor import valkey
from app.words import both
from jobs import children
from jobs.desk import queue_on
from tests.commands import command
from tests.databases import Desk
from tests.supervised import Duban, children_of, gone, processes, sqlite_data, waited


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def desk(sqlite_template: Path, data: Path) -> Iterator[Desk]:
    """An office with one account, so that no sample is made."""
    with sqlite_data(sqlite_template, data) as made:
        with transaction(made.sessions) as session:
            actor_named(session, "operator")
        yield made


@pytest.mark.long
@pytest.mark.timeout(240)
def test_a_fresh_folder_becomes_a_sample_office_that_serves_its_login_and_outlives_a_sudden_end(
    data: Path,
) -> None:
    with Duban(data, DESK_CLOCK="2025-09-30T08:30:00") as duban:
        waited(
            lambda: f"督办 Duban: http://127.0.0.1:{duban.port}/" in duban.lines,
            200,
            f"the address\n{duban.said}",
        )
        assert duban.get("/login/") == 200 and duban.get("/healthz") == 200
        assert (data / "demo-password").stat().st_mode & 0o777 == 0o600
        assert (data / "demo-password").read_text().strip() in duban.said
        duban.at_work()
        waited(
            lambda: command(data, "check", DESK_CLOCK="2025-09-30T08:30:00").returncode == 0,
            30,
            "all to be well",
        )
        assert duban.get("/readyz") == 200
        duban.process.kill()
        waited(lambda: processes(data) == {}, 15, "all to end")
    before = _counts(data)
    assert before["hotline_case"] > 100 and before["ab_user"] > 20
    with Duban(data, DESK_CLOCK="2025-09-30T08:30:00") as duban:
        waited(
            lambda: f"督办 Duban: http://127.0.0.1:{duban.port}/" in duban.lines,
            60,
            f"the address\n{duban.said}",
        )
        assert (
            f"sample office: {before['hotline_case']} cases" in duban.said
            and "operator, " in duban.said
        )
        assert "filling" not in duban.said
        assert duban.stop(signal.SIGINT) == 0
    assert _counts(data) == before


def _counts(data: Path) -> dict[str, int]:
    """How many accounts and cases there are."""
    with closing(sqlite3.connect(data / "desk.db")) as connection:
        return {
            table: connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
            for table in ("ab_user", "hotline_case")
        }


@pytest.mark.parametrize(
    "number",
    [
        signal.SIGTERM,
        *(pytest.param(one, marks=pytest.mark.long) for one in (signal.SIGINT, signal.SIGHUP)),
    ],
)
def test_a_signal_ends_every_process_redis_last(
    desk: Desk, data: Path, number: signal.Signals
) -> None:
    with Duban(data) as duban:
        duban.at_work()
        assert len(processes(data)) >= 6
        assert duban.stop(number) == 0
        assert processes(data) == {}
        stopped = [line.split()[0] for line in duban.lines if line.endswith(" stopped")]
        assert stopped[:3] == ["worker-1", "worker-2", "ticker"]
        assert stopped[-1] == "redis"
        assert {one["state"] for one in duban.states().values()} == {"stopped"}
        assert "Traceback" not in "".join(
            duban.lines[duban.lines.index(both("shell.child.stopped", name="worker-1")) :]
        )


@pytest.mark.long
def test_a_proxy_that_says_so_makes_it_https_and_browsers_are_told_to_stay_with_it(
    desk: Desk, data: Path
) -> None:
    told = []
    with Duban(data) as duban:
        waited(
            lambda: f"督办 Duban: http://127.0.0.1:{duban.port}/" in duban.lines,
            60,
            f"the address\n{duban.said}",
        )
        for proxied in ({"X-Forwarded-Proto": "https"}, {"X-Forwarded-Proto": "http"}, {}):
            with closing(HTTPConnection("127.0.0.1", duban.port, timeout=10)) as connection:
                connection.request("GET", "/login/", headers={"Host": "duban.example", **proxied})
                told.append(connection.getresponse().headers["Strict-Transport-Security"])
    assert told == ["max-age=31536000", None, None]


@pytest.mark.long
def test_killing_the_supervisor_leaves_no_process_work_horses_and_web_included(
    desk: Desk, data: Path
) -> None:
    with closing(sqlite3.connect(data / "desk.db", isolation_level=None)) as lock:
        lock.execute("BEGIN IMMEDIATE")  # the first job waits for this, so its horse lives
        with Duban(data) as duban:
            duban.at_work()
            horses = waited(
                lambda: [*children_of(duban.pid("worker-1")), *children_of(duban.pid("worker-2"))],
                30,
                "a work horse",
            )
            web = duban.pid("web")
            waited(lambda: len(children_of(web)) == 2, 30, "the panel's two processes")
            before = processes(data)
            assert set(horses) | set(children_of(web)) <= set(before)
            duban.process.kill()
            waited(lambda: processes(data) == {}, 5, f"all to end: {before}")
        lock.execute("ROLLBACK")


@pytest.mark.long
def test_a_second_supervisor_on_the_same_data_is_refused_with_a_sentence(
    desk: Desk, data: Path
) -> None:
    with Duban(data) as duban:
        duban.at_work()
        done = command(data, "run", PORT="1")
        assert done.returncode == 3
        assert str(duban.process.pid) in done.stderr and "already" in done.stderr
        assert "Traceback" not in done.stderr
        assert duban.workers() == 2 and duban.process.poll() is None


@pytest.mark.long
def test_after_a_sudden_end_the_next_start_is_not_refused(desk: Desk, data: Path) -> None:
    with Duban(data) as duban:
        duban.at_work()
        assert children.supervised(data)
        duban.process.kill()
        duban.process.wait()
        waited(lambda: processes(data) == {}, 15, "all to end")
    assert not children.supervised(data) and children.read(data) is None
    with Duban(data) as duban:
        duban.at_work()
        assert duban.stop() == 0


@pytest.mark.long
def test_redis_killed_is_started_again_with_what_it_had_and_work_goes_on(
    desk: Desk, data: Path
) -> None:
    with Duban(data) as duban:
        duban.at_work()
        with Redis.from_url(duban.redis_url) as redis:
            redis.set("kept", "yes")
            time.sleep(1.5)  # it writes to the disk every second
            pid = duban.pid("redis")
            os.kill(pid, signal.SIGKILL)
            waited(lambda: duban.states()["redis"]["pid"] not in (pid, None), 15, "another Redis")
            duban.at_work()
            assert redis.get("kept") == b"yes"
            job = queue_on(redis).enqueue("jobs.sweeps.draft_dossiers")
            waited(lambda: job.get_status() == "finished", 75, f"work to go on\n{duban.said}")
        assert duban.states()["redis"]["restarts"] == 1
        assert duban.states()["redis"]["last_exit"] == -signal.SIGKILL


@pytest.mark.long
def test_a_child_that_ends_is_started_again_and_the_restart_is_told(desk: Desk, data: Path) -> None:
    with Duban(data) as duban:
        duban.at_work()
        for name in ("ticker", "worker-1"):
            pid = duban.pid(name)
            os.kill(pid, signal.SIGKILL)
            waited(
                lambda name=name: duban.states()[name]["restarts"] == 1,
                15,
                f"{name} to be started again",
            )
            assert duban.pid(name) != pid and gone(pid)
        told = children.read(data)
        assert told is not None and told.supervisor == duban.process.pid
        assert (told.wanted("worker"), told.address) == (2, f"http://127.0.0.1:{duban.port}/")
        duban.at_work()


@pytest.mark.long
def test_a_second_start_keeps_the_data(desk: Desk, data: Path) -> None:
    for _ in range(2):
        with Duban(data) as duban:
            duban.at_work()
            assert duban.stop() == 0
            assert "sample office" not in duban.said
    with transaction(desk.sessions) as session:
        assert session.scalars(select(Person.username)).all() == ["operator"]


@pytest.mark.long
def test_a_long_path_gets_its_socket_elsewhere(desk: Desk, data: Path, tmp_path: Path) -> None:
    long = tmp_path / ("d" * 90)
    data.rename(long)
    with Duban(long) as duban:
        waited(lambda: "worker-2" in duban.states(), 30, "the last worker")
        url = children.read(long)
        assert url is not None
        socket_path = Path(url.redis_url.removeprefix("unix://"))
        assert len(str(socket_path)) < 107 and socket_path.parent.stat().st_mode & 0o777 == 0o700
        with Redis.from_url(url.redis_url) as redis:
            assert redis.ping()
        assert duban.stop() == 0
    socket_path.parent.rmdir()


def test_a_place_for_the_socket_that_is_not_ours_alone_is_refused_with_a_sentence(
    desk: Desk, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Seen failing with a traceback and 1."""
    long = tmp_path / ("d" * 90)
    data.rename(long)
    with tempfile.TemporaryDirectory(dir="/tmp") as short, socket.socket() as probe:
        with monkeypatch.context() as there:
            there.setattr(tempfile, "tempdir", short)
            folder = valkey.socket_path(long).parent
        folder.chmod(0o755)
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        done = command(long, "run", TMPDIR=short, PORT=str(port))
    assert (done.returncode, done.stderr.strip()) == (
        2,
        both("shell.socket.not_alone", folder=folder),
    )
    assert processes(long) == {}


def test_a_demo_password_of_less_than_twelve_characters_is_refused_with_a_sentence(
    data: Path,
) -> None:
    done = command(data, "run", DESK_DEMO_PASSWORD="elevenchars")
    assert done.returncode == 2
    assert done.stderr.strip() == "DESK_DEMO_PASSWORD is too short: give it 12 characters or more."
    assert not data.exists()


def test_a_port_in_use_is_refused_with_a_sentence(desk: Desk, data: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = command(data, "run", PORT=str(taken.getsockname()[1]))
    assert done.returncode == 2 and "PORT" in done.stderr and "Traceback" not in done.stderr
    assert processes(data) == {}


@pytest.mark.parametrize(
    "url", ["postgresql://postgres@127.0.0.1:1/none", "sqlite:////proc/none/desk.db", ""]
)
def test_a_database_that_cannot_be_used_is_refused_with_a_sentence(data: Path, url: str) -> None:
    data.mkdir()
    (data / "desk.db").write_text("not a database, but long enough to be looked at as one. " * 30)
    done = command(data, "run", DATABASE_URL=url)
    assert done.returncode == 2, done.stdout
    assert "DATABASE_URL" in done.stderr and "Traceback" not in done.stderr


def _behind(data: Path) -> None:
    with closing(sqlite3.connect(data / "desk.db")) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '0001'")


def test_production_refuses_a_database_that_is_behind_and_changes_nothing(
    desk: Desk, data: Path
) -> None:
    desk.engine.dispose()
    config.load({"DESK_DATA": str(data)})
    _behind(data)
    was = (data / "desk.db").read_bytes()
    done = command(data, "run", DESK_ENV="production")
    assert done.returncode == 2
    assert "python -m app upgrade" in done.stderr and "backup" in done.stderr
    assert (data / "desk.db").read_bytes() == was
    assert processes(data) == {}


def test_production_refuses_the_sample_office_and_a_folder_without_its_keys(
    desk: Desk, data: Path
) -> None:
    """Everybody knows the sample's accounts; and a record without its key cannot be told from a
    forged one."""
    with transaction(desk.sessions) as session:
        session.add(Setting(name="sample_office", value="true"))
    desk.engine.dispose()
    config.load({"DESK_DATA": str(data)})
    done = command(data, "run", DESK_ENV="production")
    assert (done.returncode, processes(data)) == (2, {})
    assert "sample office" in done.stderr and "Traceback" not in done.stderr
    (data / "ledger.key").unlink()
    done = command(data, "run", DESK_ENV="production")
    assert (
        done.returncode == 2
        and str(data / "ledger.key") in done.stderr
        and "Traceback" not in done.stderr
    )
    assert not (data / "ledger.key").exists()


@pytest.mark.long
def test_production_makes_no_sample_and_says_how_to_make_the_first_account(data: Path) -> None:
    config.load({"DESK_DATA": str(data)})
    with Duban(data, DESK_ENV="production") as duban:
        duban.at_work()
        assert "python -m app init" in duban.said
        assert duban.stop() == 0
    assert _counts(data) == {"ab_user": 0, "hotline_case": 0}
    assert not (data / "demo-password").exists()


def test_a_supervisor_told_to_stop_while_it_starts_stops(desk: Desk, data: Path) -> None:
    with Duban(data) as duban:
        waited(lambda: "redis" in duban.states(), 30, "the first child")
        assert duban.stop() in (0, 4)
        assert processes(data) == {}


@pytest.mark.long
def test_a_second_signal_does_not_wait_for_the_job_at_hand(desk: Desk, data: Path) -> None:
    with closing(sqlite3.connect(data / "desk.db", isolation_level=None)) as lock:
        lock.execute("BEGIN IMMEDIATE")
        with Duban(data) as duban:
            duban.at_work()
            waited(
                lambda: [*children_of(duban.pid("worker-1")), *children_of(duban.pid("worker-2"))],
                30,
                "a work horse",
            )
            duban.process.send_signal(signal.SIGINT)
            time.sleep(1.5)
            assert duban.process.poll() is None
            assert duban.stop(signal.SIGINT, 10) == 0
            assert "killed" in duban.said and processes(data) == {}
        lock.execute("ROLLBACK")


@pytest.mark.long
def test_what_runs_is_only_our_own(desk: Desk, data: Path) -> None:
    """The database file and the socket can be read by nobody else."""
    with Duban(data) as duban:
        duban.at_work()
        listed = subprocess.run(
            ["find", str(data), "-type", "s"], capture_output=True, text=True, check=True
        )
        assert [Path(one).stat().st_mode & 0o077 for one in listed.stdout.split()] == [0]
        assert (data / "run").stat().st_mode & 0o077 == 0
