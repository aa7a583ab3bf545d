"""Fields of the office's own: their definitions, versions of which the newest approved one counts, and
the index by which rows are found by what stands in them."""

from __future__ import annotations

from datetime import date

from flask_appbuilder import Model
from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.acceptance import Category
from app.models.columns import AMoment, Id, Key, MaybeMoment, MaybePerson, Word, Words


class ExtraField(Model):
    """A field as somebody proposed it and a second person confirmed it: on which rows it stands, for
    which branch of categories (None: all), `definition` the rest as canonical JSON. The newest
    confirmed version of a code counts from its day on; one that is not `active` retires it."""

    __tablename__ = "extra_field"
    __table_args__ = (Index("ix_extra_field_code", "code", "id"),)

    id: Mapped[Id]
    code: Mapped[str] = mapped_column(String(20))
    subject: Mapped[Word]
    category_id: Mapped[int | None] = mapped_column(ForeignKey("category.id"))
    label: Mapped[str] = mapped_column(String(40))
    kind: Mapped[Word]
    definition: Mapped[str] = mapped_column(Text)
    active: Mapped[bool]
    valid_from: Mapped[date]
    reason: Mapped[Words]
    proposed_at: Mapped[AMoment]
    proposed_by_id: Mapped[MaybePerson]
    refused_at: Mapped[MaybeMoment]
    approved_at: Mapped[MaybeMoment]
    approved_by_id: Mapped[MaybePerson]

    category: Mapped[Category | None] = relationship(viewonly=True)

    def __str__(self) -> str:
        return self.label


class ExtraValue(Model):
    """Which rows have which value in which field: derived from the rows, in the same transaction, and
    made anew from them at any time. No record."""

    __tablename__ = "extra_value"
    __table_args__ = (Index("ix_extra_value_row", "field", "row_id", "value"),)

    field: Mapped[str] = mapped_column(String(20), primary_key=True)
    value: Mapped[str] = mapped_column(String(80), primary_key=True)
    row_id: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)

    def __str__(self) -> str:
        return f"{self.field}={self.value}:{self.row_id}"
