"""django-helpdesk 2.6.1, what an office would install instead - its scan, its list, its form -, and
bare Flask."""

from __future__ import annotations

import base64
import contextlib
import http.client
import importlib.util
import json
import os
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from psycopg.errors import DuplicateDatabase

from tests.servers import PostgresCluster, free_port

HOW = (
    "django-helpdesk is not set up; with a folder of your choice as BENCH_HOME:\n"
    "      python3 -m venv $BENCH_HOME/venv-dh\n"
    "      $BENCH_HOME/venv-dh/bin/pip install django-helpdesk==2.6.1 'psycopg[binary]' gunicorn\n"
    "      BENCH_HOME=$BENCH_HOME make bench"
)


def python(folder: Path) -> Path | None:
    """The interpreter that has django-helpdesk, where it is there."""
    home = Path(os.environ.get("BENCH_HOME") or folder.parent)
    found = home / "venv-dh" / "bin" / "python"
    return found if found.exists() and (folder / "dh").exists() else None


def scan(cluster: PostgresCluster, folder: Path, interpreter: Path, n: int, d: int) -> float:
    """CPU ms per due case of its scan: d due of n open ones, mail switched on; the better of two
    runs."""
    cluster.database("helpdesk")
    environment = {**os.environ, "PYTHONWARNINGS": "ignore"}

    def run(*arguments: str) -> str:
        command = [str(interpreter), *arguments]
        done = subprocess.run(
            command, cwd=folder / "dh", env=environment, check=True, capture_output=True, text=True
        )
        return done.stdout

    subprocess.run(
        ["psql", "-q", "-d", "helpdesk", "-c", "create extension pg_stat_statements"], check=True
    )
    run("manage.py", "migrate", "-v0")
    run("users.py")
    lines = run("scan_bench.py", "--n", str(n), "--dabs", str(d)).strip().splitlines()
    names = lines[0].split(",")
    # Only the first run has anything to do: the second scans what it escalated already.
    return float(dict(zip(names, lines[1].split(","), strict=True))["cpu_ms_per_D"])


def bare(folder: Path, cluster: PostgresCluster) -> Callable[[], None] | None:
    """One case entered through bare Flask with SQLAlchemy Core, where the peers' bench has it."""
    file = folder / "raw" / "app.py"
    if not file.exists():
        return None
    with contextlib.suppress(DuplicateDatabase):
        cluster.database("raw")
    schema = ["psql", "-X", "-q", "-d", "raw", "-f", str(folder / "raw" / "schema.sql")]
    subprocess.run(schema, check=True, capture_output=True)
    os.environ["DRV"] = "psycopg"
    spec = importlib.util.spec_from_file_location("bench_bare", file)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    client = module.app.test_client()
    case = {
        "channel": 1,
        "category": 1,
        "unit": 1,
        "caller": "A",
        "phone": "13900000000",
        "title": "n",
        "body": "b" * 60,
    }

    def work() -> None:
        assert client.post("/case", json=case).status_code == 201

    return work


@dataclass(frozen=True)
class Helpdesk:
    """django-helpdesk, served as its users serve it, over a hundred thousand tickets."""

    pid: int
    port: int
    cookie: str
    token: str
    queue: str

    def get(self, path: str) -> None:
        """One page."""
        self._asked("GET", path, None, 200)

    def enter(self) -> None:
        """One ticket, by its form."""
        fields = {
            "queue": self.queue,
            "title": "Noise",
            "body": "The caller says the site works after 22:00.",
            "priority": "3",
            "submitter_email": "c@example.org",
            "due_date": "",
            "assigned_to": "",
        }
        self._asked("POST", "/helpdesk/tickets/submit/", urlencode(fields), 302)

    def _asked(self, method: str, path: str, body: str | None, wanted: int) -> None:
        headers = {"Cookie": self.cookie, "X-CSRFToken": self.token, "Referer": "http://127.0.0.1/"}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=300)
        try:
            connection.request(method, path, body=body, headers=headers)
            answer = connection.getresponse()
            answer.read()
            assert answer.status == wanted, (path, answer.status)
        finally:
            connection.close()


FIRST_PAGE = {
    "filtering": {"status__in": [1, 2]},
    "sorting": "created",
    "search_string": "",
    "sortreverse": False,
}


def first_page() -> str:
    """The address of the first page of its list."""
    asked = base64.b64encode(json.dumps(FIRST_PAGE).encode()).decode()
    return f"/helpdesk/datatables_ticket_list/{asked}?draw=1&start=0&length=25"


@contextmanager
def helpdesk(cluster: PostgresCluster, folder: Path, interpreter: Path) -> Iterator[Helpdesk]:
    """It runs with a hundred thousand tickets, sixty thousand of them open."""
    cluster.database("dhpages")
    place, environment = (
        folder / "dh",
        {**os.environ, "PYTHONWARNINGS": "ignore", "BENCH_DB": "dhpages"},
    )

    def run(*command: str) -> str:
        done = subprocess.run(
            command, cwd=place, env=environment, check=True, capture_output=True, text=True
        )
        return done.stdout

    run(str(interpreter), "manage.py", "migrate", "-v0")
    run(str(interpreter), "users.py")
    run("psql", "-q", "-d", "dhpages", "-c", "create extension pg_stat_statements")
    size = ("-v", "n=60000", "-v", "d=6000", "-v", "closed=40000", "-v", "email=1")
    run("psql", "-X", "-q", "-d", "dhpages", *size, "-f", "seed.sql")
    cookie, token = run(str(interpreter), "login.py").split("\n")[:2]
    queue = run(
        "psql", "-XqAt", "-d", "dhpages", "-c", "select min(id) from helpdesk_queue"
    ).strip()
    port = free_port()
    server = [
        str(interpreter.parent / "gunicorn"),
        "-b",
        f"127.0.0.1:{port}",
        "-w",
        "2",
        "--timeout",
        "300",
        "--log-level",
        "error",
        "wsgi:application",
    ]
    with subprocess.Popen(server, cwd=place, env=environment) as process:
        try:
            made = Helpdesk(process.pid, port, cookie, token, queue)
            _answers(made)
            yield made
        finally:
            process.terminate()


def _answers(made: Helpdesk) -> None:
    for attempt in range(100):
        try:
            made.get("/helpdesk/tickets/")
        except OSError:
            if attempt == 99:
                raise
            time.sleep(0.2)
        else:
            return
