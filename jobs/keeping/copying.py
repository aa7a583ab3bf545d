"""The files of a desk, copied into a backup: files, papers and dossiers, and the office's fonts.

Files and papers are named by their SHA-256 and never change, so that what the backup before has is
linked, once its bytes were read again. A dossier is compared with what stands.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from app.files import digest
from app.rules.files import is_sha256

FOLDERS = ("files", "papers", "dossiers", "fonts")
"""The folders of DESK_DATA that are the office's; `run` and `redis` are made anew by themselves."""
BELOW = "data"
"""The folder of a backup in which they stand."""


def stored(data: Path) -> Iterator[Path]:
    """The files of the office, by their paths below DESK_DATA; what is being made begins with a dot
    and has no place yet."""
    for folder in FOLDERS:
        for path in sorted((data / folder).rglob("*")):
            below = path.relative_to(data)
            if path.is_file() and not any(part.startswith(".") for part in below.parts):
                yield below


def copy_files(
    data: Path, backup: Path, before: Path | None, told: Mapping[str, Sequence[int | str]]
) -> list[str]:
    """Copy all files into a backup, or link them to those of the one before, which told their
    hashes; the paths of those that are not what their names say. Raises OSError."""
    wrong = []
    for below in stored(data):
        copy = backup / BELOW / below
        copy.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        name = f"{BELOW}/{below}"
        known = str(told[name][1]) if name in told else None
        if before is None or known is None or not _linked(data / below, before / name, copy, known):
            # It may have gone since; what the record names is looked for afterwards.
            with suppress(FileNotFoundError):
                shutil.copyfile(data / below, copy)
                copy.chmod(0o600)
        if copy.exists() and _named(below) not in (None, digest(copy)):
            wrong.append(str(below))
    return wrong


def _linked(live: Path, old: Path, copy: Path, known: str) -> bool:
    """Link a file to the one of the backup before, where that is still what it was and what stands
    now."""
    try:
        if digest(old) != known or (_named(live) or digest(live)) != known:
            return False
        os.link(old, copy)
    except OSError:
        return False  # gone, or a disk without links
    return True


def _named(path: Path) -> str | None:
    """The SHA-256 that a file is named by; None where it has another name."""
    return path.stem if is_sha256(path.stem) else None


def lay_files(backup: Path, data: Path) -> None:
    """Lay the files of a backup into a data folder. Raises OSError."""
    for folder in FOLDERS:
        source = backup / BELOW / folder
        if source.is_dir():
            shutil.copytree(source, data / folder, dirs_exist_ok=True)
    for path in (data, *data.rglob("*")):
        path.chmod(0o700 if path.is_dir() else 0o600)
