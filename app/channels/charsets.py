"""Bytes become words strictly: by the label that they came with, as UTF-8, as GB18030, and never with
signs that go missing in silence. [reach, In]"""

from __future__ import annotations

import re
from email.errors import HeaderParseError
from email.header import decode_header

_CHINESE = ("gb2312", "gbk", "gb18030", "cp936", "ms936", "x-gbk", "gb_2312-80")
_READ_AS = dict.fromkeys(_CHINESE, "gb18030")
"""What calls itself the older set is mostly written in the newer one, which holds both."""
_FOLD = re.compile(r"\r?\n[ \t]+")
_ENCODED = re.compile(r"=\?[^?\s]+\?[bBqQ]\?[^?]*\?=")


def words_of(content: bytes, label: str = "") -> tuple[str, bool]:
    """The words that bytes are, and whether that is certain. Where nothing reads them, each byte
    that is no sign stands as `\\x..`: it is seen, and nothing is left out."""
    for charset in dict.fromkeys((_label(label), "utf-8", "gb18030")):
        if not charset:
            continue
        try:
            return content.decode(charset), True
        except (UnicodeError, LookupError, ValueError):
            continue
    return content.decode("utf-8", "backslashreplace"), False


def _label(label: str) -> str:
    """The character set that a label means; none for one that says nothing."""
    plain = label.strip().strip("\"'").lower()
    if plain in ("", "us-ascii", "ascii", "unknown-8bit", "8bit", "binary"):
        return ""
    return _READ_AS.get(plain, plain)


def header_words(content: bytes) -> str:
    """A header as words, its encoded parts read, in one line."""
    plain, _ = words_of(content)
    plain = _FOLD.sub(" ", plain).strip()
    if not _ENCODED.search(plain):
        return _one_line(plain)
    try:
        parts = decode_header(plain)
    except (HeaderParseError, ValueError, LookupError):
        return _one_line(plain)
    return _one_line("".join(_part(piece, label) for piece, label in parts))


def _part(piece: str | bytes, label: str | None) -> str:
    if isinstance(piece, str):
        return piece
    # What stands between encoded parts comes as bytes of the text that was read already.
    if label is None:
        return piece.decode("raw-unicode-escape")
    return words_of(piece, label)[0]


def _one_line(words: str) -> str:
    return " ".join("".join(sign if sign.isprintable() else " " for sign in words).split())
