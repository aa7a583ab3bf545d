"""What each unit did in a period, counted by the rows; which row counts on which day, the package
says."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Date, and_, case, distinct, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from app.models import (
    Assignment,
    CalendarDay,
    Case,
    Reminder,
    Reply,
    Request,
    Responsibility,
    Visit,
)
from app.rules.workflow import LIVE
from app.stages.reporting.period import Period
from app.stages.reporting.queries import Counts, Query, by_unit, how_many


def _answered(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
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


def _allocated(session: Session, period: Period, now: datetime) -> Counts:
    signed = and_(
        Assignment.signed_at.is_not(None),
        func.coalesce(Assignment.sign_at > Assignment.signed_at, True),
    )
    unsure = or_(
        Assignment.state == "return_pending",
        and_(Assignment.state == "allocated", Assignment.sign_at > now),
    )
    recalled = and_(Assignment.state == "cancelled", Assignment.signed_at.is_(None))
    query = select(
        Assignment.unit_id,
        func.count().label("allocated"),
        how_many(Assignment.state == "returned").label("returned"),
        how_many(and_(Assignment.signed_at.is_(None), unsure)).label("running"),
        how_many(and_(Assignment.state != "returned", signed)).label("signed_in_time"),
    ).where(period.holds(Assignment.allocated_at), ~recalled)
    return by_unit(session, query.group_by(Assignment.unit_id))


def due_in(period: Period) -> Query:
    """Per unit what was due in a period, and of that what was answered in time."""
    ended = and_(
        Assignment.state == "cancelled",
        func.coalesce(Assignment.ended_at <= Assignment.due_at, True),
    )
    in_time = or_(_answered(Reply.late.is_(False)), met_by_interim())
    return (
        select(
            Assignment.unit_id,
            how_many(~ended).label("due"),
            how_many(ended).label("ended"),
            how_many(and_(~ended, in_time)).label("answered_in_time"),
        )
        .join(Case, Case.id == Assignment.case_id)
        .where(
            Assignment.due_at > period.start,
            Assignment.due_at <= period.end,
            Assignment.state != "returned",
        )
        .group_by(Assignment.unit_id)
    )


def _answers(session: Session, period: Period) -> Counts:
    began, ended = aliased(CalendarDay), aliased(CalendarDay)
    taken = ended.ordinal - began.ordinal
    query = (
        select(
            Assignment.unit_id,
            func.count().label("answered"),
            how_many(Reply.late.is_(False)).label("on_time"),
            how_many(Reply.late.is_(True)).label("late"),
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


def open_at(end: datetime) -> ColumnElement[bool]:
    """The assignment was allocated before a moment, and neither ended nor answered by then."""
    return and_(
        Assignment.allocated_at < end,
        or_(Assignment.state.in_(LIVE), Assignment.ended_at >= end),
        ~_answered(Reply.filed_at < end),
    )


def _open(session: Session, period: Period) -> Counts:
    query = select(Assignment.unit_id, func.count().label("open")).where(open_at(period.end))
    return by_unit(session, query.group_by(Assignment.unit_id))


def _reminders(session: Session, period: Period) -> Counts:
    issued, void = period.holds(Reminder.issued_at), Reminder.state == "void"
    lapsed = and_(period.holds(Reminder.lapsed_at), Reminder.in_error.is_(False))
    query = select(
        Reminder.unit_id,
        how_many(and_(issued, ~void)).label("reminders"),
        how_many(and_(issued, void)).label("void"),
        how_many(lapsed).label("lapsed"),
    ).where(or_(issued, period.holds(Reminder.lapsed_at)))
    return by_unit(session, query.group_by(Reminder.unit_id))


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


def _excluded() -> ColumnElement[bool]:
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


def visits_in(period: Period) -> Query:
    """Per unit what the callers who were visited in a period said."""
    found = (
        select(
            Visit.case_id,
            Visit.round,
            Visit.state,
            Visit.truth,
            Visit.solved,
            Visit.satisfied,
            lead_before(Visit.case_id, Visit.planned_at).label("unit_id"),
            case((_excluded(), 1), else_=0).label("excluded"),
        )
        .join(Case, Case.id == Visit.case_id)
        .where(period.holds(Visit.ended_at), Visit.state.in_(("done", "unreachable")))
        .subquery()
    )
    columns = found.c
    done, counts = columns.state == "done", columns.excluded == 0
    rated = columns.satisfied.in_(("satisfied", "basically", "dissatisfied"))
    untrue = and_(done, counts, columns.truth == "untrue")
    query = select(
        columns.unit_id,
        *(
            how_many(and_(done, counts, columns.satisfied == word)).label(word)
            for word in ("satisfied", "basically")
        ),
        how_many(and_(done, counts, columns.satisfied == "dissatisfied")).label("dissatisfied"),
        how_many(and_(done, columns.satisfied == "declined")).label("declined"),
        how_many(columns.state == "unreachable").label("unreachable"),
        how_many(and_(done, rated, columns.excluded == 1)).label("excluded"),
        how_many(and_(done, columns.solved.is_not(None))).label("asked"),
        *(
            how_many(and_(done, columns.solved == word)).label(word)
            for word in ("solved", "partly", "unreasonable")
        ),
        func.count(distinct(columns.case_id * 1000 + columns.round)).filter(untrue).label("untrue"),
    )
    return query.group_by(columns.unit_id)


def _closed(session: Session, period: Period) -> Counts:
    query = (
        select(
            Case.lead_unit_id.label("unit_id"),
            func.count().label("closed"),
            how_many(Case.closed_as == "anonymous").label("unrated"),
        )
        .where(Case.state == "closed", period.holds(Case.closed_at))
        .group_by(Case.lead_unit_id)
    )
    return by_unit(session, query)


def count_units(session: Session, period: Period, now: datetime) -> Counts:
    """Every count of every unit; `CENTRE` for what no unit did."""
    parts = (
        _allocated(session, period, now),
        by_unit(session, due_in(period)),
        _answers(session, period),
        _open(session, period),
        _reminders(session, period),
        by_unit(session, visits_in(period)),
        _closed(session, period),
    )
    whole: Counts = {}
    for part in parts:
        for unit, counts in part.items():
            whole.setdefault(unit, {}).update(counts)
    return whole
