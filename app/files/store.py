"""The store of files: each content once, under its SHA-256, outside everything that is served as it
is.

What is taken in is known by its content, never by its name or by what the sender says it is.
Nothing is changed or removed here; a file stands whole or not at all.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from app.files.kinds import kind_of
from app.files.scanner import Scanner, scanned
from app.rules.files import MEDIA, MOST_BYTES, is_sha256, kept_name
from app.rules.refusal import NotAllowed

_MEDIA = {ending: media for media, ending in MEDIA.items()}


@dataclass(frozen=True)
class Kept:
    """A file that was taken in: its cleaned name, its SHA-256 (hex), its bytes counted, its media
    type."""

    name: str
    sha256: str
    size: int
    media_type: str


def keep(data: Path, name: str, content: bytes, scanner: Scanner | None = None) -> Kept:
    """Take a file in: looked into, scanned, then stored below `data`/files by its SHA-256, mode
    0600, on the disk when this returns; its name under the ending of its content.

    Raises NotAllowed (the message ids that begin with `file_`) and then nothing is stored."""
    if not content:
        raise NotAllowed("file_empty")
    if len(content) > MOST_BYTES:
        raise NotAllowed("file_too_big", most=MOST_BYTES // 1024**2)
    kind = kind_of(content, name)
    sha256 = hashlib.sha256(content).hexdigest()
    write_whole(path_of(data, sha256), content, lambda draft: scanned(scanner, draft))
    return Kept(kept_name(name, kind), sha256, len(content), _MEDIA[kind])


def path_of(data: Path, sha256: str) -> Path:
    """Where a content stands. Raises ValueError for what is no SHA-256, so that no name can lead
    elsewhere."""
    if not is_sha256(sha256):
        raise ValueError("not a SHA-256")
    return data / "files" / sha256[:2] / sha256


def whole(data: Path, sha256: str) -> Path:
    """Where a content stands, as it was taken in. Raises NotAllowed (file_lost) where it is gone or
    altered."""
    path = path_of(data, sha256)
    if not path.is_file() or digest(path) != sha256:
        raise NotAllowed("file_lost", sha256=sha256)
    return path


def content_of(data: Path, sha256: str) -> bytes:
    """The content with a SHA-256, as it was taken in. Raises NotAllowed (file_lost) where it is
    gone or altered."""
    return whole(data, sha256).read_bytes()


def digest(path: Path) -> str:
    """The SHA-256 of a file, in hex digits, read piece by piece."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_whole(
    path: Path, content: bytes | Path, look: Callable[[Path], None] | None = None
) -> None:
    """Write a file of mode 0600 - a content, or what stands in another file -, whole and on the
    disk or not at all; what stands there already is replaced. `look` sees it before it has its
    name.

    Raises OSError (a full disk, say) and what `look` raises, and then nothing is left of it."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(dir=path.parent, prefix=".draft-")
    try:
        with os.fdopen(handle, "wb") as file:
            if isinstance(content, Path):
                with content.open("rb") as source:
                    shutil.copyfileobj(source, file)
            else:
                file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if look is not None:
            look(Path(draft))
        os.replace(draft, path)
    except BaseException:
        with suppress(FileNotFoundError):
            os.unlink(draft)
        raise
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Have the names in a folder on the disk as well."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
