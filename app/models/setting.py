"""The office's own numbers and words, versioned."""

from __future__ import annotations

from flask_appbuilder import Model
from sqlalchemy import Text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.columns import AMoment, Id, MaybeMoment, MaybePerson, Word, Words


class SlaRule(Model):
    """The office's own value (JSON) of one number of `rules.limits`, in force from a moment once
    approved."""

    __tablename__ = "sla_rule"

    id: Mapped[Id]
    name: Mapped[Word]
    value: Mapped[str] = mapped_column(Text)
    valid_from: Mapped[AMoment]
    reason: Mapped[Words]
    changed_at: Mapped[AMoment]
    changed_by_id: Mapped[MaybePerson]
    refused_at: Mapped[MaybeMoment]
    approved_at: Mapped[MaybeMoment]
    approved_by_id: Mapped[MaybePerson]

    def __str__(self) -> str:
        return f"{self.name}={self.value}"


class Setting(Model):
    """A word of the office (its name, a series word) or a version number that others depend on."""

    __tablename__ = "setting"

    name: Mapped[Word] = mapped_column(primary_key=True)
    value: Mapped[str] = mapped_column(Text)

    def __str__(self) -> str:
        return f"{self.name}={self.value}"
