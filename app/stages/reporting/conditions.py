"""Conditions that several sources share, and the day on which a deadline ends."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Date, and_, exists, or_, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import aliased
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from app.models import Assignment, Case, Reply, Request, Responsibility, Visit, VisitRecord
from app.rules.workflow import LIVE


class on_day_before(FunctionElement[Any]):
    """The day that a moment ends: 24:00 of it is the next day's midnight."""

    type = Date()
    inherit_cache = True


@compiles(on_day_before, "postgresql")
def _before_postgres(element: on_day_before, compiler: SQLCompiler, **given: Any) -> str:
    return f"CAST({compiler.process(element.clauses, **given)} - interval '1 second' AS date)"


@compiles(on_day_before, "sqlite")
def _before_sqlite(element: on_day_before, compiler: SQLCompiler, **given: Any) -> str:
    return f"date({compiler.process(element.clauses, **given)}, '-1 second')"


def answered(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    """The assignment has a final reply that is not refused, and more."""
    return exists().where(
        Reply.assignment_id == Assignment.id, Reply.state != "refused", *conditions
    )


def met_by_interim(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    """An emergency met by an interim reply filed in time."""
    filed = exists().where(
        Request.assignment_id == Assignment.id,
        Request.kind == "interim",
        Request.filed_at < Assignment.due_at,
        Request.state.in_(("pending", "accepted")),
        *conditions,
    )
    return and_(Case.urgency == "emergency", Assignment.round == 1, filed)


def open_at(end: datetime) -> ColumnElement[bool]:
    """The assignment was allocated before a moment, and neither ended nor answered by then."""
    return and_(
        Assignment.allocated_at < end,
        or_(Assignment.state.in_(LIVE), Assignment.ended_at >= end),
        ~answered(Reply.filed_at < end),
    )


def lead_before(case_id: Any, moment: Any, column: str = "unit_id") -> Any:
    """The unit whose lead assignment of a case was accepted last before a moment (or another column
    of that assignment); NULL where none was."""
    lead = aliased(Assignment)
    query = select(getattr(lead, column)).where(
        lead.case_id == case_id,
        lead.role == "lead",
        lead.state == "accepted",
        lead.ended_at <= moment,
    )
    return query.order_by(lead.id.desc()).limit(1).scalar_subquery()


def excluded() -> ColumnElement[bool]:
    """The latest review of the visit's round found the unit not responsible, under a code."""
    review, later = aliased(Responsibility), aliased(Responsibility)
    after = exists().where(
        later.case_id == review.case_id, later.round == review.round, later.id > review.id
    )
    reviewed = exists().where(
        review.case_id == Visit.case_id,
        review.round == Visit.round,
        review.excluded_as.is_not(None),
        ~after,
    )
    return or_(reviewed, and_(Case.round == Visit.round, Case.excluded_as.is_not(None)))


def contacted() -> Any:
    """What the caller said last in a visit: whether the unit had been in touch with him; NULL where
    nobody asked."""
    record = aliased(VisitRecord)
    query = select(record.contacted_by_unit).where(record.visit_id == Visit.id, record.reached)
    order = (record.attempt.desc(), record.version.desc())
    return query.order_by(*order).limit(1).scalar_subquery()
