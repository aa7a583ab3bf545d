"""Media of messages that stand elsewhere for some days: what has to be fetched, and what became of
it."""

from __future__ import annotations

from flask_appbuilder import Model
from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app.models.columns import AMoment, Id, Key, MaybeMoment
from app.models.waiting import waiting


class MessageMedia(Model):
    """A picture or voice of a WeChat message as WeChat names it, to be fetched before `until`. It
    waits while `next_at` is set; then it ended as kept, gone (WeChat has it no more) or refused (it
    is no file that is taken)."""

    __tablename__ = "message_media"
    __table_args__ = (waiting("ix_message_media_waits", "next_at", where="next_at IS NOT NULL"),)

    id: Mapped[Id]
    message_id: Mapped[int] = mapped_column(Key, ForeignKey("message.id"), unique=True)
    media_id: Mapped[str] = mapped_column(String(200))
    until: Mapped[AMoment]
    next_at: Mapped[MaybeMoment]
    tries: Mapped[int] = mapped_column(default=0)
    ended_as: Mapped[str | None] = mapped_column(String(40))

    def __str__(self) -> str:
        return f"message_media:{self.message_id}"
