"""Callers whom somebody looked up on the record, as lines: covered, each with their cases."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.models import Caller, Case, Category
from app.views.actor import actor, reader
from app.views.pages.lines import Line, line_of
from app.views.pages.masking import know_callers, masked_name, masked_phone

SHOWN = 25
"""So many cases of each caller are shown."""


@dataclass(frozen=True)
class Known:
    """A caller on file, covered, with some of their cases."""

    name: str
    phone: str
    flagged: bool
    lines: Sequence[Line]


def callers_told(ids: Sequence[int], states: Sequence[str] = (), most: int = SHOWN) -> list[Known]:
    """The callers with these ids, and the newest cases of each, of some states where these are
    named."""
    callers = reader().scalars(select(Caller).where(Caller.id.in_(ids))).all()
    query = (
        select(Case)
        .where(Case.caller_id.in_(ids))
        .options(joinedload(Case.category).joinedload(Category.parent))
    )
    if states:
        query = query.where(Case.state.in_(states))
    cases = reader().scalars(query.order_by(Case.id.desc()).limit(most * 4)).unique().all()
    if not actor().reads_as_typed:
        know_callers(case.id for case in cases)
    of_caller: dict[int | None, list[Line]] = {}
    for case in cases:
        of_caller.setdefault(case.caller_id, []).append(line_of(case))
    return [
        Known(
            masked_name(caller.name),
            masked_phone(caller.phone),
            caller.flagged_at is not None,
            of_caller.get(caller.id, [])[:most],
        )
        for caller in callers
    ]
