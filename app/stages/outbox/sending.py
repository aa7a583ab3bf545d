"""Deliveries on their way: claimed under a lease, sent by somebody else.

What became of them is written down by `outcomes`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Case, Delivery, GatewayState
from app.models.reach import CALL
from app.models.sessions import UNSCOPED
from app.rules.office import Office
from app.rules.telling import A_MINUTE, LEASE, ROBOTS, WECHAT, worded
from app.stages.calendar import office_at
from app.stages.inbox import openid_of
from app.stages.outbox.addresses import address_for
from app.stages.outbox.callers import phone_of
from app.stages.outbox.gateways import in_force
from app.stages.outbox.letters import fields_of_row
from app.stages.outbox.outcomes import end
from app.stages.outbox.recipients import address_kinds
from app.stages.outbox.ways import due, hold, opens, rests, state_of

NO_ADDRESS = "no_address"
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Claimed:
    """A message that is one sender's until its lease ends."""

    id: int
    kind: str
    key: str
    fields: dict[str, str] = field(repr=False)
    to: str = field(repr=False)
    subject: str = field(repr=False)
    text: str = field(repr=False)
    robot: str = field(repr=False)
    until: datetime


def _room(row: GatewayState, kind: str, now: datetime, n: int) -> int:
    """How many messages a way takes now: a probe where it was out of order, of a robot no more than
    its minute has left."""
    if rests(row, now):
        return 0
    if row.paused_until is not None:
        return 1
    if kind not in ROBOTS:
        return n
    if row.minute_at is None or now - row.minute_at >= MINUTE:
        row.minute_at, row.minute_n = now, 0
    room = min(n, A_MINUTE - row.minute_n)
    if room <= 0:
        row.silent_until = row.minute_at + MINUTE
    return max(0, room)


def claim(session: Session, now: datetime, name: str, sender: str, n: int) -> list[Claimed]:
    """Claim the next messages of a way, the most urgent first, then the oldest. One that reaches nobody
    any more is dead."""
    gateway = in_force(session).get(name)
    if gateway is None or not hold(session, now, name, sender):
        return []
    state = state_of(session, name)
    room, office = _room(state, gateway.kind, now, n), office_at(session, now)
    query = (
        select(Delivery)
        .where(Delivery.way == name, due(now, opens(office, gateway.kind)))
        .order_by(Delivery.rank, Delivery.made_at, Delivery.id)
        .limit(room)
        .with_for_update(skip_locked=True)
    )
    claimed = []
    for row in session.scalars(query).all() if room else ():
        to = _to(session, gateway.kind, row)
        if to is None:
            end(row, now, "dead")
            row.error = NO_ADDRESS
            continue
        row.stands, row.lease, row.lease_until = "sending", sender, now + LEASE
        claimed.append(_claimed(session, office, row, to, gateway.kind))
    if gateway.kind in ROBOTS:
        state.minute_n += len(claimed)
    session.flush()
    return claimed


def _to(session: Session, kind: str, row: Delivery) -> str | None:
    """The number or address that a message goes to, looked up when it goes; None where there is none
    any more."""
    kinds = address_kinds(kind)
    if kinds is None:
        return ""
    if row.receiver.startswith("case:"):
        case = session.get(Case, int(row.receiver[5:]), execution_options=UNSCOPED)
        told_at = openid_of(session, case.id) if case and kind == WECHAT else ""
        return told_at or (phone_of(session, case) if case and kind != WECHAT else "") or None
    found = address_for(session, row.receiver, kinds)
    if not found and row.unit_id is not None:
        found = address_for(session, f"unit:{row.unit_id}", kinds)
    return found or None


def _claimed(session: Session, office: Office, row: Delivery, to: str, kind: str) -> Claimed:
    fields = fields_of_row(session, row)
    text = worded(office.word(f"tell.{row.kind}"), fields)
    more = fields.get("numbers", "")
    whole = f"{text}\n\n{more}" if kind == "smtp" and row.n > 1 and more else text
    robot = ""
    if kind in ROBOTS and row.unit_id is not None:
        robot = address_for(session, f"unit:{row.unit_id}", ("robot",))
    subject = f"{office.word('office')} {row.number}".strip()
    until = now_of(row)
    return Claimed(row.id, row.kind, row.key, fields, to, subject, whole, robot, until)


def now_of(row: Delivery) -> datetime:
    """Until when a claimed row is its sender's."""
    assert row.lease_until is not None  # noqa: S101
    return row.lease_until


def waiting_calls(session: Session) -> Sequence[Delivery]:
    """What is to be told by telephone, the most urgent first."""
    query = select(Delivery).where(Delivery.way == CALL, Delivery.stands == "waiting")
    return session.scalars(query.order_by(Delivery.rank, Delivery.made_at, Delivery.id)).all()
