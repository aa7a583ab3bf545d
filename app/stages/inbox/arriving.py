"""A message arrives: kept as it came, known by its source's own key, then read. (1) "answering the
phone, checking the mayor's mailbox, WeChat, e-mail ... record them accurately".

`keep` and `arrive` are two steps so that what came is on file before anything looks into it; who
has nothing to look into calls `arrive` alone. Each may be done again, and at once: a key has one
message.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from app.ledger import Entry, allot, lock_office, move_many, note_office
from app.models import OFFICE_CHAIN, Message, MessageFile, MessageRaw
from app.models.columns import clock
from app.models.message import LONGEST_KEY, LONGEST_SENDER, LONGEST_SUBJECT
from app.models.sessions import UNSCOPED
from app.roles import BOT
from app.rules.receipts import new_receipt, receipt_typed
from app.rules.workdays import beijing
from app.stages.calendar import office_at

SOURCES = ("mail", "wechat", "form", "sheet")
"""Where messages come from; each has keys of its own."""
CHANNEL_OF = {"mail": "email", "wechat": "wechat", "form": "web", "sheet": "platform"}
"""source -> the channel of a case or a contact that is made of its message."""
_HALF = re.compile("[\ud800-\udfff]")
_LONGEST = {
    "sender": LONGEST_SENDER,
    "subject": LONGEST_SUBJECT,
    "name": 80,
    "phone": 40,
    "place": 200,
    "thread": 64,
}
_COLUMNS = (
    *_LONGEST,
    "kind",
    "anonymous",
    "confidential",
    "wants_reply",
    "about_id",
    "acknowledged",
    "receipt",
)
"""What a source may say of a message by name; everything else of it stands in `facts`."""


class Stored(Protocol):
    """A file that the store has taken in: the store's own words of it, never the sender's."""

    @property
    def name(self) -> str: ...
    @property
    def sha256(self) -> str: ...
    @property
    def size(self) -> int: ...
    @property
    def media_type(self) -> str: ...


def of_key(session: Session, source: str, key: str) -> Message | None:
    """The message that a source knows by a key."""
    known = select(Message).where(Message.source == source, Message.key == _key(key))
    return session.scalars(known, execution_options=UNSCOPED).first()


def of_receipt(session: Session, typed: str) -> Message | None:
    """The message of a receipt 收件号, however it was typed; None where there is none."""
    receipt = receipt_typed(typed)
    if not receipt:
        return None
    known = select(Message).where(Message.receipt == receipt)
    return session.scalars(known, execution_options=UNSCOPED).first()


def openid_of(session: Session, case_id: int) -> str:
    """The WeChat openid of who wrote the message of which a case was made; empty where none did."""
    query = select(Message.sender).where(
        Message.case_id == case_id, Message.source == "wechat", Message.ended_as == "case"
    )
    found = session.scalars(query.order_by(Message.id).limit(1), execution_options=UNSCOPED)
    return found.first() or ""


def keep(
    session: Session,
    now: datetime,
    source: str,
    key: str,
    raw: bytes,
    at: datetime | None = None,
    **facts: Any,
) -> Message:
    """Keep a message as it came, to be read by `arrive` once this is committed; the one that is
    there where the key is known. `at`: when it reached the office; `facts` what has to be known to
    read it, in JSON."""
    known = _known(session, source, key)
    columns = {"received_at": at or now, **_columns(facts)}
    return known or _born(session, now, source, key, raw, columns, ())


def unread(session: Session, source: str, most: int) -> Sequence[tuple[Message, bytes]]:
    """The messages of a source that were kept and not read, the oldest first, as they came: who
    kept them was stopped before he could."""
    query = (
        select(Message, MessageRaw.content)
        .join(MessageRaw, MessageRaw.id == Message.id)
        .where(Message.read_at.is_(None), Message.source == source)
    )
    found = session.execute(query.order_by(Message.id).limit(most), execution_options=UNSCOPED)
    return [(row, bytes(raw)) for row, raw in found]


def arrive(
    session: Session,
    now: datetime,
    source: str,
    key: str,
    raw: bytes,
    sender: str = "",
    subject: str = "",
    words: str = "",
    at: datetime | None = None,
    files: Sequence[Stored] = (),
    **facts: Any,
) -> Message:
    """A message that was read: `sender` as its source names them (an address, an openid), `words`
    in full, `at` when it reached the office. Of `facts` name, phone, place, kind, anonymous,
    confidential, wants_reply, thread, about_id, acknowledged and receipt (which a source may have
    told its sender already) are columns; the rest, which must
    be JSON, is kept beside. Done again, it gives the message as it stands. Raises ValueError for an
    unknown source."""
    known = _known(session, source, key)
    if known is not None and known.read_at is not None:
        return known
    columns = {**_columns(facts), "sender": _cut("sender", sender)}
    columns |= {"subject": _cut("subject", subject), "words": keepable(words)}
    columns |= {"received_at": at or now, "read_at": now}
    if known is None:
        return _born(session, now, source, key, raw, columns, files)
    for name, value in columns.items():
        setattr(known, name, value)
    session.add_all(_file(known.id, stored) for stored in files)
    session.flush()
    note_office(session, now, BOT, "message.read", {"message": known.id, "files": len(files)})
    return known


def _known(session: Session, source: str, key: str) -> Message | None:
    """The message of a key, the office's chain locked where there is none or it is not read yet: of
    several who bring one at once the first writes it."""
    if source not in SOURCES:
        raise ValueError(f"no such source of messages: {source}")
    known = of_key(session, source, key)
    if known is not None and known.read_at is not None:
        return known
    lock_office(session)
    again = select(Message).where(Message.source == source, Message.key == _key(key))
    fresh = {**UNSCOPED, "populate_existing": True}
    return session.scalars(again, execution_options=fresh).first()


def _born(
    session: Session,
    now: datetime,
    source: str,
    key: str,
    raw: bytes,
    columns: dict[str, Any],
    files: Sequence[Stored],
) -> Message:
    """Write a message with its event, its raw content and its files."""
    office = office_at(session, now)
    own = office.calendar.run(beijing(now).date(), office.limits.inbox_workdays)
    wanted = {"event": 1, "message": 1, **({"message_file": len(files)} if files else {})}
    ids = allot(session, wanted)
    id, sha256 = ids["message"][0], hashlib.sha256(raw).hexdigest()
    row: dict[str, Any] = {
        "id": id,
        "source": source,
        "key": _key(key),
        "receipt": new_receipt(),
        "raw_sha256": sha256,
        "raw_size": len(raw),
        "arrived_at": now,
        **clock("own", own),
        **columns,
    }
    payload = {"message": id, "source": source, "sha256": sha256, "answer_by": own.on.isoformat()}
    entry = Entry(OFFICE_CHAIN, "message.arrived", payload=payload, event_id=ids["event"][0])
    entry.rows.append((Message, row))
    for file_id, stored in zip(ids.get("message_file", ()), files, strict=True):
        entry.rows.append((MessageFile, {"id": file_id, **_stored(id, stored)}))
    move_many(session, now, BOT, [entry])
    session.add(MessageRaw(id=id, content=raw))
    session.flush()
    return session.get_one(Message, id, execution_options=UNSCOPED)


def _columns(facts: dict[str, Any]) -> dict[str, Any]:
    """What a source says of a message, as columns; what none is made of, as JSON."""
    named = {
        name: _cut(name, value) if name in _LONGEST else value
        for name, value in facts.items()
        if name in _COLUMNS and value is not None
    }
    rest = {name: value for name, value in facts.items() if name not in _COLUMNS}
    return {**named, "facts": json.dumps(rest, ensure_ascii=True, sort_keys=True)}


def _key(key: str) -> str:
    """A source's key as it is kept: a long one by its digest."""
    fits = len(key) <= LONGEST_KEY and key.isprintable()
    return key if fits else hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()


def keepable(words: str) -> str:
    """Words as both databases can keep them: a NUL and half of a pair are shown as what they are,
    not left out; the raw message has them as they came."""
    return _HALF.sub("\ufffd", words.replace("\0", "\u2400"))


def _cut(name: str, value: Any) -> str:
    words = keepable(str(value)).strip()
    most = _LONGEST[name]
    return words if len(words) <= most else f"{words[: most - 1]}…"


def _stored(message: int, stored: Stored) -> dict[str, Any]:
    named = [column.key for column in inspect(MessageFile).columns]
    told = {name: getattr(stored, name) for name in named if name not in ("id", "message_id")}
    return {"message_id": message, **told}


def _file(message: int, stored: Stored) -> MessageFile:
    return MessageFile(**_stored(message, stored))
