"""What people decide about deliveries: a dead one is tried again, dropped with a reason or told by telephone;
who was reached when; a test of a way out."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.ledger import note_office
from app.ledger.bulk import completed
from app.ledger.chain import content_hash
from app.models import Delivery, DeliveryNotice
from app.models.reach import CALL, OPEN_DELIVERY
from app.roles import Actor
from app.rules.refusal import NotAllowed
from app.rules.telling import MEDIUMS, ROBOTS, TEST
from app.stages.calendar import office_at
from app.stages.named import id_of
from app.stages.outbox.addresses import address_for
from app.stages.outbox.calling import as_call
from app.stages.outbox.facts import sealed_fields
from app.stages.outbox.gateways import in_force
from app.stages.outbox.noting import note_rows
from app.stages.outbox.recipients import address_kinds


def _row(session: Session, id: int, *stands: str) -> Delivery:
    """The delivery that is meant, if it stands so. Raises NotAllowed."""
    row = (
        session.get(Delivery, id, with_for_update=True, populate_existing=True)
        if id_of(id)
        else None
    )
    if row is None:
        raise NotAllowed("not_found")
    if row.stands not in stands:
        raise NotAllowed("delivery_stands", stands=f"delivery.{row.stands}")
    return row


def _decided(row: Delivery, actor: Actor, now: datetime, stands: str) -> None:
    row.stands, row.by_id, row.ended_at, row.noted_at = stands, actor.id, now, None


def retry_delivery(session: Session, now: datetime, actor: Actor, id: int) -> Delivery:
    """Try a dead message again, from the first try on, under the same key; where it had become a call
    that nobody made yet, the call is dropped."""
    row = _row(session, id, "dead", "waiting")
    if row.stands == "waiting":
        call, row = row, _instead_of(session, row)
        _decided(call, actor, now, "dropped")
    if row.way == CALL or row.way not in in_force(session):
        raise NotAllowed("unknown_way", name=row.way)
    row.stands, row.attempts, row.next_try_at, row.ended_at = "waiting", 0, now, None
    row.by_id = actor.id
    session.flush()
    note_office(session, now, actor, "delivery.retried", {"delivery": row.id, "way": row.way})
    return row


def _instead_of(session: Session, call: Delivery) -> Delivery:
    """The message that a waiting call stands for. Raises NotAllowed where it is no such call."""
    if call.way != CALL or call.instead_of_id is None:
        raise NotAllowed("delivery_stands", stands=f"delivery.{call.stands}")
    return session.get_one(Delivery, call.instead_of_id, with_for_update=True)


def drop_delivery(session: Session, now: datetime, actor: Actor, id: int, reason: str) -> Delivery:
    """Drop a dead message, or a call that nobody has to make any more, with a reason."""
    row = _row(session, id, "dead", "waiting")
    if row.stands == "waiting" and row.way != CALL:
        raise NotAllowed("delivery_stands", stands="delivery.waiting")
    if not reason.strip():
        raise NotAllowed("reason_missing")
    _decided(row, actor, now, "dropped")
    row.words = reason.strip()
    session.flush()
    _note(session, now, actor, row, reason)
    return row


def call_instead(session: Session, now: datetime, actor: Actor, id: int) -> Delivery:
    """Put what a dead message said on the call list."""
    row = _row(session, id, "dead")
    made = as_call(session, now, row)
    row.by_id = actor.id
    session.flush()
    told = {"delivery": row.id, "call": made.id, "way": row.way}
    note_office(session, now, actor, "delivery.to_call", told)
    return made


def record_call(
    session: Session,
    now: datetime,
    actor: Actor,
    id: int,
    reached: str,
    called_at: datetime | None = None,
    words: str = "",
) -> Delivery:
    """Record that somebody was told by telephone: who, and when (now, where nothing is typed)."""
    row = _row(session, id, "waiting")
    if row.way != CALL:
        raise NotAllowed("delivery_stands", stands=f"delivery.{row.stands}")
    at = called_at or now
    if not row.made_at.replace(second=0, microsecond=0) <= at <= now:
        raise NotAllowed("field_wrong", field="called_at")
    _decided(row, actor, at, "called")
    row.reached, row.words = reached.strip(), words.strip() or None
    session.flush()
    _note(session, now, actor, row, reached)
    return row


def _note(session: Session, now: datetime, actor: Actor, row: Delivery, words: str) -> None:
    """Write the end into the record of its cases; of what tells of none, into the office's, with the
    digest of the words."""
    told = select(DeliveryNotice.event_id).where(
        DeliveryNotice.delivery_id == row.id, DeliveryNotice.chain != 0
    )
    if session.scalar(told.limit(1)) is None:
        payload = {"deliveries": [row.id], "sha256": content_hash(words)}
        note_office(session, now, actor, f"delivery.{row.stands}", payload)
        row.noted_at = now
        session.flush()
        return
    note_rows(session, now, actor, [row])


def test_gateway(session: Session, now: datetime, actor: Actor, name: str) -> Delivery:
    """Send a test by a way out to one's own number or address; a robot says it to its group."""
    gateway = in_force(session).get(name)
    if gateway is None:
        raise NotAllowed("unknown_way", name=name[:40])
    receiver, kinds = f"user:{actor.id}", address_kinds(gateway.kind)
    if kinds is not None and not address_for(session, receiver, kinds):
        raise NotAllowed("no_own_address", kind=kinds[0])
    office = office_at(session, now)
    waits = select(Delivery.id).where(
        Delivery.kind == TEST, Delivery.way == name, Delivery.stands.in_(OPEN_DELIVERY)
    )
    if session.scalar(waits.limit(1)) is not None:
        raise NotAllowed("test_waits")
    event = note_office(session, now, actor, "gateway.tested", {"name": name, "kind": gateway.kind})
    key = f"t{event}-{'robot' if gateway.kind in ROBOTS else f'user{actor.id}'}-{name}"
    row = Delivery(
        **completed(
            Delivery.__table__,
            {
                "key": key,
                "kind": TEST,
                "way": name,
                "medium": MEDIUMS[gateway.kind],
                "receiver": receiver,
                "unit_id": actor.unit_id,
                "fields": sealed_fields(session, key, {"office": office.word("office")}),
                # Whoever sets a way up tries it at any hour.
                "urgent": True,
                "rank": 0,
                "stands": "waiting",
                "made_at": now,
                "next_try_at": now,
            },
        )
    )
    session.add(row)
    session.flush()
    return row


test_gateway.__test__ = False  # type: ignore[attr-defined]
