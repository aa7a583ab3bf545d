"""Reporting 工作通报: frozen reports, and the summary from which a month is read in milliseconds."""

from __future__ import annotations

from datetime import date

from flask_appbuilder import Model
from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.columns import AMoment, Id, Key, MaybeMoment, MaybePerson, UnitKey, Word, Words


class Report(Model):
    """A report of a period, its figures frozen as JSON; a re-issue is a new version that says what
    changed."""

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


class ReportDraft(Model):
    """What the bot drafted of a report when its period was over: units may contest their figures
    until `contest_at`, the centre head issues it until `own_at`. `report_id` is what was issued.
    [procedure 5]"""

    __tablename__ = "report_draft"
    __table_args__ = (UniqueConstraint("kind", "first"),)

    id: Mapped[Id]
    kind: Mapped[Word]
    first: Mapped[date]
    last: Mapped[date]
    figures: Mapped[str] = mapped_column(Text)
    drafted_at: Mapped[AMoment]
    contest_at: Mapped[AMoment]
    contest_clock: Mapped[str] = mapped_column(Text)
    own_at: Mapped[AMoment]
    own_clock: Mapped[str] = mapped_column(Text)
    own_overdue_for: Mapped[MaybeMoment]
    report_id: Mapped[int | None] = mapped_column(Key, ForeignKey("report.id"))

    def __str__(self) -> str:
        return f"{self.kind} {self.first}"


class ReportContest(Model):
    """What a unit's head says against its figures in a draft: once, in words; never changed, never
    deleted."""

    __tablename__ = "report_contest"
    __table_args__ = (UniqueConstraint("draft_id", "unit_id"),)

    id: Mapped[Id]
    draft_id: Mapped[int] = mapped_column(Key, ForeignKey("report_draft.id"))
    unit_id: Mapped[UnitKey]
    at: Mapped[AMoment]
    by_id: Mapped[MaybePerson]
    words: Mapped[Words]

    def __str__(self) -> str:
        return f"contest:{self.id}"


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
