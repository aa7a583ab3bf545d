"""Which unit is proposed for a case: the one that handled most of what was registered in its
category during the last year, with what it has in hand. It is proposed; a person decides."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Select, func, literal, select, union_all

from app import words
from app.models import Assignment, Case, Unit
from app.models.waiting import among
from app.rules.workflow import OPEN_ASSIGNMENT
from app.scope import within
from app.views.actor import language, now, reader, seen
from app.worklists import COUNTED_TO

YEAR = timedelta(days=365)
LOOKED_AT, PROPOSED = 500, 3
"""So many of the newest cases of a category are looked at, and so many units proposed."""


@dataclass(frozen=True)
class Proposed:
    """A unit that is proposed: its code and name, its share of the category in percent, what it has
    in hand and how much of that is overdue."""

    code: str
    name: str
    share: int
    in_hand: int
    overdue: int

    @property
    def told(self) -> str:
        """The unit with why it is proposed, in words."""
        return words.word(
            "work_list.triage.proposed",
            language(),
            unit=self.name,
            share=self.share,
            n=self.in_hand,
            overdue=self.overdue,
        )


def proposals(cases: Iterable[Case]) -> dict[int, list[Proposed]]:
    """Category id -> the units that are proposed for its cases, the likeliest first: in two
    statements, whatever is on file."""
    shares = _shares({case.category_id for case in cases if case.category_id is not None})
    units = _units({unit for found in shares.values() for unit, _ in found})
    return {
        category: [
            Proposed(row.code, row.name, share, row.in_hand, row.overdue)
            for unit, share in found
            if (row := units.get(unit)) is not None
        ]
        for category, found in shares.items()
    }


def proposed_for(case: Case, found: Mapping[int, Sequence[Proposed]]) -> list[Proposed]:
    """What is proposed for a case: never the unit that it complains of."""
    against = case.complained_unit.code if case.complained_unit is not None else ""
    return [one for one in found.get(case.category_id or 0, ()) if one.code != against]


def _shares(categories: set[int]) -> dict[int, list[tuple[int, int]]]:
    """Category id -> (unit id, percent of its cases), the greatest first."""
    if not categories:
        return {}
    parts = union_all(*(_of_category(one) for one in sorted(categories)))
    counts: dict[int, list[tuple[int, int]]] = {}
    for row in reader().execute(parts.execution_options(unscoped=True)):
        counts.setdefault(row.category, []).append((row.n, row.unit))
    return {
        category: [
            (unit, round(100 * n / sum(n for n, _ in found)))
            for n, unit in sorted(found, key=lambda one: (-one[0], one[1]))[:PROPOSED]
        ]
        for category, found in counts.items()
    }


def _of_category(category: int) -> Select[Any]:
    """How many of the newest cases of a category each unit was given."""
    visible = seen()
    held = within(Case, visible) if visible is not None else ()
    newest = (
        select(Case.category_id, Case.lead_unit_id, Case.registered_at)
        .where(Case.category_id == category, *held)
        .order_by(Case.id.desc())
        .limit(LOOKED_AT)
        .subquery()
    )
    return (
        select(
            newest.c.category_id.label("category"),
            newest.c.lead_unit_id.label("unit"),
            func.count().label("n"),
        )
        .where(newest.c.lead_unit_id.is_not(None), newest.c.registered_at >= now() - YEAR)
        .group_by(newest.c.category_id, newest.c.lead_unit_id)
    )


def _units(ids: set[int]) -> dict[int, Any]:
    """Unit id -> its code and name with what it has in hand and overdue, each counted to a thousand;
    of those that still take cases."""
    if not ids:
        return {}
    open_ = among(Assignment.state, OPEN_ASSIGNMENT)
    overdue = Assignment.overdue_for == Assignment.due_at
    parts = [
        select(Unit.id, Unit.code, Unit.name, _few(id, open_), _few(id, open_, overdue)).where(
            Unit.id == id, Unit.active.is_(True)
        )
        for id in sorted(ids)
    ]
    rows = reader().execute(union_all(*parts).execution_options(unscoped=True))
    return {row.id: row for row in rows}


def _few(unit: int, *conditions: Any) -> Any:
    """How many assignments of a unit are so, counted no further than lists are."""
    some = (
        select(literal(1))
        .select_from(Assignment)
        .where(Assignment.unit_id == unit, *conditions)
        .limit(COUNTED_TO)
        .subquery()
    )
    name = "overdue" if len(conditions) > 1 else "in_hand"
    return select(func.count()).select_from(some).scalar_subquery().label(name)
