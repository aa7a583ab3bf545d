"""Rows of the office's own tables 自设台账: saved with an event, by one function for all of them, and
never deleted. What the tables are is said in `app/extend.py`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.ledger import note, note_office
from app.models import Case, Unit
from app.roles import Actor
from app.rules.refusal import NotAllowed
from app.stages import handling

SAVED = "row.saved"
"""The event of a row of the office's own that was added or changed."""


def save_row(
    session: Session,
    now: datetime,
    actor: Actor,
    model: type[Any],
    id: int | None = None,
    case: Case | None = None,
    unit: Unit | None = None,
    **values: Any,
) -> Any:
    """Add a row to a table of the office's own, or change the one with an id. A unit's people save
    rows of their unit and on the cases that it holds. Raises NotAllowed (not_found)."""
    if case is not None and actor.unit_id is not None:
        handling.held_by(session, case, actor.unit_id)
    row = _new(actor, model, case, unit) if id is None else _kept(session, actor, model, id, case)
    for name, value in values.items():
        setattr(row, name, value)
    session.add(row)
    session.flush()
    payload = {"table": model.__tablename__, "row": row.id, "change": "edited" if id else "added"}
    if case is None:
        note_office(session, now, actor, SAVED, payload)
    else:
        note(session, now, actor, case, SAVED, None, payload, actor.unit_id)
    return row


def _new(actor: Actor, model: type[Any], case: Case | None, unit: Unit | None) -> Any:
    """A new row, of a case and a unit where the table is of those."""
    row = model()
    if case is not None:
        row.case_id = case.id
    if hasattr(model, "unit_id"):
        row.unit_id = _unit_of(actor, unit)
    return row


def _kept(session: Session, actor: Actor, model: type[Any], id: int, case: Case | None) -> Any:
    """The row with an id, locked: of this case where the table is of cases, of the person's own unit
    where they have one and the table is of units."""
    query = select(model).where(model.id == id) if 0 < id < 2**31 else None
    row = session.scalars(query.with_for_update()).first() if query is not None else None
    foreign = row is not None and case is not None and row.case_id != case.id
    unit = getattr(row, "unit_id", None)
    if row is None or foreign or (unit and actor.unit_id and unit != actor.unit_id):
        raise NotAllowed("not_found")
    return row


def _unit_of(actor: Actor, unit: Unit | None) -> int:
    """The unit of a new row: a unit's people mean their own, the others say which."""
    if unit is not None and actor.unit_id not in (None, unit.id):
        raise NotAllowed("not_found")
    if unit is None and actor.unit_id is None:
        raise NotAllowed("field_missing", field="unit")
    return actor.unit_id if unit is None else unit.id  # type: ignore[return-value]


def saving(model: type[Any], of_a_case: bool) -> Callable[..., Any]:
    """What a verb runs that saves rows of a table: `of_a_case` where it acts on a case."""

    def run(session: Session, now: datetime, actor: Actor, *on: Any, **values: Any) -> Any:
        case = on[0] if of_a_case else None
        return save_row(session, now, actor, model, case=case, **values)

    return run
