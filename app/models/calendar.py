"""The calendar table: one row per day, and what an office proposes to change in it."""

from __future__ import annotations

from datetime import date

from flask_appbuilder import Model
from sqlalchemy import Text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.columns import AMoment, Id, MaybeMoment, MaybePerson, Word, Words


class CalendarDay(Model):
    """A day: worked or not, the running number of working days up to it, and where that is known
    from (`office` wins over `library` wins over `provisional`)."""

    __tablename__ = "calendar_day"

    day: Mapped[date] = mapped_column(primary_key=True)
    worked: Mapped[bool]
    ordinal: Mapped[int]
    source: Mapped[Word]

    def __str__(self) -> str:
        return self.day.isoformat()


class CalendarProposal(Model):
    """Days that an IT administrator loaded, waiting for the centre head's approval. `days` is
    JSON."""

    __tablename__ = "calendar_proposal"

    id: Mapped[Id]
    days: Mapped[str] = mapped_column(Text)
    reason: Mapped[Words]
    proposed_at: Mapped[AMoment]
    proposed_by_id: Mapped[MaybePerson]
    refused_at: Mapped[MaybeMoment]
    approved_at: Mapped[MaybeMoment]
    approved_by_id: Mapped[MaybePerson]

    def __str__(self) -> str:
        return f"calendar_proposal:{self.id}"
