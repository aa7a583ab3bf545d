"""A message becomes a case, is joined to one, or is kept as empty: each time by the ordinary verb,
with the words, the caller and the moment that a person has looked at."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Case, Contact, Message
from app.roles import Actor
from app.rules.phones import why_not
from app.rules.refusal import NotAllowed
from app.stages import files
from app.stages.acceptance.contacts import contact
from app.stages.inbox import CHANNEL_OF, became, files_of, in_hand

JOINS = ("repeat", "chase", "supplement")
"""What a message may be on a case that is there. [procedure 1]"""


def of_message(row: Message, values: dict[str, Any]) -> dict[str, Any]:
    """The fields of a form with what a message says by itself: its channel, and when it came. What
    came in writing shows when it did, so it may be older than what is entered from memory."""
    told = {"channel": CHANNEL_OF[row.source], "received_at": row.received_at, "written": True}
    return {**values, **told}


def made_case(session: Session, now: datetime, actor: Actor, row: Message, case: Case) -> None:
    """A message has become a case: its files are the case's."""
    first = select(Contact.id).where(Contact.case_id == case.id).order_by(Contact.id).limit(1)
    _with_files(session, now, actor, row, case)
    became(session, now, actor, row, "case", case.id, session.scalar(first))


def joined(
    session: Session, now: datetime, actor: Actor, row: Message, case: Case, made: Contact
) -> None:
    """A message has become a contact on a case: its files are the case's."""
    _with_files(session, now, actor, row, case)
    became(session, now, actor, row, "joined", case.id, made.id)


def joined_to(case: Case | None, kind: str) -> Case:
    """The case that a message is joined to; NotAllowed where it cannot be this on it: what is empty
    is marked so."""
    if case is None or kind not in JOINS:
        raise NotAllowed("message_joins_no_case")
    return case


def empty_message(session: Session, now: datetime, actor: Actor, id: int) -> Message:
    """Keep a message as empty or malicious: against the number, where it names one."""
    row = in_hand(session, actor, id)
    made = None
    if row.phone and why_not(row.phone) is None:
        values: dict[str, Any] = {"caller_name": row.name, "caller_phone": row.phone}
        made = contact(session, now, actor, None, "invalid", **of_message(row, values))
    return became(session, now, actor, row, "empty", contact=made.id if made else None)


def _with_files(session: Session, now: datetime, actor: Actor, row: Message, case: Case) -> None:
    for file in files_of(session, row.id):
        told = (file.name, file.sha256, file.size, file.media_type)
        files.attach(session, now, actor, case, "other", *told)
