"""Whether chains are whole, states are what events say, and reports and lists are as they were
issued."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import String, Subquery, cast, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.ledger.chain import ADDED, REGISTERED, Keys, content_hash, flaw
from app.ledger.proof.flaw import Flaw
from app.models import OFFICE_CHAIN, SUBJECTS, Case, Event, OfficeHead, Report, SupervisionList
from app.rules.workdays import BEIJING
from app.words import Message

Head = tuple[int, str, str | None]
"""What a case remembers of its last event: number, hash and, as text, its moment (none was kept at
first)."""


def heads_of(session: Session, case: int | None) -> dict[int, Head]:
    """Chain -> what its case, or the office, remembers of its last event."""
    query = select(Case.id, Case.head_seq, Case.head_hash, cast(Case.head_at, String).label("at"))
    if case is not None:
        query = query.where(Case.id == case)
    heads = {row.id: (row.head_seq, row.head_hash, row.at) for row in session.execute(query)}
    if case in (None, OFFICE_CHAIN):
        office = select(
            OfficeHead.head_seq, OfficeHead.head_hash, cast(OfficeHead.head_at, String).label("at")
        )
        for row in session.execute(office):
            heads[OFFICE_CHAIN] = (row.head_seq, row.head_hash, row.at)
    return heads


def _flaw(previous: str, seq: int, event: Mapping[str, Any], key: bytes | Keys) -> Message | None:
    """As `flaw`, of a row with its date as text: forged, it may be one that Python does not know,
    or none at all."""
    try:
        at = datetime.fromisoformat(event["at"]).replace(tzinfo=BEIJING)
        return flaw(previous, seq, {**event, "at": at}, key)
    except (AttributeError, TypeError, ValueError):
        return Message("flaw.event.unreadable")


def eras_of(session: Session) -> list[tuple[int, str]]:
    """(id of the event that brought a key into use, its name), the first one last, for who looks
    from the end."""
    kinds = Event.kind.in_((REGISTERED, ADDED))
    query = select(Event.id, Event.payload).where(Event.chain == OFFICE_CHAIN, kinds)
    rows = session.execute(query.order_by(Event.seq.desc()))
    return [(row.id, str(json.loads(row.payload).get("key"))) for row in rows]


def _retired(row: Any, eras: Sequence[tuple[int, str]]) -> bool:
    """Whether an event that names its key was sealed after another key had come into use."""
    used = next((name for id, name in eras if row.id > id), None)
    return bool(row.key_name) and used is not None and row.key_name != used


def walk(
    chain: int,
    events: Iterator[Any],
    head: Head | None,
    key: bytes | Keys,
    eras: Sequence[tuple[int, str]],
) -> Flaw | None:
    """The first flaw of a chain: of its events in order, of keys used after their time, and of what
    its case remembers of its last event."""
    previous, seq, latest, last = "", 0, "", ""
    for row in events:
        wrong = _flaw(previous, seq + 1, row._mapping, key)
        if wrong:
            return Flaw(chain, seq + 1, wrong)
        if _retired(row, eras):
            told = Message("flaw.event.retired_key", {"key": row.key_name})
            return Flaw(chain, seq + 1, told)
        # Before keys had names, a machine with a wrong clock could do this unseen.
        if row.key_name and row.at < latest:
            return Flaw(chain, seq + 1, Message("flaw.event.earlier"))
        previous, seq, last = row.hash, row.seq, row.at
        latest = last if row.key_name else ""
    return _flaw_of_head(chain, head, (seq, previous, last))


def _flaw_of_head(chain: int, head: Head | None, last: Head) -> Flaw | None:
    """The flaw of a case's memory of its last event: number and hash, and the moment."""
    seq = last[0]
    if head is None:
        return Flaw(chain, seq, Message("flaw.head.no_case"))
    if head[:2] != last[:2]:
        return Flaw(chain, seq + 1, Message("flaw.head.cut"))
    if head[2] is not None and head[2] != last[2]:
        return Flaw(chain, seq, Message("flaw.head.moment"))
    return None


def _last_moves(subject: str) -> Subquery:
    """row -> the last event that moved it."""
    moves = select(Event.subject_id.label("row"), func.max(Event.id).label("event"))
    return (
        moves.where(Event.subject == subject, Event.to_state.is_not(None))
        .group_by(Event.subject_id)
        .subquery()
    )


def states(session: Session, case: int | None) -> Iterator[Flaw]:
    """Rows whose state is not the one that the last event that moved them led to."""
    for subject, model in SUBJECTS.items():
        chain = model.id if model is Case else model.case_id
        last = _last_moves(subject)
        query = (
            select(chain.label("chain"), model.id, model.state, Event.seq)
            .outerjoin(last, last.c.row == model.id)
            .outerjoin(Event, Event.id == last.c.event)
            .where(
                or_(
                    Event.id.is_(None),
                    Event.id != model.state_event_id,
                    Event.to_state != model.state,
                )
            )
        )
        if case is not None:
            query = query.where(chain == case)
        for row in session.execute(query.order_by(Event.id)):
            about = (model.__tablename__, str(row.id))
            told = Message("flaw.state", {"subject": subject, "row": row.id, "state": row.state})
            yield Flaw(row.chain, row.seq or 0, told, about)


def lost(session: Session, case: int | None) -> Iterator[Flaw]:
    """Rows that an event made and that are not there."""
    for subject, model in SUBJECTS.items():
        query = (
            select(Event.chain, Event.seq, Event.subject_id)
            .outerjoin(model, model.id == Event.subject_id)
            .where(
                Event.subject == subject, Event.from_state.is_(None), Event.to_state.is_not(None)
            )
            .where(model.id.is_(None))
        )
        if case is not None:
            query = query.where(Event.chain == case)
        for row in session.execute(query.order_by(Event.id)):
            about = (model.__tablename__, str(row.subject_id))
            told = Message("flaw.made", {"subject": subject, "row": row.subject_id})
            yield Flaw(row.chain, row.seq, told, about)


_SEALED: dict[str, tuple[str, tuple[InstrumentedAttribute[str], ...]]] = {
    "report.issued": ("report", (Report.figures,)),
    "report.reissued": ("report", (Report.figures,)),
    "list.issued": ("list", (SupervisionList.rows, SupervisionList.struck)),
}
"""word -> what it issued, as its payload names it, and the columns of which the payload holds the
SHA-256."""


def issued(session: Session, case: int | None) -> Iterator[Flaw]:
    """Reports and lists that are not what the office's chain says was issued. The first lists had
    no SHA-256."""
    if case not in (None, OFFICE_CHAIN):
        return
    query = select(Event.seq, Event.kind, Event.payload).where(
        Event.chain == OFFICE_CHAIN, Event.kind.in_(_SEALED)
    )
    for row in session.execute(query.order_by(Event.seq)).all():
        what, columns = _SEALED[row.kind]
        told = json.loads(row.payload)
        if "sha256" not in told:
            continue
        texts = session.execute(select(*columns).where(columns[0].class_.id == told[what])).first()
        about = (columns[0].class_.__tablename__, str(told[what]))
        if texts is None:
            gone = Message("flaw.issued.gone", {"subject": what, "row": told[what]})
            yield Flaw(OFFICE_CHAIN, row.seq, gone, about)
        elif content_hash(*texts) != told["sha256"]:
            altered = Message("flaw.issued.altered", {"subject": what, "row": told[what]})
            yield Flaw(OFFICE_CHAIN, row.seq, altered, about)
