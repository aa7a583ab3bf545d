"""Leaders' matters as the ledger of instructions 批示台账 tells them: what was written, who handles it, how
it stands, and what became of it. Of the case itself no word stands here: it is read in full where it was
submitted to whoever asks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import url_for
from sqlalchemy import Select, and_, case, func, select

from app import words
from app.models import Assignment, Case, Instruction, Reply, Unit, Visit
from app.rules.workdays import beijing
from app.rules.workflow import LIVE, OPEN_ASSIGNMENT, OPEN_CASE
from app.scope import seen_by, within
from app.views.actor import actor, language, now, reader
from app.views.pages.badge import Badge, badge_of, calendar_here
from app.views.pages.masking import know_callers, masked_text

SHOWN = 50
"""So many instructions a page of the ledger has."""
OPEN, LATE, CLOSED, ALL = "open", "late", "closed", "all"
PARTS = {
    OPEN: "leaders.part.open",
    LATE: "leaders.part.late",
    CLOSED: "leaders.part.closed",
    ALL: "leaders.part.all",
}
"""The parts of the ledger in the order of its tabs, each with the message id of its name."""


@dataclass(frozen=True)
class Matter:
    """An instruction with what became of it. `days` are working days since it was given, to its end
    where it has ended; `href` leads to the case for who reads it in full."""

    id: int
    leader: str
    level: str
    said: str
    document: str
    instructed_on: date
    due_on: date | None
    number: str
    href: str
    kind: str
    state: str
    units: str
    badge: Badge | None
    late: bool
    days: int
    answer: str
    result: str


_CLOCK = case(
    (Assignment.state.in_(OPEN_ASSIGNMENT), Assignment.due_at),
    (Case.lead_assignment_id.is_(None), Case.own_at),
)
"""When what a matter waits for has to be done: the unit's answer while it is awaited, before it has a
unit the centre's."""


def of_part(part: str, at: datetime) -> list[Any]:
    """The conditions of a part of the ledger."""
    open_ = Case.state.in_(OPEN_CASE)
    conditions: dict[str, list[Any]] = {
        OPEN: [open_],
        CLOSED: [~open_],
        LATE: [open_, at >= _CLOCK],
    }
    return conditions.get(part, [])


def own() -> list[Any]:
    """The instructions of the leader who asks; not those of which no account is known."""
    return [Instruction.leader_id == (actor().id or 0)]


def _from(*columns: Any) -> Select[Any]:
    """Instructions with their cases and the assignments of those who lead them, as far as this person
    may read of instructions."""
    query = (
        select(*columns)
        .select_from(Instruction)
        .join(Case, Case.id == Instruction.case_id)
        .outerjoin(Assignment, Assignment.id == Case.lead_assignment_id)
        .where(*within(Instruction, seen_by(actor())))
    )
    return query.execution_options(unscoped=True)


def counts(*conditions: Any) -> dict[str, int]:
    """How many instructions each part of the ledger has, in one statement."""
    parts = {
        part: func.count(case((and_(True, *of_part(part, now())), 1))).label(part) for part in PARTS
    }
    row = reader().execute(_from(*parts.values()).where(*conditions)).one()
    return dict(row._mapping)


def matters(part: str, page: int, *conditions: Any) -> list[Matter]:
    """The instructions of a page of a part, the newest first, and one more where there is a next page;
    those that are late by how long they have been."""
    order = [_CLOCK, Instruction.id] if part == LATE else [Instruction.id.desc()]
    query = (
        _from(*_COLUMNS)
        .outerjoin(Unit, Unit.id == Case.lead_unit_id)
        .where(*of_part(part, now()), *conditions)
        .order_by(*order)
        .offset(page * SHOWN)
        .limit(SHOWN + 1)
    )
    rows = reader().execute(query).all()
    cases = {row.case for row in rows}
    assists, seen = _assists(cases), _readable(cases)
    if not actor().reads_as_typed:
        know_callers(cases)
    return [_told(row, assists.get(row.case, ()), row.case in seen) for row in rows]


_PASSED = (
    select(Reply.public_answer)
    .where(Reply.assignment_id == Case.lead_assignment_id, Reply.state == "passed")
    .order_by(Reply.id.desc())
    .limit(1)
    .correlate(Case)
    .scalar_subquery()
)
_VISITED = (
    select(Visit.satisfied)
    .where(Visit.case_id == Case.id, Visit.caller_case_id == Case.id, Visit.state == "done")
    .order_by(Visit.id.desc())
    .limit(1)
    .correlate(Case)
    .scalar_subquery()
)
_COLUMNS: tuple[Any, ...] = (
    Instruction.id,
    Instruction.leader,
    Instruction.level,
    Instruction.words,
    Instruction.document,
    Instruction.instructed_on,
    Instruction.due_on,
    Case.id.label("case"),
    Case.number,
    Case.kind,
    Case.state,
    Case.closed_at,
    Case.closed_as,
    Case.answer,
    Unit.name.label("unit"),
    Assignment.late,
    _CLOCK.label("clock"),
    _PASSED.label("passed"),
    _VISITED.label("satisfied"),
)


def _assists(cases: set[int]) -> Mapping[int, Sequence[str]]:
    """case -> the units that assist."""
    query = (
        select(Assignment.case_id, Unit.name)
        .join(Unit, Unit.id == Assignment.unit_id)
        .where(
            Assignment.case_id.in_(cases),
            Assignment.role == "assist",
            Assignment.state.in_((*LIVE, "accepted")),
        )
        .order_by(Assignment.id)
    )
    found: dict[int, list[str]] = {}
    for row in reader().execute(query.execution_options(unscoped=True)):
        found.setdefault(row.case_id, []).append(row.name)
    return found


def _readable(cases: set[int]) -> set[int]:
    """Those of some cases whose pages this person may open."""
    if "Cases" not in actor().pages:
        return set()
    return set(reader().scalars(select(Case.id).where(Case.id.in_(cases))))


def _told(row: Any, assists: Sequence[str], readable: bool) -> Matter:
    tongue, open_ = language(), row.state in OPEN_CASE
    end = now() if row.closed_at is None else beijing(row.closed_at)
    clock = beijing(row.clock) if open_ and row.clock is not None else None
    return Matter(
        row.id,
        row.leader,
        words.value("level", row.level, tongue),
        _covered(row.words, row.case),
        row.document,
        row.instructed_on,
        row.due_on,
        row.number or "",
        url_for("Cases.page_of_case", id=row.case) if readable else "",
        words.value("kind", row.kind, tongue),
        words.state("case", row.state, tongue),
        words.listed(filter(None, [row.unit, *assists]), tongue),
        badge_of(clock),
        clock <= now() if clock is not None else bool(row.late),
        calendar_here().between(row.instructed_on, max(end.date(), row.instructed_on)),
        _covered(row.passed or row.answer or "", row.case),
        _result(row, tongue),
    )


def _result(row: Any, tongue: str) -> str:
    """How a matter ended: as what it was closed, and what its caller said of it."""
    closed = words.value("closed_as", row.closed_as, tongue) if row.closed_as else ""
    said = words.value("satisfied", row.satisfied, tongue) if row.satisfied else ""
    return words.pair(closed, said, tongue) if closed else said


def _covered(text: str, case_id: int) -> str:
    return text if actor().reads_as_typed else masked_text(text, case_id)
