"""What waits at a front for its desk: a file for each parcel, sealed. It stays until the desk has said
that it has it."""

from __future__ import annotations

import io
import re
import tarfile
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from app.files.store import write_whole
from app.front.behind import Full, Parcel
from app.front.sealing import DeskSeen

MOST_FILES, MOST_BYTES = 20_000, 4 * 1024**3
"""How much may wait; beyond it nothing more is taken."""
MOST_OF_ONE = 64 * 1024**2
"""Bytes of one sealed parcel: six photographs and their words are far less."""
_NAME = re.compile(r"\d{13}-[a-z]{4,8}-[0-9a-f]{64}\Z")


class Spool:
    """A folder of sealed parcels."""

    def __init__(self, folder: Path, desk: DeskSeen) -> None:
        self.folder, self._desk = folder, desk
        self._lock = threading.Lock()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def put(self, parcel: Parcel) -> str:
        """Keep a parcel, once by its source and key as long as it waits: its name. Raises Full."""
        sealed = self._desk.sealed(parcel.packed())
        ending = f"-{parcel.source}-{parcel.key}"
        with self._lock:
            names = self.names()
            known = [name for name in names if name.endswith(ending)]
            if known:
                return known[0]
            if len(names) >= MOST_FILES or self._size(names) + len(sealed) > MOST_BYTES:
                raise Full
            name = f"{int(time.time() * 1000):013d}{ending}"
            if not is_name(name):
                raise ValueError("no name of a parcel")
            write_whole(self.folder / name, sealed)
        return name

    def names(self) -> list[str]:
        """What waits, the oldest first."""
        return sorted(path.name for path in self.folder.iterdir() if is_name(path.name))

    def read(self, name: str) -> bytes:
        """A sealed parcel. Raises FileNotFoundError."""
        if not is_name(name):
            raise FileNotFoundError(name)
        return (self.folder / name).read_bytes()

    def drop(self, names: Iterable[str]) -> int:
        """Forget what the desk has; how many there were."""
        gone = 0
        for name in names:
            with suppress(FileNotFoundError):
                if is_name(name):
                    (self.folder / name).unlink()
                    gone += 1
        return gone

    def carried(self, file: Path) -> int:
        """Write all that waits to one file, to be carried to the desk; how many there are. It goes
        on waiting until the desk's word comes back."""
        names = self.names()
        with tarfile.open(file, "w") as tar:
            for name in names:
                sealed = self.read(name)
                entry = tarfile.TarInfo(name)
                entry.size = len(sealed)
                tar.addfile(entry, io.BytesIO(sealed))
        return len(names)

    def _size(self, names: list[str]) -> int:
        return sum((self.folder / name).stat().st_size for name in names)


def is_name(name: str) -> bool:
    """Whether a file of the spool may be called so."""
    return _NAME.match(name) is not None


def in_carried(file: Path) -> Iterator[tuple[str, bytes]]:
    """(name, sealed parcel) of each in a file that was carried. Raises ValueError for a file that
    is none."""
    try:
        with tarfile.open(file, "r:") as tar:
            for entry in tar:
                content = tar.extractfile(entry) if entry.isfile() else None
                if content is None or not is_name(entry.name) or entry.size > MOST_OF_ONE:
                    raise ValueError(file.name)
                yield entry.name, content.read()
    except tarfile.TarError as wrong:
        raise ValueError(file.name) from wrong
