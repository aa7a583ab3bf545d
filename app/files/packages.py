"""Documents that are zips: those of Office and WPS, and OFD. What is in them is read as far as it
decides whether they may come in; nothing is unpacked to the disk."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator, Mapping

from app.files import compound, parts
from app.files.refusals import active, too_much, wrapped
from app.files.xmls import is_xml
from app.rules.files import MOST_UNPACKED
from app.rules.refusal import NotAllowed

_MAIN = (
    ("wordprocessingml.document.main+xml", "docx"),
    ("spreadsheetml.sheet.main+xml", "xlsx"),
    ("presentationml.presentation.main+xml", "pptx"),
    ("presentationml.slideshow.main+xml", "pptx"),
)
"""How the type of the main part ends -> what it is. Templates and what may hold macros are none of
them."""
_KNOWN_PARTS = {
    "word/document.xml": "docx",
    "xl/workbook.xml": "xlsx",
    "ppt/presentation.xml": "pptx",
}
TYPES = "[Content_Types].xml"
MOST_PARTS = 5000
_ENCRYPTED = 0x1
_UNREADABLE = (
    zipfile.BadZipFile,
    NotImplementedError,
    RuntimeError,
    EOFError,
    OSError,
    ValueError,
    zlib.error,
    MemoryError,
    OverflowError,
    KeyError,
    IndexError,
)
_PROGRAMS = (b"MZ", b"\x7fELF", b"L\x00\x00\x00\x01\x14\x02\x00", b"#!", b"\xca\xfe\xba\xbe")
_WANTED = (".xml", ".rels", ".vml")
_DOCUMENTS = (b"PK\x03\x04", compound.MAGIC)
"""How documents begin: a part is what it holds, however it is called."""
_AT_ONCE = 65536
Parts = Mapping[str, bytes]
"""name -> content of every part."""


def kind(content: bytes, depth: int = 0) -> str:
    """`docx`, `xlsx`, `pptx` or `ofd`. Raises NotAllowed for every other archive, and for active
    parts."""
    held = _unpacked(content)
    names = {name.casefold(): name for name in held}
    if len(names) != len(held):
        raise NotAllowed("file_broken")
    if "ofd.xml" in names:
        return _ofd(held)
    if held.get("mimetype", b"").startswith(b"application/"):  # OpenDocument and books
        raise NotAllowed("file_type")
    if TYPES not in held:
        raise wrapped("archive") if held else NotAllowed("file_broken")
    found = _office(held)
    parts.look(held, found)
    for name in _in_it(held):
        _embedded(held, name, depth)
    return found


def _unpacked(content: bytes) -> Parts:
    """All parts, counted as they really come out: the sizes that an archive tells of itself may
    lie."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            listed = packed.infolist()
            if any(one.flag_bits & _ENCRYPTED for one in listed):
                raise NotAllowed("file_locked")
            if len(listed) > MOST_PARTS or sum(one.file_size for one in listed) > MOST_UNPACKED:
                raise too_much()
            if len({one.filename for one in listed}) != len(listed):
                raise NotAllowed("file_broken")
            return dict(_read(packed, listed))
    except _UNREADABLE:
        raise NotAllowed("file_broken") from None


def _read(packed: zipfile.ZipFile, listed: list[zipfile.ZipInfo]) -> Iterator[tuple[str, bytes]]:
    """Each part; of pictures and fonts only how they begin, so that no large document stands in
    memory whole."""
    left = MOST_UNPACKED
    for one in (one for one in listed if not one.is_dir()):
        wanted = one.filename.casefold().endswith(_WANTED)
        pieces: list[bytes] = []
        with packed.open(one) as part:
            while piece := part.read(_AT_ONCE):
                left -= len(piece)
                if left < 0:
                    raise too_much()
                wanted = wanted or (not pieces and (is_xml(piece) or piece.startswith(_DOCUMENTS)))
                if wanted or not pieces:
                    pieces.append(piece)
        content = b"".join(pieces)
        if content.startswith(_PROGRAMS):
            raise active("program")
        yield one.filename, content if wanted else content[:16]


def _office(held: Parts) -> str:
    """What the table of types says the main part is; one document, and the one whose part is
    there."""
    types = {part.strip("/").casefold(): type_ for part, type_ in parts.types(held[TYPES])}
    if any("macroenabled" in type_.casefold() for type_ in types.values()):
        raise active("macros")
    there = {found for part, found in _KNOWN_PARTS.items() if part in held}
    told = [found for type_ in types.values() for ends, found in _MAIN if type_.endswith(ends)]
    if len(told) > 1 or len(there) > 1 or not (told or there) or not there <= set(told or there):
        raise NotAllowed("file_type")
    return told[0] if told else there.pop()


def _in_it(held: Parts) -> list[str]:
    """The documents that stand in a document."""
    return [
        name
        for name, content in held.items()
        if "/embeddings/" in f"/{name.casefold()}" or content.startswith(_DOCUMENTS)
    ]


def _embedded(held: Parts, name: str, depth: int) -> None:
    """A document in a document: a workbook behind a chart, itself looked into; nothing else."""
    if depth or not held[name].startswith(b"PK\x03\x04") or name not in parts.behind_charts(held):
        raise active("embedded")
    try:
        found = kind(held[name], depth + 1)
    except NotAllowed as no:
        raise no if no.msgid in ("file_active", "file_unpacked") else active("embedded") from None
    if found != "xlsx":
        raise active("embedded")


def _ofd(held: Parts) -> str:
    """`ofd`: a fixed page; every part is words of XML, a picture, a font or a seal, none a program
    or a script."""
    for name, content in held.items():
        if content.startswith(_DOCUMENTS):
            raise active("embedded")
        if name.casefold().endswith(".xml"):
            parts.plain(content)
        elif name.casefold().endswith(
            (".js", ".vbs", ".exe", ".dll", ".bat", ".cmd", ".hta", ".lnk", ".html", ".htm")
        ):
            raise active("script")
    return "ofd"
