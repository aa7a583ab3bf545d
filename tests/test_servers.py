"""The tests' own servers: fresh, keeping what they should, and gone when the process that started
them is."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from tests.servers import PostgresCluster, ServerError, ValkeyServer, find_postgres

ROOT = Path(__file__).resolve().parents[1]


def plain(url: str) -> str:
    """The url as psycopg itself takes it, without SQLAlchemy's driver name."""
    return url.replace("+psycopg", "")


def group_of(pid: int) -> list[int]:
    """The live processes among `pid` and its children."""
    listed = subprocess.run(
        ["ps", "-eo", "pid=,ppid=,stat="], check=True, capture_output=True, text=True
    )
    rows = [line.split() for line in listed.stdout.splitlines()]
    return [
        int(own)
        for own, parent, stat in rows
        if str(pid) in (own, parent) and not stat.startswith("Z")
    ]


def alive(pids: list[int]) -> list[int]:
    return [pid for pid in pids if pid in group_of(pid)]


def test_a_database_is_fresh_and_speaks_utf8(postgres_url: str) -> None:
    with psycopg.connect(plain(postgres_url)) as connection:
        assert connection.execute("select count(*) from pg_stat_user_tables").fetchone() == (0,)
        assert connection.execute("select length('督办')").fetchone() == (2,)
        assert connection.execute("show timezone").fetchone() == ("UTC",)


def test_a_database_is_copied_from_a_template(postgres: PostgresCluster) -> None:
    with postgres.fresh("original") as original:
        with psycopg.connect(plain(original)) as connection:
            connection.execute("create table county as select 7 as n")
        connection.close()
        with (
            postgres.fresh("copy", template="original") as copy,
            psycopg.connect(plain(copy)) as connection,
        ):
            assert connection.execute("select n from county").fetchone() == (7,)
        connection.close()


def test_a_dropped_database_is_gone_even_with_somebody_connected(postgres: PostgresCluster) -> None:
    with postgres.fresh("crowded") as url:
        connection = psycopg.connect(plain(url))
    with pytest.raises(psycopg.OperationalError):
        connection.execute("select 1")
    connection.close()
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        psycopg.connect(plain(url))


def test_statements_are_counted(postgres: PostgresCluster, postgres_url: str) -> None:
    assert "shared_preload_libraries" in postgres.settings
    with psycopg.connect(plain(postgres_url)) as connection:
        connection.execute("create extension pg_stat_statements")
        assert connection.execute("select count(*) > 0 from pg_stat_statements").fetchone() == (
            True,
        )


def test_a_machine_without_postgresql_is_told_what_to_install(tmp_path: Path) -> None:
    with pytest.raises(ServerError, match="apt-get install postgresql"):
        find_postgres([tmp_path])


def test_a_server_that_cannot_start_shows_its_log() -> None:
    class Mistaken(ValkeyServer):
        def command(self) -> list[str]:
            return [*super().command(), "--no-such-setting", "1"]

    server = Mistaken()
    with pytest.raises(ServerError, match="no-such-setting"), server:
        pytest.fail("it started")
    assert not server.folder.exists()


def test_valkey_is_empty_for_each_test(valkey: ValkeyServer, redis_url: str) -> None:
    with valkey.client() as client:
        assert client.dbsize() == 0
        client.set("left", "behind")
    valkey.forget()
    with valkey.client() as client:
        assert client.dbsize() == 0


def test_a_killed_valkey_comes_back_with_what_it_kept() -> None:
    with ValkeyServer() as server:
        with server.client() as client:
            client.set("due", "1")
            # Until it is on the disk: it is written there once a second.
            assert client.waitaof(1, 0, 5000) == [1, 0]
        killed = server.pid
        server.kill()
        assert alive([killed]) == []
        server.start()
        with server.client() as client:
            assert client.get("due") == b"1"
    assert not server.folder.exists()


@pytest.mark.parametrize("kind", ["PostgresCluster", "ValkeyServer"])
def test_a_server_dies_with_the_process_that_started_it(kind: str) -> None:
    script = (
        f"import time; from tests.servers import {kind} as Kind\n"
        "server = Kind().start(); print(server.pid, server.folder, flush=True); time.sleep(60)"
    )
    owner = subprocess.Popen(
        [sys.executable, "-c", script], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert owner.stdout is not None
    with owner, contextlib.closing(owner.stdout):
        pid, folder = owner.stdout.readline().split()
        try:
            processes = group_of(int(pid))
            assert int(pid) in processes
            os.kill(owner.pid, signal.SIGKILL)
            deadline = time.monotonic() + 10
            while alive(processes) and time.monotonic() < deadline:
                time.sleep(0.05)
            assert alive(processes) == []
        finally:
            owner.kill()
            subprocess.run(["rm", "-rf", folder], check=True)
