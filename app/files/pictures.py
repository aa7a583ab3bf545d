"""Pictures as cameras, phones and scanners make them, known by how they begin and what follows."""

from __future__ import annotations

import struct

from app.rules.refusal import NotAllowed

_BITMAP_HEADS = (12, 40, 52, 56, 64, 108, 124)


def kind(content: bytes) -> str | None:
    """`png`, `jpg`, `gif`, `webp`, `tif` or `bmp`, or None where it is no such picture."""
    if content.startswith(b"\x89PNG\r\n\x1a\n") and content[8:16] == b"\x00\x00\x00\rIHDR":
        return "png"
    if content.startswith(b"\xff\xd8\xff"):
        return "jpg"
    if content.startswith((b"GIF87a", b"GIF89a")):
        return _gif(content)
    if (
        content[:4] == b"RIFF"
        and content[8:12] == b"WEBP"
        and content[12:16] in (b"VP8 ", b"VP8L", b"VP8X")
    ):
        return "webp"
    if content[:4] in (b"II*\x00", b"MM\x00*"):
        return "tif"
    return "bmp" if _is_bitmap(content) else None


def _gif(content: bytes) -> str:
    """`gif`, walked block by block to its end, behind which nothing stands. Raises NotAllowed for
    what only begins like one."""
    try:
        place = 13 + _table(content[10])
        while content[place] != 0x3B:
            if content[place] == 0x2C:
                place = _blocks(content, place + 10 + _table(content[place + 9]) + 1)
            elif content[place] == 0x21:
                place = _blocks(content, place + 2)
            else:
                raise NotAllowed("file_broken")
    except IndexError:
        raise NotAllowed("file_broken") from None
    if content[place + 1 :].strip(b"\x00"):
        raise NotAllowed("file_broken")
    return "gif"


def _table(flags: int) -> int:
    """How many bytes of colours follow."""
    return 3 * 2 ** ((flags & 7) + 1) if flags & 0x80 else 0


def _blocks(content: bytes, place: int) -> int:
    """The place behind a row of blocks, each headed by its length. Raises IndexError beyond the
    end."""
    while content[place]:
        place += content[place] + 1
    return place + 1


def _is_bitmap(content: bytes) -> bool:
    if content[:2] != b"BM" or len(content) < 26 or content[6:10] != b"\x00\x00\x00\x00":
        return False
    start, head = struct.unpack_from("<II", content, 10)
    return head in _BITMAP_HEADS and 14 + head <= start <= len(content)
