"""How far the sample office is that is being made: in a file beside the data, for the login
page."""

from __future__ import annotations

import json
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from jobs.children import run_folder

STALE_SECONDS = 180.0
"""Whoever made it and said nothing for so long has ended."""


@dataclass(frozen=True)
class Filling:
    """How much of it is there, in percent, and what was made last: a day, and how many cases."""

    percent: int
    line: str


def _file(data: Path) -> Path:
    return run_folder(data) / "sample-office-progress"


@contextmanager
def told_as_made(data: Path) -> Iterator[None]:
    """Say that a sample office is being made, from now to the end of the block."""
    tell(data, 0, "")
    try:
        yield
    finally:
        _file(data).unlink(missing_ok=True)


def tell(data: Path, percent: int, line: str) -> None:
    """Say how far it is."""
    run_folder(data).mkdir(mode=0o700, exist_ok=True)
    handle, draft = tempfile.mkstemp(dir=run_folder(data), prefix=".progress-")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(asdict(Filling(percent, line)), file)
    os.replace(draft, _file(data))


def filling(data: Path) -> Filling | None:
    """How far it is; None where none is being made."""
    path = _file(data)
    try:
        fresh = time.time() - path.stat().st_mtime < STALE_SECONDS
        return Filling(**json.loads(path.read_text("utf-8"))) if fresh else None
    except FileNotFoundError:
        return None
