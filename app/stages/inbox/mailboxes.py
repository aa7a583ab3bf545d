"""Which mailboxes are read, as whom, and who answers their senders. The password stands sealed, and
is shown as set or not set."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any

from cryptography.exceptions import InvalidTag
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.channels.mail import mailbox as is_address
from app.channels.reachable import server_address
from app.ledger import lock_office, note_office
from app.models import Mailbox
from app.roles import Actor
from app.rules.refusal import NotAllowed
from app.stages.named import id_of
from app.stages.secrets_sealed import opened, sealed

SPEAKS, SECURITY = ("imaps", "imap"), ("tls", "starttls", "plain")
PRETEND = "pretend"
"""What the mailbox of a sample office speaks: nothing; its letters stand beside it."""
_PURPOSE = "mailbox"
_PORTS = {"imaps": 993, "imap": 143}
_USUAL = {"tls": 465, "starttls": 587, "plain": 25}


def set_mailbox(
    session: Session,
    now: datetime,
    actor: Actor,
    mailbox: str,
    host: str,
    login: str,
    speaks: str = "imaps",
    port: int | None = None,
    mailbox_password: str = "",
    folder: str = "INBOX",
    answers_from: str = "",
    smtp_host: str = "",
    smtp_port: int | None = None,
    security: str = "",
    active: bool = True,
) -> Mailbox:
    """Set up the mailbox of a name, or change it; without a password the one on file stays. Raises
    NotAllowed where a server's name, a port or the address that answers cannot be one."""
    server_address(speaks, host, port)
    if smtp_host:
        security = security or "starttls"
        server_address("smtps" if security == "tls" else "smtp", smtp_host, smtp_port)
        if not is_address(answers_from):
            raise NotAllowed("mail_sender")
    lock_office(session)
    row = session.scalars(select(Mailbox).where(Mailbox.name == mailbox)).first()
    if row is None and not mailbox_password:
        raise NotAllowed("field_missing", field="mailbox_password")
    row = row or Mailbox(name=mailbox, sealed="")
    row.speaks, row.host, row.port = speaks, host, port or _PORTS[speaks]
    row.account, row.folder, row.active = login, folder or "INBOX", active
    row.address, row.smtp_host, row.security = (
        answers_from,
        smtp_host,
        security if smtp_host else "",
    )
    row.smtp_port = (smtp_port or _USUAL[security]) if smtp_host else None
    if mailbox_password:
        key: bytes = session.info["ledger_key"]
        row.sealed = sealed(key, _PURPOSE, mailbox_password.encode(), _context(mailbox))
    return _kept(session, now, actor, row)


def pretend_mailbox(
    session: Session, now: datetime, actor: Actor, name: str, letters: Sequence[dict[str, str]]
) -> Mailbox:
    """The mailbox of a sample office, with what will lie in it: one letter after the other, each
    with its sender's address and name, a subject and words."""
    row = Mailbox(name=name, speaks=PRETEND, host="", port=0, account="", sealed="", folder="")
    row.letters = json.dumps(list(letters), ensure_ascii=False)
    row.active = True
    return _kept(session, now, actor, row)


def _kept(session: Session, now: datetime, actor: Actor, row: Mailbox) -> Mailbox:
    row.changed_at, row.changed_by_id = now, actor.id
    session.add(row)
    session.flush()
    told = {"mailbox": row.id, "host": row.host, "active": row.active}
    note_office(session, now, actor, "mailbox.changed", told)
    return row


def mailboxes(session: Session) -> Sequence[Mailbox]:
    """The mailboxes that are read."""
    return session.scalars(
        select(Mailbox).where(Mailbox.active.is_(True)).order_by(Mailbox.id)
    ).all()


def mailbox_of(session: Session, id: int) -> Mailbox | None:
    """A mailbox by its id."""
    known = id_of(id)
    return session.get(Mailbox, known) if known else None


def password_of(session: Session, row: Mailbox) -> str:
    """The password of a mailbox, opened with the key in use or one before it. Raises InvalidTag
    where none opens it."""
    keys: list[bytes] = [session.info["ledger_key"], *session.info.get("retired_keys", ())]
    for key in keys[:-1]:
        with suppress(InvalidTag):
            return opened(key, _PURPOSE, row.sealed, _context(row.name)).decode()
    return opened(keys[-1], _PURPOSE, row.sealed, _context(row.name)).decode()


def letters_of(row: Mailbox) -> list[dict[str, Any]]:
    """What lies in the mailbox of a sample office."""
    found: list[dict[str, Any]] = json.loads(row.letters or "[]")
    return found


def _context(name: str) -> str:
    return f"mailbox|{name}"
