"""What a message says of the events that it tells: number, due day, paper - never who called."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Assignment, Case, Reminder, Supervision
from app.models.sessions import UNSCOPED
from app.rules.workdays import last_day
from app.stages.secrets_sealed import sealed

PURPOSE = "duban delivery"
AT_ONCE = 500


@dataclass(frozen=True)
class Event:
    """An event that is told of: its place in the record, and when it has to be answered."""

    id: int
    kind: str
    actor: str
    at: datetime
    chain: int
    subject: str
    subject_id: int | None
    payload: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Matter:
    """What is said of an event: case, paper, due day; whether it is an emergency."""

    number: str = ""
    paper: str = ""
    due: date | None = None
    urgent: bool = False


_OF: Mapping[str, tuple[type[Any], str, str]] = {
    "assignment": (Assignment, "number", "due_at"),
    "reminder": (Reminder, "number", "reply_by_at"),
    "supervision": (Supervision, "notice_number", "due_at"),
}
"""subject -> its table, the column of its paper's number, the column of its clock."""


def _pieces(ids: Iterable[int]) -> Iterable[list[int]]:
    whole = sorted(set(ids))
    return (whole[n : n + AT_ONCE] for n in range(0, len(whole), AT_ONCE))


def _rows(session: Session, model: type[Any], ids: Iterable[int], *names: str) -> dict[int, Any]:
    columns = [getattr(model, name) for name in ("id", *names)]
    return {
        row.id: row
        for piece in _pieces(ids)
        for row in session.execute(
            select(*columns).where(model.id.in_(piece)), execution_options=UNSCOPED
        )
    }


def matters(session: Session, events: Sequence[Event]) -> dict[int, Matter]:
    """event -> what is said of it, read in a few statements for all of them."""
    cases = _rows(session, Case, (one.chain for one in events), "number", "urgency")
    rows: dict[str, dict[int, Any]] = {}
    for subject, (model, paper, clock) in _OF.items():
        ids = [one.subject_id for one in events if one.subject == subject and one.subject_id]
        rows[subject] = _rows(session, model, ids, paper, clock)
    return {one.id: _matter(one, cases.get(one.chain), rows) for one in events}


def _matter(event: Event, case: Any, rows: Mapping[str, Mapping[int, Any]]) -> Matter:
    found = rows.get(event.subject, {}).get(event.subject_id or 0)
    number = (case.number or "") if case is not None else ""
    urgent = case is not None and case.urgency == "emergency"
    if found is None:
        return Matter(number, urgent=urgent)
    _, paper, clock = _OF[event.subject]
    at = getattr(found, clock)
    return Matter(number, getattr(found, paper) or "", last_day(at) if at else None, urgent)


def event_of(row: Any) -> Event:
    """An event as it was read."""
    return Event(
        row.id,
        row.kind,
        row.actor,
        row.at,
        row.chain,
        row.subject,
        row.subject_id,
        json.loads(row.payload) if row.payload else {},
    )


def sealed_fields(session: Session, key: str, fields: Mapping[str, str]) -> str:
    """The named fields of a message, sealed and bound to its key."""
    raw = json.dumps(fields, ensure_ascii=False, sort_keys=True).encode()
    ledger: bytes = session.info["ledger_key"]
    return sealed(ledger, PURPOSE, raw, f"delivery|{key}")
