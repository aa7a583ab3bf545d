"""Who has read which notice: no event, no state, but written here like all that goes with the
record."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Table
from sqlalchemy.orm import Session

from app.ledger.bulk import insert_rows
from app.models import NoticeRead


def mark_read(session: Session, now: datetime, person_id: int, events: Iterable[int]) -> None:
    """One person has read the notices of some events; of those read before, the first time
    stays."""
    table = NoticeRead.__table__
    assert isinstance(table, Table)  # noqa: S101
    rows = [{"person_id": person_id, "event_id": id, "at": now} for id in events]
    if rows:
        insert_rows(session, table, rows, "ON CONFLICT DO NOTHING")
