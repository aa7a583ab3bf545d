"""Exports are made one at a time for each person and few at once: each takes a processor for as
long as it runs.

Who holds a place is kept by locks on files below the data: they are seen by all processes of the
panel, and free with the process that held them, however it ends.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from app import words
from app.views.actor import actor, desk, language

PLACES = 2
"""How many exports are made at once, by all people."""
CODES = {"own": 429, "many": 503}


class NoPlace(Exception):
    """No export is begun now; `code` is the answer's, the message the sentence."""

    def __init__(self, why: str) -> None:
        super().__init__(words.word(f"export.{why}", language()))
        self.code = CODES[why]


class Place:
    """A place that an export has taken; given back by `leave`."""

    def __init__(self, handle: int) -> None:
        self._handle: int | None = handle

    def leave(self) -> None:
        """Give the place back; a second time does nothing."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None


def take_place() -> Place:
    """A place for an export of this person. Raises NoPlace."""
    folder = desk().settings.data / "run"
    folder.mkdir(mode=0o700, exist_ok=True)
    mine = str(actor().id).encode()
    with _opened(folder / "exports.lock") as door:
        fcntl.flock(door, fcntl.LOCK_EX)
        return _taken([folder / f"export-{n}.lock" for n in range(1, PLACES + 1)], mine)


def _taken(paths: list[Path], mine: bytes) -> Place:
    """A free place, once all that are taken were looked at for one of the same person. What was
    locked on the way is let go, whatever fails: a full disk cannot take a name."""
    held: list[bytes] = []
    with ExitStack() as spare:
        free = [handle for path in paths if (handle := _locked(path, held, spare)) is not None]
        if mine in held or not free:
            raise NoPlace("own" if mine in held else "many")
        os.ftruncate(free[0], 0)
        os.pwrite(free[0], mine, 0)
        kept = os.dup(free[0])  # A lock is its file's as long as any handle of it stands open.
    return Place(kept)


def _locked(path: Path, held: list[bytes], spare: ExitStack) -> int | None:
    """A handle that holds the lock of a place, until `spare` ends; None where somebody has it, who
    is added to `held`."""
    handle = spare.enter_context(_opened(path))
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        held.append(os.pread(handle, 20, 0))
        return None
    return handle


@contextmanager
def _opened(path: Path) -> Iterator[int]:
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        yield handle
    finally:
        os.close(handle)
