"""A disk without room: said in words, with what was typed, and to the monitoring; nothing half
written."""

from __future__ import annotations

import html
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import text

from app.database import engine_from, reading
from app.ledger import verify
from jobs import room
from jobs.advice import WARNING, WRONG
from jobs.room import data_findings, database_findings, disk_findings
from tests.databases import KEY, Desk, lay_postgres, postgres_copy, sqlite_copy
from tests.servers import PostgresCluster
from tests.unlucky.conftest import Office, office_on
from tests.unlucky.forms import CASE, fields_of

LONG = {**CASE, "narrative": "路灯不亮。" + "很长的经过，" * 1200}


@pytest.fixture
def small_disk() -> Iterator[Path]:
    """A file system of its own with little room, which the user of the database can enter. Who is
    not root cannot make one: then the test fails and says so."""
    place = Path(tempfile.mkdtemp(prefix="duban-small-", dir="/tmp"))
    subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=100m,mode=0755", "tmpfs", str(place)], check=True
    )
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)
    place.rmdir()


@contextmanager
def no_room(place: Path, left: int = 0) -> Iterator[None]:
    """Fill the disk but for some bytes, and make room again."""
    ballast = place / "ballast"
    free = shutil.disk_usage(place).free - left
    with ballast.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, free)
    try:
        yield
    finally:
        ballast.unlink()


def said_and_kept(office: Office, path: Path) -> None:
    """While there is no room a form is given back in words, pages are read, and the monitoring is
    told; then the same form is done once."""
    served, operator = office.served, office.enter("operator")
    with no_room(path):
        given = _refused_in_the_end(office, operator)
        assert operator.get(f"{served.address}/cases/list/", timeout=30).status_code == 200
        ready = operator.get(f"{served.address}/readyz", timeout=30)
        assert ready.status_code == 503
        told = {one["code"] for one in ready.json()["findings"]}
        assert told & {"database_unwritable", "data_unwritable", "disk_short"}, told
    assert served.post(operator, "/do/register", given).status_code in (200, 302)
    with reading(office.desk.sessions) as session:
        assert verify(session, KEY) == []
        same = "SELECT count(*) FROM hotline_case GROUP BY narrative"
        assert set(session.scalars(text(same))) <= {1}


def _refused_in_the_end(office: Office, operator: object) -> dict[str, str]:
    """What is given back of the first form that finds no room: what was set aside before is used up
    first."""
    for n in range(60):
        sent = {**LONG, "narrative": f"{n}{LONG['narrative']}", "repeat_check": ""}
        answer = office.served.post(operator, "/do/register", sent)  # type: ignore[arg-type]
        assert answer.status_code in (200, 302, 507), (
            answer.status_code,
            office.served.said[-3000:],
        )
        if answer.status_code == 507:
            page = html.unescape(answer.text)
            assert (
                "磁盘空间不足" in page
                and sent["narrative"] in page
                and answer.headers["Retry-After"]
            )
            return fields_of(answer.text)
    raise AssertionError("there was room all the while")


@pytest.mark.long
def test_a_full_disk_under_sqlite_and_the_data_is_said_and_nothing_is_lost(
    sqlite_template: Path, small_disk: Path
) -> None:
    (small_disk / "data").mkdir(mode=0o700)
    with (
        sqlite_copy(sqlite_template, small_disk / "data" / "desk.db") as desk,
        office_on(desk, small_disk / "data") as office,
    ):
        said_and_kept(office, small_disk)


@pytest.mark.long
def test_a_full_disk_under_postgresql_is_said_and_nothing_is_lost(
    small_disk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.servers.place", lambda: small_disk)
    cluster = PostgresCluster()
    cluster.settings |= {"synchronous_commit": "on", "max_wal_size": "32MB", "min_wal_size": "32MB"}
    with cluster:
        template = lay_postgres(cluster, "template_without_room")
        with (
            postgres_copy(cluster, template, "without_room") as desk,
            office_on(desk, tmp_path / "data") as office,
        ):
            said_and_kept(office, small_disk)


@pytest.mark.parametrize(
    ("percent", "level"), [(89, None), (90, WARNING), (94, WARNING), (95, WRONG), (100, WRONG)]
)
def test_a_disk_that_fills_is_a_finding_at_90_and_95_percent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, percent: int, level: str | None
) -> None:
    usage = shutil.disk_usage(tmp_path)._replace(used=percent * 10**9, free=(100 - percent) * 10**9)
    monkeypatch.setattr(room.shutil, "disk_usage", lambda path: usage)
    assert [one.level for one in disk_findings(tmp_path)] == ([level] if level else [])


def test_what_can_be_written_to_is_no_finding_and_is_left_as_it_was(
    desk: Desk, tmp_path: Path
) -> None:
    for _ in range(3):
        assert [*database_findings(desk.engine), *data_findings(tmp_path)] == []
    assert list(tmp_path.iterdir()) == []
    with reading(desk.sessions) as session:
        if not desk.sqlite:
            assert (
                session.scalar(
                    text("SELECT count(*) FROM pg_class WHERE relname = 'probe_of_room'")
                )
                == 0
            )


def test_a_data_folder_that_takes_nothing_is_a_finding(tmp_path: Path) -> None:
    assert [one.code for one in data_findings(tmp_path / "none")] == ["data_unwritable"]


def test_a_database_that_only_reads_is_a_finding(tmp_path: Path, sqlite_template: Path) -> None:
    shutil.copyfile(sqlite_template, tmp_path / "desk.db")
    engine = engine_from(f"sqlite:///file:{tmp_path / 'desk.db'}?mode=ro&uri=true")
    assert [one.code for one in database_findings(engine)] == ["database_unwritable"]
    engine.dispose()


@pytest.mark.long
def test_a_process_without_room_counts_nothing_and_lives(small_disk: Path) -> None:
    """Seen failing: a mapped file without room is a bus error, which ended a process of the panel
    amid a request."""
    counts = (
        "from app.measures import COUNTING\n"
        "COUNTING.take_room()\n"
        "for n in range(2000):\n"
        "    COUNTING.count(f'page{n}', 0.1, '200')\n"
        "print(COUNTING.on)"
    )
    environment = {**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(small_disk)}

    def counted() -> str:
        said = subprocess.run(
            [sys.executable, "-c", counts],
            env=environment,
            check=True,
            capture_output=True,
            text=True,
        )
        return said.stdout.strip()

    assert counted() == "True"
    with no_room(small_disk):
        assert counted() == "False"
