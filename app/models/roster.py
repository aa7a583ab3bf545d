"""Rosters 名册: what an office's IT people hand over as one workbook - units, posts, accounts, categories."""

from __future__ import annotations

from flask_appbuilder import Model
from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.columns import AMoment, Id, Key, MaybeMoment, MaybePerson, MaybeWords
from app.models.people import Person


class Roster(Model):
    """A workbook that was handed over, and what came of it (JSON, lists of changes, each with its
    sheet, row, key, how that stood and what is wanted): `done` at once, `waits` for the second
    person, `wrong` the cells that were left out. Numbers of telephones stand in it sealed.
    `slips_key` is the public key that first passwords are sealed to; whoever prints them has the
    other half."""

    __tablename__ = "roster"
    __allow_unmapped__ = True
    __table_args__ = (Index("ix_roster_waits", "approved_at", "refused_at"),)

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(String(120))
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    added: Mapped[int] = mapped_column(default=0)
    changed: Mapped[int] = mapped_column(default=0)
    waiting: Mapped[int] = mapped_column(default=0)
    faults: Mapped[int] = mapped_column(default=0)
    done: Mapped[str] = mapped_column(Text)
    waits: Mapped[str] = mapped_column(Text)
    wrong: Mapped[str] = mapped_column(Text)
    proposed_at: Mapped[AMoment]
    proposed_by_id: Mapped[MaybePerson]
    refused_at: Mapped[MaybeMoment]
    approved_at: Mapped[MaybeMoment]
    approved_by_id: Mapped[MaybePerson]
    slips_key: Mapped[MaybeWords]

    proposed_by: Mapped[Person | None] = relationship(
        foreign_keys="Roster.proposed_by_id", viewonly=True
    )
    approved_by: Mapped[Person | None] = relationship(
        foreign_keys="Roster.approved_by_id", viewonly=True
    )

    def __str__(self) -> str:
        return f"roster:{self.id}"


class Slip(Model):
    """An account that waits for the password of a slip: `sealed` holds it from the worker that made it to
    the page that prints it, for the key of that page alone; then the row goes."""

    __tablename__ = "slip"

    person_id: Mapped[int] = mapped_column(
        ForeignKey("ab_user.id"), primary_key=True, autoincrement=False
    )
    roster_id: Mapped[int] = mapped_column(Key, ForeignKey("roster.id"), index=True)
    sealed: Mapped[str] = mapped_column(Text, default="")

    def __str__(self) -> str:
        return f"slip:{self.person_id}"
