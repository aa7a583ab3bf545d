"""Supervision 督办: candidates and items of the supervision room, the day's list, findings and
hearings."""

from __future__ import annotations

from datetime import date

from flask_appbuilder import Model
from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.acceptance import Case
from app.models.columns import (
    AMoment,
    AssignmentKey,
    CaseKey,
    Id,
    Key,
    MaybeMoment,
    MaybePerson,
    MaybeWords,
    OwnClock,
    Stateful,
    Word,
    Words,
)
from app.models.posts import Unit
from app.models.waiting import waiting, words_of
from app.rules.workflow import STANDING

UNDER_WAY = tuple(state for state in STANDING if state != "candidate")
"""The states of an item, as against a candidate."""
TO_FEED_BACK = ("opened", "reissued", "confirmed")
"""The states of an item in which the unit has to say something."""


class Supervision(Stateful, OwnClock, Model):
    """A candidate or item 督办件, on one ground of one assignment. `number` is its first notice's,
    `notice_number` that of the notice that was issued again, which has a number of its own. `own_*`
    is the room's clock in this state, `due_*` the unit's for its feedback, `heard_*` the hearing,
    `ask_*` the time to ask for a review; `taken_back` the measure of a closing that a review took
    back."""

    __tablename__ = "supervision"
    __table_args__ = (
        UniqueConstraint("assignment_id", "round", "ground", "attempt"),
        Index("ix_supervision_unit", "unit_id", "id"),
        Index("ix_supervision_unit_state", "unit_id", "state", "id"),
        Index("ix_supervision_state", "state", "id"),
        Index("ix_supervision_state_own", "state", "own_at", "id"),
        waiting("ix_supervision_under_way", "due_at", "id", where=words_of("state", UNDER_WAY)),
        waiting(
            "ix_supervision_to_feed_back",
            "unit_id",
            "due_at",
            "id",
            where=words_of("state", TO_FEED_BACK),
        ),
        waiting("ix_supervision_overdue", "own_at", "id", where="own_overdue_for = own_at"),
        waiting(
            "ix_supervision_reviews",
            "own_at",
            "id",
            where="review_asked_at IS NOT NULL AND review_accepted IS NULL",
        ),
    )

    id: Mapped[Id]
    case_id: Mapped[CaseKey]
    assignment_id: Mapped[AssignmentKey]
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    round: Mapped[int]
    ground: Mapped[Word]
    attempt: Mapped[int]
    reason: Mapped[Words]
    facts: Mapped[Words]
    listed_on: Mapped[date | None] = mapped_column(index=True)
    proposed_by_id: Mapped[MaybePerson]
    struck_reason: Mapped[MaybeWords]
    struck_at: Mapped[MaybeMoment]
    struck_on_list: Mapped[date | None]
    deferred_on: Mapped[date | None]
    opened_at: Mapped[MaybeMoment]
    opened_by_id: Mapped[MaybePerson]
    number: Mapped[str | None] = mapped_column(String(40), unique=True)
    notice_number: Mapped[str | None] = mapped_column(String(40), unique=True)
    requirement: Mapped[Words]
    due_at: Mapped[MaybeMoment]
    due_clock: Mapped[MaybeWords]
    overdue_for: Mapped[MaybeMoment]
    reissues: Mapped[int] = mapped_column(default=0)
    feedback: Mapped[Words]
    fed_back_at: Mapped[MaybeMoment]
    cleared_to: Mapped[date | None]
    finding: Mapped[str | None] = mapped_column(String(20))
    finding_words: Mapped[Words]
    finding_from: Mapped[str | None] = mapped_column(String(40))
    found_by_id: Mapped[MaybePerson]
    confirmed_at: Mapped[MaybeMoment]
    confirmed_by_id: Mapped[MaybePerson]
    heard_at: Mapped[MaybeMoment]
    heard_clock: Mapped[MaybeWords]
    unit_stated_at: Mapped[MaybeMoment]
    unit_statement: Mapped[Words]
    concluded_at: Mapped[MaybeMoment]
    concluded_by_id: Mapped[MaybePerson]
    conclusion: Mapped[Words]
    ask_at: Mapped[MaybeMoment]
    ask_clock: Mapped[MaybeWords]
    review_asked_at: Mapped[MaybeMoment]
    review_words: Mapped[Words]
    review_accepted: Mapped[bool | None]
    outcome: Mapped[str | None] = mapped_column(String(20))
    taken_back: Mapped[str | None] = mapped_column(String(20))
    ended_reason: Mapped[MaybeWords]
    ended_at: Mapped[MaybeMoment]

    case: Mapped[Case] = relationship(viewonly=True)
    unit: Mapped[Unit] = relationship(viewonly=True)

    def __str__(self) -> str:
        return self.number or f"supervision:{self.id}"


class NamedPerson(Model):
    """A responsible person whom a finding names, with the post held then, and their statement when
    heard."""

    __tablename__ = "named_person"
    __table_args__ = (UniqueConstraint("supervision_id", "post_id"),)

    id: Mapped[Id]
    supervision_id: Mapped[int] = mapped_column(Key, ForeignKey("supervision.id"), index=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("unit_post.id"))
    statement: Mapped[Words]
    stated_at: Mapped[MaybeMoment]

    def __str__(self) -> str:
        return f"named_person:{self.id}"


class SupervisionList(Model):
    """The list 督办建议清单 of one day: numbered, its rows frozen as JSON when it was issued."""

    __tablename__ = "supervision_list"

    id: Mapped[Id]
    day: Mapped[date] = mapped_column(unique=True)
    number: Mapped[str] = mapped_column(String(40), unique=True)
    issued_at: Mapped[AMoment]
    rows: Mapped[str] = mapped_column(Text)
    struck: Mapped[str] = mapped_column(Text, default="[]")
    witness: Mapped[str | None] = mapped_column(String(16))

    def __str__(self) -> str:
        return self.number
