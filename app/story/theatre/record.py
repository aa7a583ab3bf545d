"""What the bot did, read back from the event table."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import MetaData, func, select
from sqlalchemy.orm import Session

from app.models import SUBJECTS, Access, Case, Event, Unit

COMPARED: dict[str, tuple[str, ...]] = {
    "assignment.auto_signed": (),
    "assignment.warned": ("due_on",),
    "assignment.overdue": (),
    "reminder.issued": ("reply_by",),
    "reminder.lapsed": (),
    "supervision.watched": (),
    "supervision.listed": ("ground",),
    "supervision.overdue": (),
    "referral.drafted": ("send_by",),
}
"""The bot's event words that a story compares, each with the fields of its payload."""


@dataclass(frozen=True)
class Told:
    """One event as a story tells it."""

    day: date
    event: str
    case: int
    unit: str | None
    facts: tuple[tuple[str, Any], ...]

    def plain(self, letter: Callable[[int], str]) -> dict[str, Any]:
        """The event with its case's letter, as in a story's file."""
        row = {
            "day": self.day.isoformat(),
            "event": self.event,
            "case": letter(self.case),
            **dict(self.facts),
        }
        return {**row, "unit": self.unit} if self.unit else row


def _dissolved(session: Session) -> dict[int, list[tuple[int, int]]]:
    """Assignment -> the events at which a successor took it, each with the unit that had it until
    then."""
    query = select(Event.id, Event.subject_id, Event.payload).where(
        Event.kind == "assignment.succeeded"
    )
    found: dict[int, list[tuple[int, int]]] = {}
    for row in session.execute(query.order_by(Event.id)):
        found.setdefault(row.subject_id, []).append((row.id, json.loads(row.payload)["from"]))
    return found


def told(session: Session) -> list[Told]:
    """The bot's events that stories compare, in the order they were written, each with the unit of
    its moment."""
    units = {row.id: row.code for row in session.execute(select(Unit.id, Unit.code))}
    dissolved = _dissolved(session)
    found = []
    for subject in ("assignment", "reminder", "supervision", "referral"):
        model = SUBJECTS[subject]
        of = model.id if subject == "assignment" else model.assignment_id
        query = (
            select(
                Event.id,
                Event.at,
                Event.kind,
                Event.chain,
                Event.payload,
                model.unit_id,
                of.label("of"),
            )
            .join(model, model.id == Event.subject_id)
            .where(Event.subject == subject, Event.kind.in_(COMPARED))
        )
        for row in session.execute(query):
            payload = json.loads(row.payload)
            facts = tuple((name, payload[name]) for name in COMPARED[row.kind])
            unit = next((had for id, had in dissolved.get(row.of, ()) if id > row.id), row.unit_id)
            found.append((row.id, Told(row.at.date(), row.kind, row.chain, units.get(unit), facts)))
    return [event for _, event in sorted(found, key=lambda numbered: numbered[0])]


def counted(session: Session) -> dict[str, int]:
    """How many rows every table has: a refused step adds none, but to the log of who came."""
    tables: MetaData = Case.metadata
    counts = [
        select(func.count()).select_from(table).scalar_subquery().label(name)
        for name, table in sorted(tables.tables.items())
        if name != Access.__tablename__
    ]
    return dict(session.execute(select(*counts)).one()._mapping)
