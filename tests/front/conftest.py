"""A front as it runs on a machine of its own - a process in a folder with the desk's public keys -, and
the desk that fetches from it."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import pytest
import requests

import config
from app.front.sealing import DeskKeys
from app.rules.workdays import BEIJING
from jobs.desk import Desk as DeskOfJobs
from jobs.front_keys import made_keys
from jobs.front_link import Link, run
from tests.databases import Desk
from tests.servers import dies_with_parent, free_port
from tests.supervised import ROOT, waited

NOW = datetime(2025, 6, 10, 9, 0, tzinfo=BEIJING)
WORDS = "幸福小区三号楼楼道灯坏了两个星期，请尽快修好。"
_HIDDEN = re.compile(r'name="(key|version)" value="([^"]+)"')


class Front:
    """A front that runs: its folder, its address, and what it said."""

    def __init__(self, folder: Path, scheme: str = "http", **environment: str) -> None:
        self.folder, self.port, self.scheme = folder, free_port(), scheme
        # Nothing of a desk is in its environment: no database, no data.
        kept = {name: os.environ[name] for name in ("PATH", "LANG", "HOME") if name in os.environ}
        self.environment = {**kept, "PYTHONPATH": str(ROOT), "PORT": str(self.port), **environment}

    def __enter__(self) -> Front:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "app", "front"],
            cwd=self.folder,
            env=self.environment,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            preexec_fn=dies_with_parent(signal.SIGKILL),
        )
        try:
            waited(self.answers, 60, "the front")
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *told: object) -> None:
        self.process.terminate()
        self.said = self.process.communicate(timeout=20)[0]

    @property
    def address(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}"

    @property
    def trusted(self) -> str | bool:
        """Its own certificate, where it has one."""
        return str(self.folder / "tls.crt") if self.scheme == "https" else True

    def answers(self) -> bool:
        if self.process.poll() is not None:
            raise AssertionError("the front ended")
        try:
            return self.get("/healthz").status_code == 200
        except requests.ConnectionError:
            return False

    def get(self, path: str) -> requests.Response:
        return requests.get(f"{self.address}{path}", timeout=30, verify=self.trusted)

    def post(self, path: str, of: str = "", **fields: str) -> requests.Response:
        """Send a form, as from another address where one is named."""
        heads = {"X-Forwarded-For": of} if of else {}
        return requests.post(f"{self.address}{path}", fields, headers=heads, timeout=30)

    def form(self, words: str = WORDS, **more: str) -> dict[str, str]:
        """A form as it is shown, filled in."""
        return {**hidden(self.get("/front/").text), **filled(words), **more}

    def commanded(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """What `python -m app front ...` does in its folder."""
        return subprocess.run(
            [sys.executable, "-m", "app", "front", *arguments],
            cwd=self.folder,
            env=self.environment,
            text=True,
            capture_output=True,
            timeout=60,
        )


def filled(words: str) -> dict[str, str]:
    """What a caller types."""
    return {
        "kind": "complaint",
        "words": words,
        "place": "幸福小区",
        "name": "李桂兰",
        "phone": "13800138000",
        "consent": "1",
    }


def hidden(page: str) -> dict[str, str]:
    """What a form carries."""
    return dict(_HIDDEN.findall(page))


def receipt_of(page: str) -> str:
    """The receipt that a page shows."""
    found = re.search(r'data-receipt="([A-Z2-7]{12})"', page)
    assert found is not None, page
    return found[1]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """The desk's folder of data."""
    folder = tmp_path / "data"
    folder.mkdir(mode=0o700)
    return folder


@pytest.fixture
def keys(data: Path) -> DeskKeys:
    """The desk's keys for its front."""
    return made_keys(data)


def folder_for(path: Path, keys: DeskKeys) -> Path:
    """An empty folder with the desk's public keys."""
    path.mkdir()
    (path / "desk.pub").write_text(keys.seen().told())
    return path


@pytest.fixture
def front(tmp_path: Path, keys: DeskKeys) -> Iterator[Front]:
    """A front in an empty folder with the desk's public keys."""
    with Front(folder_for(tmp_path / "front", keys)) as running:
        yield running


def desk_of(desk: Desk, data: Path, address: str = "off", now: datetime = NOW) -> DeskOfJobs:
    """The desk as its jobs have it, whose front stands at an address."""
    told = {"DESK_DATA": str(data), "DATABASE_URL": desk.url, "DESK_FRONT": address}
    return DeskOfJobs(config.load(told), desk.engine, desk.sessions, lambda: now)


@pytest.fixture
def line(desk: Desk, data: Path, keys: DeskKeys, front: Front) -> Link:
    """The desk's line to the front."""
    return Link(desk_of(desk, data, front.address), front.address, keys)


@contextmanager
def held(line: Link) -> Iterator[None]:
    """The line as its process keeps it."""
    stopped = threading.Event()
    thread = threading.Thread(target=run, args=(line, stopped, 2.0), daemon=True)
    thread.start()
    yield
    stopped.set()
    thread.join(60)
