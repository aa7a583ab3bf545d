"""The headers of a mail, found in its bytes: without a parser that a mail could break, so that each mail
has a key and a sender before anything looks into it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from email.utils import parseaddr, parsedate_to_datetime

from app.channels.charsets import header_words

Headers = Mapping[str, Sequence[bytes]]
"""name in small letters -> its values, unfolded, in their order."""
MOST_LINES, MOST_VALUE = 20_000, 64 * 1024
_END = re.compile(rb"\r?\n\r?\n")
_NAMED = re.compile(rb"([!-9;-~]{1,100})[ \t]*:[ \t]*(.*)", re.DOTALL)
_ID = re.compile(r"<([^<>\s]{1,500})>")
_ADDRESS = re.compile(r"[^\s@<>\"(),;:\\]{1,64}@[^\s@<>\"(),;:\\]{1,255}")
_BULK = ("bulk", "list", "junk", "auto_reply")
_OF_LISTS = ("list-id", "list-unsubscribe", "list-post", "mailing-list")
_OF_AUTOMATS = ("x-autoreply", "x-autorespond", "x-auto-response-suppress", "x-loop")
_POSTMASTERS = ("mailer-daemon", "postmaster")


def parts_of(raw: bytes) -> tuple[bytes, bytes]:
    """The headers of a mail and its body, as bytes."""
    found = _END.search(raw)
    return (raw, b"") if found is None else (raw[: found.start()], raw[found.end() :])


def headers_of(raw: bytes) -> Headers:
    """The headers of a mail; what is no header in them is passed over."""
    block, _ = parts_of(raw)
    found: dict[str, list[bytes]] = {}
    last: list[bytes] | None = None
    for line in block.splitlines()[:MOST_LINES]:
        if line[:1] in (b" ", b"\t"):
            if last is not None and len(last[-1]) < MOST_VALUE:
                last[-1] += b" " + line.strip()
            continue
        named = _NAMED.match(line)
        if named is None:
            last = None
            continue
        last = found.setdefault(named.group(1).decode().lower(), [])
        last.append(named.group(2).strip())
    return found


def first(headers: Headers, name: str) -> bytes:
    """The first value of a header; empty where it is not there."""
    return next(iter(headers.get(name, ())), b"")


def key_of(raw: bytes) -> str:
    """What a mail is known by, wherever it lies and however often: the SHA-256 of From, Date,
    Message-ID and body. [reach, In]"""
    headers, (_, body) = headers_of(raw), parts_of(raw)
    digest = hashlib.sha256()
    for name in ("from", "date", "message-id"):
        digest.update(first(headers, name) + b"\0")
    digest.update(body.replace(b"\r\n", b"\n"))
    return digest.hexdigest()


def sender_of(headers: Headers) -> tuple[str, str]:
    """The address that a mail names as its sender, in small letters, and the name beside it; empty
    where it names none."""
    told = header_words(first(headers, "from"))
    name, address = parseaddr(told)
    if not _ADDRESS.fullmatch(address):
        found = _ADDRESS.search(told)
        address = found.group() if found else ""
    return address.lower(), name.strip()


def sent_at(headers: Headers) -> datetime | None:
    """When a mail says that it was written; None where it does not, or nothing that could be."""
    try:
        at = parsedate_to_datetime(header_words(first(headers, "date")))
        at = at if at.tzinfo else at.replace(tzinfo=UTC)
        return at.astimezone(UTC)
    except (TypeError, ValueError, OverflowError, IndexError):
        return None


def ids_in(headers: Headers, *names: str) -> list[str]:
    """The message ids in some headers, each once, without their brackets."""
    told = " ".join(header_words(value) for name in names for value in headers.get(name, ()))
    return list(dict.fromkeys(_ID.findall(told)))


def automatic(headers: Headers) -> str:
    """Why nobody waits for an answer to a mail: it is a bounce, came by itself, or of a list; empty
    where a person wrote it."""
    address, _ = sender_of(headers)
    back = header_words(first(headers, "return-path"))
    report = first(headers, "content-type").lower().startswith(b"multipart/report")
    if back == "<>" or report or address.partition("@")[0] in _POSTMASTERS:
        return "bounce"
    submitted = header_words(first(headers, "auto-submitted")).lower()
    if (submitted and not submitted.startswith("no")) or _any(headers, _OF_AUTOMATS):
        return "auto"
    bulk = header_words(first(headers, "precedence")).lower() in _BULK
    return "list" if bulk or _any(headers, _OF_LISTS) else ""


def _any(headers: Headers, names: Sequence[str]) -> bool:
    return any(name in headers for name in names)
