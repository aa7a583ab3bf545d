"""Reporting 工作通报: frozen reports with the rows that they counted, and the summaries from which a
month is read in milliseconds."""

from __future__ import annotations

from datetime import date

from flask_appbuilder import Model
from sqlalchemy import ForeignKey, String, Text, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.columns import (
    AMoment,
    Id,
    Key,
    MaybeMoment,
    MaybePerson,
    MaybeWords,
    UnitKey,
    Word,
    Words,
)


class ReportCount(Model):
    """One counting of a period for a report: what it counted stands in its rows, source by source.
    Never changed, never deleted."""

    __tablename__ = "report_count"

    id: Mapped[Id]
    counted_at: Mapped[AMoment]

    def __str__(self) -> str:
        return f"report_count:{self.id}"


class ReportRows(Model):
    """The rows of one source that a counting counted: their ids with unit, category, township and
    channel as they were then, and which counts each is in (`app.stages.reporting.kept`)."""

    __tablename__ = "report_rows"
    __table_args__ = (UniqueConstraint("count_id", "source"),)

    id: Mapped[Id]
    count_id: Mapped[int] = mapped_column(Key, ForeignKey("report_count.id"))
    source: Mapped[Word]
    kept: Mapped[str] = mapped_column(Text)

    def __str__(self) -> str:
        return f"report_rows:{self.id}"


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
    count_id: Mapped[int | None] = mapped_column(Key, ForeignKey("report_count.id"))

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
    count_id: Mapped[int | None] = mapped_column(Key, ForeignKey("report_count.id"))
    edited: Mapped[str] = mapped_column(Text, default="{}", server_default=text("'{}'"))

    def __str__(self) -> str:
        return f"{self.kind} {self.first}"


class ReportContest(Model):
    """What a unit's head says to its figures in a draft, once: against them, in words, or that there
    is nothing to object (`agrees`). What the centre head answered to it stands beside it, with what
    a recount changed (JSON); never deleted."""

    __tablename__ = "report_contest"
    __table_args__ = (UniqueConstraint("draft_id", "unit_id"),)

    id: Mapped[Id]
    draft_id: Mapped[int] = mapped_column(Key, ForeignKey("report_draft.id"))
    unit_id: Mapped[UnitKey]
    at: Mapped[AMoment]
    by_id: Mapped[MaybePerson]
    words: Mapped[Words]
    agrees: Mapped[bool] = mapped_column(default=False, server_default=false())
    accepted: Mapped[bool | None]
    answer: Mapped[MaybeWords]
    answered_at: Mapped[MaybeMoment]
    answered_by_id: Mapped[MaybePerson]
    changes: Mapped[MaybeWords]

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


class FigureCount(Model):
    """How much a measure counts on a day: for a unit, a category, a township and a channel (`by` is
    `cell`), or summed over all but one of them (`by` says which) or over all (`all`); what is summed
    over is 0 or empty. Counted from the record, and counted again."""

    __tablename__ = "figure_count"

    by: Mapped[str] = mapped_column(String(10), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    category_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    township_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    channel: Mapped[str] = mapped_column(String(40), primary_key=True)
    measure: Mapped[str] = mapped_column(String(40), primary_key=True)
    n: Mapped[int]

    def __str__(self) -> str:
        return f"{self.day} {self.measure}"


class FigureState(Model):
    """How far the figures are counted: up to which event and when; and where the last whole recount
    found another number than stood there, its first row."""

    __tablename__ = "figure_state"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    event_id: Mapped[int] = mapped_column(Key)
    counted_at: Mapped[AMoment]
    checked_at: Mapped[MaybeMoment]
    differs: Mapped[MaybeWords]

    def __str__(self) -> str:
        return f"figures:{self.counted_at}"
