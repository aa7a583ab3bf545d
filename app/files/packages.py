"""Documents that are zips: those of Office and WPS, and OFD. What is in them is read as far as it
decides whether they may come in; nothing is unpacked to the disk."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Collection, Iterator, Mapping, Sequence

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
            if any(part.flag_bits & _ENCRYPTED for part in listed):
                raise NotAllowed("file_locked")
            if len(listed) > MOST_PARTS or sum(part.file_size for part in listed) > MOST_UNPACKED:
                raise too_much()
            if len({part.filename for part in listed}) != len(listed):
                raise NotAllowed("file_broken")
            return dict(_read(packed, listed))
    except _UNREADABLE:
        raise NotAllowed("file_broken") from None


def _read(packed: zipfile.ZipFile, listed: list[zipfile.ZipInfo]) -> Iterator[tuple[str, bytes]]:
    """Each part; of pictures and fonts only how they begin, so that no large document stands in
    memory whole."""
    left = MOST_UNPACKED
    for part in (part for part in listed if not part.is_dir()):
        size, content = _part(packed, part, left)
        left -= size
        yield part.filename, content


def _part(packed: zipfile.ZipFile, part: zipfile.ZipInfo, most: int) -> tuple[int, bytes]:
    """How much comes out of a part, and what of it is kept. Raises NotAllowed beyond `most`, and
    for a program."""
    size = 0
    pieces: list[bytes] = []
    wanted = part.filename.casefold().endswith(_WANTED)
    with packed.open(part) as opened:
        while piece := opened.read(_AT_ONCE):
            size += len(piece)
            if size > most:
                raise too_much()
            wanted = wanted or (not pieces and _is_document(piece))
            if wanted or not pieces:
                pieces.append(piece)
    content = b"".join(pieces)
    if content.startswith(_PROGRAMS):
        raise active("program")
    return size, content if wanted else content[:16]


def _is_document(begins: bytes) -> bool:
    """Whether a part is looked into, however it is called."""
    return is_xml(begins) or begins.startswith(_DOCUMENTS)


def _office(held: Parts) -> str:
    """The kind of the main part by the table of types; one document, and the one whose part is
    there."""
    types = {part.strip("/").casefold(): type_ for part, type_ in parts.types(held[TYPES])}
    said = _main_parts(types.values())
    there = {kind_ for part, kind_ in _KNOWN_PARTS.items() if part in held}
    if not _are_one(said, there):
        raise NotAllowed("file_type")
    return said[0] if said else there.pop()


def _main_parts(types: Collection[str]) -> list[str]:
    """The kinds of the main parts; none may hold macros."""
    if any("macroenabled" in type_.casefold() for type_ in types):
        raise active("macros")
    return [kind_ for type_ in types for ends, kind_ in _MAIN if type_.endswith(ends)]


def _are_one(said: Sequence[str], there: Collection[str]) -> bool:
    """Whether types and main parts tell of one and the same document."""
    kinds = {*said, *there}
    return len(said) < 2 and len(kinds) == 1


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
