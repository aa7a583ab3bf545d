"""Files of a case: what was attached, by whom; the content stands in the store under its
SHA-256."""

from __future__ import annotations

from flask_appbuilder import Model
from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app.models.columns import AMoment, CaseKey, Id, Key, MaybePerson, Word


class File(Model):
    """A file 附件 of a case (of a referral, where it belongs to one): its kind, cleaned name,
    SHA-256, bytes, media type, who added it - from which unit, if any. Never changed, never
    deleted."""

    __tablename__ = "stored_file"

    id: Mapped[Id]
    case_id: Mapped[CaseKey]
    referral_id: Mapped[int | None] = mapped_column(Key, ForeignKey("referral.id"), index=True)
    kind: Mapped[Word]
    name: Mapped[str] = mapped_column(String(120))
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    size: Mapped[int]
    media_type: Mapped[str] = mapped_column(String(80))
    added_at: Mapped[AMoment]
    added_by_id: Mapped[MaybePerson]
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), index=True)

    def __str__(self) -> str:
        return self.name
