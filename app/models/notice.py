"""Notices: who is to be told of an event. Written with it; the panel's bell reads them."""

from __future__ import annotations

from flask_appbuilder import Model
from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.models.columns import AMoment, Key, MaybeMoment


class Notice(Model):
    """An event and a recipient: `unit:7` or a role's name."""

    __tablename__ = "notice"
    __table_args__ = (Index("ix_notice_recipient", "recipient", "event_id"),)

    event_id: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)
    recipient: Mapped[str] = mapped_column(String(40), primary_key=True)
    at: Mapped[AMoment]
    read_at: Mapped[MaybeMoment]

    def __str__(self) -> str:
        return f"{self.recipient}:{self.event_id}"
