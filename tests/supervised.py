"""Duban as an office starts it: `python -m app run` on a folder of its own, and every process that
belongs to it."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from redis import Redis, RedisError
from rq import Worker

from jobs.queue import queue_on
from tests.databases import KEY, SIGNING, Desk, desk_at, sqlite_url
from tests.servers import free_port

ROOT = Path(__file__).parent.parent


def processes(data: Path) -> dict[int, str]:
    """Every living process that was started on a data folder: pid -> its command."""
    mark = f"DESK_DATA={data}".encode()
    found = {}
    for place in Path("/proc").glob("[0-9]*"):
        try:
            if mark in (place / "environ").read_bytes().split(b"\0"):
                found[int(place.name)] = (
                    (place / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                )
        except (FileNotFoundError, ProcessLookupError, PermissionError):
            continue
    return {pid: command for pid, command in found.items() if command}


def children_of(pid: int) -> list[int]:
    """The pids of the living children of a process."""
    told = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True, check=False
    )
    return [int(one) for one in told.stdout.split()]


SLOWER = 3
"""Machines that run the tests differ so much: a limit is that of a quick one with nothing else to do."""


def waited(holds: Callable[[], Any], seconds: float, what: str) -> Any:
    """What `holds` gives once it is true; fails after so many seconds of a quick machine. What has to
    happen within a time is measured where it is said."""
    until = time.monotonic() + SLOWER * seconds
    while time.monotonic() < until:
        found = holds()
        if found:
            return found
        time.sleep(0.1)
    raise AssertionError(f"waited {SLOWER * seconds:g} s for: {what}")


def gone(pid: int) -> bool:
    """Whether a process is no more."""
    try:
        return (Path("/proc") / str(pid) / "stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True


class Duban:
    """A supervisor with its children."""

    def __init__(self, data: Path, **settings: str) -> None:
        self.data, self.port = data, free_port()
        self.settings = {
            "DATABASE_URL": "",
            "REDIS_URL": "",
            "PORT": str(self.port),
            "DESK_WORKERS": "2",
            **settings,
        }
        self.lines: list[str] = []

    def __enter__(self) -> Duban:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "app", "run"],
            cwd=ROOT,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env={**os.environ, "DESK_DATA": str(self.data), **self.settings},
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        return self

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line.rstrip("\n"))

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait(30)
        for pid in processes(self.data):
            os.kill(pid, signal.SIGKILL)
        self._reader.join(30)
        assert self.process.stdout is not None
        self.process.stdout.close()

    @property
    def said(self) -> str:
        """All that it printed so far."""
        return "\n".join(self.lines)

    def states(self) -> dict[str, dict[str, Any]]:
        """What it says about its children, by name."""
        path = self.data / "run" / "children.json"
        told = json.loads(path.read_text()) if path.exists() else {"supervisor": None}
        # What one before it said stays in the file until it says something itself.
        return (
            {one["name"]: one for one in told["children"]}
            if told["supervisor"] == self.process.pid
            else {}
        )

    def pid(self, name: str) -> int:
        """The process of a running child."""
        return int(waited(lambda: self.states().get(name, {}).get("pid"), 30, f"{name} to run"))

    @property
    def redis_url(self) -> str:
        """Its own Redis, or that of the office."""
        return self.settings["REDIS_URL"] or f"unix://{self.data}/run/redis.sock"

    def workers(self) -> int:
        """How many workers of its own that make passes are in Redis and alive."""
        try:
            with Redis.from_url(self.redis_url) as redis:
                known = Worker.all(queue=queue_on(redis), serializer="json")
        except RedisError:
            return 0
        return sum(not gone(one.pid) for one in known if one.pid)

    def at_work(self, seconds: float = 60) -> Duban:
        """Wait until both workers live."""
        try:
            waited(lambda: "worker-2" in self.states() and self.workers() == 2, seconds, "them")
        except AssertionError as late:
            raise AssertionError(f"no two workers: {self.states()}\n{self.said}") from late
        return self

    def get(self, path: str) -> int:
        """The status with which the panel answers."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET", path)
            return connection.getresponse().status
        finally:
            connection.close()

    def stop(self, number: signal.Signals = signal.SIGTERM, seconds: float = 60) -> int:
        """Tell it to stop; its exit code."""
        self.process.send_signal(number)
        code = self.process.wait(seconds)
        self._reader.join(10)
        return code


@contextmanager
def sqlite_data(template: Path, data: Path) -> Iterator[Desk]:
    """A data folder with an empty desk in it, as the program would lay it."""
    data.mkdir(mode=0o700)
    (data / "ledger.key").write_bytes(KEY)
    (data / "signing.key").write_bytes(SIGNING)
    (data / "signing.key").chmod(0o600)
    (data / "ledger.key").chmod(0o600)
    shutil.copyfile(template, data / "desk.db")
    with desk_at(sqlite_url(data / "desk.db")) as desk:
        yield desk
