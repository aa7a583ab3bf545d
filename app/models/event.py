"""The record: append-only events, one chain per case (its id) and one for the office (0)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_appbuilder import Model
from sqlalchemy import Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.columns import AMoment, Id, Key, MaybeKey, MaybeMoment, Word

if TYPE_CHECKING:
    from app.models.reasons import Reveal

OFFICE_CHAIN = 0
"""The chain of events that belong to no case: calendar, rules, lists, reports."""


class Event(Model):
    """One thing that happened. `hash` seals the row and the one before it in its chain, `mac` the
    hash with the key called `key_name`, which is not in the database; `payload` is canonical JSON
    without a caller's words, name or number; `seals` are keyed digests of the rows that were
    written with it, which `mac` covers too."""

    __tablename__ = "event"
    __table_args__ = (
        UniqueConstraint("chain", "seq"),
        Index("ix_event_kind_at", "kind", "at"),
        Index("ix_event_at", "at", "id"),
        Index("ix_event_subject", "subject", "subject_id"),
    )

    id: Mapped[Id]
    chain: Mapped[int] = mapped_column(Key)
    seq: Mapped[int]
    at: Mapped[AMoment]
    actor: Mapped[Word]
    kind: Mapped[Word]
    subject: Mapped[Word]
    subject_id: Mapped[MaybeKey]
    from_state: Mapped[str | None] = mapped_column(String(40))
    to_state: Mapped[str | None] = mapped_column(String(40))
    payload: Mapped[str] = mapped_column(Text)
    seals: Mapped[str | None] = mapped_column(Text, deferred=True)
    key_name: Mapped[str | None] = mapped_column(String(16))
    hash: Mapped[str] = mapped_column(String(64))
    mac: Mapped[str] = mapped_column(String(64))

    reveal: Mapped[Reveal | None] = relationship(
        "Reveal", primaryjoin="foreign(Reveal.event_id) == Event.id", viewonly=True, uselist=False
    )

    def __str__(self) -> str:
        return f"{self.kind} {self.chain}/{self.seq}"


class OfficeHead(Model):
    """The tip of the office's chain: one row, locked by whoever appends to it."""

    __tablename__ = "office_head"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    head_seq: Mapped[int] = mapped_column(default=0)
    head_hash: Mapped[str] = mapped_column(String(64), default="")
    head_at: Mapped[MaybeMoment]

    def __str__(self) -> str:
        return "office"
