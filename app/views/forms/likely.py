"""Which unit is proposed for a case: first the default of its category, then those that handled most
of what was registered in it during the last year, each with what it has in hand. It is proposed; a
person decides."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Select, func, literal, select, union_all

from app import words
from app.models import Assignment, Case, Category, Unit
from app.models.waiting import among
from app.rules.workflow import OPEN_ASSIGNMENT
from app.scope import within
from app.stages.allocation import liaisons
from app.views.actor import language, now, reader, seen
from app.worklists import COUNTED_TO

YEAR = timedelta(days=365)
LOOKED_AT, PROPOSED = 500, 3
"""So many of the newest cases of a category are looked at, and so many units proposed for them."""
INACTIVE = "work_list.triage.left_out.inactive"
NO_LIAISON = "work_list.triage.left_out.no_liaison"
COMPLAINED_OF = "work_list.triage.left_out.complained_of"
"""Why a unit is not proposed."""


@dataclass(frozen=True)
class Proposed:
    """A unit that may be proposed: its code and name, whether it is the category's default, its share
    of the category in percent (0 where nothing speaks of it), what it has in hand and how much of
    that is overdue; `unfit` is the message that says why it takes no case."""

    code: str
    name: str
    usual: bool
    share: int
    in_hand: int
    overdue: int
    unfit: str = ""

    @property
    def why(self) -> list[str]:
        """Why it is proposed, in words."""
        tongue = language()
        share = words.word("work_list.triage.share", tongue, share=self.share)
        usual = words.word("work_list.triage.usual", tongue)
        return [*([usual] if self.usual else []), *([share] if self.share else [])]

    @property
    def told(self) -> str:
        """The unit with why it is proposed and what it has in hand, in words."""
        n, overdue = self.in_hand, self.overdue
        load = words.word("work_list.triage.load", language(), n=n, overdue=overdue)
        return " · ".join((self.name, *self.why, load))

    def left_out(self, why: str) -> str:
        """Why it is not proposed, in a sentence; `why` is the message."""
        tongue, unit = language(), self.name
        if self.usual:
            unit = words.word("work_list.triage.usual_unit", tongue, unit=unit)
        return words.word(why, tongue, unit=unit)


Proposals = Mapping[int, Sequence[Proposed]]
"""Category id -> the units that speak for its cases, the likeliest first."""


def proposals(categories: Iterable[Category | None]) -> Proposals:
    """The units of categories: first the default that the office has named, then those that handled
    most. Two statements, whatever is on file."""
    known = {one.id: one for one in categories if one is not None}
    shares = _shares({*known})
    usual = {id: one.usual_unit_id for id, one in known.items()}
    named = {unit for found in shares.values() for unit, _ in found}
    units = _units(named | {unit for unit in usual.values() if unit is not None})
    return {id: _of_one(usual[id], dict(shares.get(id, ())), units) for id in known}


def _of_one(
    usual: int | None, shares: Mapping[int, int], units: Mapping[int, Any]
) -> list[Proposed]:
    """The units of one category; `shares`: unit id -> percent, the greatest first."""
    ids = dict.fromkeys([*([usual] if usual is not None else []), *shares])
    return [
        Proposed(
            row.code,
            row.name,
            id == usual,
            shares.get(id, 0),
            row.in_hand,
            row.overdue,
            INACTIVE if not row.active else "" if row.liaison else NO_LIAISON,
        )
        for id in ids
        if (row := units.get(id)) is not None
    ]


def proposed_for(case: Case, found: Proposals) -> list[Proposed]:
    """What is proposed for a case: units that take cases, never the one that it complains of."""
    return [one for one, why in _judged(case, found) if not why]


def left_out_for(case: Case, found: Proposals) -> list[str]:
    """Why units that would be proposed for a case are not, each in a sentence."""
    return [one.left_out(why) for one, why in _judged(case, found) if why]


def _judged(case: Case, found: Proposals) -> list[tuple[Proposed, str]]:
    """The units that speak for a case, each with the message that says why it is not proposed."""
    against = case.complained_unit.code if case.complained_unit is not None else ""
    return [
        (one, COMPLAINED_OF if one.code == against else one.unfit)
        for one in found.get(case.category_id or 0, ())
    ]


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
    """Unit id -> its code and name, whether it is active and has a liaison, and what it has in hand
    and overdue, each counted to a thousand."""
    if not ids:
        return {}
    open_ = among(Assignment.state, OPEN_ASSIGNMENT)
    overdue = Assignment.overdue_for == Assignment.due_at
    told = Unit.id, Unit.code, Unit.name, Unit.active
    parts = [
        select(
            *told,
            liaisons(id, now()).exists().label("liaison"),
            _few(id, open_),
            _few(id, open_, overdue),
        ).where(Unit.id == id)
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
