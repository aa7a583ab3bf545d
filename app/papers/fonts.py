"""The fonts of papers, and which characters they have: what no font has is printed by its number,
never dropped."""

from __future__ import annotations

import atexit
import logging
import shutil
import struct
import tempfile
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import pylopdf_fonts_zh_cn
import typst

SHIPPED = Path(pylopdf_fonts_zh_cn.__file__).parent
log = logging.getLogger(__name__)
WANTED = {
    "title": ("FZXiaoBiaoSong-B05S", "FZXiaoBiaoSong-B05", "Noto Serif SC"),
    "body": ("FangSong_GB2312", "FangSong", "FandolFang R", "Noto Serif SC"),
    "second": ("KaiTi_GB2312", "KaiTi", "FandolKai", "Noto Serif SC"),
    "heading": ("SimHei", "FandolHei", "Noto Sans SC"),
}
"""What a font is for -> GB/T 9704's own first, for offices that own them (none is shipped), then free
ones, then one that has all."""
CALLED = {
    "title": "papers.font.title",
    "body": "papers.font.body",
    "second": "papers.font.second",
    "heading": "papers.font.heading",
}
"""What a font is for -> what the standard's own is called."""
_STANDARD = {"title": 2, "body": 2, "second": 2, "heading": 1}
"""How many of the wanted ones are the standard's own."""
IN_WORD = {
    "title": "方正小标宋简体",
    "body": "仿宋_GB2312",
    "second": "楷体_GB2312",
    "heading": "黑体",
}
"""What a font is for -> the standard's own, by the name that Word knows."""
_ENDINGS = (".otf", ".ttf", ".ttc", ".otc")
_BEGINS = (b"\x00\x01\x00\x00", b"OTTO", b"true")
MOST_FONTS = 64
"""How many fonts a collection holds at most."""
_SILENT = frozenset("\n\t")


def own_fonts(data: Path) -> Path | None:
    """The folder of the office's own fonts below DESK_DATA, where it has one."""
    folder = data / "fonts"
    return folder if folder.is_dir() else None


def folders(own: Path | None) -> list[Path]:
    """Where fonts are looked for: the office's own folder, where there is one, and what is shipped.
    Where a file in it is no font, a folder of those that are: the press would read such a file for
    minutes."""
    if own is None or not own.is_dir():
        return [SHIPPED]
    sound = all(_sound(path) for path in own.iterdir() if path.suffix.lower() in _ENDINGS)
    return [own if sound else _apart(own), SHIPPED]


@lru_cache(maxsize=8)
def _apart(own: Path) -> Path:
    """A folder of links to the fonts of another that can be read, as long as the process lives."""
    folder = Path(tempfile.mkdtemp(prefix="duban-fonts-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    for path in sorted(own.iterdir()):
        if _sound(path):
            (folder / path.name).symlink_to(path.resolve())
        else:
            log.warning("%s is no font", path.name)
    return folder


def _sound(path: Path) -> bool:
    """Whether a file begins as a font does, or as a collection of some."""
    try:
        with path.open("rb") as file:
            raw = file.read(12)
    except OSError:
        return False
    if raw[:4] != b"ttcf":
        return raw[:4] in _BEGINS
    return len(raw) == 12 and 0 < int.from_bytes(raw[8:], "big") <= MOST_FONTS


@lru_cache(maxsize=4)
def families(own: Path | None) -> frozenset[str]:
    """The names of the fonts that are there."""
    found = typst.Fonts(False, False, [str(folder) for folder in folders(own)])
    return frozenset(found.families())


def lacking(own: Path | None) -> dict[str, str]:
    """What fonts of the standard are for that the office has not -> the one that is printed instead."""
    held = families(own)
    return {
        use: next((name for name in wanted if name in held), "")
        for use, wanted in WANTED.items()
        if held.isdisjoint(wanted[: _STANDARD[use]])
    }


@lru_cache(maxsize=8)
def characters(own: Path | None = None) -> frozenset[int]:
    """The code points that some font has."""
    found: set[int] = set()
    for path in (path for folder in folders(own) for path in sorted(folder.iterdir())):
        try:
            found.update(_of_file(path))
        except (struct.error, IndexError, OSError) as why:
            log.warning("the font %s cannot be read: %s", path.name, why)
    return frozenset(found)


def _of_file(path: Path) -> list[int]:
    """The code points of the (first) font of a file; none of what is no font by its ending."""
    ending = path.suffix.lower()
    if ending not in _ENDINGS:
        return []
    raw = path.read_bytes()
    return list(_mapped(raw, 0 if ending in (".otf", ".ttf") else _first_of(raw)))


def _first_of(raw: bytes) -> int:
    """Where the first font of a collection begins."""
    (place,) = struct.unpack_from(">I", raw, 12)
    return int(place)


def _mapped(raw: bytes, start: int) -> Iterator[int]:
    """The code points of a font's character map (formats 4 and 12; OpenType, `cmap`)."""
    (tables,) = struct.unpack_from(">H", raw, start + 4)
    for place in range(start + 12, start + 12 + 16 * tables, 16):
        tag, _, offset, _ = struct.unpack_from(">4sIII", raw, place)
        if tag == b"cmap":
            (n,) = struct.unpack_from(">H", raw, offset + 2)
            for one in range(n):
                (at,) = struct.unpack_from(">I", raw, offset + 8 + 8 * one)
                yield from _points(raw, offset + at)


def _points(raw: bytes, at: int) -> Iterator[int]:
    (shape,) = struct.unpack_from(">H", raw, at)
    if shape == 12:
        (groups,) = struct.unpack_from(">I", raw, at + 12)
        for place in range(at + 16, at + 16 + 12 * groups, 12):
            first, last, _ = struct.unpack_from(">III", raw, place)
            yield from range(first, last + 1)
    elif shape == 4:
        (twice,) = struct.unpack_from(">H", raw, at + 6)
        for place in range(0, twice, 2):
            (last,) = struct.unpack_from(">H", raw, at + 14 + place)
            (first,) = struct.unpack_from(">H", raw, at + 16 + twice + place)
            yield from range(first, min(last, 0xFFFE) + 1)


def printable(words: str, own: Path | None = None) -> tuple[str, list[str]]:
    """Words as they can be printed, and the numbers (U+20BB7) of the characters that no font
    has."""
    known, missing, told = characters(own), [], []
    for sign in words.replace("\r\n", "\n").replace("\r", "\n"):
        if sign in _SILENT or ord(sign) in known:
            told.append(sign)
        elif sign in "\ufeff\u200b\ufe0f\u200d":
            continue
        else:
            number = f"U+{ord(sign):04X}"
            told.append(f"〔{number}〕")
            missing.append(number)
    return "".join(told), missing
