"""The outbox takes notices and makes deliveries of them: one digest for each receiver, way and run.

A notice is taken once, in the transaction that makes what is sent of it; those of a sweep once its run is
over, so that one digest tells of all of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Table, exists, select, update
from sqlalchemy.orm import Session, aliased

from app.ledger.bulk import completed, insert_rows
from app.ledger.ids import allot
from app.models import Delivery, DeliveryNotice, Event, GatewayState, Notice, Run
from app.rules.office import Office
from app.rules.telling import CALLERS, KIND_OF
from app.stages.calendar import office_at
from app.stages.outbox.callers import for_caller
from app.stages.outbox.digests import Digest, digest_row
from app.stages.outbox.facts import Event as Told
from app.stages.outbox.facts import event_of, matters
from app.stages.outbox.gateways import in_force
from app.stages.outbox.recipients import Directory, Receiver

AT_ONCE = 1000
"""So many notices are taken at once, or all of one moment."""
RUNS = timedelta(minutes=15)
"""A run that began earlier and has no end was killed: what it wrote is told."""
ALL = ""
"""The row of the states of ways that whoever takes notices holds locked."""


def _lock(session: Session) -> None:
    """Let nobody else take notices meanwhile: two would make two digests of one run."""
    table = GatewayState.__table__
    assert isinstance(table, Table)  # noqa: S101
    insert_rows(session, table, [completed(table, {"name": ALL})], "ON CONFLICT DO NOTHING")
    session.execute(select(GatewayState.name).where(GatewayState.name == ALL).with_for_update())


def ready_notices(now: datetime) -> list[Any]:
    """Which notices may be taken: not those of a pass of the bot that is still going on."""
    run, later = Run, aliased(Run)
    begun_anew = exists().where(later.name == run.name, later.id > run.id)
    going_on = exists().where(
        run.looked_at == Notice.at,
        run.finished_at.is_(None),
        run.started_at > now - RUNS,
        ~begun_anew,
    )
    return [Notice.taken_at.is_(None), ~going_on]


def anything(session: Session, now: datetime) -> bool:
    """Whether a notice waits to be taken."""
    query = select(Notice.at).where(*ready_notices(now)).order_by(Notice.at).limit(1)
    return session.scalars(query).first() is not None


def take(session: Session, now: datetime) -> int:
    """Take what waits and make deliveries of it: how many notices were taken."""
    ready = ready_notices(now)
    _lock(session)
    moments = select(Notice.at).where(*ready).order_by(Notice.at)
    found = session.scalars(moments.offset(AT_ONCE - 1).limit(1)).first()
    up_to = (
        found or session.scalars(moments.order_by(None).order_by(Notice.at.desc()).limit(1)).first()
    )
    if up_to is None:
        return 0
    ready = [*ready, Notice.at <= up_to]
    query = select(
        Notice.recipient,
        *(Event.id, Event.kind, Event.actor, Event.at, Event.chain),
        *(Event.subject, Event.subject_id, Event.payload),
    ).join(Event, Event.id == Notice.event_id)
    rows = session.execute(query.where(*ready).order_by(Event.id, Notice.recipient)).all()
    taken = session.execute(
        update(Notice).where(*ready).values(taken_at=now),
        execution_options={"synchronize_session": False},
    )
    if rows:
        _make(session, office_at(session, now), [(row.recipient, event_of(row)) for row in rows])
    return int(taken.rowcount)  # type: ignore[attr-defined]


class _Digests:
    """What is to be told: each digest with its events, each once."""

    def __init__(self) -> None:
        self.of: dict[Digest, dict[int, Told]] = defaultdict(dict)

    def add(self, receiver: Receiver, way: str, event: Told, urgent: bool) -> None:
        """Tell a receiver of an event; what one act or one run of the bot brought is one digest."""
        run = f"{event.at.isoformat()}|{event.actor}"
        self.of[Digest(receiver, way, run, urgent)][event.id] = event


def _make(session: Session, office: Office, told: Sequence[tuple[str, Told]]) -> None:
    gateways = in_force(session)
    directory = Directory(session, office.now.date(), gateways)
    known = matters(session, list({event.id: event for _, event in told}.values()))
    digests, rows = _Digests(), list[tuple[dict[str, Any], list[Told]]]()
    for recipient, event in told:
        if recipient.startswith("caller:"):
            if event.kind in CALLERS:
                rows += [(row, [event]) for row in for_caller(session, office, gateways, event)]
        elif event.kind in KIND_OF:
            for way, one in directory.told_by(recipient, KIND_OF[event.kind]):
                digests.add(one, way, event, known[event.id].urgent)
    for of, events in digests.of.items():
        row = digest_row(session, office, gateways, of, list(events.values()), known)
        rows.append((row, list(events.values())))
    _write(session, rows)


def _write(session: Session, rows: Sequence[tuple[dict[str, Any], Sequence[Told]]]) -> None:
    """Write deliveries and what they tell of; one that stands already is not made again."""
    if not rows:
        return
    of, notices = Delivery.__table__, DeliveryNotice.__table__
    assert isinstance(of, Table) and isinstance(notices, Table)  # noqa: S101
    made = [row for row, _ in rows]
    taken = set(
        session.scalars(select(Delivery.key).where(Delivery.key.in_([row["key"] for row in made])))
    )
    new = [(row, events) for row, events in rows if row["key"] not in taken]
    ids = allot(session, {"delivery": len(new)})["delivery"] if new else []
    tells = []
    for (row, events), id in zip(new, ids, strict=True):
        row["id"] = id
        tells += [{"delivery_id": id, "event_id": one.id, "chain": one.chain} for one in events]
    insert_rows(session, of, [completed(of, row) for row, _ in new])
    insert_rows(session, notices, tells)
