"""Notices: who is to be told of an event, written with it; and who has read which. The panel's bell
reads them."""

from __future__ import annotations

from flask_appbuilder import Model
from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.models.columns import AMoment, Key


class Notice(Model):
    """An event and a recipient: `unit:7`, `user:7` or a role's name."""

    __tablename__ = "notice"
    __table_args__ = (Index("ix_notice_recipient", "recipient", "event_id"),)

    event_id: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)
    recipient: Mapped[str] = mapped_column(String(40), primary_key=True)
    at: Mapped[AMoment]

    def __str__(self) -> str:
        return f"{self.recipient}:{self.event_id}"


class NoticeRead(Model):
    """One person has read of an event: the bells of colleagues and of the head stay as they are."""

    __tablename__ = "notice_read"

    person_id: Mapped[int] = mapped_column(
        ForeignKey("ab_user.id"), primary_key=True, autoincrement=False
    )
    event_id: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)
    at: Mapped[AMoment]

    def __str__(self) -> str:
        return f"{self.person_id}:{self.event_id}"
