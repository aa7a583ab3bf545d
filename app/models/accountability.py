"""Accountability 问责: referrals to the supervisory committee, and their volumes."""

from __future__ import annotations

from flask_appbuilder import Model
from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.acceptance import Case
from app.models.columns import (
    AMoment,
    AssignmentKey,
    CaseKey,
    Flag,
    Id,
    Key,
    MaybeMoment,
    MaybePerson,
    MaybeWords,
    OwnClock,
    Stateful,
    UnitKey,
    Words,
)
from app.models.posts import Unit
from app.models.waiting import waiting


class Referral(Stateful, OwnClock, Model):
    """A referral 移送 of one supervision item: who completed, reviewed, approved, sealed and sent
    it."""

    __tablename__ = "referral"
    __table_args__ = (
        Index("ix_referral_state", "state", "id"),
        Index("ix_referral_drafted", "drafted_at", "id"),
        waiting("ix_referral_overdue", "own_at", "id", where="own_overdue_for = own_at"),
        waiting("ix_referral_sent", "id", where="sent_at IS NOT NULL"),
        waiting("ix_referral_sent_state", "state", "id", where="sent_at IS NOT NULL"),
        waiting("ix_referral_sent_send_by", "send_by_at", "id", where="sent_at IS NOT NULL"),
    )

    id: Mapped[Id]
    case_id: Mapped[CaseKey]
    assignment_id: Mapped[AssignmentKey]
    supervision_id: Mapped[int] = mapped_column(Key, ForeignKey("supervision.id"), unique=True)
    unit_id: Mapped[UnitKey]
    drafted_at: Mapped[AMoment]
    snapshot: Mapped[str] = mapped_column(Text)
    send_by_at: Mapped[AMoment]
    send_by_clock: Mapped[Words]
    report: Mapped[Words]
    proposal: Mapped[Words]
    completed_at: Mapped[MaybeMoment]
    completed_by_id: Mapped[MaybePerson]
    reviewed_by_id: Mapped[MaybePerson]
    opened_by_id: Mapped[MaybePerson]
    approved_by_id: Mapped[MaybePerson]
    approval_entered_by_id: Mapped[MaybePerson]
    approval_scan: Mapped[str] = mapped_column(String(200), default="")
    with_identity: Mapped[Flag]
    sealed_at: Mapped[MaybeMoment]
    sealed_by_id: Mapped[MaybePerson]
    sealed: Mapped[str | None] = mapped_column(Text)
    number: Mapped[str | None] = mapped_column(String(40), unique=True)
    sent_at: Mapped[MaybeMoment]
    sent_by_id: Mapped[MaybePerson]
    received_at: Mapped[MaybeMoment]
    outcome: Mapped[str | None] = mapped_column(String(20))
    outcome_words: Mapped[Words]
    supplement_due_at: Mapped[MaybeMoment]
    abandon_reason: Mapped[MaybeWords]
    ended_at: Mapped[MaybeMoment]

    case: Mapped[Case] = relationship(viewonly=True)
    unit: Mapped[Unit] = relationship(viewonly=True)

    def __str__(self) -> str:
        return self.number or f"referral:{self.id}"


class Supplement(Model):
    """A supplementary volume: what was sent after sealing, without touching what was sealed.
    [procedure 8]"""

    __tablename__ = "supplement"
    __table_args__ = (UniqueConstraint("referral_id", "n"),)

    id: Mapped[Id]
    referral_id: Mapped[int] = mapped_column(Key, ForeignKey("referral.id"), index=True)
    n: Mapped[int]
    sent_at: Mapped[AMoment]
    sent_by_id: Mapped[MaybePerson]
    words: Mapped[Words]
    sealed: Mapped[str] = mapped_column(Text)
    received_at: Mapped[MaybeMoment]

    def __str__(self) -> str:
        return f"supplement:{self.referral_id}/{self.n}"


class Dossier(Model):
    """The files of a sealed dossier 移送卷宗 (version 1) or of a supplement's volume (its n + 1): the
    name of its directory and zip, the SHA-256 and size of the zip, the fingerprint of the key that
    signed it and the SHA-256 of the script in it (None: made before dossiers were signed). Recorded
    once, never changed. [procedure 8]"""

    __tablename__ = "dossier"
    __table_args__ = (UniqueConstraint("referral_id", "version"),)

    id: Mapped[Id]
    referral_id: Mapped[int] = mapped_column(Key, ForeignKey("referral.id"), index=True)
    version: Mapped[int]
    name: Mapped[str] = mapped_column(String(80))
    sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int]
    recorded_at: Mapped[AMoment]
    signed_with: Mapped[str | None] = mapped_column(String(64))
    script_sha256: Mapped[str | None] = mapped_column(String(64))

    def __str__(self) -> str:
        return self.name


class Handover(Model):
    """How a dossier was carried to the committee's own network 交接单: on which medium (with what
    written on it), by whom, handed out when and by whom."""

    __tablename__ = "handover"

    id: Mapped[Id]
    referral_id: Mapped[int] = mapped_column(Key, ForeignKey("referral.id"), index=True)
    dossier_id: Mapped[int] = mapped_column(Key, ForeignKey("dossier.id"))
    at: Mapped[AMoment]
    by_id: Mapped[MaybePerson]
    medium: Mapped[str] = mapped_column(String(20))
    label: Mapped[str] = mapped_column(String(80))
    carrier: Mapped[str] = mapped_column(String(80))

    def __str__(self) -> str:
        return f"handover:{self.id}"
