"""Whom an event tells: a role, the unit or the account that it is about, or the leaders who wrote on
its case."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from app.ledger.bulk import Batch
from app.ledger.entries import Entry
from app.models import Case, Instruction, Notice
from app.models.sessions import UNSCOPED
from app.rules.events import known

INSTRUCTING = "instructing"
"""In an event word: the leaders who wrote on the case, each by their account."""
FILED = "case.filed"
"""The end of a case that was submitted and became no leader's matter."""


def notices(session: Session, entries: Sequence[Entry], now: datetime) -> Batch:
    """The notices of entries, as rows to insert."""
    leaders = _instructing(session, entries)
    rows = [
        {"event_id": entry.event_id, "recipient": recipient, "at": now}
        for entry in entries
        for recipient in dict.fromkeys(_recipients(entry, leaders))
    ]
    table = Notice.__table__
    assert isinstance(table, Table)  # noqa: S101
    return Batch(table, rows)


def _recipients(entry: Entry, leaders: Mapping[int, Sequence[str]]) -> Iterator[str]:
    """The recipients of an event: its user, its unit, where it has one, its leaders, the caller of its
    case, or roles."""
    for who in known(entry.kind).tells:
        if who == INSTRUCTING:
            yield from leaders.get(entry.chain, ())
        elif who == "caller":
            yield f"caller:{entry.chain}"
        elif who == "user":
            yield f"user:{entry.payload['user']}"
        elif who != "unit":
            yield who
        elif entry.unit_id is not None:
            yield f"unit:{entry.unit_id}"


def _instructing(session: Session, entries: Sequence[Entry]) -> dict[int, list[str]]:
    """case -> the leaders who wrote on it, of the cases whose end tells them; asked only where one
    may be a leader's matter."""
    asked = sorted(
        {
            entry.chain
            for entry in entries
            if INSTRUCTING in known(entry.kind).tells and _may_be_led(session, entry)
        }
    )
    if not asked:
        return {}
    query = select(Instruction.case_id, Instruction.leader_id).where(
        Instruction.case_id.in_(asked), Instruction.leader_id.is_not(None)
    )
    found: dict[int, list[str]] = {}
    rows = session.execute(query.distinct(), execution_options=UNSCOPED)
    for row in sorted(rows, key=tuple):
        found.setdefault(row.case_id, []).append(f"user:{row.leader_id}")
    return found


def _may_be_led(session: Session, entry: Entry) -> bool:
    """Whether a case may be a leader's matter, as far as the session knows it."""
    held: Any = session.identity_map.get(session.identity_key(Case, entry.chain))
    return held is None or entry.kind == FILED or bool(held.leader_assigned)
