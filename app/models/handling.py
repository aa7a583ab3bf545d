"""Handling: what a unit files between allocation and visit - replies, requests, drafts."""

from __future__ import annotations

from datetime import date, datetime

from flask_appbuilder import Model
from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.acceptance import Case
from app.models.columns import (
    AMoment,
    AssignmentKey,
    CaseKey,
    Extras,
    Flag,
    Id,
    MaybeKey,
    MaybeMoment,
    MaybePerson,
    MaybeWords,
    OwnClock,
    Stateful,
    Word,
    Words,
)
from app.models.posts import Unit
from app.models.waiting import waiting


class Reply(Stateful, OwnClock, Model):
    """A unit's final reply 办理回复. `late` is the verdict frozen at the moment of filing; `own_*` is
    the clock to examine an assist's (a lead's is its case's)."""

    __tablename__ = "reply"
    __table_args__ = (
        Index("ix_reply_filed", "filed_at", "id"),
        Index("ix_reply_unit", "unit_id", "id"),
        Index("ix_reply_examined", "examined_by_id", "case_id"),
        waiting("ix_reply_to_examine", "filed_at", "id", where="state = 'filed'"),
        waiting(
            "ix_reply_overdue",
            "own_at",
            "id",
            "case_id",
            "unit_id",
            where="own_overdue_for = own_at AND state = 'filed'",
        ),
    )

    case_id: Mapped[CaseKey]
    assignment_id: Mapped[AssignmentKey]
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    round: Mapped[int]
    filed_at: Mapped[AMoment]
    approved_by_id: Mapped[MaybePerson]
    drafted_by_id: Mapped[MaybePerson]
    self_approved: Mapped[Flag]
    late: Mapped[Flag]
    found_true: Mapped[bool | None]
    beyond_duty: Mapped[Flag]
    contacted: Mapped[bool | None]
    contacted_at: Mapped[MaybeMoment]
    contact_number: Mapped[str] = mapped_column(String(40), default="")
    why_not_contacted: Mapped[Words]
    solved: Mapped[bool | None]
    why_unsolved: Mapped[Words]
    opinion: Mapped[Words]
    next_step: Mapped[Words]
    step_on: Mapped[date | None]
    handling: Mapped[Words]
    public_answer: Mapped[Words]
    evidence: Mapped[Words]
    extra: Mapped[Extras]
    imported: Mapped[Flag]
    examined_at: Mapped[MaybeMoment]
    examined_by_id: Mapped[MaybePerson]
    refusal: Mapped[str | None] = mapped_column(String(40))
    refusal_words: Mapped[MaybeWords]

    case: Mapped[Case] = relationship(viewonly=True)
    unit: Mapped[Unit] = relationship(viewonly=True)

    def __str__(self) -> str:
        return f"reply:{self.id}"


class Request(Stateful, OwnClock, Model):
    """What a unit asks or promises: return 退单, extension 延期, explanation 情况说明, interim reply
    阶段性回复."""

    __tablename__ = "request"
    __table_args__ = (
        Index("ix_request_filed", "filed_at", "id"),
        Index("ix_request_unit", "unit_id", "id"),
        Index("ix_request_unit_state", "unit_id", "state", "id"),
        waiting("ix_request_pending", "own_at", "id", where="state = 'pending'"),
        waiting(
            "ix_request_overdue",
            "own_at",
            "id",
            "case_id",
            "unit_id",
            where="own_overdue_for = own_at AND state = 'pending'",
        ),
    )

    case_id: Mapped[CaseKey]
    assignment_id: Mapped[AssignmentKey]
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    round: Mapped[int]
    kind: Mapped[Word]
    filed_at: Mapped[AMoment]
    filed_by_id: Mapped[MaybePerson]
    drafted_by_id: Mapped[MaybePerson]
    self_approved: Mapped[Flag]
    category: Mapped[str] = mapped_column(String(40), default="")
    words: Mapped[Words]
    promised_on: Mapped[date | None]
    workdays: Mapped[int | None]
    came_from: Mapped[str | None] = mapped_column(String(40))
    ruled_at: Mapped[MaybeMoment]
    ruled_by_id: Mapped[MaybePerson]
    ruling_words: Mapped[Words]
    ended_at: Mapped[MaybeMoment]

    case: Mapped[Case] = relationship(viewonly=True)
    unit: Mapped[Unit] = relationship(viewonly=True)

    def __str__(self) -> str:
        return f"request:{self.id}"


class Draft(Model):
    """What staff of a unit drafted for the head to approve: the verb and its fields, as JSON. The head
    uses it, or returns it with words; `ended_by_id` is who used, replaced or discarded it, and
    `successor_id` the draft that stands in its place. Never deleted."""

    __tablename__ = "draft"
    __table_args__ = (
        waiting(
            "ix_draft_waits",
            "unit_id",
            "drafted_at",
            "id",
            where="used_at IS NULL AND ended_at IS NULL",
        ),
        waiting(
            "ix_draft_returned",
            "unit_id",
            "returned_at",
            "id",
            where="used_at IS NULL AND ended_at IS NULL AND returned_at IS NOT NULL",
        ),
    )

    id: Mapped[Id]
    case_id: Mapped[CaseKey]
    assignment_id: Mapped[AssignmentKey]
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    verb: Mapped[Word]
    fields: Mapped[str] = mapped_column(Text)
    drafted_at: Mapped[AMoment]
    drafted_by_id: Mapped[MaybePerson]
    used_at: Mapped[MaybeMoment]
    returned_at: Mapped[MaybeMoment]
    returned_by_id: Mapped[MaybePerson]
    returned_words: Mapped[MaybeWords]
    ended_at: Mapped[MaybeMoment]
    ended_by_id: Mapped[MaybePerson]
    successor_id: Mapped[MaybeKey]

    case: Mapped[Case] = relationship(viewonly=True)

    @property
    def state(self) -> str:
        """Where it stands: waiting, returned, used, replaced or discarded."""
        if self.used_at is not None:
            return "used"
        if self.ended_at is not None:
            return "replaced" if self.successor_id is not None else "discarded"
        return "waiting" if self.returned_at is None else "returned"

    @property
    def state_event_id(self) -> int:
        """How often it moved on, by which a form knows it again: none of its moves is undone."""
        over = self.used_at is not None or self.ended_at is not None
        return (self.returned_at is not None) + 2 * over

    @property
    def decided_at(self) -> datetime | None:
        """When it came to where it stands; None while it waits."""
        return self.used_at or self.ended_at or self.returned_at

    @property
    def decided_by_id(self) -> int | None:
        """Who brought it there."""
        return self.returned_by_id if self.state == "returned" else self.ended_by_id

    def __str__(self) -> str:
        return f"draft:{self.id}"
