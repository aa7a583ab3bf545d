"""Papers: the gapless number series, and what each paper says, frozen when it was first made."""

from __future__ import annotations

from flask_appbuilder import Model
from sqlalchemy import String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.columns import Id, Key, Word


class Series(Model):
    """The last number given out in a series and a period (a year, or a day for cases)."""

    __tablename__ = "series"

    name: Mapped[Word] = mapped_column(primary_key=True)
    period: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int]

    def __str__(self) -> str:
        return f"{self.name} {self.period}"


class Paper(Model):
    """What one paper says: its number and its facts as JSON, frozen when it was first made.
    `subject_id` is the row that the paper is about, in the table that its kind means."""

    __tablename__ = "paper"
    __table_args__ = (UniqueConstraint("kind", "subject_id"),)

    id: Mapped[Id]
    kind: Mapped[Word]
    subject_id: Mapped[int] = mapped_column(Key)
    number: Mapped[str] = mapped_column(String(40), default="")
    facts: Mapped[str] = mapped_column(Text)

    def __str__(self) -> str:
        return self.number or f"{self.kind}:{self.subject_id}"
