"""XML as it stands in documents: read element by element, without entities, no deeper than a
document is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from xml.sax import SAXException
from xml.sax.handler import ContentHandler
from xml.sax.xmlreader import AttributesImpl

from defusedxml.common import DefusedXmlException
from defusedxml.sax import parseString

from app.files.refusals import active, too_much
from app.rules.refusal import NotAllowed

DEEPEST = 400
"""How deep elements may stand in each other."""
MOST_READ = 32 * 1024 * 1024
"""How many bytes of one part are read."""
Attributes = Mapping[str, str]
Began = Callable[[str, Attributes], None]
Said = Callable[[str, str], None]


class _Reader(ContentHandler):
    """Hands on each element by its name without a prefix, and the words in some."""

    def __init__(self, began: Began, said: Said | None, of: tuple[str, ...]) -> None:
        super().__init__()
        self._began, self._said, self._of = began, said, of
        self._above: list[str] = []
        self._words: list[str] = []

    def startElement(self, name: str, attrs: AttributesImpl) -> None:
        local = local_name(name)
        self._above.append(local)
        if len(self._above) > DEEPEST:
            raise NotAllowed("file_broken")
        self._words = []
        self._began(local, {local_name(key): value for key, value in attrs.items()})

    def characters(self, content: str) -> None:
        if self._said is not None and self._above[-1] in self._of:
            self._words.append(content)

    def endElement(self, name: str) -> None:
        local = self._above.pop()
        if self._said is not None and local in self._of:
            self._said(local, "".join(self._words))
        self._words = []


_BEGINS = (b"<", b"\xef\xbb\xbf<", b"\xff\xfe<", b"\xfe\xff\x00<")


def is_xml(content: bytes) -> bool:
    """Whether a part begins like XML, however it is called."""
    return content[:256].lstrip().startswith(_BEGINS)


def local_name(name: str) -> str:
    """A name without its prefix."""
    return name.rpartition(":")[2]


def read(content: bytes, began: Began, said: Said | None = None, of: tuple[str, ...] = ()) -> None:
    """Read a part: `began` gets each element with its attributes, `said` the words in the elements
    `of`. Raises NotAllowed for what cannot be read, declares a type or entities, stands too deep or
    is too long."""
    if len(content) > MOST_READ:
        raise too_much()
    try:
        parseString(content, _Reader(began, said, of), forbid_dtd=True)
    except DefusedXmlException:
        raise active("entities") from None
    except (SAXException, ValueError, LookupError, RecursionError, MemoryError):
        raise NotAllowed("file_broken") from None


def plain(content: bytes) -> None:
    """Raises NotAllowed for XML that cannot be read, or that declares entities."""
    read(content, lambda local, attributes: None)
