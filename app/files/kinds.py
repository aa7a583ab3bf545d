"""The kind of a content, whatever it is called: the one place that asks each of the lookers in turn."""

from __future__ import annotations

from app.files import compound, packages, pdfs, pictures, sounds, texts
from app.files.refusals import active, wrapped
from app.rules.refusal import NotAllowed

_HOLDERS: tuple[tuple[int, bytes, str], ...] = (
    (0, b"Rar!\x1a\x07", "archive"),
    (0, b"7z\xbc\xaf\x27\x1c", "archive"),
    (0, b"\x1f\x8b", "archive"),
    (0, b"BZh", "archive"),
    (0, b"\xfd7zXZ\x00", "archive"),
    (257, b"ustar", "archive"),
    (0, b"MSCF", "archive"),
    (0, b"PK\x05\x06", "archive"),
    (0, b"PK\x07\x08", "archive"),
    (0, b"CD001", "archive"),
)
_PROGRAMS = (
    b"MZ",
    b"\x7fELF",
    b"L\x00\x00\x00\x01\x14\x02\x00",
    b"\xca\xfe\xba\xbe",
    b"\xfe\xed\xfa\xce",
    b"\xfe\xed\xfa\xcf",
    b"\xce\xfa\xed\xfe",
    b"\xcf\xfa\xed\xfe",
    b"dex\n",
    b"\x00asm",
    b"ITSF",
    b"FWS",
    b"CWS",
    b"ZWS",
    b"!<arch>",
)
"""How programs, links to programs and what runs in a player begin."""


def kind_of(content: bytes, name: str = "") -> str:
    """The ending under which a content is kept, from the list of what is taken. Its name decides
    only between kinds of one content: a table or another text, a sound or a film in the same
    container.

    Raises NotAllowed: file_type, file_active (naming the part), file_wrapped, file_locked,
    file_broken, file_unpacked."""
    hint = name.rpartition(".")[2].casefold().strip()
    if content.startswith(b"PK\x03\x04"):
        return packages.kind(content)
    if content.startswith(compound.MAGIC):
        return compound.kind(content)
    if pdfs.is_pdf(content):
        return pdfs.kind(content)
    found = pictures.kind(content) or sounds.kind(content, hint)
    if found is not None:
        _no_page_in(content)
        return found
    found = texts.kind(content, hint)
    if found is not None:
        return found
    raise _other(content)


def _no_page_in(content: bytes) -> None:
    """A picture or a recording that is a page or a script as well, to who reads it so."""
    if texts.MARKUP.search(content):
        raise active("page")


def _other(content: bytes) -> NotAllowed:
    """The refusal of what is none of all this."""
    if content.startswith(_PROGRAMS):
        return active("program")
    held = [what for place, sign, what in _HOLDERS if content[place : place + len(sign)] == sign]
    return wrapped(held[0]) if held else NotAllowed("file_type")
