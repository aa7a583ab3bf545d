"""A mail arrives: who is told its receipt, which case it may belong to, how far its mailbox is read.
(1) "checking the mayor's mailbox ... e-mail"."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from datetime import datetime, time

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.ledger import lock_office, note_office
from app.models import Case, MailCursor, MailLook, Message
from app.models.sessions import UNSCOPED
from app.models.waiting import among
from app.roles import BOT
from app.rules.receipts import SIGNS
from app.rules.workdays import BEIJING, beijing

DUE, SENT = "due", "sent"
ANSWER_DUE, ANSWER_SENT = "answer_due", "answer_sent"
TELLING, ANSWERED = (DUE, ANSWER_DUE), (DUE, SENT, "once_a_day")
"""What `acknowledged` says of a mail whose sender is to be told its receipt, or was; else it says
why nobody is: auto, list, bounce, own, once_a_day, no_address; or why it could not be. Once it
is answered, the same of the answer."""
_CASE_NUMBER = re.compile(r"(?<!\d)(20\d{6}\d{4,6})(?!\d)")
_OURS = re.compile(r"(?:receipt|answer)-([A-Z2-7]{12})(?:@|$)")
_RECEIPT = re.compile(rf"(?<![{SIGNS}0189])([{SIGNS}]{{12}})(?![{SIGNS}0189])")


def thread_of(id: str) -> str:
    """What a mail's own id is kept as; empty where it has none."""
    return hashlib.sha256(id.encode("utf-8", "surrogatepass")).hexdigest() if id else ""


def proposed_case(session: Session, refers_to: Sequence[str], subject: str) -> int | None:
    """The id of the case that a mail may belong to: by what it answers, or by a case number or a
    receipt in its subject. It proposes; a person decides."""
    threads = [thread_of(id) for id in refers_to]
    receipts = [found for id in refers_to for found in _OURS.findall(id)]
    receipts += _RECEIPT.findall(subject)
    numbers = _CASE_NUMBER.findall(subject)
    if threads or receipts:
        known = select(Message).where(
            or_(Message.thread.in_(threads), Message.receipt.in_(receipts))
        )
        newest = known.order_by(Message.id.desc()).limit(20)
        for row in session.scalars(newest, execution_options=UNSCOPED):
            found = row.case_id or row.about_id
            if found is not None:
                return found
    if not numbers:
        return None
    named = select(Case.id).where(Case.number.in_(numbers)).order_by(Case.id.desc()).limit(1)
    return session.scalar(named, execution_options=UNSCOPED)


def acknowledging(session: Session, now: datetime, sender: str, automatic: str) -> str:
    """Whether the sender of a mail is told its receipt: `due`, or why not. Once for a sender and
    day, and nobody who did not write himself: two who answer by themselves would never end."""
    if automatic or not sender:
        return automatic or "no_address"
    # Of two mails of one sender at the same moment one is answered.
    lock_office(session)
    today = datetime.combine(beijing(now).date(), time(0), BEIJING)
    told = select(Message.id).where(
        Message.sender == sender,
        Message.arrived_at >= today,
        Message.acknowledged.in_((DUE, SENT, ANSWER_DUE, ANSWER_SENT)),
    )
    before = session.scalar(told.limit(1), execution_options=UNSCOPED)
    return DUE if before is None else "once_a_day"


def to_acknowledge(session: Session, most: int) -> Sequence[Message]:
    """The messages whose senders are still to be told their receipts, or their answers."""
    query = select(Message).where(among(Message.acknowledged, TELLING), Message.source == "mail")
    return session.scalars(query.order_by(Message.id).limit(most), execution_options=UNSCOPED).all()


def acknowledged(session: Session, now: datetime, id: int, what: str) -> None:
    """Note that a sender was told the receipt, or why that cannot be."""
    row = session.get_one(Message, id, with_for_update=True, populate_existing=True)
    row.acknowledged = what
    session.flush()
    note_office(session, now, BOT, "message.acknowledged", {"message": id, "what": what})


def read_to(session: Session, mailbox: int, validity: int) -> int:
    """The number up to which a mailbox is read; 0 where nothing of it is."""
    row = session.get(MailCursor, (mailbox, validity))
    return row.uid if row is not None else 0


def note_read(session: Session, mailbox: int, validity: int, uid: int) -> None:
    """Note that a mail is on file; in the transaction that put it there. A number never goes
    back."""
    key = (mailbox, validity)
    row = session.get(MailCursor, key, with_for_update=True, populate_existing=True)
    if row is None:
        session.add(MailCursor(mailbox_id=mailbox, uidvalidity=validity, uid=uid))
    else:
        row.uid = max(row.uid, uid)


def note_look(session: Session, now: datetime, mailbox: int, taken: int, code: str) -> None:
    """Note that a mailbox was looked into, and what came of it."""
    row = session.get(MailLook, mailbox) or MailLook(mailbox_id=mailbox)
    row.at, row.taken, row.code = now, taken, code
    session.add(row)
