"""Member units 成员单位, and who held which post in them, when."""

from __future__ import annotations

from datetime import date

from flask_appbuilder import Model
from sqlalchemy import ForeignKey, Integer, Select, String, literal, select, text
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from app.models.columns import MaybePerson, UnitKey
from app.models.initials import LONGEST, named


class Unit(Model):
    """A member unit: an organ of the county that answers cases. `area` is what the place of a case
    says when it lies in the township that the unit is; empty for a department."""

    __tablename__ = "unit"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    pinyin: Mapped[str] = mapped_column(String(LONGEST), default="", server_default=text("''"))
    active: Mapped[bool] = mapped_column(default=True)
    area: Mapped[str] = mapped_column(
        String(40), default="", server_default=text("''"), info={"fact": True}
    )
    superior_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    successor_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))

    superior: Mapped[Unit | None] = relationship(
        foreign_keys=[superior_id], remote_side=[id], viewonly=True
    )
    successor: Mapped[Unit | None] = relationship(
        foreign_keys=[successor_id], remote_side=[id], viewonly=True
    )

    @validates("name")
    def _read(self, column: str, said: str) -> str:
        return named(self, said)

    def __str__(self) -> str:
        return self.name


def line_of(unit_id: int) -> Select[int]:
    """The id of a unit with those of the units that were dissolved into it, and into these."""
    table = Unit.__table__
    line = select(literal(unit_id, Integer).label("id")).cte("line", recursive=True, nesting=True)
    line = line.union(select(table.c.id).where(table.c.successor_id == line.c.id))
    return select(line.c.id)


class UnitPost(Model):
    """One person's time in one post of a unit: the history from which a dossier names persons.
    [procedure 8]"""

    __tablename__ = "unit_post"

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[UnitKey]
    person: Mapped[str] = mapped_column(String(80))
    user_id: Mapped[MaybePerson]
    post: Mapped[str] = mapped_column(String(40))
    duty: Mapped[str] = mapped_column(String(120), default="")
    cadre_authority: Mapped[str] = mapped_column(String(120), default="")
    from_on: Mapped[date]
    to_on: Mapped[date | None]

    unit: Mapped[Unit] = relationship(viewonly=True)

    def __str__(self) -> str:
        return f"{self.person} ({self.post})"
