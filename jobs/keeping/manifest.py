"""What a backup says of itself: by which program and of which database it is, how many rows each table
has, and the SHA-256 of every file."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path

from app.files import digest
from app.files.store import write_whole
from app.words import Message
from jobs.servable import Refused

MANIFEST, SUM = "manifest.json", "manifest.sha256"
"""The files of a backup that are not in its own list."""
FORMAT = 1


@dataclass(frozen=True)
class Manifest:
    """`made_at`: the desk's moment of the snapshot, ISO 8601; `tables`: name -> rows; `files`: path
    below the backup -> [bytes, SHA-256]; `flaws`: what of the office was not whole when it was
    copied, a line each; `ledger_key`: the fingerprint of the key in use."""

    program: str
    revision: str
    database: str
    made_at: str
    ledger_key: str
    tables: Mapping[str, int]
    files: Mapping[str, Sequence[int | str]]
    flaws: Sequence[str] = ()
    format: int = field(default=FORMAT)

    @property
    def at(self) -> datetime:
        """The moment of the snapshot."""
        return datetime.fromisoformat(self.made_at)

    @property
    def size(self) -> int:
        """The bytes of all files."""
        return sum(int(told[0]) for told in self.files.values())

    def write(self, folder: Path) -> None:
        """Write it into a backup, with its own sum beside it."""
        told = json.dumps(asdict(self), ensure_ascii=False, indent=1, sort_keys=True).encode()
        write_whole(folder / MANIFEST, told)
        write_whole(folder / SUM, f"{hashlib.sha256(told).hexdigest()}  {MANIFEST}\n".encode())


def manifest_of(folder: Path) -> Manifest:
    """What a backup says of itself. Raises Refused where it is none, was altered, or is of a format
    of later."""
    try:
        told, summed = (
            (folder / MANIFEST).read_bytes(),
            (folder / SUM).read_text("ascii", "replace"),
        )
    except OSError as error:
        raise Refused(
            Message("shell.keep.no_backup", {"folder": folder, "why": error.strerror})
        ) from None
    if summed.split() != [hashlib.sha256(told).hexdigest(), MANIFEST]:
        raise Refused(Message("shell.keep.altered", {"name": MANIFEST}))
    read = json.loads(told)
    if read.get("format") != FORMAT:
        raise Refused(Message("shell.keep.later_format", {"program": read.get("program", "?")}))
    return Manifest(**read)


def summed_up(folder: Path) -> dict[str, Sequence[int | str]]:
    """path -> [bytes, SHA-256] of every file of a backup but the manifest's own."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return {
        str(path.relative_to(folder)): [path.stat().st_size, digest(path)]
        for path in paths
        if path.name not in (MANIFEST, SUM)
    }


def faults_of(folder: Path, told: Manifest) -> Iterator[Message]:
    """What of a backup is gone, cut or altered."""
    for name, (size, sha256) in told.files.items():
        path = folder / name
        if ".." in Path(name).parts or not path.is_file():
            yield Message("shell.keep.gone", {"name": name})
        elif path.stat().st_size != size:
            yield Message("shell.keep.cut", {"name": name})
        elif digest(path) != sha256:
            yield Message("shell.keep.altered", {"name": name})
