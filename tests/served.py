"""The panel as its service starts it: gunicorn with its processes, on a port of its own, over a
desk of the tests."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import TracebackType

import requests

import config
from tests.databases import KEY, SIGNING
from tests.servers import dies_with_parent, free_port
from tests.supervised import ROOT, children_of, waited

PROCESSES = 2
"""How many serve it (`app.supervisor.serving`, whose reading would begin to count)."""
_TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
_ONCE = re.compile(r'name="once" value="([^"]+)"')


class Served:
    """A panel that runs. `lines` is what it said."""

    def __init__(self, data: Path, url: str, **settings: str) -> None:
        config.load({"DESK_DATA": str(data), "DATABASE_URL": url})
        (data / "ledger.key").write_bytes(KEY)
        (data / "signing.key").write_bytes(SIGNING)
        self.data, self.port = data, free_port()
        own = {
            "DESK_DATA": str(data),
            "DATABASE_URL": url,
            "REDIS_URL": f"unix://{data}/none",
            "SECRET_KEY": "s" * 40,
            "TMPDIR": "",
        }
        self.environment = {**os.environ, **own, **settings}
        self.lines: list[str] = []
        self.browsers: list[requests.Session] = []

    def __enter__(self) -> Served:
        self.process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "gunicorn",
                "-c",
                "python:app.supervisor.serving",
                "--bind",
                f"127.0.0.1:{self.port}",
            ],
            cwd=ROOT,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=self.environment,
            preexec_fn=dies_with_parent(signal.SIGKILL),
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        waited(self.alive, 60, "the panel")
        waited(lambda: len(children_of(self.process.pid)) == PROCESSES, 30, "its processes")
        return self

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line.rstrip("\n"))

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for browser in self.browsers:
            browser.close()
        self.process.terminate()
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(10)
        self._reader.join(10)
        assert self.process.stdout is not None
        self.process.stdout.close()

    @property
    def said(self) -> str:
        """All that it said so far."""
        return "\n".join(self.lines)

    @property
    def address(self) -> str:
        """Where it is found."""
        return f"http://127.0.0.1:{self.port}"

    def alive(self) -> bool:
        """Whether it answers, asking nobody else."""
        try:
            return requests.get(f"{self.address}/healthz", timeout=5).status_code == 200
        except requests.ConnectionError:
            return False

    @contextmanager
    def half_sent(self, n: int, body: bool = False) -> Iterator[list[socket.socket]]:
        """Connections on which a request was begun and not ended: in its head, or in its body."""
        sent = "POST /login/ HTTP/1.1\r\nHost: x\r\n"
        if body:
            sent += "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 900\r\n\r\nusername="
        with ExitStack() as all_of_them:
            made = []
            for _ in range(n):
                one = socket.create_connection(("127.0.0.1", self.port), timeout=30)
                made.append(all_of_them.enter_context(one))
                one.sendall(sent.encode())
            yield made

    def browser(self) -> requests.Session:
        """A browser in which nobody has logged in; closed with the panel."""
        made = requests.Session()
        self.browsers.append(made)
        return made

    def seconds(self, browser: requests.Session, path: str) -> float:
        """How long a page takes; fails where it is not 200."""
        began = time.monotonic()
        answer = browser.get(f"{self.address}{path}", timeout=30, allow_redirects=False)
        took = time.monotonic() - began
        assert answer.status_code == 200, (path, answer.status_code)
        return took

    def enter(self, username: str, password: str) -> requests.Session:
        """A browser in which somebody has logged in."""
        browser = self.browser()
        answer = self.post(browser, "/login/", {"username": username, "password": password})
        assert answer.status_code == 302, answer.text
        return browser

    def form(self, browser: requests.Session, path: str) -> dict[str, str]:
        """The token of a page and the key of its form."""
        page = browser.get(f"{self.address}{path}", timeout=30).text
        return {
            name: found[1]
            for name, found in {
                "csrf_token": _TOKEN.search(page),
                "once": _ONCE.search(page),
            }.items()
            if found
        }

    def post(
        self, browser: requests.Session, path: str, fields: dict[str, str]
    ) -> requests.Response:
        """Send a form as it is shown now, filled in."""
        sent = {**(self.form(browser, path) if "csrf_token" not in fields else {}), **fields}
        return browser.post(f"{self.address}{path}", data=sent, timeout=150, allow_redirects=False)
