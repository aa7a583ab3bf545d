"""What is on file, as tests compare it: sums over tables, events by word, and whether the record is
whole."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, inspect, select, text

from app.database import reading, transaction
from app.ledger import verify
from app.models import Case, Event, Reminder, Series, Supervision, SupervisionList
from app.stages.reporting import drift
from tests.databases import Desk

_CASE_NUMBERS = select(Series.period, Series.last).where(Series.name == "case")


def contents(desk: Desk, but: Sequence[str] = ("run",)) -> dict[str, str]:
    """table -> a sum over all its rows."""
    sums = {}
    with reading(desk.sessions) as session:
        for table in sorted(
            set(inspect(desk.engine).get_table_names()) - {*but, "alembic_version"}
        ):
            rows = sorted(
                repr(tuple(row)) for row in session.execute(text(f"SELECT * FROM {table}"))
            )
            sums[table] = hashlib.sha256("\n".join(rows).encode()).hexdigest()
    return sums


def events(desk: Desk, at: datetime | None = None) -> Counter[str]:
    """How often each word was written (at a moment)."""
    query = select(Event.kind)
    with reading(desk.sessions) as session:
        return Counter(session.scalars(query if at is None else query.where(Event.at == at)))


def rows(desk: Desk, query: Any) -> list[Any]:
    with reading(desk.sessions) as session:
        return list(session.execute(query).all())


def whole(desk: Desk, broken: Collection[int] = ()) -> None:
    """The record is whole (but for the chains that a test broke itself),
    every number was given out once and without a gap, the day's counts are those of events."""
    with reading(desk.sessions) as session:
        assert {flaw.chain for flaw in verify(session, desk.key)} <= set(broken)
        last = session.scalar(select(Series.last).where(Series.name == "reminder")) or 0
        numbers = sorted(session.scalars(select(Reminder.number)))
        cases = session.scalars(select(Case.number).where(Case.number.like("2026%")))
        days = Counter(str(number)[:8] for number in cases)
        assert days == {str(row.period): row.last for row in session.execute(_CASE_NUMBERS)}
        assert numbers == sorted(f"神热线催〔2026〕{n}号" for n in range(1, last + 1))
        for key in (
            (Reminder.assignment_id, Reminder.round, Reminder.attempt),
            (Supervision.assignment_id, Supervision.round, Supervision.ground, Supervision.attempt),
        ):
            assert not session.execute(select(*key).group_by(*key).having(func.count() > 1)).all()
        lists = sorted(session.scalars(select(SupervisionList.number)))
        assert lists == sorted(f"神热线督建〔2026〕{n}号" for n in range(1, len(lists) + 1))
    with transaction(desk.sessions) as session:
        assert drift(session, date(2026, 1, 1), date(2027, 12, 31)) == {}
