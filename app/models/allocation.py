"""Allocation 分配: assignments, submissions to leaders and leaders' instructions."""

from __future__ import annotations

from datetime import date

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
    Key,
    MaybeKey,
    MaybeMoment,
    MaybePerson,
    MaybeWords,
    Stateful,
    UnitKey,
    Word,
    Words,
)
from app.models.posts import Unit
from app.models.waiting import waiting, words_of
from app.rules.workflow import OPEN_ASSIGNMENT

_OPEN = words_of("state", OPEN_ASSIGNMENT)
_OVERDUE = f"{_OPEN} AND overdue_for = due_at"
_UNANSWERED = f"{_OPEN} AND response_at IS NOT NULL AND first_response_at IS NULL"


class Assignment(Stateful, Model):
    """An assignment 交办件: one unit's part of a case in one round. `replied_at` is the final reply
    that stands; `*_for` name the deadline that was warned of or marked, so that nothing is marked
    twice for one date."""

    __tablename__ = "assignment"
    __table_args__ = (
        Index("ix_assignment_unit_state", "unit_id", "state", "id"),
        Index("ix_assignment_unit", "unit_id", "id"),
        Index("ix_assignment_unit_case", "unit_id", "case_id"),
        Index("ix_assignment_allocated", "allocated_at", "id"),
        Index("ix_assignment_due", "due_at", "id"),
        waiting("ix_assignment_overdue", "due_at", "id", "case_id", "unit_id", where=_OVERDUE),
        waiting("ix_assignment_unit_overdue", "unit_id", "due_at", "id", "case_id", where=_OVERDUE),
        waiting("ix_assignment_watched", "due_at", "id", where=f"watched IS true AND {_OPEN}"),
        waiting("ix_assignment_unanswered", "response_at", "id", where=_UNANSWERED),
        waiting("ix_assignment_to_respond", "unit_id", "response_at", "id", where=_UNANSWERED),
        waiting("ix_assignment_to_sign", "unit_id", "sign_at", "id", where="state = 'allocated'"),
        waiting(
            "ix_assignment_to_answer",
            "unit_id",
            "due_at",
            "id",
            where=words_of("state", ("signed", "return_pending")),
        ),
        waiting(
            "ix_assignment_refused", "unit_id", "due_at", "id", where="state = 'reply_refused'"
        ),
    )

    case_id: Mapped[CaseKey]
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    round: Mapped[int]
    role: Mapped[Word]
    number: Mapped[str | None] = mapped_column(String(40), unique=True)
    allocated_at: Mapped[AMoment]
    allocated_by_id: Mapped[MaybePerson]
    signed_at: Mapped[MaybeMoment]
    signed_by: Mapped[str | None] = mapped_column(String(10))
    sign_at: Mapped[MaybeMoment]
    sign_clock: Mapped[MaybeWords]
    return_at: Mapped[MaybeMoment]
    return_clock: Mapped[MaybeWords]
    due_at: Mapped[AMoment]
    due_clock: Mapped[Words]
    leader_assigned: Mapped[Flag]
    response_at: Mapped[MaybeMoment]
    first_response_at: Mapped[MaybeMoment]
    replied_at: Mapped[MaybeMoment]
    reply_id: Mapped[MaybeKey]
    late: Mapped[bool | None]
    warned_for: Mapped[MaybeMoment]
    overdue_for: Mapped[MaybeMoment]
    watched: Mapped[Flag]
    waived_reason: Mapped[MaybeWords]
    ended_at: Mapped[MaybeMoment]

    unit: Mapped[Unit] = relationship()

    case: Mapped[Case] = relationship(viewonly=True)

    def __str__(self) -> str:
        return f"assignment:{self.id}"


class Instruction(Model):
    """A leader's written instruction 批示, on a submitted case or on one already in handling.
    `leader_id` is the leader's account, where it is known. [procedure 2]"""

    __tablename__ = "instruction"
    __table_args__ = (
        Index("ix_instruction_instructed", "instructed_on", "id"),
        Index("ix_instruction_leader", "leader_id", "id"),
    )

    id: Mapped[Id]
    case_id: Mapped[CaseKey]
    leader: Mapped[str] = mapped_column(String(80))
    level: Mapped[Word]
    words: Mapped[Words]
    instructed_on: Mapped[date]
    due_on: Mapped[date | None]
    document: Mapped[str] = mapped_column(String(80), default="")
    scan: Mapped[str] = mapped_column(String(200), default="")
    entered_at: Mapped[AMoment]
    entered_by_id: Mapped[MaybePerson]
    leader_id: Mapped[MaybePerson]

    case: Mapped[Case] = relationship(viewonly=True)

    def __str__(self) -> str:
        return f"instruction:{self.id}"


class InstructionNotice(Model):
    """A leader's instruction as a unit got it 领导批示办理单: one paper for each unit that an instruction
    reached."""

    __tablename__ = "instruction_notice"
    __table_args__ = (UniqueConstraint("instruction_id", "assignment_id"),)

    id: Mapped[Id]
    case_id: Mapped[CaseKey]
    instruction_id: Mapped[int] = mapped_column(Key, ForeignKey("instruction.id"))
    assignment_id: Mapped[AssignmentKey]
    unit_id: Mapped[UnitKey]
    number: Mapped[str] = mapped_column(String(40), unique=True)
    issued_at: Mapped[AMoment]

    case: Mapped[Case] = relationship(viewonly=True)
    unit: Mapped[Unit] = relationship(viewonly=True)

    def __str__(self) -> str:
        return self.number


class Submission(Model):
    """A submission 呈办 of a case to a county leader. [procedure 2]"""

    __tablename__ = "submission"
    __table_args__ = (Index("ix_submission_leader", "leader_id", "case_id"),)

    id: Mapped[Id]
    case_id: Mapped[CaseKey]
    reason: Mapped[Words]
    leader_id: Mapped[MaybePerson]
    submitted_at: Mapped[AMoment]
    submitted_by_id: Mapped[MaybePerson]
    number: Mapped[str | None] = mapped_column(String(40))

    def __str__(self) -> str:
        return f"submission:{self.id}"
