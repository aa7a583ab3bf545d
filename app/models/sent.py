"""Forms that were sent and done: the one-time key of each, with what came of it."""

from __future__ import annotations

from flask_appbuilder import Model
from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.columns import AMoment, Key, MaybeKey, Word


class SentForm(Model):
    """A verb that was done with a form: whose form it was, a keyed digest of what was sent, and
    where it led (JSON, no words of anybody). Written in the verb's transaction, forgotten after
    some days; it points at no row of another table, so that it waits for none and what it says can
    go at any time."""

    __tablename__ = "sent_form"
    __table_args__ = (Index("ix_sent_form_at", "at"),)

    key: Mapped[str] = mapped_column(String(80), primary_key=True)
    account_id: Mapped[int] = mapped_column(Key)
    verb: Mapped[Word]
    case_id: Mapped[MaybeKey]
    content: Mapped[str] = mapped_column(String(64))
    answer: Mapped[str] = mapped_column(Text)
    at: Mapped[AMoment]

    def __str__(self) -> str:
        return f"{self.verb} {self.at}"
