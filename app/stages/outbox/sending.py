"""Deliveries on their way: claimed under a lease, sent by somebody else, and what became of them written
down one by one, so that a sudden death repeats one message at most.

A way that is out of order rests with one probe at a time, and uses up no tries; a message whose answer was
lost is sent again under the same key."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import Table, and_, or_, select, update
from sqlalchemy.orm import Session

from app.ledger.bulk import completed, insert_rows
from app.models import Case, Delivery, GatewayState
from app.models.reach import CALL, OPEN_DELIVERY
from app.models.sessions import UNSCOPED
from app.models.waiting import among
from app.rules.office import Office
from app.rules.telling import (
    A_MINUTE,
    HOURS,
    LEASE,
    LOST_IN_A_ROW,
    PRETEND,
    ROBOTS,
    SILENCE,
    TRIES,
    WECHAT,
    is_open,
    pause_after,
    wait_after,
    worded,
)
from app.stages.calendar import office_at, office_known
from app.stages.inbox import openid_of
from app.stages.outbox.addresses import address_for
from app.stages.outbox.callers import phone_of
from app.stages.outbox.gateways import in_force
from app.stages.outbox.letters import fields_of_row
from app.stages.outbox.recipients import address_kinds

NO_ADDRESS, HAD_ENOUGH = "no_address", "receiver_had_enough"
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


@dataclass(frozen=True)
class Result:
    """What became of a message, as a way out tells it. [app.channels.channel.Sent]"""

    outcome: str
    code: str
    reference: str = ""
    theirs: str = ""
    again_in: int = 0


def _due(now: datetime, open_hours: bool) -> Any:
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


def _rests(row: GatewayState, now: datetime) -> bool:
    return any(at is not None and at > now for at in (row.paused_until, row.silent_until))


def due_ways(session: Session, now: datetime) -> list[str]:
    """The ways out that have something to send now, are held by nobody and do not rest."""
    states = {row.name: row for row in session.scalars(select(GatewayState))}
    office, found = office_known(session, now), []
    for name, gateway in in_force(session).items():
        ready = _due(now, opens(office, gateway.kind))
        row = states.get(name)
        if row is not None and (_rests(row, now) or (row.held_until and row.held_until > now)):
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


def _room(row: GatewayState, kind: str, now: datetime, n: int) -> int:
    """How many messages a way takes now: a probe where it was out of order, of a robot no more than
    its minute has left."""
    if _rests(row, now):
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
        .where(Delivery.way == name, _due(now, opens(office, gateway.kind)))
        .order_by(Delivery.rank, Delivery.made_at, Delivery.id)
        .limit(room)
        .with_for_update(skip_locked=True)
    )
    claimed = []
    for row in session.scalars(query).all() if room else ():
        to = _to(session, gateway.kind, row)
        if to is None:
            _end(row, now, "dead")
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


def _end(row: Delivery, now: datetime, stands: str) -> None:
    row.stands, row.ended_at, row.lease, row.lease_until = stands, now, "", None


def record(
    session: Session, now: datetime, name: str, sender: str, id: int, result: Result
) -> bool:
    """Write down what became of one message; whether the way takes more. Nothing where the lease is
    somebody else's by now."""
    state = state_of(session, name, lock=True)
    row = session.get_one(Delivery, id, with_for_update=True, populate_existing=True)
    if row.lease != sender or row.stands != "sending":
        return False
    row.error = "" if result.outcome == "taken" else result.code
    row.theirs = result.theirs
    goes_on = _OUTCOMES[result.outcome](row, state, now, result)
    if goes_on:
        state.held_until = now + LEASE
    session.flush()
    return goes_on


def _works(state: GatewayState) -> None:
    state.paused_since, state.paused_until, state.why = None, None, ""
    state.failures, state.lost = 0, 0


def _taken(row: Delivery, state: GatewayState, now: datetime, result: Result) -> bool:
    _end(row, now, "taken")
    row.reference = result.reference[:64]
    row.attempts += 1
    _works(state)
    return True


def _refused(row: Delivery, state: GatewayState, now: datetime, result: Result) -> bool:
    """Dead at once: the way itself works."""
    _end(row, now, "dead")
    row.attempts += 1
    _works(state)
    return True


def _waits(row: Delivery, until: datetime) -> None:
    row.stands, row.lease, row.lease_until, row.next_try_at = "waiting", "", None, until


def _pause(state: GatewayState, now: datetime, result: Result) -> None:
    state.failures += 1
    state.paused_since = state.paused_since or now
    state.why = result.code
    wait = timedelta(seconds=result.again_in) if result.again_in else pause_after(state.failures)
    state.paused_until = now + wait


def _away(row: Delivery, state: GatewayState, now: datetime, result: Result) -> bool:
    """The way is out of order, which uses up no try."""
    _waits(row, now)
    _pause(state, now, result)
    return False


def _busy(row: Delivery, state: GatewayState, now: datetime, result: Result) -> bool:
    """Too many at once: silence, and no try is used up."""
    wait = timedelta(seconds=result.again_in) if result.again_in else SILENCE
    if result.code == HAD_ENOUGH:  # only this receiver has to wait
        _waits(row, now + wait)
        return True
    _waits(row, now)
    state.why, state.silent_until = result.code, now + wait
    return False


def _unknown(row: Delivery, state: GatewayState, now: datetime, result: Result) -> bool:
    """结果未知: tried again under the same key, so often and no more; a way that loses one answer after
    another rests."""
    row.attempts += 1
    state.lost += 1
    if row.attempts >= TRIES:
        _end(row, now, "dead")
    else:
        _waits(row, now + wait_after(row.attempts))
        row.stands = "unknown"
    if state.lost < LOST_IN_A_ROW and state.paused_until is None:
        return True
    _pause(state, now, result)
    return False


_OUTCOMES = {
    "taken": _taken,
    "refused": _refused,
    "away": _away,
    "busy": _busy,
    "unknown": _unknown,
}


def waiting_calls(session: Session) -> Sequence[Delivery]:
    """What is to be told by telephone, the most urgent first."""
    query = select(Delivery).where(Delivery.way == CALL, Delivery.stands == "waiting")
    return session.scalars(query.order_by(Delivery.rank, Delivery.made_at, Delivery.id)).all()
