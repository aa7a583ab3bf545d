"""The parts of a document of Office: links, fields, macros, controls - known by the names of its
XML, whichever edition of the standard wrote them."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from urllib.parse import unquote

from app.files.fields import WORDS, Fields
from app.files.refusals import active
from app.files.xmls import Attributes, is_xml, plain, read

_BY_NAME = (
    ("vbaproject", "macros"),
    ("vbadata", "macros"),
    ("macrosheets/", "macros"),
    ("dialogsheets/", "macros"),
    ("activex/", "activex"),
    ("oleobject", "embedded"),
    ("afchunk", "embedded"),
    ("webextensions/", "webextension"),
    ("xl/connections.xml", "connection"),
    ("querytables/", "connection"),
)
"""What a part's name holds -> what it is."""
_BY_RELATION = {
    "attachedtemplate": "template",
    "oleobject": "embedded",
    "package": "embedded",
    "control": "activex",
    "activexcontrolbinary": "activex",
    "vbaproject": "macros",
    "wordvbadata": "macros",
    "xlmacrosheet": "macros",
    "xlintlmacrosheet": "macros",
    "frame": "frame",
    "subdocument": "frame",
    "afchunk": "embedded",
    "connections": "connection",
    "querytable": "connection",
    "webextension": "webextension",
    "webextensiontaskpanes": "webextension",
    "mailmergesource": "connection",
    "mailmergeheadersource": "connection",
}
"""What a relation is called -> the part that it brings; a package behind a chart is looked at by
itself."""
_OUTSIDE = (
    "hyperlink",
    "image",
    "video",
    "audio",
    "media",
    "externallinkpath",
    "xlpathmissing",
    "xlstartup",
)
"""Relations that may lead outside: a person follows them, or sees where they lead."""
_SHOWN = ("image", "video", "audio", "media")
"""Those that are fetched to be shown, with nobody following them."""
_SCHEMES = ("http", "https", "mailto", "tel", "ftp", "file", "sms", "callto")
_SCHEME = re.compile(r"\s*([A-Za-z][A-Za-z0-9+.-]{1,30}):")
_SHARE = re.compile(r"(?:file:)?//(?:/?//)?[^/]")
_LINKS = {"ddelink": "dde", "olelink": "embedded"}
_ELSEWHERE = re.compile(rb"(?:d\x00?d\x00?e|o\x00?l\x00?e)\x00?L\x00?i\x00?n\x00?k")
"""What a part of a workbook holds that is read element by element; its cells are not."""
_DOCTYPE = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_PROGRAM = ("ppaction://program", "ppaction://macro", "ppaction://ole")
Relation = tuple[str, str, bool]
"""What a relation is called, where it leads, and whether that is outside the document."""


def types(content: bytes) -> list[tuple[str, str]]:
    """(part, type) of each part that a table of types names."""
    found: list[tuple[str, str]] = []

    def began(local: str, attributes: Attributes) -> None:
        if local in ("Override", "Default"):
            found.append((attributes.get("PartName", ""), attributes.get("ContentType", "")))

    read(content, began)
    return found


def relations(content: bytes) -> list[Relation]:
    """The relations that a part of such holds."""
    found: list[Relation] = []

    def began(local: str, attributes: Attributes) -> None:
        if local == "Relationship":
            called = attributes.get("Type", "").rstrip("/").rpartition("/")[2].casefold()
            outside = attributes.get("TargetMode", "").casefold() == "external"
            found.append((called, attributes.get("Target", ""), outside))

    read(content, began)
    return found


def look(held: Mapping[str, bytes], kind: str) -> None:
    """Look into all parts of a document. Raises NotAllowed (file_active), naming the first active
    part."""
    for name, content in held.items():
        low = name.casefold()
        for word in (word for sign, word in _BY_NAME if sign in low):
            raise active(word)
        if low.endswith(".rels"):
            for relation in relations(content):
                _leads(relation, "/charts/" in low)
        elif low.endswith((".xml", ".vml")) or is_xml(content):
            _part(content, kind)


def behind_charts(held: Mapping[str, bytes]) -> set[str]:
    """The parts that charts, and nothing else, name as their workbooks."""
    behind: dict[str, set[bool]] = {}
    for name, content in held.items():
        folder = posixpath.dirname(posixpath.dirname(name))
        for called, target, _ in relations(content) if name.casefold().endswith(".rels") else ():
            where = posixpath.normpath(posixpath.join("/", folder, unquote(target))).lstrip("/")
            behind.setdefault(where, set()).add(
                "/charts/" in name.casefold() and called == "package"
            )
    return {where for where, ways in behind.items() if ways == {True}}


def _leads(relation: Relation, of_a_chart: bool) -> None:
    """Where a relation leads: links are fine, but for addresses that start something."""
    called, target, outside = relation
    behind_a_chart = called == "package" and of_a_chart and not outside
    if called in _BY_RELATION and not behind_a_chart:
        linked = outside and called in ("oleobject", "package")
        raise active("linked" if linked else _BY_RELATION[called])
    if outside:
        _leads_outside(called, target)


def _leads_outside(called: str, target: str) -> None:
    """A relation to what is no part of the document: a person follows it, and by an address that
    starts nothing."""
    if called not in _OUTSIDE and "linkpath" not in called:
        raise active("outside")
    scheme = _SCHEME.match(target)
    if scheme is not None and scheme[1].casefold() not in _SCHEMES:
        raise active("link")
    share = _SHARE.match(target.strip().replace("\\", "/").casefold())
    if share and called in _SHOWN:
        raise active("outside")


def _part(content: bytes, kind: str) -> None:
    """One part of XML: fields, links to other programs, buttons that start one."""
    if kind == "xlsx" and not _ELSEWHERE.search(content):
        if _DOCTYPE.search(content.replace(b"\x00", b"")):
            raise active("entities")
        return
    fields = Fields()

    def began(local: str, attributes: Attributes) -> None:
        if local.casefold() in _LINKS:
            raise active(_LINKS[local.casefold()])
        if any(value.casefold().lstrip().startswith(_PROGRAM) for value in attributes.values()):
            raise active("program_button")
        if kind == "docx":
            fields.began(local, attributes)

    read(content, began, fields.said if kind == "docx" else None, WORDS)
    fields.over()


__all__ = ["behind_charts", "look", "plain", "relations", "types"]
