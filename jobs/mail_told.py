"""Who wrote a mail is told its receipt, and the answer once there is one, from the mailbox that he wrote
to. No rule, no decision."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Protocol

from app import words
from app.channels.channel import Told
from app.channels.line import Network
from app.channels.mail import Mail
from app.channels.reachable import Allowed
from app.channels.smtp import Security
from app.database import reading, retried
from app.models import Mailbox, Message
from app.rules.receipts import spaced
from app.stages.calendar import office_known
from app.stages.inbox.mailboxes import PRETEND
from app.stages.inbox.mails import (
    ANSWER_DUE,
    ANSWER_SENT,
    SENT,
    acknowledged,
    to_acknowledge,
)
from jobs.desk import Desk

A_ROUND = 50
"""So many senders are told in one round."""
GIVEN_UP = timedelta(days=2)
"""For so long it is tried."""
NO_SERVER, TOO_LATE = "no_server", "given_up"
_LANGUAGE = "zh"


class Opened(Protocol):
    """A mailbox with its password."""

    @property
    def row(self) -> Mailbox: ...
    @property
    def password(self) -> str: ...


def tell(here: Desk, boxes: Mapping[int, Opened]) -> int:
    """Tell senders their receipts and answers; how many were told. A server that is away is asked
    again next time."""
    with reading(here.sessions) as session:
        waiting = to_acknowledge(session, A_ROUND)
        office = office_known(session, here.now()).word("office")
    told, away = 0, set[int]()
    for row in waiting:
        id = int(json.loads(row.facts).get("mailbox", 0))
        if id in away:
            continue
        what = _told(here, boxes.get(id), row, office)
        if not what:
            away.add(id)
            continue
        _note(here, row.id, what)
        told += what in (SENT, ANSWER_SENT)
    return told


def _note(here: Desk, id: int, what: str) -> None:
    retried(here.sessions, lambda session: acknowledged(session, here.now(), id, what))


def _told(here: Desk, box: Opened | None, row: Message, office: str) -> str:
    """What came of telling a sender: a word for the record, empty where it is tried again."""
    done = ANSWER_SENT if row.acknowledged == ANSWER_DUE else SENT
    if box is not None and box.row.speaks == PRETEND:
        return done
    if box is None or not box.row.smtp_host:
        return NO_SERVER
    sent = _by(here, box, office).send(_letter(row, office))
    if sent.outcome == "taken":
        return done
    if sent.alone:
        return sent.code if sent.outcome == "refused" else ""
    since = row.ended_at if row.acknowledged == ANSWER_DUE else row.arrived_at
    return TOO_LATE if since is not None and here.now() - since > GIVEN_UP else ""


def _by(here: Desk, box: Opened, office: str) -> Mail:
    row = box.row
    security: Security = (
        "tls" if row.security == "tls" else "plain" if row.security == "plain" else "starttls"
    )
    network = Network(Allowed.read(here.settings.allowed_hosts))
    account = row.account if box.password else ""
    port = row.smtp_port or 0
    return Mail(network, row.smtp_host, port, security, row.address, office, account, box.password)


def _letter(row: Message, office: str) -> Told:
    """What a sender is told: the receipt, or the answer; the same key each time."""
    kind = "answer" if row.acknowledged == ANSWER_DUE else "receipt"
    facts = {"office": office, "receipt": spaced(row.receipt), "answer": row.answer or ""}
    return Told(
        kind=f"mail_{kind}",
        fields=facts,
        to=row.sender,
        subject=words.word(_SUBJECTS[kind], _LANGUAGE, **facts),
        text=words.word(_TEXTS[kind], _LANGUAGE, **facts),
        key=f"{kind}-{row.receipt}",
    )


_SUBJECTS = {"receipt": "inbox.mail.receipt.subject", "answer": "inbox.mail.answer.subject"}
_TEXTS = {"receipt": "inbox.mail.receipt.text", "answer": "inbox.mail.answer.text"}
