"""The rows behind a figure: of a report as they were kept, of other days as they are. Lines without
words of a case: what its number is, whose it is, when what was counted happened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from app.models import (
    Assignment,
    Case,
    Contact,
    Referral,
    Reminder,
    Reply,
    Request,
    Suggestion,
    Supervision,
    Unit,
    Visit,
)
from app.models.sessions import UNSCOPED
from app.stages.reporting.cells import areas, told_rows
from app.stages.reporting.period import Period
from app.stages.reporting.queries import rows_of
from app.stages.reporting.sources import SOURCE_OF

WHEN: dict[type[Any], tuple[str, ...]] = {
    Case: ("registered_at", "closed_at"),
    Contact: ("entered_at",),
    Assignment: ("allocated_at", "signed_at", "due_at", "replied_at"),
    Reply: ("filed_at",),
    Request: ("filed_at", "ruled_at"),
    Reminder: ("issued_at", "reply_by_at", "lapsed_at"),
    Supervision: ("listed_on", "opened_at", "confirmed_at"),
    Visit: ("planned_at", "ended_at"),
    Referral: ("drafted_at", "sent_at"),
    Suggestion: ("marked_at", "screened_at"),
}
"""The moments of a row that its line tells, by table."""
SAID: dict[type[Any], tuple[str, ...]] = {
    Contact: ("kind",),
    Assignment: ("role",),
    Reply: ("late",),
    Supervision: ("ground",),
    Visit: ("solved", "satisfied"),
}
"""What else it tells."""


def ids_now(
    session: Session,
    period: Period,
    now: datetime,
    flag: str,
    of: Mapping[str, int | str],
    extra: tuple[str, bool, str] | None = None,
) -> list[int]:
    """The ids of the rows that a flag counts in some days as it is known now, of one unit, category,
    township or channel where that is named, or with a value (the last of `extra`) in a field of the
    office's own."""
    source = SOURCE_OF[flag]
    told = told_rows(source, period, now, areas(session), extra[:2] if extra else None).subquery()
    bit = 1 << source.flags.index(flag)
    query = select(told.c.id).where(told.c.mask.bitwise_and(bit) != 0)
    for name, value in of.items():
        query = query.where(told.c[name] == value)
    if extra is not None:
        query = query.where(told.c.extra == extra[2])
    return list(session.scalars(query.order_by(told.c.id), execution_options=UNSCOPED))


def columns_of(flag: str) -> tuple[str, tuple[str, ...]]:
    """The table of the rows that a flag counts, and the columns of it that their lines tell."""
    model = SOURCE_OF[flag].rows
    return model.__tablename__, (*SAID.get(model, ()), *WHEN[model])


def lines_of(session: Session, flag: str, ids: Sequence[int]) -> list[dict[str, Any]]:
    """The lines of rows, in the order of their ids, whatever the person asking may see: `case_id`,
    `number`, `kind`, `category_id` and `unit` of each, and its own columns."""
    model, about = SOURCE_OF[flag].rows, aliased(Case)
    _, names = columns_of(flag)
    unit = model.unit_id if hasattr(model, "unit_id") else about.lead_unit_id
    query = (
        select(
            model.id.label("row_id"),
            about.id.label("case_id"),
            about.number,
            about.kind.label("case_kind"),
            about.category_id,
            Unit.name.label("unit"),
            *(getattr(model, name) for name in names),
        )
        .select_from(model)
        .outerjoin(about, about.id == (model.id if model is Case else model.case_id))
        .outerjoin(Unit, Unit.id == unit)
        .where(model.id.in_(ids))
        .order_by(model.id)
    )
    return [*rows_of(session, query)]
