"""Visit 回访: planned visits, each attempt and each correction as a record of its own."""

from __future__ import annotations

from flask_appbuilder import Model
from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.acceptance import Case
from app.models.columns import (
    AMoment,
    CaseKey,
    Extras,
    Id,
    Key,
    MaybeMoment,
    MaybePerson,
    Stateful,
    Word,
    Words,
)
from app.models.waiting import waiting


class Visit(Stateful, Model):
    """One caller to be visited about one round of a case; the outcome is that of the newest record.
    One who was asked by internet may answer until `asked_until`, and is called from `call_at`."""

    __tablename__ = "visit"
    __table_args__ = (
        UniqueConstraint("case_id", "caller_case_id", "round", "turn"),
        Index("ix_visit_ended", "ended_at"),
        Index("ix_visit_planned", "planned_at", "id"),
        waiting("ix_visit_pending", "planned_at", "id", where="state = 'pending'"),
        waiting("ix_visit_merged", "caller_case_id", where="caller_case_id <> case_id"),
    )

    id: Mapped[Id]
    case_id: Mapped[CaseKey]
    caller_case_id: Mapped[int] = mapped_column(Key, ForeignKey("hotline_case.id"), index=True)
    round: Mapped[int]
    turn: Mapped[int] = mapped_column(default=1)
    planned_at: Mapped[AMoment]
    attempts: Mapped[int] = mapped_column(default=0)
    truth: Mapped[str | None] = mapped_column(String(20))
    solved: Mapped[str | None] = mapped_column(String(20))
    satisfied: Mapped[str | None] = mapped_column(String(20))
    extra: Mapped[Extras]
    ended_at: Mapped[MaybeMoment]
    call_at: Mapped[MaybeMoment]
    asked_until: Mapped[MaybeMoment]

    case: Mapped[Case] = relationship(foreign_keys="Visit.case_id", viewonly=True)

    def __str__(self) -> str:
        return f"visit:{self.id}"


class VisitCode(Model):
    """The one-time code by which a caller answers a visit by internet, kept hashed. `wrong` counts
    the tries of somebody who could not say whose it is. [procedure 6]"""

    __tablename__ = "visit_code"

    id: Mapped[Id]
    visit_id: Mapped[int] = mapped_column(Key, ForeignKey("visit.id"), unique=True)
    hashed: Mapped[str] = mapped_column(String(64), unique=True)
    asked_at: Mapped[AMoment]
    wrong: Mapped[int] = mapped_column(default=0)
    used_at: Mapped[MaybeMoment]

    def __str__(self) -> str:
        return f"visit_code:{self.id}"


class VisitRecord(Model):
    """One attempt at a visit, or a corrected version of one: never edited. [procedure 6]"""

    __tablename__ = "visit_record"
    __table_args__ = (
        UniqueConstraint("visit_id", "attempt", "version"),
        Index("ix_visit_record_at", "at", "id"),
        Index("ix_visit_record_by", "by_id", "case_id"),
    )

    id: Mapped[Id]
    visit_id: Mapped[int] = mapped_column(Key, ForeignKey("visit.id"), index=True)
    case_id: Mapped[CaseKey]
    attempt: Mapped[int]
    version: Mapped[int]
    at: Mapped[AMoment]
    by_id: Mapped[MaybePerson]
    method: Mapped[Word]
    reached: Mapped[bool]
    place: Mapped[str] = mapped_column(String(200), default="")
    met: Mapped[str] = mapped_column(String(80), default="")
    contacted_by_unit: Mapped[bool | None]
    truth: Mapped[str | None] = mapped_column(String(20))
    solved: Mapped[str | None] = mapped_column(String(20))
    satisfied: Mapped[str | None] = mapped_column(String(20))
    why: Mapped[str | None] = mapped_column(String(20))
    words: Mapped[Words]
    evidence: Mapped[Words]
    extra: Mapped[Extras]
    reason: Mapped[Words]

    case: Mapped[Case] = relationship(viewonly=True)

    def __str__(self) -> str:
        return f"visit_record:{self.id}"
