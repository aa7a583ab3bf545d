"""How the ways out stand: which have something to send, who holds one, which rest.

A way that is out of order rests with one probe at a time."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import Table, and_, or_, select, update
from sqlalchemy.orm import Session

from app.ledger.bulk import completed, insert_rows
from app.models import Delivery, GatewayState
from app.models.reach import OPEN_DELIVERY
from app.models.waiting import among
from app.rules.office import Office
from app.rules.telling import HOURS, LEASE, PRETEND, is_open
from app.stages.calendar import office_known
from app.stages.outbox.gateways import in_force


def due(now: datetime, open_hours: bool) -> Any:
    """Which deliveries may be sent: those that wait for it, and those whose sender died; outside the
    hours emergencies only."""
    ready = or_(
        and_(Delivery.stands.in_(("waiting", "unknown")), Delivery.next_try_at <= now),
        and_(Delivery.stands == "sending", Delivery.lease_until <= now),
    )
    ready = and_(among(Delivery.stands, OPEN_DELIVERY), ready)
    return ready if open_hours else and_(ready, Delivery.urgent.is_(True))


def opens(office: Office, kind: str) -> bool:
    """Whether anything but an emergency goes out now by a way of this kind; what only pretends wakes
    nobody."""
    return kind == PRETEND or is_open(office.calendar, office.word(HOURS), office.now)


def state_of(session: Session, name: str, lock: bool = False) -> GatewayState:
    """How a way out stands; its row is made at its first use."""
    known = partial(session.get, GatewayState, name, with_for_update=lock, populate_existing=lock)
    row = known()
    if row is None:
        table = GatewayState.__table__
        assert isinstance(table, Table)  # noqa: S101
        insert_rows(session, table, [completed(table, {"name": name})], "ON CONFLICT DO NOTHING")
        row = known()
        assert row is not None  # noqa: S101
    return row


def rests(row: GatewayState, now: datetime) -> bool:
    """Whether a way out is out of order, or was told to be silent, for a while yet."""
    return any(at is not None and at > now for at in (row.paused_until, row.silent_until))


def due_ways(session: Session, now: datetime) -> list[str]:
    """The ways out that have something to send now, are held by nobody and do not rest."""
    states = {row.name: row for row in session.scalars(select(GatewayState))}
    office, found = office_known(session, now), []
    for name, gateway in in_force(session).items():
        ready = due(now, opens(office, gateway.kind))
        row = states.get(name)
        if row is not None and (rests(row, now) or (row.held_until and row.held_until > now)):
            continue
        query = select(Delivery.id).where(Delivery.way == name, ready).limit(1)
        if session.scalar(query) is not None:
            found.append(name)
    return found


def hold(session: Session, now: datetime, name: str, sender: str) -> bool:
    """Let one sender have a way out for a while: whether nobody else has it."""
    row = state_of(session, name, lock=True)
    if row.held_by not in ("", sender) and row.held_until is not None and row.held_until > now:
        return False
    row.held_by, row.held_until = sender, now + LEASE
    return True


def let_go(session: Session, name: str, sender: str) -> None:
    """Let others have the way out again, and what is claimed and was not sent."""
    row = state_of(session, name, lock=True)
    if row.held_by == sender:
        row.held_by, row.held_until = "", None
    mine = (Delivery.way == name, Delivery.lease == sender, Delivery.stands == "sending")
    session.execute(
        update(Delivery).where(*mine).values(stands="waiting", lease="", lease_until=None),
        execution_options={"synchronize_session": False},
    )
