"""Sounds and films as phones and exchanges record them, and the pictures that share their
container."""

from __future__ import annotations

import re

_HEIC = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")
_BRANDS = {b"qt  ": "mov", b"M4A ": "m4a", b"M4B ": "m4a", b"M4P ": "m4a"}
_FILM = (
    b"isom",
    b"iso2",
    b"iso3",
    b"iso4",
    b"iso5",
    b"iso6",
    b"iso7",
    b"iso8",
    b"iso9",
    b"mp41",
    b"mp42",
    b"avc1",
    b"hvc1",
    b"MSNV",
    b"M4V ",
    b"M4VH",
    b"dash",
    b"f4v ",
    b"mmp4",
)
_PHONE = re.compile(rb"3g[pgesr2][0-9a-z ]")
_SOUNDS = ("m4a", "3ga")
_FIRST_BOXES = (b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot")
"""How films of QuickTime began before they told their brand."""


def kind(content: bytes, hint: str) -> str | None:
    """`mp3`, `wav`, `amr`, `ogg`, `m4a`, `mp4`, `mov` or `heic`, or None where it is none of these.
    `hint`, how its name ends, tells a sound from a film where the container is the same and nothing
    else does."""
    if content.startswith((b"#!AMR\n", b"#!AMR-WB\n")):
        return "amr"
    if content.startswith(b"OggS\x00"):
        return "ogg"
    if content[:4] == b"RIFF" and content[8:12] == b"WAVE":
        return "wav"
    if (content.startswith(b"ID3") and content[3:4] < b"\x10") or _is_mpeg_frame(content):
        return "mp3"
    return _boxed(content, hint)


def _boxed(content: bytes, hint: str) -> str | None:
    """The kind of a container of ISO 14496-12, by its brands."""
    size, box = int.from_bytes(content[:4], "big"), content[4:8]
    if box in _FIRST_BOXES and 8 <= size <= len(content) and b"moov" in content:
        return "mov"
    if box != b"ftyp" or not 12 <= size <= min(len(content), 4096):
        return None
    brand = content[8:12]
    if brand in _HEIC:
        return None if _is_avif(content[:size]) else "heic"
    if brand in _FILM or _PHONE.fullmatch(brand):
        return _sound_or_film(content, hint)
    return _BRANDS.get(brand)


def _is_avif(box: bytes) -> bool:
    """Whether a box of brands names that of AVIF among the further ones."""
    return b"avif" in [box[place : place + 4] for place in range(16, len(box) - 3, 4)]


def _sound_or_film(content: bytes, hint: str) -> str:
    """Phones give both the same brand."""
    told_sound = hint in _SOUNDS or b"soun" in content
    return "m4a" if _only_sound(content) and told_sound else "mp4"


def _only_sound(content: bytes) -> bool:
    """Whether no track of it is told to hold pictures."""
    return not re.search(rb"hdlr.{8}vide", content, re.DOTALL)


def _is_mpeg_frame(content: bytes) -> bool:
    """An MPEG audio frame: eleven bits set, layer III, neither rate of them reserved."""
    if len(content) < 4 or content[0] != 0xFF or content[1] & 0xE0 != 0xE0:
        return False
    layer, rate, frequency = content[1] >> 1 & 3, content[2] >> 4, content[2] >> 2 & 3
    return layer == 1 and rate not in (0, 15) and frequency != 3
