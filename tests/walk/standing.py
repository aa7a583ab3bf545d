"""Where the desk stands and where the model does, as rows that can be compared."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Assignment, Case, Referral, Reminder, Reply, Request, Supervision, Visit
from tests.walk import rows
from tests.walk.model import WAYS_OUT, Model

STATES: dict[str, set[str]] = {
    subject: {state for name, state in WAYS_OUT if name == subject} | set(final)
    for subject, final in rows.FINAL.items()
} | {"reply": {"filed", "passed", "refused", "withdrawn"}}


def _plain(value: Any) -> Any:
    return value.replace(tzinfo=None) if isinstance(value, datetime) else value


COLUMNS: dict[str, tuple[Any, ...]] = {
    "case": (
        Case.state,
        Case.round,
        Case.repeats,
        Case.allocations,
        Case.own_at,
        Case.leader_assigned,
        Case.screen_at,
    ),
    "assignment": (
        Assignment.case_id,
        Assignment.unit_id,
        Assignment.round,
        Assignment.role,
        Assignment.state,
        Assignment.due_at,
        Assignment.leader_assigned,
        Assignment.watched,
    ),
    "ask": (Request.assignment_id, Request.kind, Request.state),
    "reply": (Reply.assignment_id, Reply.state),
    "reminder": (Reminder.assignment_id, Reminder.state, Reminder.reply_by_at),
    "item": (
        Supervision.assignment_id,
        Supervision.ground,
        Supervision.state,
        Supervision.listed_on,
        Supervision.reissues,
        Supervision.cleared_to,
    ),
    "visit": (Visit.case_id, Visit.caller_case_id, Visit.round, Visit.state),
    "referral": (Referral.assignment_id, Referral.state),
}
"""What of each row is compared; ids become the places of the rows they name."""


def stands(
    session: Session, ids: Sequence[int], units: dict[int, str]
) -> dict[str, list[tuple[Any, ...]]]:
    """The rows of the desk, in the order they were made, as far as the model has them."""
    cases = {id: place for place, id in enumerate(ids)}
    number = {
        id: place
        for place, id in enumerate(session.scalars(select(Assignment.id).order_by(Assignment.id)))
    }
    places: dict[str, dict[int, Any]] = {
        "case_id": cases,
        "caller_case_id": cases,
        "unit_id": units,
        "assignment_id": number,
    }
    found = {}
    for subject, columns in COLUMNS.items():
        query = select(*columns).order_by(columns[0].class_.id)
        read = [places.get(column.key, {}) for column in columns]
        found[subject] = [
            tuple(_plain(names.get(value, value)) for names, value in zip(read, row, strict=True))
            for row in session.execute(query)
        ]
    return found


def expected(m: Model) -> dict[str, list[tuple[Any, ...]]]:
    """The same of the model."""
    ordered = sorted(
        ((one, at) for at, case in enumerate(m.cases) for one in case.assignments),
        key=lambda x: x[0].n,
    )
    number = [one for one, _ in ordered]

    def of(name: str) -> list[tuple[int, Any]]:
        found = [(place, row) for place, one in enumerate(number) for row in getattr(one, name)]
        return sorted(found, key=lambda pair: pair[1].n)

    visits = sorted(
        ((row, at) for at, case in enumerate(m.cases) for row in case.visits), key=lambda x: x[0].n
    )
    referrals = [(place, item.referral) for place, item in of("items") if item.referral]
    return {
        "case": [
            (
                one.state,
                one.round,
                len(one.counted),
                one.allocations,
                one.own,
                one.leader,
                one.pool_until if one.pool == "waiting" else None,
            )
            for one in m.cases
        ],
        "assignment": [
            (at, one.unit, one.round, one.role, one.state, one.due.at, one.leader, one.watched)
            for one, at in ordered
        ],
        "ask": [(place, ask.kind, ask.state) for place, ask in of("asks")],
        "reply": [(place, row.state) for place, row in of("replies")],
        "reminder": [(place, row.state, row.reply_by) for place, row in of("reminders")],
        "item": [
            (place, item.ground, item.state, item.listed_on, item.reissues, item.cleared_to)
            for place, item in of("items")
        ],
        "visit": [(at, row.caller, row.round, row.state) for row, at in visits],
        "referral": [
            (place, row.state) for place, row in sorted(referrals, key=lambda pair: pair[1].n)
        ],
    }
