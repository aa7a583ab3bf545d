"""Redo 重办: responsibility reviews, each with its grounds."""

from __future__ import annotations

from flask_appbuilder import Model
from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.acceptance import Case
from app.models.columns import AMoment, CaseKey, Id, MaybePerson, Words


class Responsibility(Model):
    """One responsibility review 责任认定: whether the unit is responsible that a round was not good
    enough."""

    __tablename__ = "responsibility"
    __table_args__ = (
        Index("ix_responsibility_at", "at", "id"),
        Index("ix_responsibility_by", "by_id", "case_id"),
    )

    id: Mapped[Id]
    case_id: Mapped[CaseKey]
    round: Mapped[int]
    at: Mapped[AMoment]
    by_id: Mapped[MaybePerson]
    unit_responsible: Mapped[bool]
    grounds: Mapped[Words]
    excluded_as: Mapped[str | None] = mapped_column(String(40))
    number: Mapped[str | None] = mapped_column(String(40))

    case: Mapped[Case] = relationship(viewonly=True)

    def __str__(self) -> str:
        return f"responsibility:{self.id}"
