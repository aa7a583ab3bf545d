"""What each unit did in a period; which row counts on which day, the package says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Date, and_, distinct, func, select
from sqlalchemy.orm import Session, aliased

from app.models import Assignment, CalendarDay, Case, Reply, Visit
from app.stages.reporting.cells import Found, by_units
from app.stages.reporting.conditions import excluded, lead_before
from app.stages.reporting.period import Period
from app.stages.reporting.queries import CENTRE, Counts, Query, by_unit
from app.stages.reporting.sources import SOURCES


def _of_units(source: str, period: Period, flags: Sequence[str]) -> Query:
    """Per unit how many rows of a source are in these counts, as known when the period is over."""
    rows = SOURCES[source].select(period, period.end).subquery()
    sums = (func.coalesce(func.sum(rows.c[flag]), 0).label(flag) for flag in flags)
    return select(rows.c.unit_id, *sums).group_by(rows.c.unit_id)


def due_in(period: Period) -> Query:
    """Per unit what was due in a period, and of that what was answered in time."""
    return _of_units("due", period, ("due", "answered_in_time"))


def visits_in(period: Period) -> Query:
    """Per unit what the callers who were visited in a period said."""
    return _of_units("visits", period, ("satisfied", "basically", "dissatisfied"))


def _taken(session: Session, period: Period) -> Counts:
    """How many working days answers took, and of how many that is known."""
    began, ended = aliased(CalendarDay), aliased(CalendarDay)
    taken = ended.ordinal - began.ordinal
    query = (
        select(
            Assignment.unit_id,
            func.sum(taken).label("workdays"),
            func.count(taken).label("timed"),
        )
        .select_from(Reply)
        .join(Assignment, Assignment.id == Reply.assignment_id)
        .outerjoin(began, began.day == func.date(Assignment.allocated_at, type_=Date))
        .outerjoin(ended, ended.day == func.date(Reply.filed_at, type_=Date))
        .where(period.holds(Reply.filed_at), Reply.state != "refused")
    )
    return by_unit(session, query.group_by(Assignment.unit_id))


def _untrue(session: Session, period: Period) -> Counts:
    """Rounds of cases of which a visit says untrue, and the unit was not found not responsible."""
    found = (
        select(
            Visit.case_id,
            Visit.round,
            lead_before(Visit.case_id, Visit.planned_at).label("unit_id"),
        )
        .join(Case, Case.id == Visit.case_id)
        .where(
            period.holds(Visit.ended_at),
            and_(Visit.state == "done", Visit.truth == "untrue", ~excluded()),
        )
        .subquery()
    )
    rounds: Any = func.count(distinct(found.c.case_id * 1000 + found.c.round))
    query = select(found.c.unit_id, rounds.label("untrue"))
    return by_unit(session, query.group_by(found.c.unit_id))


def count_units(session: Session, period: Period, found: Found) -> Counts:
    """Every count of every unit, from what was counted by rows; `CENTRE` for what no unit did."""
    whole: Counts = {unit: dict(counts) for unit, counts in by_units(found).items()}
    for part in (_taken(session, period), _untrue(session, period)):
        for unit, counts in part.items():
            whole.setdefault(unit or CENTRE, {}).update(counts)
    return whole
