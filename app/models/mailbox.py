"""Mailboxes that the desk reads: which, as whom, and how far each was read."""

from __future__ import annotations

from flask_appbuilder import Model
from sqlalchemy import BigInteger, ForeignKey, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.columns import AMoment, Id, Key, MaybePerson, Word

LONGEST_HOST, LONGEST_ADDRESS = 253, 254


class Mailbox(Model):
    """A mailbox 信箱: the server from which it is read (`speaks` imaps or imap; pretend in a sample
    office, with its `letters` as JSON), and the one by which its senders are answered. The password
    stands sealed."""

    __tablename__ = "mailbox"

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(String(80), unique=True)
    speaks: Mapped[Word]
    host: Mapped[str] = mapped_column(String(LONGEST_HOST))
    port: Mapped[int]
    account: Mapped[str] = mapped_column(String(320))
    sealed: Mapped[str] = mapped_column(Text)
    folder: Mapped[str] = mapped_column(String(200))
    address: Mapped[str] = mapped_column(
        String(LONGEST_ADDRESS), default="", server_default=text("''")
    )
    smtp_host: Mapped[str] = mapped_column(
        String(LONGEST_HOST), default="", server_default=text("''")
    )
    smtp_port: Mapped[int | None]
    security: Mapped[str] = mapped_column(String(40), default="", server_default=text("''"))
    letters: Mapped[str] = mapped_column(Text, default="", server_default=text("''"))
    active: Mapped[bool] = mapped_column(default=True)
    changed_at: Mapped[AMoment]
    changed_by_id: Mapped[MaybePerson]

    def __str__(self) -> str:
        return self.name


class MailCursor(Model):
    """How far a mailbox was read: the highest number of those that are on file, within one
    UIDVALIDITY of it."""

    __tablename__ = "mail_cursor"

    mailbox_id: Mapped[int] = mapped_column(Key, ForeignKey("mailbox.id"), primary_key=True)
    uidvalidity: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    uid: Mapped[int] = mapped_column(BigInteger)

    def __str__(self) -> str:
        return f"{self.mailbox_id}/{self.uidvalidity}"


class MailLook(Model):
    """When a mailbox was last looked into, how many mails were taken in then, and why it could not
    be read, in a word of ours; `since` when it could be read last."""

    __tablename__ = "mail_look"

    mailbox_id: Mapped[int] = mapped_column(Key, ForeignKey("mailbox.id"), primary_key=True)
    at: Mapped[AMoment]
    taken: Mapped[int]
    code: Mapped[str] = mapped_column(String(40), default="")

    def __str__(self) -> str:
        return f"mailbox:{self.mailbox_id}"
