"""Acceptance 受理: contacts, cases and their categories."""

from __future__ import annotations

from datetime import date

from flask_appbuilder import Model
from sqlalchemy import ForeignKey, Index, String, Text, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from app.models.caller import Caller, ToldAs
from app.models.columns import (
    AMoment,
    Extras,
    Flag,
    Id,
    Key,
    MaybeKey,
    MaybeMoment,
    MaybePerson,
    MaybeWords,
    OwnClock,
    Stateful,
    Word,
    Words,
)
from app.models.initials import LONGEST, named
from app.models.posts import Unit
from app.models.waiting import waiting, words_of
from app.rules.workflow import OPEN_CASE

_OPEN = words_of("state", OPEN_CASE)
_PROPOSED = "refusal_proposed_by_id IS NOT NULL AND state = 'registered'"
PATH_SIGN = "／"
"""Between a category's name and that of the one above it."""


class Category(Model):
    """A category of matters: a tree of two levels, each name once under its parent. The label is
    the path. `default_unit_id` is the unit that is proposed first for its cases, `default_mode` the way
    in which they go, `default_workdays` how many working days the office usually allows for them;
    nothing where the office has named none."""

    __tablename__ = "category"
    __table_args__ = (
        Index("uq_category_below", "parent_id", "name", unique=True),
        Index(
            "uq_category_top",
            "name",
            unique=True,
            sqlite_where=text("parent_id IS NULL"),
            postgresql_where=text("parent_id IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    pinyin: Mapped[str] = mapped_column(String(LONGEST), default="", server_default=text("''"))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("category.id"))
    active: Mapped[bool] = mapped_column(default=True)
    default_unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    default_mode: Mapped[str | None] = mapped_column(String(40))
    default_workdays: Mapped[int | None]

    parent: Mapped[Category | None] = relationship(
        remote_side=[id], viewonly=True, lazy="joined", join_depth=1
    )
    default_unit: Mapped[Unit | None] = relationship(viewonly=True)

    @property
    def usual_unit_id(self) -> int | None:
        """The id of the unit that cases of this category are usually given to: its own default, else
        that of the category above it."""
        above = self.parent.default_unit_id if self.parent is not None else None
        return self.default_unit_id if self.default_unit_id is not None else above

    @property
    def usual_way(self) -> tuple[str | None, int | None]:
        """How cases of this category usually go, and in how many working days: its own defaults, else
        those of the category above it. The clock stays the kind's; a person decides."""
        mode, days = self.default_mode, self.default_workdays
        if self.parent is not None:
            mode = mode or self.parent.default_mode
            days = days if days is not None else self.parent.default_workdays
        return mode, days

    @validates("name")
    def _read(self, column: str, said: str) -> str:
        return named(self, said)

    def __str__(self) -> str:
        return path_of(self.name, self.parent.name if self.parent else None)


def path_of(name: str, above: str | None) -> str:
    """The path of a category: its name, below that of the one above it."""
    return f"{above}{PATH_SIGN}{name}" if above else name


class Case(Stateful, OwnClock, Model):
    """A case 工单: one demand. `round` 1 is the first handling, redo makes 2 and 3. `own_*` is the
    centre's clock in this state, `own_overdue_for` the deadline already marked; `screen_*` the same
    of a suggestion that waits to be screened. `look_again_at` is when the bot must look again
    (`look_seal` its MAC, because the bot moves it without an event); `head_*` the tip of the case's
    chain of events."""

    __tablename__ = "hotline_case"
    __table_args__ = (
        Index(
            "ix_case_look",
            "look_again_at",
            "id",
            postgresql_where=text("look_again_at IS NOT NULL"),
            sqlite_where=text("look_again_at IS NOT NULL"),
        ),
        Index("ix_case_unit_state", "lead_unit_id", "state", "id"),
        Index("ix_case_state", "state", "id"),
        Index("ix_case_registered", "registered_at", "id"),
        Index("ix_case_closed", "closed_at"),
        Index("ix_case_unit", "lead_unit_id", "id"),
        Index("ix_case_query_code", "query_code"),
        Index("ix_case_category", "category_id", "id"),
        Index("ix_case_state_own", "state", "own_at", "id"),
        waiting("ix_case_mine", "operator_id", "registered_at", "id", where=_OPEN),
        waiting("ix_case_handling", "registered_at", "id", where="state = 'handling'"),
        waiting("ix_case_refusals", "own_at", "id", where=_PROPOSED),
        waiting("ix_case_overdue", "own_at", "id", where=f"own_overdue_for = own_at AND {_OPEN}"),
        waiting("ix_case_sampled", "own_at", "id", where="state = 'visiting' AND mode = 'direct'"),
        waiting(
            "ix_case_screen_overdue", "screen_at", "id", where="screen_overdue_for = screen_at"
        ),
        waiting("ix_case_leaders", "id", where="leader_assigned IS true"),
        waiting("ix_case_merged", "merged_into_id", where="merged_into_id IS NOT NULL"),
        waiting("ix_case_taken_over", "taken_over_by_id", where="taken_over_by_id IS NOT NULL"),
        waiting("ix_case_failing", "id", where="look_failures > 0"),
        waiting("ix_case_told_again", "id", where="repeats > 0"),
        Index(
            "ix_case_place",
            "place",
            "id",
            postgresql_where=text("place <> ''"),
            sqlite_where=text("place <> ''"),
        ),
        Index(
            "ix_case_complained",
            "complained_unit_id",
            "id",
            postgresql_where=text("complained_unit_id IS NOT NULL"),
            sqlite_where=text("complained_unit_id IS NOT NULL"),
        ),
    )

    number: Mapped[str | None] = mapped_column(String(20), unique=True)
    query_code: Mapped[str] = mapped_column(String(6))
    head_seq: Mapped[int] = mapped_column(default=0)
    head_hash: Mapped[str] = mapped_column(String(64), default="")
    head_at: Mapped[MaybeMoment]
    look_again_at: Mapped[MaybeMoment]
    look_seal: Mapped[str | None] = mapped_column(String(16))
    look_failures: Mapped[int] = mapped_column(default=0, server_default="0")
    look_error: Mapped[MaybeWords]

    channel: Mapped[Word]
    received_at: Mapped[AMoment]
    registered_at: Mapped[AMoment]
    operator_id: Mapped[MaybePerson]
    caller_id: Mapped[int | None] = mapped_column(Key, ForeignKey("caller.id"), index=True)
    anonymous: Mapped[Flag]
    confidential: Mapped[Flag]
    wants_reply: Mapped[bool] = mapped_column(default=True)
    kind: Mapped[Word]
    category_id: Mapped[int | None] = mapped_column(ForeignKey("category.id"))
    place: Mapped[str] = mapped_column(String(200), default="")
    complained_unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    complained_person: Mapped[str] = mapped_column(String(80), default="")
    agreed_named: Mapped[bool] = mapped_column(
        default=False, server_default=false(), info={"fact": True}
    )
    narrative: Mapped[Words]
    demand: Mapped[Words]
    extra: Mapped[Extras]
    urgency: Mapped[str] = mapped_column(String(20), default="normal")
    complex: Mapped[Flag]
    dangerous: Mapped[Flag]
    paper_form: Mapped[str] = mapped_column(String(40), default="")
    repeat_check: Mapped[Words]
    suggestion: Mapped[Flag]

    mode: Mapped[str | None] = mapped_column(String(20))
    round: Mapped[int] = mapped_column(default=1)
    repeats: Mapped[int] = mapped_column(default=0)
    allocations: Mapped[int] = mapped_column(default=0)
    allocated_at: Mapped[MaybeMoment]
    lead_unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    lead_assignment_id: Mapped[MaybeKey]
    leader_assigned: Mapped[Flag]
    leader_due_on: Mapped[date | None]
    merged_into_id: Mapped[int | None] = mapped_column(Key, ForeignKey("hotline_case.id"))
    taken_over_by_id: Mapped[int | None] = mapped_column(Key, ForeignKey("hotline_case.id"))
    split_from_id: Mapped[int | None] = mapped_column(Key, ForeignKey("hotline_case.id"))
    answered_by_id: Mapped[MaybePerson]
    answer: Mapped[MaybeWords]
    refusal_proposed_by_id: Mapped[MaybePerson]
    refusal_reason: Mapped[str | None] = mapped_column(String(40))
    told_caller: Mapped[Words]
    line: Mapped[str | None] = mapped_column(String(20))
    sampled: Mapped[Flag]
    redo_failed: Mapped[Flag]
    disputed_by: Mapped[str | None] = mapped_column(String(20))
    excluded_as: Mapped[str | None] = mapped_column(String(40))
    closed_at: Mapped[MaybeMoment]
    closed_as: Mapped[str | None] = mapped_column(String(40))
    screen_at: Mapped[MaybeMoment]
    screen_clock: Mapped[MaybeWords]
    screen_overdue_for: Mapped[MaybeMoment]

    caller: Mapped[Caller | None] = relationship()
    told_as: Mapped[ToldAs | None] = relationship(viewonly=True)
    category: Mapped[Category | None] = relationship()
    lead_unit: Mapped[Unit | None] = relationship(foreign_keys=[lead_unit_id], viewonly=True)
    complained_unit: Mapped[Unit | None] = relationship(
        foreign_keys=[complained_unit_id], viewonly=True
    )

    def __str__(self) -> str:
        return self.number or f"case:{self.id}"


class Contact(Model):
    """A contact 来电(来件)记录: one call or message. `counts_on_id` is the case whose repeat count it
    raised."""

    __tablename__ = "contact"
    __table_args__ = (
        Index("ix_contact_received", "received_at", "id"),
        Index("ix_contact_entered", "entered_at", "id"),
        waiting("ix_contact_counts_on", "counts_on_id", where="counts_on_id IS NOT NULL"),
    )

    id: Mapped[Id]
    case_id: Mapped[int | None] = mapped_column(Key, ForeignKey("hotline_case.id"), index=True)
    counts_on_id: Mapped[int | None] = mapped_column(Key, ForeignKey("hotline_case.id"))
    kind: Mapped[Word]
    channel: Mapped[Word]
    received_at: Mapped[AMoment]
    entered_at: Mapped[AMoment]
    caller_id: Mapped[int | None] = mapped_column(Key, ForeignKey("caller.id"), index=True)
    words: Mapped[str] = mapped_column(Text, default="")
    extra: Mapped[Extras]
    operator_id: Mapped[MaybePerson]

    case: Mapped[Case | None] = relationship(foreign_keys=[case_id], viewonly=True)

    def __str__(self) -> str:
        return f"contact:{self.id}"
