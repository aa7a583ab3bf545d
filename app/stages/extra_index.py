"""The index by which rows are found by what stands in the office's own fields: kept in step in the same
transaction, and compared with the rows whenever somebody wants."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from app.models import ExtraValue
from app.rules.extra import cells, held
from app.stages.extras import MODELS, Known, known

FILLED = 1000
"""So many rows are looked at in one transaction."""


def put(session: Session, ones: Known, subject: str, id: int, extra: str, anew: bool) -> None:
    """Keep the index in step with a row; `anew` where it may have stood there before."""
    if anew:
        codes = [one.code for one in ones.values() if one.subject == subject]
        gone = delete(ExtraValue).where(ExtraValue.field.in_(codes), ExtraValue.row_id == id)
        session.execute(gone, execution_options={"synchronize_session": False})
    rows = rows_of(ones, id, extra)
    if rows:
        session.execute(insert(ExtraValue).values(rows))


def rows_of(ones: Known, id: int, extra: str) -> list[dict[str, Any]]:
    """The rows of the index of one row."""
    return [
        {"field": code, "value": cell, "row_id": id}
        for code, value in held(extra).items()
        if code in ones
        for cell in dict.fromkeys(cells(ones[code], value))
    ]


def fill_extras(session: Session, day: date, subject: str, after: int) -> tuple[int, int]:
    """(the last row looked at, how many rows of the index were wrong) of the next rows of a kind;
    0 where there are no more."""
    model, ones = MODELS[subject], known(session, day)
    codes = [one.code for one in ones.values() if one.subject == subject]
    query = select(model.id, model.extra).where(model.id > after).order_by(model.id).limit(FILLED)
    rows = session.execute(query).all()
    last = rows[-1].id if rows else 0
    should = {
        (one["field"], one["value"], one["row_id"])
        for row in rows
        for one in rows_of(ones, row.id, row.extra)
    }
    place = ExtraValue.row_id > after
    if last:
        place &= ExtraValue.row_id <= last
    stands = select(ExtraValue.field, ExtraValue.value, ExtraValue.row_id)
    held_now = set(map(tuple, session.execute(stands.where(ExtraValue.field.in_(codes), place))))
    for field, value, id in held_now - should:
        wrong = (ExtraValue.field == field) & (ExtraValue.value == value)
        session.execute(delete(ExtraValue).where(wrong, ExtraValue.row_id == id))
    lacking = [
        {"field": field, "value": value, "row_id": id}
        for field, value, id in sorted(should - held_now)
    ]
    if lacking:
        session.execute(insert(ExtraValue), lacking)
    return last, len(held_now ^ should)
