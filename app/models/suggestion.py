"""The pool of reasonable suggestions 合理化建议, and what leaders said to them."""

from __future__ import annotations

from flask_appbuilder import Model
from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.acceptance import Case
from app.models.columns import (
    AMoment,
    CaseKey,
    Id,
    Key,
    MaybeMoment,
    MaybePerson,
    Words,
)
from app.models.waiting import waiting


class Suggestion(Model):
    """A case in the pool of reasonable suggestions 合理化建议: screened by the centre head. [procedure
    1, 5]"""

    __tablename__ = "suggestion"
    __table_args__ = (
        Index("ix_suggestion_marked", "marked_at", "id"),
        waiting("ix_suggestion_waits", "marked_at", "id", where="screened_at IS NULL"),
        waiting("ix_suggestion_kept", "id", where="kept IS true"),
    )

    id: Mapped[Id]
    case_id: Mapped[int] = mapped_column(Key, ForeignKey("hotline_case.id"), unique=True)
    marked_at: Mapped[AMoment]
    kept: Mapped[bool | None]
    words: Mapped[Words]
    screened_at: Mapped[MaybeMoment]
    screened_by_id: Mapped[MaybePerson]

    case: Mapped[Case] = relationship(viewonly=True)

    def __str__(self) -> str:
        return f"suggestion:{self.case_id}"


class SuggestionComment(Model):
    """What a leader said to a suggestion that was kept; never changed, never deleted. `then` is what
    is to become of it: filed, or the leader's matter, which case `made_case_id` is. [procedure 1,
    5]"""

    __tablename__ = "suggestion_comment"
    __table_args__ = (
        waiting("ix_suggestion_comment_made", "made_case_id", where="made_case_id IS NOT NULL"),
    )

    id: Mapped[Id]
    case_id: Mapped[CaseKey]
    words: Mapped[Words]
    at: Mapped[AMoment]
    by_id: Mapped[MaybePerson]
    then: Mapped[str | None] = mapped_column(String(20))
    made_case_id: Mapped[int | None] = mapped_column(Key, ForeignKey("hotline_case.id"))

    def __str__(self) -> str:
        return f"suggestion_comment:{self.id}"
