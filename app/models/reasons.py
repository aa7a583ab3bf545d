"""What people said or decided beside an event, which holds nobody's words: why a caller was shown,
a refusal turned down, a word covered, confidentiality lifted."""

from __future__ import annotations

from flask_appbuilder import Model
from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

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


class Reveal(Model):
    """Why somebody was shown a caller: the words that were given, beside the event that says so,
    because an event holds nobody's words. Read by the log auditor; never changed, never deleted."""

    __tablename__ = "reveal"
    __table_args__ = (Index("ix_reveal_by_at", "by_id", "at"),)

    id: Mapped[Id]
    event_id: Mapped[int] = mapped_column(Key, unique=True)
    case_id: Mapped[CaseKey]
    at: Mapped[AMoment]
    by_id: Mapped[MaybePerson]
    reason: Mapped[Words]

    def __str__(self) -> str:
        return f"reveal:{self.event_id}"


class TurnedDown(Model):
    """A refusal that an operator proposed and an allocator turned down: its words stay beside the
    event that says so, on no page. Never changed, never deleted. [procedure 1]"""

    __tablename__ = "turned_down"

    id: Mapped[Id]
    event_id: Mapped[int] = mapped_column(Key, unique=True)
    case_id: Mapped[CaseKey]
    at: Mapped[AMoment]
    by_id: Mapped[MaybePerson]
    proposed_by_id: Mapped[MaybePerson]
    reason: Mapped[str] = mapped_column(String(40))
    words: Mapped[Words]

    def __str__(self) -> str:
        return f"turned_down:{self.event_id}"


class Cover(Model):
    """A word of a case that somebody covered (`covers`), or uncovered because it is an ordinary
    one; of several decisions about one word the newest holds. Never changed, never deleted."""

    __tablename__ = "cover"

    id: Mapped[Id]
    event_id: Mapped[int] = mapped_column(Key)
    case_id: Mapped[CaseKey]
    word: Mapped[str] = mapped_column(String(80))
    covers: Mapped[bool]
    at: Mapped[AMoment]
    by_id: Mapped[MaybePerson]

    def __str__(self) -> str:
        return f"cover:{self.id}"


class Lifting(Model):
    """A proposal to lift a case's confidentiality, with its reason beside its event; and what the
    centre head made of it. Never deleted, and what was proposed never changes. [procedure 1]"""

    __tablename__ = "lifting"
    __table_args__ = (waiting("ix_lifting_waits", "at", "id", where="decided_at IS NULL"),)

    id: Mapped[Id]
    event_id: Mapped[int] = mapped_column(Key, unique=True)
    case_id: Mapped[CaseKey]
    at: Mapped[AMoment]
    by_id: Mapped[MaybePerson]
    reason: Mapped[Words]
    accepted: Mapped[bool | None]
    words: Mapped[Words]
    decided_at: Mapped[MaybeMoment]
    decided_by_id: Mapped[MaybePerson]

    @property
    def state(self) -> str:
        """Where it stands: pending, accepted or refused."""
        if self.decided_at is None:
            return "pending"
        return "accepted" if self.accepted else "refused"

    @property
    def state_event_id(self) -> int:
        """The event that proposed it."""
        return self.event_id

    def __str__(self) -> str:
        return f"lifting:{self.event_id}"
