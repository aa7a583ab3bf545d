"""Who stands in for whom while a head of a unit is away."""

from __future__ import annotations

from datetime import date

from flask_appbuilder import Model
from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.columns import AMoment, Id, MaybeMoment
from app.models.people import Person
from app.models.posts import Unit


class Substitute(Model):
    """A substitute 代理: a colleague who approves for a unit's head from day to day, both counted; the
    head named them, and may end it before. Never changed otherwise, never deleted."""

    __tablename__ = "substitute"
    __allow_unmapped__ = True
    __table_args__ = (
        Index("ix_substitute_person", "person_id", "to_on"),
        Index("ix_substitute_unit", "unit_id", "to_on", "id"),
    )

    id: Mapped[Id]
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    head_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id"))
    from_on: Mapped[date]
    to_on: Mapped[date]
    named_at: Mapped[AMoment]
    ended_at: Mapped[MaybeMoment]

    unit: Mapped[Unit] = relationship(viewonly=True)
    head: Mapped[Person] = relationship(foreign_keys="Substitute.head_id", viewonly=True)
    person: Mapped[Person] = relationship(foreign_keys="Substitute.person_id", viewonly=True)

    def __str__(self) -> str:
        return f"substitute:{self.id}"
