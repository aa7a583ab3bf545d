"""Messages 来件: whatever arrived in writing, as it came and as it was read, until the centre has
done something with it."""

from __future__ import annotations

from flask_appbuilder import Model
from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.acceptance import Case
from app.models.columns import (
    AMoment,
    Flag,
    Id,
    Key,
    MaybeMoment,
    MaybePerson,
    MaybeWords,
    OwnClock,
    Word,
    Words,
)
from app.models.waiting import waiting, words_of

LONGEST_KEY, LONGEST_SENDER, LONGEST_SUBJECT = 200, 320, 400
"""How many characters a source's key, a sender's address and a subject take at most."""
_WAITS = "ended_at IS NULL"


class Message(OwnClock, Model):
    """A message 来件 of one source, known by that source's own key. `received_at` is when it reached
    the office, `arrived_at` when the desk kept it, `read_at` when it was read, which comes after.
    `receipt` is what its sender asks by. It is new, taken by one operator, or ended: made a case,
    joined to one, answered, or empty. `own_*` is the centre's clock. `facts` is JSON of what its
    source says besides; `about_id` the case that it may belong to. [procedure 1]"""

    __tablename__ = "message"
    __table_args__ = (
        UniqueConstraint("source", "key"),
        Index("ix_message_received", "received_at", "id"),
        Index("ix_message_thread", "thread"),
        Index("ix_message_sender", "sender", "arrived_at"),
        waiting("ix_message_waits", "own_at", "id", where=_WAITS),
        waiting("ix_message_taken", "taken_by_id", "own_at", "id", where=_WAITS),
        waiting(
            "ix_message_overdue",
            "own_at",
            "id",
            where=f"own_overdue_for = own_at AND {_WAITS}",
        ),
        waiting("ix_message_unread", "id", where="read_at IS NULL"),
        waiting(
            "ix_message_acknowledge", "id", where=words_of("acknowledged", ("due", "answer_due"))
        ),
        waiting("ix_message_case", "case_id", where="case_id IS NOT NULL"),
    )

    id: Mapped[Id]
    source: Mapped[Word]
    key: Mapped[str] = mapped_column(String(LONGEST_KEY))
    receipt: Mapped[str] = mapped_column(String(12), unique=True)
    raw_sha256: Mapped[str] = mapped_column(String(64))
    raw_size: Mapped[int]
    arrived_at: Mapped[AMoment]
    received_at: Mapped[AMoment]
    read_at: Mapped[MaybeMoment]
    thread: Mapped[str] = mapped_column(String(64), default="", server_default=text("''"))
    sender: Mapped[str] = mapped_column(
        String(LONGEST_SENDER), default="", server_default=text("''")
    )
    name: Mapped[str] = mapped_column(String(80), default="", server_default=text("''"))
    phone: Mapped[str] = mapped_column(String(40), default="", server_default=text("''"))
    subject: Mapped[str] = mapped_column(
        String(LONGEST_SUBJECT), default="", server_default=text("''")
    )
    words: Mapped[Words]
    place: Mapped[str] = mapped_column(String(200), default="", server_default=text("''"))
    kind: Mapped[str] = mapped_column(String(40), default="", server_default=text("''"))
    anonymous: Mapped[Flag]
    confidential: Mapped[Flag]
    wants_reply: Mapped[bool] = mapped_column(default=True)
    facts: Mapped[str] = mapped_column(Text, default="{}")
    about_id: Mapped[int | None] = mapped_column(Key, ForeignKey("hotline_case.id"))
    acknowledged: Mapped[str] = mapped_column(String(40), default="", server_default=text("''"))
    taken_by_id: Mapped[MaybePerson]
    taken_at: Mapped[MaybeMoment]
    ended_as: Mapped[str | None] = mapped_column(String(40))
    ended_at: Mapped[MaybeMoment]
    ended_by_id: Mapped[MaybePerson]
    case_id: Mapped[int | None] = mapped_column(Key, ForeignKey("hotline_case.id"))
    contact_id: Mapped[int | None] = mapped_column(Key, ForeignKey("contact.id"))
    answer: Mapped[MaybeWords]

    case: Mapped[Case | None] = relationship(foreign_keys=[case_id], viewonly=True)
    about: Mapped[Case | None] = relationship(foreign_keys=[about_id], viewonly=True)

    @property
    def stands(self) -> str:
        """Where it stands: new, taken, case, joined, answered or empty."""
        return self.ended_as or ("taken" if self.taken_at is not None else "new")

    def __str__(self) -> str:
        return f"message:{self.id}"


class MessageRaw(Model):
    """A message as it came, byte by byte; its SHA-256 stands in the message."""

    __tablename__ = "message_raw"

    id: Mapped[int] = mapped_column(
        Key, ForeignKey("message.id"), primary_key=True, autoincrement=False
    )
    content: Mapped[bytes] = mapped_column(LargeBinary)

    def __str__(self) -> str:
        return f"message:{self.id}"


class MessageFile(Model):
    """A file that came with a message, taken in by the store; with a case it becomes a file of the
    case. Never changed, never deleted."""

    __tablename__ = "message_file"

    id: Mapped[Id]
    message_id: Mapped[int] = mapped_column(Key, ForeignKey("message.id"), index=True)
    name: Mapped[str] = mapped_column(String(120))
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    size: Mapped[int]
    media_type: Mapped[str] = mapped_column(String(80))

    def __str__(self) -> str:
        return self.name
