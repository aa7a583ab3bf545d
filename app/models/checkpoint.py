"""Checkpoints: how far every chain had come at a moment, under one signature."""

from __future__ import annotations

from flask_appbuilder import Model
from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.models.columns import AMoment, Key


class Checkpoint(Model):
    """A checkpoint 存证点: `root` covers the one before it and, by `merkle`, the `heads` heads of chains
    that had moved on since; `signature` is that of the key with the fingerprint `key`. `upto`: the
    last event there was, `settled`: up to which every event is covered here or earlier; `taken_at`
    by the database's clock. Added once, never changed. [trust, The record]"""

    __tablename__ = "checkpoint"

    id: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)
    at: Mapped[AMoment]
    heads: Mapped[int]
    merkle: Mapped[str] = mapped_column(String(64))
    root: Mapped[str] = mapped_column(String(64))
    signature: Mapped[str] = mapped_column(String(160))
    key: Mapped[str] = mapped_column(String(64))
    upto: Mapped[int] = mapped_column(Key)
    settled: Mapped[int] = mapped_column(Key)
    taken_at: Mapped[AMoment]

    def __str__(self) -> str:
        return f"checkpoint:{self.id}"


class CheckpointHead(Model):
    """A head that a checkpoint covers: the chain, the number and the hash of its last event."""

    __tablename__ = "checkpoint_head"
    __table_args__ = (Index("ix_checkpoint_head_chain", "chain", "seq"),)

    checkpoint_id: Mapped[int] = mapped_column(Key, ForeignKey("checkpoint.id"), primary_key=True)
    chain: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)
    seq: Mapped[int]
    hash: Mapped[str] = mapped_column(String(64))

    def __str__(self) -> str:
        return f"checkpoint:{self.checkpoint_id}/{self.chain}"
