"""Views of lists that people keep: what a list is narrowed to, by what it is ordered, which columns
it shows. Only what is chosen stands here, never what was typed."""

from __future__ import annotations

from flask_appbuilder import Model
from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.columns import AMoment, Id, Word

LONGEST_NAME = 20
"""So many signs has the name of a view."""


class KeptView(Model):
    """A view that a person keeps of a page: `asked` the parameters (JSON pairs), `shown` its
    columns (JSON). `role` or `unit_id` is with whom it is shared."""

    __tablename__ = "kept_view"
    __table_args__ = (
        UniqueConstraint("person_id", "page", "name"),
        Index("ix_kept_view_page", "page", "id"),
    )

    id: Mapped[Id]
    person_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id"))
    page: Mapped[Word]
    name: Mapped[str] = mapped_column(String(LONGEST_NAME))
    asked: Mapped[str] = mapped_column(Text)
    shown: Mapped[str] = mapped_column(Text)
    role: Mapped[str | None] = mapped_column(String(40))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    at: Mapped[AMoment]

    def __str__(self) -> str:
        return self.name
