"""What became of deliveries, written into the record of the cases that they tell of, in groups: one event
for each case and end. None of them is service: no clock is moved by it. [procedure, Papers]"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.ledger import Entry, allot_ids, append, lock_cases, write_heads
from app.models import OFFICE_CHAIN, Delivery, DeliveryNotice, Event
from app.models.reach import ENDED_DELIVERY
from app.models.waiting import among
from app.roles import BOT, Actor
from app.stages.outbox.calling import call_for_the_dead

AT_ONCE = 200


def unnoted(session: Session) -> bool:
    """Whether the end of a delivery waits to be written."""
    query = select(Delivery.id).where(
        Delivery.noted_at.is_(None), among(Delivery.stands, ENDED_DELIVERY)
    )
    return session.scalar(query.limit(1)) is not None


def note_ended(session: Session, now: datetime, n: int = AT_ONCE) -> int:
    """Write the ends of deliveries that no event tells of yet: how many. What somebody has to hear and
    no way brought becomes a call."""
    query = (
        select(Delivery)
        .where(Delivery.noted_at.is_(None), among(Delivery.stands, ENDED_DELIVERY))
        .order_by(Delivery.id)
        .limit(n)
        .with_for_update(skip_locked=True)
    )
    rows = session.scalars(query).all()
    if rows:
        note_rows(session, now, BOT, rows)
        call_for_the_dead(session, now, rows)
    return len(rows)


def note_rows(session: Session, now: datetime, actor: Actor, rows: Sequence[Delivery]) -> None:
    """Write into the record how these deliveries ended."""
    ends = _ends(session, rows)
    entries = [
        Entry(chain, f"delivery.{stands}", subject, id, payload=_told(of))
        for (chain, subject, id, stands), of in ends.items()
    ]
    if entries:
        # Past the moves that people make: the bot looks at these cases no sooner for it.
        tips = lock_cases(session, {entry.chain for entry in entries})
        allot_ids(session, entries)
        append(session, now, actor, entries, tips)
        write_heads(session, tips)
    for row in rows:
        row.noted_at = now
    session.flush()


def _ends(
    session: Session, rows: Sequence[Delivery]
) -> dict[tuple[int, str, int | None, str], list[Delivery]]:
    """(case, subject, its id, end) -> the deliveries that ended so. What the test of a way took is in
    no case's record."""
    by_id = {row.id: row for row in rows}
    query = (
        select(DeliveryNotice.delivery_id, Event.chain, Event.subject, Event.subject_id)
        .join(Event, Event.id == DeliveryNotice.event_id)
        .where(DeliveryNotice.delivery_id.in_(by_id), DeliveryNotice.chain != OFFICE_CHAIN)
    )
    ends: dict[tuple[int, str, int | None, str], list[Delivery]] = defaultdict(list)
    for found in session.execute(
        query.order_by(DeliveryNotice.event_id, DeliveryNotice.delivery_id)
    ):
        row = by_id[found.delivery_id]
        of = ends[found.chain, found.subject, found.subject_id, row.stands]
        if row not in of:
            of.append(row)
    return ends


def _told(rows: Sequence[Delivery]) -> dict[str, Any]:
    """What an event says of deliveries: which they are, of which kinds and by which ways."""
    return {
        "deliveries": [row.id for row in rows],
        "kinds": sorted({row.kind for row in rows}),
        "ways": sorted({row.way for row in rows}),
        "mediums": sorted({row.medium for row in rows}),
        "at": max(row.at for row in rows).isoformat(timespec="minutes"),
    }
