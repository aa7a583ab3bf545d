"""Files as people send them, made here: good ones of every type that is taken, and bad ones."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

_TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Override PartName="/word/document.xml" ContentType="{kind}"/></Types>'
)
_PLAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_MACRO = "application/vnd.ms-word.document.macroEnabled.main+xml"


def zipped(parts: Mapping[str, bytes]) -> bytes:
    """A zip of these parts."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in parts.items():
            packed.writestr(name, content)
    return made.getvalue()


def office(main: str = "word/document.xml", kind: str = _PLAIN, **more: bytes) -> bytes:
    """A document of an office suite: its content types, its main part, and more parts."""
    parts = {"[Content_Types].xml": _TYPES.format(kind=kind).encode(), main: b"<w:document/>"}
    return zipped(parts | {name.replace("__", "/"): content for name, content in more.items()})


PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(64))
GOOD: dict[str, bytes] = {
    "pdf": PDF,
    "png": PNG,
    "jpg": b"\xff\xd8\xff\xe0" + bytes(32),
    "gif": b"GIF89a" + bytes(16),
    "docx": office(),
    "xlsx": office("xl/workbook.xml"),
    "mp3": b"ID3\x04\x00" + bytes(32),
    "mp3 without a tag": b"\xff\xfb\x90\x64" + bytes(413),
    "wav": b"RIFF\x24\x00\x00\x00WAVEfmt " + bytes(24),
    "amr": b"#!AMR\n" + bytes(32),
    "txt": "现场照片说明：已修复。\r\n".encode(),
    "txt of another encoding": "现场照片说明：已修复。".encode("gb18030"),
}
"""type -> a content of it."""
NOT_TAKEN: dict[str, bytes] = {
    "a program": b"\x7fELF" + bytes(64),
    "a Windows program": b"MZ\x90\x00" + bytes(64),
    "a page": b"<html><script>alert(1)</script></html>",
    "a picture that is a script": b"  <svg onload='alert(1)'/>",
    "a shell script": b"#!/bin/sh\nrm -rf /\n",
    "a plain zip": zipped({"a.txt": b"a"}),
    "an old Word file": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(64),
    "a torn document": office()[:40],
    "rich text": b"{\\rtf1 hello}",
    "two documents in one": zipped(
        {"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<a/>", "xl/workbook.xml": b"<a/>"}
    ),
    "text with a NUL": b"abc\x00def",
}
MACROS: dict[str, bytes] = {
    "a part with macros": office(word__vbaProject_bin=b"x").replace(b"vbaProject_bin", b"vbaProject.bin"),
    "a type with macros": office(kind=_MACRO),
    "an Excel 4 macro sheet": office("xl/workbook.xml", xl__macrosheets__sheet1=b"x"),
}
BOMB = zipped({"[Content_Types].xml": b"<Types/>", "word/document.xml": bytes(101 * 1024**2)})
"""Small as it is sent, more than 100 MB unpacked."""
