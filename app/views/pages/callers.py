"""Callers whom somebody looked up on the record, as lines: covered, each with their cases."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from app.models import Caller, Case
from app.views.actor import reader
from app.views.pages.lines import Line, lines_of
from app.views.pages.masking import masked_name, masked_phone

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
    query = select(Case.caller_id, Case.id).where(Case.caller_id.in_(ids))
    if states:
        query = query.where(Case.state.in_(states))
    of_caller: dict[int, list[int]] = {}
    for row in reader().execute(query.order_by(Case.id.desc()).limit(most * 4)):
        of_caller.setdefault(row.caller_id, []).append(row.id)
    lines = lines_of(id for cases in of_caller.values() for id in cases)
    return [
        Known(
            masked_name(caller.name),
            masked_phone(caller.phone),
            caller.flagged_at is not None,
            [lines[id] for id in of_caller.get(caller.id, ())[:most] if id in lines],
        )
        for caller in callers
    ]
