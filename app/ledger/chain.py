"""The chain: how an event is sealed to the one before it, and how that is checked.

hash = SHA-256 of the canonical JSON of (previous hash, chain, seq, at, actor, kind, subject, its
id, from, to, SHA-256 of the payload, name of the key); mac = HMAC-SHA-256 of the same bytes with
that key, which is not in the database. Events of before keys had names (format 1) leave the name
out: their key is the office's first.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from json.encoder import encode_basestring
from typing import Any

from app.rules.workdays import BEIJING
from app.words import Message

_UNNAMED, _NAMED = "duban/event/1", "duban/event/2"
"""The formats of an event: without and with the name of its key."""
_NAME_OF_A_KEY = b"duban/ledger-key/1:"
_EXACT = 2**53 - 1


def canonical(value: Any) -> str:
    """Canonical JSON of str, int, bool, None, list and dict: sorted keys, compact, as RFC 8785 for
    that subset.

    Raises TypeError for any other value, ValueError for an int that not every reader of JSON keeps
    exact."""
    write = _WRITERS.get(type(value))
    return _of_a_kin(value) if write is None else write(value)


def _of_a_kin(value: Any) -> str:
    """The same of a value whose type was derived from one of these."""
    for kind, write in _WRITERS.items():
        if isinstance(value, kind):
            return write(value)
    raise TypeError(f"not for canonical JSON: {type(value).__name__}")


def _integer(value: int) -> str:
    if not -_EXACT <= value <= _EXACT:
        raise ValueError(f"too large for canonical JSON: {value}")
    return int.__repr__(value)


def _sequence(values: Sequence[Any]) -> str:
    written = [
        encode_basestring(value) if type(value) is str else canonical(value) for value in values
    ]
    return f"[{','.join(written)}]"


def _mapping(values: dict[str, Any]) -> str:
    written = [f"{encode_basestring(key)}:{canonical(values[key])}" for key in _ordered(values)]
    return f"{{{','.join(written)}}}"


_WRITERS: dict[type, Callable[[Any], str]] = {
    int: _integer,
    list: _sequence,
    tuple: _sequence,
    dict: _mapping,
    str: encode_basestring,
    bool: {True: "true", False: "false"}.__getitem__,
    type(None): {None: "null"}.__getitem__,
}


def _ordered(value: dict[str, Any]) -> list[str]:
    """The keys in RFC 8785's order, which is that of their UTF-16 code units; for ASCII it is
    Python's own."""
    return sorted(value) if "".join(value).isascii() else sorted(value, key=_utf16)


def _utf16(key: str) -> bytes:
    return key.encode("utf-16-be")


def content_hash(*texts: str) -> str:
    """The SHA-256 by which an event seals texts that stand in another table: one for each line."""
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()


@lru_cache(maxsize=64)
def key_name(key: bytes) -> str:
    """The fingerprint by which a key is named: 16 hex digits of a SHA-256, of which nobody gets
    back to the key."""
    return hashlib.sha256(_NAME_OF_A_KEY + key).hexdigest()[:16]


REGISTERED, ADDED = "key.registered", "key.added"
"""The events of the office's chain that bring a key into use: its first, and each later one."""
Keys = Mapping[str, bytes]
"""Name -> key, the office's first key also under the empty name, which is that of events without
one."""


def keyring(current: bytes, retired: Iterable[bytes] = (), first: str = "") -> Keys:
    """The keys of an office by their names; `first` names the one that sealed events before keys
    had names."""
    named = {key_name(key): key for key in (*retired, current)}
    return {**named, "": named.get(first, current)}


@dataclass(slots=True)
class Head:
    """The tip of a chain, moved on by every event that is sealed to it. `at`: when its last event
    was."""

    chain: int
    seq: int
    hash: str
    at: datetime | None = None


@lru_cache(maxsize=1024)
def _stamp(at: datetime) -> str:
    return at.astimezone(BEIJING).isoformat(timespec="microseconds")


def body(previous: str, event: Mapping[str, Any]) -> bytes:
    """The bytes that are hashed for one event, `previous` being the hash before it."""
    at: datetime = event["at"]
    name = event.get("key_name")
    parts = [
        _NAMED if name else _UNNAMED,
        previous,
        event["chain"],
        event["seq"],
        _stamp(at),
        event["actor"],
        event["kind"],
        event["subject"],
        event["subject_id"],
        event["from_state"],
        event["to_state"],
        hashlib.sha256(event["payload"].encode()).hexdigest(),
    ]
    if name:
        parts.append(name)
    return canonical(parts).encode()


def _mac(key: bytes, sealed: bytes, event: Mapping[str, Any]) -> str:
    """The MAC of an event: over the bytes that are hashed, and over its seals of rows, which are
    for the key's holder alone and stay out of the hash that everybody can work out."""
    seals = event.get("seals") if event.get("key_name") else None
    return hmac.digest(key, sealed + b"\n" + seals.encode() if seals else sealed, "sha256").hex()


def seal(head: Head, event: dict[str, Any], key: bytes) -> None:
    """Give an event its seq, key, hash and mac, and move the head on to it. A chain's time never
    goes back: a process whose clock is behind writes the moment of the event before."""
    event["seq"] = head.seq + 1
    event["key_name"] = key_name(key)
    if head.at is not None and event["at"] < head.at:
        event["at"] = head.at
    sealed = body(head.hash, event)
    event["hash"] = hashlib.sha256(sealed).hexdigest()
    event["mac"] = _mac(key, sealed, event)
    head.seq, head.hash, head.at = event["seq"], event["hash"], event["at"]


def flaw(previous: str, seq: int, event: Mapping[str, Any], keys: bytes | Keys) -> Message | None:
    """The flaw of one event, expected to be number `seq` after `previous`; None when it is
    whole."""
    if event["seq"] != seq:
        return Message("flaw.event.missing", {"number": seq})
    sealed = body(previous, event)
    if hashlib.sha256(sealed).hexdigest() != event["hash"]:
        return Message("flaw.event.altered")
    ring = keyring(keys) if isinstance(keys, bytes) else keys
    key = ring.get(event.get("key_name") or "")
    if key is None:
        return Message("flaw.event.another_key_named", {"key": event["key_name"]})
    if not hmac.compare_digest(_mac(key, sealed, event), event["mac"]):
        return Message("flaw.event.another_key")
    return None
