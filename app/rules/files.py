"""What a file of a case may be: its kinds, the media types, its size, and what of its name is kept."""

from __future__ import annotations

import re
import unicodedata

KINDS = ("certificate", "contact", "handling", "scan", "recording", "other")
"""证件, 联系证据, 办理, 扫描件, 录音, 其他. [procedure, Handling: files by kind]"""
IDENTIFYING = ("certificate", "contact", "recording")
"""The kinds that may show who the caller is: never for a unit on a confidential case, and in a dossier only where the
approver let the caller's identity go along. [procedure 8]"""
MEDIA = {
    "application/pdf": "pdf",
    "image/png": "png",
    "image/jpeg": "jpg",
    "image/gif": "gif",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
    "audio/mpeg": "mp3",
    "audio/wav": "wav",
    "audio/amr": "amr",
    "text/plain": "txt",
}
"""media type, found by content -> how the name of such a file ends."""
MOST_BYTES = 20 * 1024 * 1024
"""[trust, Input: uploads <= 20 MB]"""
MOST_UNPACKED = 100 * 1024 * 1024
"""[trust, Input: uncompressed <= 100 MB]"""
MOST_CHARACTERS = 120
_SHA256 = re.compile(r"[0-9a-f]{64}\Z")
_UNSEEN = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
_LONGEST_ENDING = 10


def clean_name(name: str) -> str:
    """A file's name as it is kept: no path, nothing that controls or is not seen, at most 120 characters; its ending
    stays where it is short. `file` where nothing is left."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    seen = "".join(sign for sign in last if unicodedata.category(sign) not in _UNSEEN).strip(" .")
    stem, dot, ending = seen.rpartition(".")
    if len(seen) > MOST_CHARACTERS and dot and stem and len(ending) <= _LONGEST_ENDING:
        return f"{stem[: MOST_CHARACTERS - len(ending) - 1]}.{ending}"
    return seen[:MOST_CHARACTERS] or "file"


def is_sha256(word: str) -> bool:
    """Whether a word is a SHA-256 in small hex digits."""
    return _SHA256.match(word) is not None
