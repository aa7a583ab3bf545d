"""Runs of the bot: the only thing that a sweep with nothing due writes."""

from __future__ import annotations

from flask_appbuilder import Model
from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from app.models.columns import AMoment, Id, MaybeMoment, MaybeWords, Word


class Run(Model):
    """One pass of the bot: when it looked, how many cases it took, how many failed."""

    __tablename__ = "run"
    __table_args__ = (
        Index("ix_run_name", "name", "id"),
        Index("ix_run_started_at", "started_at", "id"),
        Index("ix_run_finished_at", "finished_at", "id"),
        Index("ix_run_cases", "cases", "id"),
    )

    id: Mapped[Id]
    name: Mapped[Word]
    looked_at: Mapped[AMoment]
    started_at: Mapped[AMoment]
    finished_at: Mapped[MaybeMoment]
    cases: Mapped[int] = mapped_column(default=0)
    failures: Mapped[int] = mapped_column(default=0)
    error: Mapped[MaybeWords]

    def __str__(self) -> str:
        return f"{self.name} {self.looked_at}"


class RunTotal(Model):
    """The passes of a name whose rows are forgotten: how many there were, and how many looks in
    them failed."""

    __tablename__ = "run_total"

    name: Mapped[Word] = mapped_column(primary_key=True)
    runs: Mapped[int] = mapped_column(default=0)
    failures: Mapped[int] = mapped_column(default=0)
