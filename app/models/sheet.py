"""Sheets 工单表: files of another platform's work orders, each row of which is a message."""

from __future__ import annotations

from flask_appbuilder import Model
from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.columns import AMoment, Id, Key, MaybeMoment, MaybePerson, Word


class Sheet(Model):
    """A sheet that was handed over: its sender, the file in the store, which column says what
    (`columns`, JSON: field -> heading), and who handed it over. The newest of a sender tells what
    the columns of the next one mean."""

    __tablename__ = "sheet"
    __table_args__ = (Index("ix_sheet_sender", "sender", "id"),)

    id: Mapped[Id]
    sender: Mapped[str] = mapped_column(String(80))
    name: Mapped[str] = mapped_column(String(120))
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    size: Mapped[int]
    media_type: Mapped[str] = mapped_column(String(80))
    columns: Mapped[str] = mapped_column(Text)
    at: Mapped[AMoment]
    by_id: Mapped[MaybePerson]

    def __str__(self) -> str:
        return f"{self.sender} {self.name}"


class SheetProgress(Model):
    """How far a sheet is taken in: of `rows` rows `done` were looked at, and of these `taken` are
    new messages, `known` were there, `wrong` are listed. `failed` is why it went no further."""

    __tablename__ = "sheet_progress"

    id: Mapped[int] = mapped_column(
        Key, ForeignKey("sheet.id"), primary_key=True, autoincrement=False
    )
    rows: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    taken: Mapped[int] = mapped_column(default=0)
    known: Mapped[int] = mapped_column(default=0)
    wrong: Mapped[int] = mapped_column(default=0)
    finished_at: Mapped[MaybeMoment]
    failed: Mapped[str] = mapped_column(String(40), default="")

    def __str__(self) -> str:
        return f"sheet:{self.id}"


class SheetFault(Model):
    """A row of a sheet that is no message: which (as the sheet counts), and why, as a message id
    with its facts (JSON)."""

    __tablename__ = "sheet_fault"
    __table_args__ = (Index("ix_sheet_fault_sheet", "sheet_id", "row"),)

    id: Mapped[Id]
    sheet_id: Mapped[int] = mapped_column(Key, ForeignKey("sheet.id"))
    row: Mapped[int]
    why: Mapped[Word]
    facts: Mapped[str] = mapped_column(Text, default="{}")

    def __str__(self) -> str:
        return f"sheet:{self.sheet_id}/{self.row}"
