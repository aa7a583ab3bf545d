"""Reach: ways out of the desk, where people are reached, who is told by which way, and what was sent."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from flask_appbuilder import Model
from sqlalchemy import Index, String, Text, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column

from app.models.columns import (
    AMoment,
    Flag,
    Id,
    Key,
    MaybeKey,
    MaybeMoment,
    MaybePerson,
    MaybeWords,
    Word,
    Words,
)
from app.models.event import Event
from app.models.waiting import waiting, words_of

OPEN_DELIVERY = ("waiting", "sending", "unknown")
"""Where a delivery is still to be sent."""
ENDED_DELIVERY = ("taken", "dead", "called", "dropped")
"""Where nothing is sent any more; a dead one waits for a person."""
LOST_DELIVERY = ("dead", "dropped")
"""Where nobody was reached."""
CALL = "call"
"""The way of what a person says by telephone: it has no gateway."""


class Gateway(Model):
    """A way out as somebody proposed it and a second person approved it: an SMS gateway, a mail server,
    a robot. The newest approved row of a name is in force. `settings` is JSON; `secrets_sealed` is
    JSON too, each secret sealed by itself and bound to the name."""

    __tablename__ = "gateway"
    __table_args__ = (Index("ix_gateway_name", "name", "id"),)

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(String(20))
    kind: Mapped[Word]
    settings: Mapped[str] = mapped_column(Text)
    secrets_sealed: Mapped[str] = mapped_column(Text)
    active: Mapped[bool]
    reason: Mapped[Words]
    proposed_at: Mapped[AMoment]
    proposed_by_id: Mapped[MaybePerson]
    refused_at: Mapped[MaybeMoment]
    approved_at: Mapped[MaybeMoment]
    approved_by_id: Mapped[MaybePerson]

    def __str__(self) -> str:
        return self.name


class GatewayState(Model):
    """How a way out stands: held by one sender until `held_until`, out of order until it is tried again
    at `paused_until`, told to be silent until `silent_until`, and how many messages it took since
    `minute_at`."""

    __tablename__ = "gateway_state"

    name: Mapped[str] = mapped_column(String(20), primary_key=True)
    held_by: Mapped[str] = mapped_column(String(20), default="")
    held_until: Mapped[MaybeMoment]
    paused_since: Mapped[MaybeMoment]
    paused_until: Mapped[MaybeMoment]
    silent_until: Mapped[MaybeMoment]
    why: Mapped[str] = mapped_column(String(40), default="")
    failures: Mapped[int] = mapped_column(default=0)
    lost: Mapped[int] = mapped_column(default=0)
    minute_at: Mapped[MaybeMoment]
    minute_n: Mapped[int] = mapped_column(default=0)

    def __str__(self) -> str:
        return self.name


class Address(Model):
    """Where somebody is reached: the owner (`unit:7`, `post:3`, `user:5`), of which kind, and the number
    or address itself, sealed; empty where it was taken out."""

    __tablename__ = "address"
    __table_args__ = (UniqueConstraint("owner", "kind"),)

    id: Mapped[Id]
    owner: Mapped[Word]
    kind: Mapped[Word]
    sealed: Mapped[Words]
    changed_at: Mapped[AMoment]
    changed_by_id: Mapped[MaybePerson]

    def __str__(self) -> str:
        return f"{self.owner}|{self.kind}"


class Choice(Model):
    """By which ways a unit (0: every unit that chose nothing, and the office's own people) is told of a
    kind of notice: names, blanks between; empty where it is told in the panel only."""

    __tablename__ = "way_choice"
    __table_args__ = (UniqueConstraint("unit_id", "kind"),)

    id: Mapped[Id]
    unit_id: Mapped[int]
    kind: Mapped[Word]
    ways: Mapped[Words]
    changed_at: Mapped[AMoment]
    changed_by_id: Mapped[MaybePerson]

    def __str__(self) -> str:
        return f"way_choice:{self.id}"


_DUE = words_of("stands", OPEN_DELIVERY)


class Delivery(Model):
    """One message to one receiver by one way: a notice, or a digest of several. `receiver` is whom it
    is for: `user:7`, `post:3`, `unit:2` or, for a caller, `case:12`; `medium` what kind of way it is.
    `fields` are the named fields of its text, sealed; `key` is the same each time it is sent.
    `stands` is waiting, sending (under a lease), unknown (the answer was lost), taken, dead, called or
    dropped. `error` is our own word for what went wrong; `noted_at` is when its end was written into
    the record."""

    __tablename__ = "delivery"
    __table_args__ = (
        waiting("ix_delivery_due", "way", "rank", "made_at", "id", where=_DUE),
        waiting("ix_delivery_dead", "made_at", "id", where="stands = 'dead'"),
        waiting("ix_delivery_dead_by_way", "way", where="stands = 'dead'"),
        waiting("ix_delivery_calls", "made_at", "id", where="way = 'call' AND stands = 'waiting'"),
        waiting(
            "ix_delivery_unnoted",
            "id",
            where=f"noted_at IS NULL AND {words_of('stands', ENDED_DELIVERY)}",
        ),
        Index("ix_delivery_made", "made_at", "id"),
        Index("ix_delivery_stands", "stands", "id"),
        Index("ix_delivery_kind", "kind", "id"),
    )

    id: Mapped[Id]
    key: Mapped[str] = mapped_column(String(64), unique=True)
    kind: Mapped[Word]
    way: Mapped[str] = mapped_column(String(20))
    medium: Mapped[Word]
    receiver: Mapped[Word]
    unit_id: Mapped[int | None]
    number: Mapped[str] = mapped_column(String(20), default="")
    n: Mapped[int] = mapped_column(default=1)
    fields: Mapped[str] = mapped_column(Text)
    urgent: Mapped[Flag]
    rank: Mapped[int]
    stands: Mapped[Word]
    made_at: Mapped[AMoment]
    attempts: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[AMoment]
    lease: Mapped[str] = mapped_column(String(20), default="")
    lease_until: Mapped[MaybeMoment]
    ended_at: Mapped[MaybeMoment]
    noted_at: Mapped[MaybeMoment]
    reference: Mapped[str] = mapped_column(String(64), default="")
    error: Mapped[str] = mapped_column(String(40), default="")
    theirs: Mapped[str] = mapped_column(String(64), default="")
    by_id: Mapped[MaybePerson]
    reached: Mapped[MaybeWords]
    words: Mapped[MaybeWords]
    instead_of_id: Mapped[MaybeKey]

    @property
    def at(self) -> datetime:
        """When it came to where it stands: its end, or its making."""
        return self.ended_at or self.made_at

    def __str__(self) -> str:
        return f"delivery:{self.id}"


class DeliveryNotice(Model):
    """An event that a delivery tells of, with the chain that it stands in."""

    __tablename__ = "delivery_notice"
    __table_args__ = (Index("ix_delivery_notice_event", "event_id"),)

    delivery_id: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)
    event_id: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)
    chain: Mapped[int] = mapped_column(Key)

    def __str__(self) -> str:
        return f"{self.delivery_id}:{self.event_id}"


def told_of(subject: str, ids: Collection[int]) -> Any:
    """(id, delivery) of all messages that tell of what happened to these rows of a subject, the oldest
    first."""
    return (
        select(Event.subject_id, Delivery)
        .join(DeliveryNotice, DeliveryNotice.event_id == Event.id)
        .join(Delivery, Delivery.id == DeliveryNotice.delivery_id)
        .where(Event.subject == subject, Event.subject_id.in_(ids))
        .order_by(Delivery.id)
        .distinct()
    )
