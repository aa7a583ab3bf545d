"""Documents as files hold them, made byte by byte: containers of before 2007, documents of Office,
PDFs."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping

SECTOR = 512
_END, _FREE, _FAT = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
_SMALL = 4096
"""Streams below this stand elsewhere in a container; these are all made longer."""
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
SLIDES = "application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml"
MAIN = {"word/document.xml": WORD, "xl/workbook.xml": SHEET, "ppt/presentation.xml": SLIDES}
_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def zipped(parts: Mapping[str, bytes]) -> bytes:
    """A zip of these parts."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in parts.items():
            packed.writestr(name, content)
    return made.getvalue()


def types(main: str, kind: str = "") -> bytes:
    """The table of types of a document whose main part this is."""
    head = '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    return (
        f'{head}<Override PartName="/{main}" ContentType="{kind or MAIN[main]}"/></Types>'.encode()
    )


def office(main: str = "word/document.xml", kind: str = "", body: str = "", **more: bytes) -> bytes:
    """A document of Office: its types, its main part with this body, and more parts (`__` stands
    for `/`, a double `_dot_` for a dot)."""
    own = f'<w:document xmlns:w="{_W}"><w:body>{body}</w:body></w:document>'.encode()
    parts = {"[Content_Types].xml": types(main, kind), main: own}
    return zipped(parts | {_spelled(name): content for name, content in more.items()})


def _spelled(name: str) -> str:
    return name.replace("__", "/").replace("_dot_", ".")


def relation(called: str, target: str, outside: bool = True) -> bytes:
    """A part of relations with one in it."""
    mode = ' TargetMode="External"' if outside else ""
    head = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    return f'{head}<Relationship Id="rId1" Type="{_REL}/{called}" Target="{target}"{mode}/></Relationships>'.encode()


def field(*pieces: str) -> str:
    """A field of Word whose instruction is split over runs."""
    runs = "".join(f"<w:r><w:instrText>{piece}</w:instrText></w:r>" for piece in pieces)
    signs = [
        f'<w:r><w:fldChar w:fldCharType="{sign}"/></w:r>' for sign in ("begin", "separate", "end")
    ]
    return f"<w:p>{signs[0]}{runs}{signs[1]}<w:r><w:t>x</w:t></w:r>{signs[2]}</w:p>"


def compound(streams: Mapping[str, bytes]) -> bytes:
    """A container of before 2007 [MS-CFB] with these streams; `a/b` stands in a storage `a`."""
    tree: dict[str, dict[str, bytes] | bytes] = {}
    for name, content in streams.items():
        folder, _, last = name.rpartition("/")
        if folder:
            inner = tree.setdefault(folder, {})
            assert isinstance(inner, dict)
            inner[last] = content
        else:
            tree[last] = content
    sectors: list[bytes] = []
    chains: list[int] = []

    def stored(content: bytes) -> tuple[int, int]:
        whole = content.ljust(_SMALL, b"\x00")
        first, count = len(sectors), -(-len(whole) // SECTOR)
        sectors.extend(
            whole[n * SECTOR : (n + 1) * SECTOR].ljust(SECTOR, b"\x00") for n in range(count)
        )
        chains.extend([*range(first + 1, first + count), _END])
        return first, len(whole)

    entries = [_entry("Root Entry", 5, child=1 if tree else _FREE, start=_END)]
    _level(tree, entries, stored)
    listed = b"".join(entries)
    listed = listed.ljust(-(-len(listed) // SECTOR) * SECTOR, b"\x00")
    directory, count = len(sectors), len(listed) // SECTOR
    sectors.extend(listed[n * SECTOR : (n + 1) * SECTOR] for n in range(count))
    chains.extend([*range(directory + 1, directory + count), _END])
    tables = -(-(len(chains) + 1) // (SECTOR // 4 - 1))
    places = range(len(sectors), len(sectors) + tables)
    table = struct.pack(f"<{len(chains) + tables}I", *chains, *[_FAT] * tables)
    table = table.ljust(tables * SECTOR, b"\xff")
    head = (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
        + bytes(16)
        + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6)
        + bytes(6)
    )
    head += struct.pack("<IIIIIIIII", 0, tables, directory, 0, _SMALL, _END, 0, _END, 0)
    head += struct.pack("<109I", *places, *[_FREE] * (109 - tables))
    return head + b"".join(sectors) + table


def _level(
    tree: Mapping[str, Mapping[str, bytes] | bytes], entries: list[bytes], stored: object
) -> None:
    """The entries of one folder, each the right-hand neighbour of the one before."""
    names, first = list(tree), len(entries)
    entries.extend(b"" for _ in names)
    for n, name in enumerate(names):
        right = first + n + 1 if n + 1 < len(names) else _FREE
        inner = tree[name]
        if isinstance(inner, bytes):
            start, size = stored(inner)  # type: ignore[operator]
            entries[first + n] = _entry(name, 2, right=right, start=start, size=size)
        else:
            child = len(entries)
            _level(inner, entries, stored)
            entries[first + n] = _entry(name, 1, right=right, child=child)


def _entry(
    name: str, kind: int, right: int = _FREE, child: int = _FREE, start: int = 0, size: int = 0
) -> bytes:
    spelled = name.encode("utf-16-le") + b"\x00\x00"
    head = spelled.ljust(64, b"\x00") + struct.pack(
        "<HBBIII", len(spelled), kind, 1, _FREE, right, child
    )
    return head + bytes(36) + struct.pack("<IQ", start, size)


def word(text: bytes = b"", flags: int = 0, template: str = "") -> dict[str, bytes]:
    """The streams of a Word document of before 2007."""
    table = b""
    if template:
        table = b"\xff\xff" + struct.pack("<HH", 2, 0) + b"\x00\x00"
        table += struct.pack("<H", len(template)) + template.encode("utf-16-le")
    main = bytearray(
        struct.pack("<HHHHHH", 0xA5EC, 0x00C1, 0, 0, 0, flags | 0x0200).ljust(0x400, b"\x00") + text
    )
    struct.pack_into("<II", main, 0x19A, 0, len(table))
    return {"WordDocument": bytes(main), "1Table": table}


def workbook(*records: tuple[int, bytes]) -> dict[str, bytes]:
    """The streams of a workbook of before 2007 with these records."""
    all_ = [(0x0809, struct.pack("<HHHH", 0x0600, 0x0005, 0, 0)), *records, (0x000A, b"")]
    return {
        "Workbook": b"".join(
            struct.pack("<HH", kind, len(content)) + content for kind, content in all_
        )
    }


def slides(*records: tuple[int, bytes]) -> dict[str, bytes]:
    """The streams of a presentation of before 2007 with these records in its document."""
    inner = b"".join(
        struct.pack("<HHI", 0, kind, len(content)) + content for kind, content in records
    )
    return {"PowerPoint Document": struct.pack("<HHI", 0xF, 0x03E8, len(inner)) + inner}


def pdf(*objects: bytes, root: bytes = b"", trailer: bytes = b"") -> bytes:
    """A PDF of one empty page with more objects, from number 4 on."""
    all_ = [
        b"<</Type/Catalog/Pages 2 0 R" + root + b">>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>",
        *objects,
    ]
    made, places = b"%PDF-1.5\n", []
    for n, one in enumerate(all_):
        places.append(len(made))
        made += b"%d 0 obj" % (n + 1) + one + b"endobj\n"
    start = len(made)
    rows = b"".join(b"%010d 00000 n \n" % place for place in places)
    made += b"xref\n0 %d\n0000000000 65535 f \n" % (len(all_) + 1) + rows
    return made + b"trailer<</Size %d/Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF\n" % (
        len(all_) + 1,
        trailer,
        start,
    )


def tabled(row: bytes, table: bytes = b"/Type/XRef") -> bytes:
    """A PDF whose table of objects is packed, and says that object 5 stands in the row of objects
    number 4."""
    made, places = b"%PDF-1.5\n", []
    for n, one in enumerate(
        [
            b"<</Type/Catalog/Pages 2 0 R/OpenAction 5 0 R>>",
            b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>",
            row,
        ]
    ):
        places.append(len(made))
        made += b"%d 0 obj" % (n + 1) + one + b"endobj\n"
    start = len(made)
    lines = [(0, 0, 65535), *((1, place, 0) for place in places), (2, 4, 0), (1, start, 0)]
    data = zlib.compress(b"".join(struct.pack(">BHH", *line) for line in lines))
    head = b"<<%s/Size 7/W[1 2 2]/Root 1 0 R/Filter/FlateDecode/Length %d>>" % (table, len(data))
    made += b"6 0 obj" + head + b"stream\n" + data + b"\nendstream endobj\n"
    return made + b"startxref\n%d\n%%%%EOF\n" % start


def packed(
    inner: bytes,
    filters: bytes = b"/FlateDecode",
    more: bytes = b"",
    coded: bytes | None = None,
    number: int = 9,
    type_: bytes = b"/Type/ObjStm",
) -> bytes:
    """An object that holds packed objects."""
    data = zlib.compress(b"%d 0 " % number + inner) if coded is None else coded
    head = b"<<" + type_ + b"/N 1/First 4/Filter%s%s/Length %d>>" % (filters, more, len(data))
    return head + b"stream\n" + data + b"\nendstream\n"
