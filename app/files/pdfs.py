"""PDF: whether something in it would run, start or bring along another file. Looked for in all
bytes and in every packed row of objects, however a reader would find its way there; names may be
written with escapes."""

from __future__ import annotations

import io
import re
import zlib
from collections.abc import Iterator, Mapping
from typing import Any

from pypdf import PdfReader
from pypdf.errors import PyPdfError
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, StreamObject

from app.files import texts
from app.files.refusals import active, too_much
from app.files.xmls import is_xml, read
from app.rules.files import MOST_UNPACKED
from app.rules.refusal import NotAllowed

_HEAD = re.compile(rb"(?:\xef\xbb\xbf)?\s{0,64}%PDF-\d")
_PARTS = {
    b"JavaScript": "javascript",
    b"Launch": "launch",
    b"RichMedia": "media",
    b"Rendition": "media",
    b"XFA": "xfa",
    b"GoToE": "embedded",
    b"GoToR": "launch",
    b"ImportData": "launch",
    b"SubmitForm": "launch",
    b"JS": "javascript",
    b"RichMediaExecute": "media",
}
"""A name that stands for a part -> what it is."""
_BRINGS = (b"EmbeddedFile", b"EmbeddedFiles")
"""Names of what brings a file along: an electronic invoice brings its figures, as XML."""
_ENDS = rb"(?=[\s\x00()<>\[\]{}/%]|\Z)"


def _spelled(name: bytes) -> bytes:
    """A pattern for a name, each of its signs as itself or as an escape."""
    return b"".join(b"(?:%c|#%02x|#%02X)" % (sign, sign, sign) for sign in name)


_LONG_NAMES = [name for name in _PARTS if name != b"JS"]
_LONG = re.compile(rb"/(?:(" + rb")|(".join(map(_spelled, _LONG_NAMES)) + rb"))" + _ENDS)
_HOLDS = re.compile(rb"/" + _spelled(b"EF") + _ENDS)
_ALONG = re.compile(rb"/(?:" + rb"|".join(map(_spelled, (*_BRINGS, b"EF"))) + rb")" + _ENDS)
_JS = re.compile(rb"/" + _spelled(b"JS") + rb"\s*[(<\d]")
"""Two signs may stand in a picture by chance: looked for in unpacked objects only. An action of it
names itself too."""
_OBJECTS = re.compile(rb"/" + _spelled(b"ObjStm") + _ENDS)
_ENCRYPTED = re.compile(rb"/" + _spelled(b"Encrypt") + _ENDS)
_OPENS = re.compile(rb"/(?:" + _spelled(b"OpenAction") + rb"|" + _spelled(b"AA") + rb")" + _ENDS)
_TABLES = re.compile(
    rb"/(?:"
    + rb"|".join(map(_spelled, (b"XRef", b"ObjStm")))
    + rb")"
    + _ENDS
    + rb"|/"
    + _spelled(b"W")
    + rb"\s*\[\s*\d+\s+\d+\s+\d+\s*\]"
)
"""A table of objects that are packed, or a row of them: whatever it calls itself."""
_STREAM = re.compile(rb"stream[ \t]{0,8}(?:\r\n|\n|\r)")
_ROW = re.compile(rb"[\s\x00]*(?:%[^\r\n]*[\r\n]+[\s\x00]*)*[+]?\d")
_FILTER = re.compile(rb"/(?:Filter|F)\s*(\[[^\]]*\]|/[^\s/<>\[\]()]+|\d+\s+\d+\s+R)")
_NAMED = re.compile(rb"/[^\s/<>\[\]()]+|\d+\s+\d+\s+R")
_ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")
_FAR = 65536
"""How far the word that begins or ends an object may be from its type."""
_DEEP = 100
"""How far dictionaries within an object are followed."""
_HARMLESS = ("/GoTo", "/Named", "/Hide", "/SetOCGState", "/Trans", "/Thread")
_UNREADABLE = (
    PyPdfError,
    ValueError,
    KeyError,
    TypeError,
    AttributeError,
    IndexError,
    RecursionError,
    OverflowError,
    MemoryError,
    NotImplementedError,
    zlib.error,
    OSError,
    AssertionError,
)
_BEGINNING = 4096
_SHOWN = frozenset(
    ("html", "svg", "script", "hta", "xdp", "package", "scriptlet", "stylesheet", "transform")
)
"""Elements of XML that a program would show or run."""


def is_pdf(content: bytes) -> bool:
    """Whether a content begins like a PDF."""
    return _HEAD.match(content) is not None


def kind(content: bytes) -> str:
    """`pdf`. Raises NotAllowed for active parts, for one under a password, and where objects are
    hidden."""
    if texts.MARKUP.search(content[:_BEGINNING]):
        raise active("page")
    _names_in(content)
    _plainly_packed(content)
    read = _to_read(content) or _ENCRYPTED.search(content) is not None
    held = len(_HOLDS.findall(content))
    for objects in _rows(content):
        _objects(objects)
        read, held = read or _to_read(objects), held + len(_HOLDS.findall(objects))
    if read or _TABLES.search(content):
        _read(content, held, read)
    return "pdf"


def _to_read(content: bytes) -> bool:
    """Whether something happens when it is opened, or a file comes along: only the library can tell
    what."""
    return _OPENS.search(content) is not None or _ALONG.search(content) is not None


def _objects(content: bytes) -> None:
    """A row of unpacked objects."""
    _names_in(content)
    if _JS.search(content):
        raise active("javascript")


def _names_in(content: bytes) -> None:
    found = _LONG.search(content)
    if found is not None and found.lastindex is not None:
        raise active(_PARTS[_LONG_NAMES[found.lastindex - 1]])


def _rows(content: bytes) -> Iterator[bytes]:
    """What is packed in streams and begins with numbers, as a row of objects does, whatever is said
    of it."""
    left = MOST_UNPACKED
    for stream in _STREAM.finditer(content):
        if not _ROW.match(_unpacked(content, stream.end(), _BEGINNING)):
            continue
        whole = _unpacked(content, stream.end(), left + 1)
        left -= len(whole)
        if left < 0:
            raise too_much()
        yield whole


def _unpacked(content: bytes, place: int, most: int) -> bytes:
    """What comes out of a stream, no more than so many bytes, as far as it can be unpacked."""
    ready, out = zlib.decompressobj(), bytearray()
    while place < len(content) and len(out) < most and not ready.eof:
        piece = content[place : place + _BEGINNING]
        place += len(piece)
        try:
            while piece and len(out) < most:
                out += ready.decompress(piece, most - len(out))
                piece = ready.unconsumed_tail
        except zlib.error:
            break
    return bytes(out)


def _plainly_packed(content: bytes) -> None:
    """Rows of objects are packed in the one way that is looked into. Raises NotAllowed
    (file_active) for others."""
    for name in _OBJECTS.finditer(content):
        start = content.rfind(b"obj", max(0, name.start() - _FAR), name.start())
        end = content.find(b"stream", name.end(), name.end() + _FAR)
        if start < 0 or end < 0:
            raise active("hidden")
        head = _ESCAPE.sub(lambda sign: bytes([int(sign[1], 16)]), content[start:end])
        named = [filter_ for way in _FILTER.findall(head) for filter_ in _NAMED.findall(way)]
        if b"/Predictor" in head or named not in ([], [b"/FlateDecode"], [b"/Fl"]):
            raise active("hidden")


def _read(content: bytes, held: int, whole: bool) -> None:
    """Read by a library what only it can tell: what is packed or under a key; and of the `whole`
    document what happens by itself, and what comes along in as many places as `held`."""
    try:
        reader = PdfReader(io.BytesIO(content))
        if reader.is_encrypted and not reader.decrypt(""):
            raise NotAllowed("file_locked")
        for number in sorted({row for row, _ in reader.xref_objStm.values()}):
            _row_of(reader.get_object(IndirectObject(number, 0, reader)))
        if not whole:
            return
        if _brought(reader) < max(held, 1 if _ALONG.search(content) else 0):
            raise active("embedded")
    except _UNREADABLE:
        raise NotAllowed("file_locked" if _ENCRYPTED.search(content) else "file_broken") from None


def _row_of(packed: Any) -> None:
    """A row of objects, as the table of objects names it: packed in the one way that is looked
    into, whatever it calls itself."""
    if not isinstance(packed, StreamObject):
        raise active("hidden")
    filters = _plain(packed.get("/Filter"))
    one = filters if isinstance(filters, ArrayObject) else [filters]
    if [_plain(name) for name in one] not in ([None], [], ["/FlateDecode"], ["/Fl"]):
        raise active("hidden")
    if b"/Predictor" in repr(_plain(packed.get("/DecodeParms"))).encode():
        raise active("hidden")
    _objects(packed.get_data())


def _plain(held: Any) -> Any:
    return held.get_object() if held is not None else None


def _by_itself(held: Any, deep: int = 0) -> None:
    """Refuse an object in which something is done without a click that is more than going to a
    page."""
    if deep > _DEEP:
        raise active("hidden")
    if isinstance(held, ArrayObject):
        for part in held:
            _by_itself(part, deep + 1)
    if not isinstance(held, DictionaryObject):
        return
    for key, part in held.items():
        if key == "/OpenAction":
            _does([part])
        elif key == "/AA" and isinstance(_plain(part), DictionaryObject):
            _does(list(_plain(part).values()))
        # What stands elsewhere is an object of its own, and looked at there.
        if not isinstance(part, IndirectObject):
            _by_itself(part, deep + 1)


def _does(first: list[Any]) -> None:
    """Refuse actions, or those that follow them, that are more than going to a page."""
    wanted, looked_at = [_plain(action) for action in first], set()
    while wanted:
        action = wanted.pop()
        if not isinstance(action, DictionaryObject) or id(action) in looked_at:
            continue
        looked_at.add(id(action))
        if _plain(action.get("/S")) not in _HARMLESS:
            raise active("launch")
        after = _plain(action.get("/Next"))
        wanted += map(_plain, after if isinstance(after, ArrayObject) else [after])


def _brought(reader: PdfReader) -> int:
    """What comes along in a document: figures as XML and nothing else, in any of its objects, of
    which none does anything by itself. In how many places; where another program would find more,
    something is hidden from this one."""
    places = 0
    known = {number for rows in reader.xref.values() for number in rows} | set(reader.xref_objStm)
    for number in sorted(known):
        held = reader.get_object(IndirectObject(number, 0, reader))
        _by_itself(held)
        places += isinstance(held, DictionaryObject) and "/EF" in held
        for stream in _files_of(held):
            if not isinstance(stream, StreamObject) or not _is_figures(stream.get_data()):
                raise active("embedded")
    return places


def _files_of(held: Any) -> list[Any]:
    """The files that an object is or names."""
    files = []
    if isinstance(held, StreamObject) and held.get("/Type") == "/EmbeddedFile":
        files.append(held)
    if isinstance(held, DictionaryObject) and "/EF" in held:
        files += [file.get_object() for file in _dictionary(held["/EF"]).values()]
    return files


def _dictionary(held: Any) -> DictionaryObject:
    found = held.get_object()
    if not isinstance(found, DictionaryObject):
        raise active("embedded")
    return found


def _is_figures(content: bytes) -> bool:
    """Whether it is XML that shows nothing and starts nothing."""
    roots: list[str] = []

    def began(name: str, attributes: Mapping[str, str]) -> None:
        roots.append(name.lower())

    if not is_xml(content) or b"<?xml-stylesheet" in content:
        return False
    try:
        read(content, began)
    except NotAllowed:
        return False
    return _SHOWN.isdisjoint(roots)
