"""What is told by telephone because no other way reached anybody: what a unit has to hear promptly, and
what a caller hears. [src 3: promptly urges]"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.ledger import note_office
from app.ledger.bulk import completed
from app.ledger.ids import allot
from app.models import Delivery, DeliveryNotice, Event
from app.models.reach import CALL, LOST_DELIVERY
from app.roles import BOT
from app.rules.telling import ASKED, KIND_OF, PROMPT
from app.stages.outbox.facts import sealed_fields
from app.stages.outbox.letters import fields_of_row


def call_for_the_dead(session: Session, now: datetime, rows: Sequence[Delivery]) -> int:
    """Put on the call list what dead messages said, each once, where nothing else that told of it
    reached the unit or the caller, or still may: how many."""
    made = 0
    for row in rows:
        if (
            row.stands == "dead"
            and _has_to_hear(session, row)
            and not _heard_otherwise(session, row)
        ):
            call = as_call(session, now, row)
            told = {"delivery": row.id, "call": call.id, "way": row.way}
            note_office(session, now, BOT, "delivery.to_call", told)
            made += 1
    return made


def _has_to_hear(session: Session, row: Delivery) -> bool:
    """Whether somebody is telephoned where a message reached nobody; of a digest, where one of its
    notices is such. Who was asked to rate is visited by telephone anyway."""
    if row.receiver.startswith("case:"):
        return row.kind != ASKED
    prompt = [word for word, kind in KIND_OF.items() if kind in PROMPT]
    query = (
        select(Event.id)
        .join(DeliveryNotice, DeliveryNotice.event_id == Event.id)
        .where(DeliveryNotice.delivery_id == row.id, Event.kind.in_(prompt))
    )
    return row.unit_id is not None and session.scalar(query.limit(1)) is not None


def _heard_otherwise(session: Session, row: Delivery) -> bool:
    """Whether another message about the same reached the same unit, or the caller, or may reach them
    yet."""
    events = select(DeliveryNotice.event_id).where(DeliveryNotice.delivery_id == row.id)
    same = (
        Delivery.receiver == row.receiver
        if row.unit_id is None
        else Delivery.unit_id == row.unit_id
    )
    query = (
        select(Delivery.id)
        .join(DeliveryNotice, DeliveryNotice.delivery_id == Delivery.id)
        .where(DeliveryNotice.event_id.in_(events), Delivery.id != row.id, same)
        .where(Delivery.stands.not_in(LOST_DELIVERY))
    )
    return session.scalar(query.limit(1)) is not None


def as_call(session: Session, now: datetime, row: Delivery) -> Delivery:
    """What a dead message said, to be told by telephone: the message is dropped for it."""
    made_before = select(func.count()).where(Delivery.instead_of_id == row.id)
    before = session.scalar(made_before) or 0
    key = f"{row.key[:54]}-call{before or ''}"
    (id,) = allot(session, {"delivery": 1})["delivery"]
    made = Delivery(
        **completed(
            Delivery.__table__,
            {
                "id": id,
                "key": key,
                "kind": row.kind,
                "way": CALL,
                "medium": CALL,
                "receiver": row.receiver,
                "unit_id": row.unit_id,
                "number": row.number,
                "n": row.n,
                "fields": sealed_fields(session, key, fields_of_row(session, row)),
                "urgent": row.urgent,
                "rank": row.rank,
                "stands": "waiting",
                "made_at": now,
                "next_try_at": now,
                "instead_of_id": row.id,
            },
        )
    )
    session.add(made)
    told = select(DeliveryNotice.event_id, DeliveryNotice.chain).where(
        DeliveryNotice.delivery_id == row.id
    )
    session.add_all(
        DeliveryNotice(delivery_id=id, event_id=one.event_id, chain=one.chain)
        for one in session.execute(told)
    )
    row.stands, row.ended_at = "dropped", now
    row.words = None
    session.flush()
    return made
