"""What a file of a case may be: its kinds, the media types, its size, and what of its name is
kept."""

from __future__ import annotations

import errno
import re
import unicodedata

KINDS = ("certificate", "contact", "handling", "scan", "recording", "other")
"""证件, 联系证据, 办理, 扫描件, 录音, 其他. [procedure, Handling: files by kind]"""
IDENTIFYING = ("certificate", "contact", "recording")
"""The kinds that may show who the caller is: never for a unit on a confidential case, and in a
dossier only where the approver let the caller's identity go along. [procedure 8]"""
MEDIA = {
    "application/pdf": "pdf",
    "application/ofd": "ofd",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": "pptx",
    "application/msword": "doc",
    "application/vnd.ms-excel": "xls",
    "application/vnd.ms-powerpoint": "ppt",
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/gif": "gif",
    "image/webp": "webp",
    "image/tiff": "tif",
    "image/bmp": "bmp",
    "image/heic": "heic",
    "audio/mpeg": "mp3",
    "audio/mp4": "m4a",
    "audio/wav": "wav",
    "audio/amr": "amr",
    "audio/ogg": "ogg",
    "video/mp4": "mp4",
    "video/quicktime": "mov",
    "text/plain": "txt",
    "text/csv": "csv",
}
"""media type, found by content -> how the name of such a file ends."""
DRAWN = (
    "application/pdf",
    "image/jpeg",
    "image/png",
    "image/gif",
    "image/webp",
    "image/tiff",
    "image/bmp",
)
"""The media types of which the server makes pictures anew, to be looked at on a page."""
DRAWN_PAGES = 20
"""How many pages of a document are made pictures of: the first."""
ALSO: dict[str, tuple[str, ...]] = {
    "docx": ("wps",),
    "xlsx": ("et",),
    "pptx": ("dps",),
    "doc": ("wps",),
    "xls": ("et",),
    "ppt": ("dps",),
    "jpg": ("jpeg",),
    "tif": ("tiff",),
    "heic": ("heif",),
    "mp4": ("m4v", "3gp"),
    "ogg": ("opus", "oga"),
    "m4a": ("3gp", "3ga"),
}
"""Other endings that the same content may keep: WPS writes its own beside those of Office."""
TAKEN = tuple(
    dict.fromkeys(name for ending in MEDIA.values() for name in (ending, *ALSO.get(ending, ())))
)
"""Every ending that a kept file can have, each once."""
MOST_BYTES = 20 * 1024 * 1024
"""[trust, Input: uploads <= 20 MB]"""
MOST_UNPACKED = 100 * 1024 * 1024
"""[trust, Input: uncompressed <= 100 MB]"""
NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS)
"""The numbers of errors that say that a disk takes no more."""
MOST_CHARACTERS = 120
_SHA256 = re.compile(r"[0-9a-f]{64}\Z")
_UNSEEN = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
_LONGEST_ENDING = 10
_ENDING = re.compile(r"[A-Za-z][A-Za-z0-9]{0,9}\Z")
_UNSAFE = re.compile(r'[<>:"|?*]')
_DEVICES = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\.|\Z)", re.IGNORECASE)
"""Names under which Windows knows a device, whatever they end in."""


def clean_name(name: str) -> str:
    """A file's name as it is kept: no path, nothing that controls or is not seen, at most 120
    characters; its ending stays where it is short. `file` where nothing is left."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    seen = "".join(sign for sign in last if unicodedata.category(sign) not in _UNSEEN).strip(" .")
    stem, dot, ending = seen.rpartition(".")
    if len(seen) > MOST_CHARACTERS and dot and stem and len(ending) <= _LONGEST_ENDING:
        return f"{stem[: MOST_CHARACTERS - len(ending) - 1]}.{ending}"
    return seen[:MOST_CHARACTERS] or "file"


def kept_name(name: str, ending: str) -> str:
    """A file's cleaned name under the ending of its content: `run.bat` that is a picture comes out
    as `run.jpg`. An ending that the same content may have too stays; what is no ending, as in
    `report 1.2`, stays before it."""
    clean = _UNSAFE.sub("_", clean_name(name))
    stem, dot, last = clean.rpartition(".")
    if dot and last.casefold() in (ending, *ALSO.get(ending, ())):
        ending = last
    elif not (dot and _ENDING.match(last)):
        stem = clean
    if stem.casefold().endswith(f".{ending.casefold()}"):
        stem = stem[: -len(ending) - 1]
    stem = stem.rstrip(" .") or "file"
    marked = f"_{stem}" if _DEVICES.match(stem) else stem
    return f"{marked[: MOST_CHARACTERS - len(ending) - 1]}.{ending}"


def is_sha256(word: str) -> bool:
    """Whether a word is a SHA-256 in small hex digits."""
    return _SHA256.match(word) is not None
