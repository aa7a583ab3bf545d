"""One operator at a time on a message: taken, handed back, answered and closed; and what became of
it, whoever makes it that. (1)"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.ledger import note_office
from app.ledger.chain import content_hash
from app.models import Message, MessageFile
from app.models.sessions import UNSCOPED
from app.roles import Actor
from app.rules.refusal import NotAllowed
from app.rules.workdays import minute
from app.stages.inbox.mails import ANSWER_DUE, ANSWERED
from app.stages.named import id_of

ENDS = {
    "case": "message.made_case",
    "joined": "message.joined",
    "answered": "message.answered",
    "empty": "message.emptied",
}
"""What a message may become -> the event that says so."""


def in_hand(session: Session, actor: Actor, id: int | None) -> Message:
    """A message that this person may do something with, locked: it waits, it was read, and nobody
    else has it. Raises NotAllowed otherwise."""
    known = id_of(id)
    query = select(Message).where(Message.id == known).with_for_update()
    fresh = {**UNSCOPED, "populate_existing": True}
    row = session.scalars(query, execution_options=fresh).first() if known else None
    if row is None or row.read_at is None:
        raise NotAllowed("not_found")
    if row.ended_at is not None:
        stands, at = f"message.{row.stands}", minute(row.ended_at)
        raise NotAllowed("row_moved", stands=stands, by=f"user:{row.ended_by_id}", at=at)
    if row.taken_at is not None and row.taken_by_id != actor.id:
        at = minute(row.taken_at)
        raise NotAllowed("row_moved", stands="message.taken", by=f"user:{row.taken_by_id}", at=at)
    return row


def take_message(session: Session, now: datetime, actor: Actor, id: int) -> Message:
    """Take a message: nobody else does anything with it until it is handed back or ended. Taken
    already by the same person, it stays so."""
    row = in_hand(session, actor, id)
    if row.taken_at is None:
        row.taken_by_id, row.taken_at = actor.id, now
        _noted(session, now, actor, row, "message.taken")
    return row


def hand_back_message(session: Session, now: datetime, actor: Actor, id: int) -> Message:
    """Hand a message back to all who may take it. Its clock runs on."""
    row = in_hand(session, actor, id)
    if row.taken_at is None:
        raise NotAllowed("message_not_taken")
    row.taken_by_id, row.taken_at = None, None
    _noted(session, now, actor, row, "message.handed_back")
    return row


def answer_message(session: Session, now: datetime, actor: Actor, id: int, words: str) -> Message:
    """Answer a message and close it: its sender reads the answer by the receipt, and by mail where
    it came so. For what asks something and wants nothing done. [procedure 2, direct office]"""
    row = in_hand(session, actor, id)
    if not words.strip():
        raise NotAllowed("words_missing")
    row.answer = words
    if row.source == "mail" and row.sender and row.acknowledged in ANSWERED:
        row.acknowledged = ANSWER_DUE
    return became(session, now, actor, row, "answered", sha256=content_hash(words))


def became(
    session: Session,
    now: datetime,
    actor: Actor,
    row: Message,
    what: str,
    case: int | None = None,
    contact: int | None = None,
    **told: Any,
) -> Message:
    """End a message that is in hand, as what became of it; `told` is what the event says
    besides."""
    if row.taken_at is None:
        row.taken_by_id, row.taken_at = actor.id, now
    row.ended_as, row.ended_at, row.ended_by_id = what, now, actor.id
    row.case_id, row.contact_id = case, contact
    of = {name: id for name, id in (("case", case), ("contact", contact)) if id is not None}
    _noted(session, now, actor, row, ENDS[what], **of, **told)
    return row


def files_of(session: Session, id: int) -> Sequence[MessageFile]:
    """The files that came with a message, in the order in which they came."""
    query = select(MessageFile).where(MessageFile.message_id == id).order_by(MessageFile.id)
    return session.scalars(query, execution_options=UNSCOPED).all()


def _noted(
    session: Session, now: datetime, actor: Actor, row: Message, kind: str, **told: Any
) -> None:
    session.flush()
    note_office(session, now, actor, kind, {"message": row.id, **told})
