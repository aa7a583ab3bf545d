"""What a supervisor says about its children, in a file beside the data: read by the bot page and by
the checks."""

from __future__ import annotations

import fcntl
import json
import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import config
from app.clock import Clock, clock_from


@dataclass(frozen=True)
class ChildState:
    """One process that the supervisor keeps alive. `state`: running, waiting (to be started again)
    or stopped. Moments are real time, ISO 8601; `last_exit` is an exit code, or minus the
    signal."""

    name: str
    pid: int | None
    state: str
    started_at: str | None
    restarts: int
    last_exit: int | None


@dataclass(frozen=True)
class Children:
    """The supervisor, the address it serves, its Redis and its children; and, where DESK_CLOCK is
    set, the real moment at which it was that time."""

    supervisor: int
    started_at: str
    address: str
    redis_url: str
    clock_since: str | None
    children: tuple[ChildState, ...]

    def running(self, prefix: str) -> int:
        """How many children whose name begins so are running."""
        return sum(
            child.name.startswith(prefix) and child.state == "running" for child in self.children
        )

    def wanted(self, prefix: str) -> int:
        """How many children whose name begins so there should be."""
        return sum(child.name.startswith(prefix) for child in self.children)


def run_folder(data: Path) -> Path:
    """Where a supervisor keeps what it says about itself."""
    return data / "run"


def lock_file(data: Path) -> Path:
    """The file that the one supervisor of this data holds locked."""
    return run_folder(data) / "supervisor.lock"


def write(data: Path, state: Children) -> None:
    """Replace the file, whole or not at all. Raises OSError (a full disk, say)."""
    folder = run_folder(data)
    handle, draft = tempfile.mkstemp(dir=folder, prefix=".children-")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(asdict(state), file, indent=1)
        os.replace(draft, folder / "children.json")
    except OSError:
        os.unlink(draft)
        raise


def read(data: Path) -> Children | None:
    """What the running supervisor of this data says; None where none runs."""
    if not supervised(data):
        return None
    try:
        told: dict[str, Any] = json.loads((run_folder(data) / "children.json").read_text("utf-8"))
    except FileNotFoundError:  # it has only just begun
        return None
    children: Sequence[dict[str, Any]] = told.pop("children")
    return Children(**told, children=tuple(ChildState(**child) for child in children))


@contextmanager
def _opened(path: Path) -> Iterator[int | None]:
    try:
        handle = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        yield None
        return
    try:
        yield handle
    finally:
        os.close(handle)


def supervised(data: Path) -> bool:
    """Whether a supervisor of this data is alive: the kernel frees its lock when it ends, however
    it ends."""
    with _opened(lock_file(data)) as handle:
        if handle is None:
            return False
        try:
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        return False


def redis_url_of(settings: config.Config) -> str | None:
    """The Redis of the settings, or the one of the supervisor that runs on the same data."""
    if settings.redis_url:
        return settings.redis_url
    state = read(settings.data)
    return state.redis_url if state else None


def clock_of(settings: config.Config) -> Clock:
    """The clock of the settings; where a supervisor runs on the same data, the one that its
    children have."""
    state = read(settings.data) if settings.clock and settings.clock_since is None else None
    told = datetime.fromisoformat(state.clock_since) if state and state.clock_since else None
    return clock_from(settings.clock, settings.clock_since or told)
