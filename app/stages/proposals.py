"""What somebody proposed and somebody else decides: one row, the very one that was looked at."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from app.rules.refusal import NotAllowed
from app.rules.workdays import minute


def waits(model: type[Any]) -> ColumnElement[bool]:
    """Which proposals of a table wait for a decision."""
    undecided: ColumnElement[bool] = model.approved_at.is_(None) & model.refused_at.is_(None)
    return undecided


def proposed(session: Session, model: type[Any], id: int | None) -> Any:
    """The proposal that is decided on: the one that is named, as it stands; the oldest where none
    is, which the verb table lets nobody do while several wait."""
    if id is None:
        row = session.scalars(select(model).where(waits(model)).order_by(model.id).limit(1)).first()
        if row is None:
            raise NotAllowed("nothing_proposed")
        return row
    row = session.get(model, id, populate_existing=True, with_for_update=True)
    if row is None:
        raise NotAllowed("not_found")
    decided = row.approved_at or row.refused_at
    if decided is not None:
        stands = "request.accepted" if row.approved_at else "request.refused"
        by = f"user:{row.approved_by_id}" if row.approved_at else ""
        raise NotAllowed("row_moved", stands=stands, by=by, at=minute(decided))
    return row
