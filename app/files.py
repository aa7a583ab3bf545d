"""The store of files: each content once, under its SHA-256, outside everything that is served as it is.

What is taken in is known by its content, never by its name or by what the sender says it is. Nothing is changed or
removed here; a file stands whole or not at all.
"""

from __future__ import annotations

import hashlib
import io
import os
import shutil
import tempfile
import zipfile
import zlib
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from app.rules.files import MEDIA, MOST_BYTES, MOST_UNPACKED, clean_name, is_sha256
from app.rules.refusal import NotAllowed

_OFFICE = {"word/document.xml": "docx", "xl/workbook.xml": "xlsx"}
_TYPES = {ending: media for media, ending in MEDIA.items()}
_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"%PDF-", "pdf"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"\xff\xd8\xff", "jpg"),
    (b"GIF87a", "gif"),
    (b"GIF89a", "gif"),
    (b"#!AMR\n", "amr"),
    (b"#!AMR-WB\n", "amr"),
    (b"ID3", "mp3"),
)
"""How a content begins -> what it is."""
_MACROS = ("vbaproject", "macrosheets/", "activex/", "vbadata")
_TEXT_CONTROLS = frozenset(range(32)) - {9, 10, 13}


@dataclass(frozen=True)
class Kept:
    """A file that was taken in: its cleaned name, its SHA-256 (hex), its bytes counted, its media type."""

    name: str
    sha256: str
    size: int
    media_type: str


def keep(data: Path, name: str, content: bytes) -> Kept:
    """Take a file in: checked, then stored below `data`/files by its SHA-256, mode 0600, on the disk when this returns.

    Raises NotAllowed (file_empty, file_too_big, file_type, file_macros, file_unpacked) and then nothing is stored."""
    if not content:
        raise NotAllowed("file_empty")
    if len(content) > MOST_BYTES:
        raise NotAllowed("file_too_big", most=MOST_BYTES // 1024**2)
    media = media_type(content)
    sha256 = hashlib.sha256(content).hexdigest()
    write_whole(path_of(data, sha256), content)
    return Kept(clean_name(name), sha256, len(content), media)


def path_of(data: Path, sha256: str) -> Path:
    """Where a content stands. Raises ValueError for what is no SHA-256, so that no name can lead elsewhere."""
    if not is_sha256(sha256):
        raise ValueError("not a SHA-256")
    return data / "files" / sha256[:2] / sha256


def whole(data: Path, sha256: str) -> Path:
    """Where a content stands, as it was taken in. Raises NotAllowed (file_lost) where it is gone or altered."""
    path = path_of(data, sha256)
    if not path.is_file() or digest(path) != sha256:
        raise NotAllowed("file_lost", sha256=sha256)
    return path


def content_of(data: Path, sha256: str) -> bytes:
    """The content with a SHA-256, as it was taken in. Raises NotAllowed (file_lost) where it is gone or altered."""
    return whole(data, sha256).read_bytes()


def digest(path: Path) -> str:
    """The SHA-256 of a file, in hex digits, read piece by piece."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def media_type(content: bytes) -> str:
    """What a content is, from the list of what is taken. Raises NotAllowed for anything else."""
    for magic, ending in _MAGIC:
        if content.startswith(magic):
            return _TYPES[ending]
    if content.startswith(b"PK\x03\x04"):
        return _TYPES[_office(content)]
    if content[:4] == b"RIFF" and content[8:12] == b"WAVE":
        return _TYPES["wav"]
    if _is_mpeg_frame(content):
        return _TYPES["mp3"]
    if _is_text(content):
        return _TYPES["txt"]
    raise NotAllowed("file_type")


def _office(content: bytes) -> str:
    """`docx` or `xlsx`, without macros, and not larger unpacked than it may be."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            names = [one.filename for one in packed.infolist()]
            _unpacks(packed)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError, zlib.error):
        raise NotAllowed("file_type") from None
    if any(macro in name.lower() for name in names for macro in _MACROS):
        raise NotAllowed("file_macros")
    found = [ending for inside, ending in _OFFICE.items() if inside in names]
    if len(found) != 1 or "[Content_Types].xml" not in names:
        raise NotAllowed("file_type")
    return found[0]


def _unpacks(packed: zipfile.ZipFile) -> None:
    """Count what really comes out: the sizes that an archive tells of itself may lie."""
    if sum(one.file_size for one in packed.infolist()) > MOST_UNPACKED:
        raise NotAllowed("file_unpacked", most=MOST_UNPACKED // 1024**2)
    left = MOST_UNPACKED
    for one in packed.infolist():
        with packed.open(one) as part:
            while chunk := part.read(65536):
                left -= len(chunk)
                if left < 0:
                    raise NotAllowed("file_unpacked", most=MOST_UNPACKED // 1024**2)
                if one.filename == "[Content_Types].xml" and b"macroEnabled" in chunk:
                    raise NotAllowed("file_macros")


def _is_mpeg_frame(content: bytes) -> bool:
    """An MPEG audio frame: eleven bits set, layer III, neither rate of them reserved."""
    if len(content) < 4 or content[0] != 0xFF or content[1] & 0xE0 != 0xE0:
        return False
    layer, rate, frequency = content[1] >> 1 & 3, content[2] >> 4, content[2] >> 2 & 3
    return layer == 1 and rate not in (0, 15) and frequency != 3


def _is_text(content: bytes) -> bool:
    if not _TEXT_CONTROLS.isdisjoint(content):
        return False
    for encoding in ("utf-8", "gb18030"):
        try:
            content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return not content.lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith((b"<", b"%!", b"#!", b"{\\rtf"))
    return False


def write_whole(path: Path, content: bytes | Path) -> None:
    """Write a file of mode 0600 - a content, or what stands in another file -, whole and on the disk or not at all;
    what stands there already is replaced.

    Raises OSError (a full disk, say), and then nothing is left of it."""
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
