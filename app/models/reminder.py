"""Reminder 催办: what the bot sends when an assignment is overdue and nobody explained why."""

from __future__ import annotations

from flask_appbuilder import Model
from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.acceptance import Case
from app.models.columns import (
    AMoment,
    AssignmentKey,
    CaseKey,
    Flag,
    Id,
    MaybeKey,
    MaybeMoment,
    MaybePerson,
    MaybeWords,
    Stateful,
    Words,
)
from app.models.posts import Unit
from app.models.waiting import waiting


class Reminder(Stateful, Model):
    """A reminder for one due date of an assignment: answered by a qualifying reply filed by
    `reply_by_at` (exclusive). Where due was lengthened since, `for_due_at` is the date it was
    issued for. [procedure 3]"""

    __tablename__ = "reminder"
    __table_args__ = (
        UniqueConstraint("assignment_id", "round", "attempt"),
        Index("ix_reminder_unit", "unit_id", "id"),
        Index("ix_reminder_issued", "issued_at", "id"),
        waiting(
            "ix_reminder_open", "unit_id", "reply_by_at", "id", "case_id", where="state = 'open'"
        ),
    )

    id: Mapped[Id]
    case_id: Mapped[CaseKey]
    assignment_id: Mapped[AssignmentKey]
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    round: Mapped[int]
    attempt: Mapped[int]
    number: Mapped[str] = mapped_column(String(40), unique=True)
    for_due_at: Mapped[AMoment]
    issued_at: Mapped[AMoment]
    issued_by_id: Mapped[MaybePerson]
    reply_by_at: Mapped[AMoment]
    reply_by_clock: Mapped[Words]
    satisfied_by_reply_id: Mapped[MaybeKey]
    satisfied_by_request_id: Mapped[MaybeKey]
    answered_late: Mapped[Flag]
    lapsed_at: Mapped[MaybeMoment]
    in_error: Mapped[Flag]
    void_reason: Mapped[MaybeWords]
    ended_at: Mapped[MaybeMoment]

    case: Mapped[Case] = relationship(viewonly=True)
    unit: Mapped[Unit] = relationship(viewonly=True)

    def __str__(self) -> str:
        return self.number
