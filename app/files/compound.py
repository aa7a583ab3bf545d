"""Documents of before 2007, as Office and WPS write them: containers of streams [MS-CFB], looked
into for macros, objects, links to other programs and templates elsewhere."""

from __future__ import annotations

import io
import re
import struct
from collections.abc import Callable, Collection, Iterator

import olefile

from app.files.fields import judge
from app.files.refusals import active, wrapped
from app.rules.refusal import NotAllowed

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MAIN = (
    ("worddocument", "doc"),
    ("workbook", "xls"),
    ("book", "xls"),
    ("powerpoint document", "ppt"),
)
_MACROS = re.compile(r"(?:^|/)(?:_vba_project(?:_cur)?|vba|macros|_srp_\d+)(?:/|\Z)")
_OBJECTS = re.compile(
    r"(?:^|/)(?:objectpool/.+|mbd[0-9a-f]+(?:/|\Z)|\x01ole10native\Z|package\Z|\x03ocxname\Z|contents\Z)"
)
_MOST_STREAMS = 5000
_UNREADABLE = (
    OSError,
    ValueError,
    KeyError,
    IndexError,
    TypeError,
    AttributeError,
    struct.error,
    OverflowError,
    MemoryError,
    RecursionError,
    UnicodeError,
)
_FIELD = re.compile(rb"\x13([^\x13\x14\x15]{1,2000})")
_FIELD_16 = re.compile(rb"\x13\x00((?:(?!\x13\x00|\x14\x00|\x15\x00)..){1,1000})", re.DOTALL)
_TEMPLATE = re.compile(r"\s*(?:[A-Za-z][A-Za-z0-9+.-]+://|\\\\|//)")
_ASSOCIATED = 0x19A
"""Where a Word document tells the place of its associated words; the template's name is the second.
[MS-DOC 2.5.6]"""


def kind(content: bytes) -> str:
    """`doc`, `xls` or `ppt`. Raises NotAllowed for every other container, and for active parts."""
    try:
        with olefile.OleFileIO(io.BytesIO(content)) as container:
            return _looked(container)
    except _UNREADABLE:
        raise NotAllowed("file_broken") from None


def _looked(container: olefile.OleFileIO) -> str:
    names = _names(container)
    _refuse_containers(names)
    found = [(main, ending) for main, ending in _MAIN if main in names]
    if not found:
        raise NotAllowed("file_type")
    if any(map(_MACROS.search, names)):
        raise active("macros")
    if any(map(_OBJECTS.search, names)):
        raise active("embedded")
    for main, ending in found:
        _LOOKERS[ending](container, names, container.openstream(names[main]).read())
    return found[0][1]


def _names(container: olefile.OleFileIO) -> dict[str, str]:
    """The streams and storages of a container by their names in small letters."""
    listed = ["/".join(path) for path in container.listdir(streams=True, storages=True)]
    names = {name.casefold(): name for name in listed[: _MOST_STREAMS + 1]}
    if len(names) > _MOST_STREAMS:
        raise NotAllowed("file_broken")
    return names


def _refuse_containers(names: Collection[str]) -> None:
    """Raises NotAllowed for what uses the same container: a locked document, a mail."""
    if "encryptedpackage" in names:
        raise NotAllowed("file_locked")
    if any(name.startswith("__properties_version") for name in names):
        raise wrapped("mail")


def _word(container: olefile.OleFileIO, names: dict[str, str], main: bytes) -> None:
    """A Word document: its flags, its fields in both widths, the name of its template."""
    flags = struct.unpack_from("<H", main, 0x0A)[0]
    if flags & 0x0100:
        raise NotAllowed("file_locked")
    for field in _FIELD.finditer(main):
        judge(field[1].decode("latin-1"))
    for field in _FIELD_16.finditer(main):
        judge(field[1].decode("utf-16-le", "replace"))
    table = names.get("1table" if flags & 0x0200 else "0table")
    if table is not None and len(main) >= _ASSOCIATED + 8:
        start, length = struct.unpack_from("<II", main, _ASSOCIATED)
        if _TEMPLATE.match(_second(container.openstream(table).read()[start : start + length])):
            raise active("template")


def _second(table: bytes) -> str:
    """The second of a row of words, each headed by its length. [MS-DOC 2.2.4]"""
    if table[:2] != b"\xff\xff" or len(table) < 6:
        return ""
    extra, place, words = struct.unpack_from("<H", table, 4)[0], 6, ""
    for _ in range(2):
        if place + 2 > len(table):
            return ""
        length = 2 * struct.unpack_from("<H", table, place)[0]
        words = table[place + 2 : place + 2 + length].decode("utf-16-le", "replace")
        place += 2 + length + extra
    return words


def _records(main: bytes) -> Iterator[tuple[int, bytes]]:
    """(type, content) of each record of a workbook. [MS-XLS 2.1.4]"""
    place = 0
    while place + 4 <= len(main):
        kind_, length = struct.unpack_from("<HH", main, place)
        yield kind_, main[place + 4 : place + 4 + length]
        place += 4 + length


def _excel(container: olefile.OleFileIO, names: dict[str, str], main: bytes) -> None:
    """A workbook: macro sheets, a password, links to other programs and data from elsewhere."""
    for kind_, content in _records(main):
        if kind_ == _PASSWORD_RECORD:
            raise NotAllowed("file_locked")
        if kind_ in _ACTIVE_RECORDS:
            word, is_active = _ACTIVE_RECORDS[kind_]
            if is_active(content):
                raise active(word)


def _always(content: bytes) -> bool:
    return True


def _is_macro_sheet(sheet: bytes) -> bool:
    """Whether a workbook's table of sheets names one of macros. [MS-XLS 2.4.28]"""
    return len(sheet) > 5 and sheet[5] in (1, 6)


def _begins_macros(begin: bytes) -> bool:
    """Whether a part of a workbook begins that holds macros. [MS-XLS 2.4.21]"""
    return len(begin) > 3 and bool(struct.unpack_from("<H", begin, 2)[0] == 0x0040)


def _asks_a_program(book: bytes) -> bool:
    """Whether a record names another program instead of a workbook: its name and a topic, with the
    sign of DDE between. [MS-XLS 2.4.271]"""
    length = struct.unpack_from("<H", book, 2)[0] if len(book) > 4 else 0
    if book[:2] != b"\x00\x00" or not 1 <= length <= 0xFF:
        return False
    wide = book[4] & 1
    path = book[5 : 5 + length * (2 if wide else 1)].decode(
        "utf-16-le" if wide else "latin-1", "replace"
    )
    return "\x03" in path


_PASSWORD_RECORD = 0x002F
_ACTIVE_RECORDS: dict[int, tuple[str, Callable[[bytes], bool]]] = {
    0x0085: ("macros", _is_macro_sheet),
    0x00D3: ("macros", _always),
    0x00DC: ("connection", _always),
    0x0876: ("connection", _always),
    0x01AE: ("dde", _asks_a_program),
    0x0809: ("macros", _begins_macros),
}
"""Records of a workbook -> what they bring, and whether one really does. [MS-XLS 2.3]"""
_HOLDS_OBJECTS = {0x0FCC: "embedded", 0x0FCE: "linked", 0x0FEE: "activex", 0x1011: "embedded"}
"""Records of a presentation -> what they bring. [MS-PPT 2.13.24]"""
_MACRO_RECORD = 0x0400


def _powerpoint(container: olefile.OleFileIO, names: dict[str, str], main: bytes) -> None:
    """A presentation: its records, those within others too."""
    place = 0
    while place + 8 <= len(main):
        version, kind_, length = struct.unpack_from("<HHI", main, place)
        if kind_ in _HOLDS_OBJECTS:
            raise active(_HOLDS_OBJECTS[kind_])
        if kind_ == _MACRO_RECORD and struct.unpack_from("<I", main, place + 12)[0]:
            raise active("macros")
        place += 8 if version & 0xF == 0xF else 8 + length
    user = names.get("current user")
    if user is not None and container.openstream(user).read(16)[12:16] == b"\xdf\xc4\xd1\xf3":
        raise NotAllowed("file_locked")


_LOOKERS = {"doc": _word, "xls": _excel, "ppt": _powerpoint}
