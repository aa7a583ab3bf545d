"""Notices: who is to be told of an event, written with it; and who has read which. The panel's bell
reads them, and the outbox takes them."""

from __future__ import annotations

from flask_appbuilder import Model
from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.models.columns import AMoment, Key, MaybeMoment
from app.models.waiting import waiting


class Notice(Model):
    """An event and a recipient: `unit:7`, `user:7`, `caller:12` (the caller of case 12) or a role's
    name. `taken_at` is when the outbox took it, to tell of it outside the panel or not."""

    __tablename__ = "notice"
    __table_args__ = (
        Index("ix_notice_recipient", "recipient", "event_id"),
        waiting("ix_notice_untaken", "at", "event_id", where="taken_at IS NULL"),
    )

    event_id: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)
    recipient: Mapped[str] = mapped_column(String(40), primary_key=True)
    at: Mapped[AMoment]
    taken_at: Mapped[MaybeMoment]

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
