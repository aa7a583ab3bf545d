"""A PostgreSQL that falls silent: its processes stand still, and its connections stay open. Nobody
waits for it longer than for a slow statement; it is said in words, and all goes on by itself."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

import config
from app.database import SILENT_SECONDS, Patience, engine_from
from app.faults import AWAY, fault, lost
from app.supervisor.keeper import FIRST_WORD_SECONDS
from jobs.health import findings
from jobs.servable import servable
from tests.databases import KEY, SIGNING, lay_postgres
from tests.office import moment
from tests.served import Served
from tests.servers import PostgresCluster
from tests.supervised import children_of, waited
from tests.unlucky.test_lost import office_over, whole, working

SHORT = Patience(connect=2, lock=1, statement=2)


@pytest.fixture
def own_cluster() -> Iterator[PostgresCluster]:
    """A PostgreSQL that a test may stop."""
    with PostgresCluster() as cluster:
        yield cluster


@contextmanager
def silent(cluster: PostgresCluster) -> Iterator[None]:
    """Let all its processes stand still: the machine still takes connections for it."""
    stopped = [cluster.pid]
    os.kill(cluster.pid, signal.SIGSTOP)
    for pid in children_of(cluster.pid):
        os.kill(pid, signal.SIGSTOP)
        stopped.append(pid)
    try:
        yield
    finally:
        for pid in reversed(stopped):
            os.kill(pid, signal.SIGCONT)


def _took(engine: Engine, statement: str = "SELECT 1") -> tuple[float, DBAPIError]:
    began = time.monotonic()
    with pytest.raises(DBAPIError) as no, engine.connect() as connection:
        connection.execute(text(statement))
    return time.monotonic() - began, no.value


@pytest.mark.long
def test_nobody_waits_for_a_silent_database_longer_than_for_a_slow_statement(
    own_cluster: PostgresCluster,
) -> None:
    """Over a new connection, over one from the pool, and in the middle of a statement. Seen failing
    without `answers_within`: the pool's own look waited for ever."""
    engine = engine_from(own_cluster.database("silent"), SHORT)
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT 1")) == 1
    with silent(own_cluster):
        took, error = _took(engine)
        assert took < 2 * SHORT.connect + 1 and fault(error) == AWAY, "one from the pool"
        took, error = _took(engine)
        assert took < SHORT.connect + 1 and fault(error) == AWAY, "a new one"
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT 1")) == 1
        with silent(own_cluster), pytest.raises(DBAPIError) as no:
            began = time.monotonic()
            connection.execute(text("SELECT 1"))
        assert time.monotonic() - began < (SHORT.statement or 0) + SILENT_SECONDS + 1
        assert lost(no.value) and fault(no.value) == AWAY
    engine.dispose()


def test_a_server_that_answers_slowly_is_not_taken_for_silent(own_cluster: PostgresCluster) -> None:
    """It gives up a statement itself, in its own words, and the connection is used again."""
    engine = engine_from(own_cluster.database("slow"), SHORT)
    with engine.connect() as connection:
        mine = connection.scalar(text("SELECT pg_backend_pid()"))
    _, error = _took(engine, "SELECT pg_sleep(9)")
    assert not lost(error) and getattr(error.orig, "sqlstate", "") == "57014"
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT pg_backend_pid()")) == mine
    engine.dispose()


@pytest.mark.long
def test_neither_a_start_nor_a_check_waits_for_a_silent_database(
    own_cluster: PostgresCluster, tmp_path: Path
) -> None:
    """Else the panel would be killed before it says its first word, over and over."""
    url = own_cluster.url(lay_postgres(own_cluster, "silent_at_the_start"))
    settings = config.load({"DESK_DATA": str(tmp_path), "DATABASE_URL": url})
    (tmp_path / "ledger.key").write_bytes(KEY)
    (tmp_path / "signing.key").write_bytes(SIGNING)
    with silent(own_cluster):
        began = time.monotonic()
        servable(settings)
        codes = [one.code for one in findings(settings, moment("2025-06-09 09:00"))]
        assert time.monotonic() - began < FIRST_WORD_SECONDS / 3
    assert "database_unreachable" in codes


@pytest.mark.long
def test_a_database_that_falls_silent_under_load_is_told_in_words_and_all_goes_on_by_itself(
    own_cluster: PostgresCluster, tmp_path: Path
) -> None:
    """And a panel that is started meanwhile answers, and says so too."""
    with office_over(own_cluster, tmp_path / "data") as office:
        browser = office.enter("operator")
        with working(office) as (codes, told):
            waited(lambda: len(told) > 2, 60, "cases to be registered")
            with silent(own_cluster):
                began = time.monotonic()
                (tmp_path / "second").mkdir(mode=0o700)
                with Served(tmp_path / "second", office.desk.url) as second:
                    assert time.monotonic() - began < FIRST_WORD_SECONDS / 2
                    for address, who in (
                        (second.address, requests.Session()),
                        (office.served.address, browser),
                    ):
                        answer = who.get(f"{address}/cases/list/", timeout=60)
                        assert answer.status_code == 503 and "数据库暂时连接不上" in answer.text
                    assert second.alive() and office.served.alive()
            before, began = len(told), time.monotonic()
            waited(lambda: len(told) > before + 2, 60, "work to go on by itself")
            assert time.monotonic() - began < 20
        assert set(codes) <= {200, 302, 503}, f"{codes}\n{office.served.said}"
        whole(office, told)
