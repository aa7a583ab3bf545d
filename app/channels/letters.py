"""A mail that is read: who wrote, what about, the words, the files. Whatever a mail is, something of
it can be read: one that breaks the parser has its headers, and says so."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import Message
from html.parser import HTMLParser
from typing import Any

from app.channels.charsets import header_words, words_of
from app.channels.headers import (
    automatic,
    first,
    headers_of,
    ids_in,
    key_of,
    sender_of,
    sent_at,
)

MOST_WORDS = 200_000
"""So many signs of a mail's text are shown; the rest stands in the mail as it came."""
MOST_FILES, MOST_PARTS = 50, 1000
EARLY, LATE = timedelta(days=7), timedelta(hours=1)
"""How far the date that a mail names may lie before and after the moment at which it came into the
mailbox: beyond that its sender's clock is wrong, or he says what is not so."""
_BREAKS = ("br", "p", "div", "tr", "li", "h1", "h2", "h3", "h4", "blockquote", "table")
_UNSEEN = ("script", "style", "head", "title")
_BLANK = re.compile(r"[ \t\u3000]+\n")
_MANY = re.compile(r"\n{3,}")


@dataclass(frozen=True)
class Letter:
    """A mail that was read. `notes` are words of ours for what could not be had: headers_only,
    too_large, text_cut, charset_unknown, files_left_out."""

    key: str
    address: str = field(repr=False)
    name: str = field(repr=False)
    subject: str = field(repr=False)
    words: str = field(repr=False)
    at: datetime
    id: str
    refers_to: Sequence[str]
    automatic: str
    files: Sequence[tuple[str, bytes]] = field(default=(), repr=False)
    notes: Sequence[str] = ()


@dataclass
class _Read:
    """What was found in the parts of a mail so far."""

    plain: list[str] = field(default_factory=list)
    marked: list[str] = field(default_factory=list)
    files: list[tuple[str, bytes]] = field(default_factory=list)
    notes: dict[str, None] = field(default_factory=dict)


def read(raw: bytes, came: datetime, whole: bool = True) -> Letter:
    """A mail as it lies in its mailbox, where it came at a moment; `whole`: all of it is here.
    Raises nothing that a mail could bring about."""
    headers = headers_of(raw)
    address, name = sender_of(headers)
    found = _Read()
    try:
        for part in _leaves(message_from_bytes(raw, policy=policy.compat32)):
            _take(found, part, whole)
    except (RecursionError, UnicodeError, LookupError, ValueError):
        # A mail of thousands of parts in one another ended a whole round of reading.
        found = _Read(notes={"headers_only": None})
    if not whole:
        found.notes["too_large"] = None
    words = "\n\n".join(filter(None, found.plain)) or "\n\n".join(filter(None, found.marked))
    if len(words) > MOST_WORDS:
        words, found.notes["text_cut"] = words[:MOST_WORDS], None
    ids = ids_in(headers, "message-id")
    return Letter(
        key_of(raw),
        address,
        name,
        header_words(first(headers, "subject")),
        words,
        _when(sent_at(headers), came),
        ids[0] if ids else "",
        ids_in(headers, "in-reply-to", "references"),
        automatic(headers),
        found.files,
        tuple(found.notes),
    )


def _when(said: datetime | None, came: datetime) -> datetime:
    """When a mail was written, where that can be; else when it came into the mailbox."""
    return said if said is not None and came - EARLY <= said <= came + LATE else came


def _leaves(mail: Message) -> Iterator[Message]:
    """The parts of a mail that hold something, in their order; found without one call inside
    another, and so many at most."""
    waiting: list[Any] = [mail]
    for _ in range(MOST_PARTS):
        if not waiting:
            return
        part = waiting.pop()
        inner = part.get_payload() if part.is_multipart() else None
        if isinstance(inner, list):
            waiting.extend(reversed(inner))
        else:
            yield part
    raise ValueError("too many parts")


def _take(found: _Read, part: Message, whole: bool) -> None:
    """Take a part in: as words, or as a file."""
    _plainly(part)
    kind, name = part.get_content_type(), _name(part)
    said = str(part.get("content-disposition") or "").lower()
    if name or said.startswith("attachment") or not kind.startswith("text/"):
        _take_file(found, part, name or _unnamed(kind), whole)
        return
    content = part.get_payload(decode=True)
    told, certain = words_of(content if isinstance(content, bytes) else b"", _charset(part))
    if not certain:
        found.notes["charset_unknown"] = None
    if kind == "text/html":
        found.marked.append(tidied(plain_of(told)))
    else:
        found.plain.append(tidied(told))


def _plainly(part: Message) -> None:
    """Let what a part says of itself be words: some write names as they come from the keyboard,
    and the parser would take each byte of them for an unknown sign."""
    for name, value in [*part.raw_items()]:
        said = str(value)
        if name.lower() in ("content-type", "content-disposition") and not said.isascii():
            part.replace_header(name, words_of(said.encode("utf-8", "surrogateescape"))[0])


def _take_file(found: _Read, part: Message, name: str, whole: bool) -> None:
    content = part.get_payload(decode=True)
    if not whole or len(found.files) >= MOST_FILES or not isinstance(content, bytes):
        found.notes["files_left_out"] = None
    elif content:
        found.files.append((name, content))


def _charset(part: Message) -> str:
    told = part.get_param("charset", "")
    return str(told[2] if isinstance(told, tuple) else told)


def _name(part: Message) -> str:
    """The name of a file, however it was written; empty where it has none."""
    for header, named in (("content-disposition", "filename"), ("content-type", "name")):
        told: Any = part.get_param(named, None, header)
        if isinstance(told, tuple):
            charset, _, words = told
            return words_of(words.encode("latin-1", "replace"), charset or "")[0]
        if told:
            return header_words(str(told).encode("utf-8", "surrogateescape"))
    return ""


def _unnamed(kind: str) -> str:
    return f"part.{kind.rpartition('/')[2]}"


class _Plain(HTMLParser):
    """The words of a page, a line for each block, without what is not seen."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.told: list[str] = []
        self.hidden = 0

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.hidden += tag in _UNSEEN
        if tag in _BREAKS:
            self.told.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self.hidden = max(0, self.hidden - (tag in _UNSEEN))

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.told.append(data)


def plain_of(page: str) -> str:
    """The words of a page of HTML. One that hides all it says is read with its marks."""
    parser = _Plain()
    parser.feed(page)
    parser.close()
    told = "".join(parser.told)
    return told if told.strip() else page


def tidied(words: str) -> str:
    """Words with one kind of line end, without blanks before it and without runs of empty lines."""
    lines = words.replace("\r\n", "\n").replace("\r", "\n")
    return _MANY.sub("\n\n", _BLANK.sub("\n", lines)).strip("\n")
