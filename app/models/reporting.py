"""Reporting 工作通报: frozen reports, and the summary from which a month is read in milliseconds."""

from __future__ import annotations

from datetime import date

from flask_appbuilder import Model
from sqlalchemy import String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.columns import AMoment, Id, MaybePerson, Word, Words


class Report(Model):
    """A report of a period, its figures frozen as JSON; a re-issue is a new version that says what changed."""

    __tablename__ = "report"
    __table_args__ = (UniqueConstraint("kind", "first", "version"),)

    id: Mapped[Id]
    kind: Mapped[Word]
    first: Mapped[date]
    last: Mapped[date]
    version: Mapped[int]
    number: Mapped[str] = mapped_column(String(60), unique=True)
    figures: Mapped[str] = mapped_column(Text)
    changes: Mapped[str] = mapped_column(Text, default="[]")
    reason: Mapped[Words]
    issued_at: Mapped[AMoment]
    issued_by_id: Mapped[MaybePerson]

    def __str__(self) -> str:
        return self.number


class DayCount(Model):
    """How often an event word fell on a day, for a unit (0: none) and a category (0: none)."""

    __tablename__ = "day_count"

    day: Mapped[date] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    category_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    word: Mapped[str] = mapped_column(String(40), primary_key=True)
    n: Mapped[int]

    def __str__(self) -> str:
        return f"{self.day} {self.word}"
