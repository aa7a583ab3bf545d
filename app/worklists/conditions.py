"""The conditions that several lists of work share, or that take more than a line."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import and_, literal, or_, select

from app.models import (
    Article,
    Assignment,
    Case,
    Draft,
    Message,
    ReportContest,
    ReportDraft,
    Supervision,
    Unit,
    Visit,
)
from app.models.waiting import among, holds
from app.roles import Actor
from app.rules.workflow import OPEN_ASSIGNMENT, OPEN_CASE
from app.scope import not_leaders
from app.stages.supervision import REVIEWED_IN
from app.stages.table import VERBS

Where = Callable[[Actor, datetime], list[Any]]
"""The conditions of a list for a person at a moment."""


def case_in(state: str) -> Where:
    """Cases in a state."""
    return lambda who, at: [holds(Case.state, state)]


def to_review(who: Actor, at: datetime) -> list[Any]:
    """Cases in review that this person may decide: after the second failed redo the centre head
    alone."""
    last = [] if who.is_a("centre_head") else [Case.redo_failed.is_(False)]
    return [holds(Case.state, "reviewing"), *last]


def to_take(who: Actor, at: datetime) -> list[Any]:
    """Messages that nobody has taken yet."""
    return [Message.ended_at.is_(None), Message.taken_at.is_(None), Message.read_at.is_not(None)]


def in_own_hand(who: Actor, at: datetime) -> list[Any]:
    """Messages that this person has taken."""
    return [Message.ended_at.is_(None), Message.taken_by_id == (who.id or 0)]


def _looked_up(*conditions: Any) -> Any:
    """That there is such a row, looked up for one row after another: the offset keeps PostgreSQL
    from reading all rows of the other table for a few of this one."""
    return select(literal(1)).where(*conditions).offset(0).exists()


def of_an_open_case(model: Any) -> Any:
    """That the case of a row is open."""
    return _looked_up(Case.id == model.case_id, among(Case.state, OPEN_CASE))


def own(*conditions: Any) -> Where:
    """Rows of the person's unit."""
    return lambda who, at: [Assignment.unit_id == (who.unit_id or 0), *conditions]


def to_visit(who: Actor, at: datetime) -> list[Any]:
    """A person's visits: a leader's matter the room's, any other a visitor's, all the centre
    head's."""
    room, visitor = who.is_a(*ROOM), who.is_a("visitor")
    mine = ~not_leaders(Visit.case_id) if room else not_leaders(Visit.case_id)
    return [
        holds(Visit.state, "pending"),
        *([] if who.is_a("centre_head") or (room and visitor) else [mine]),
    ]


def to_call(at: datetime) -> Any:
    """That the caller of a visit is to be called: not before they had their time to answer by
    internet. [procedure 6]"""
    return or_(Visit.call_at.is_(None), Visit.call_at <= at)


def due_for_visit(who: Actor, at: datetime) -> list[Any]:
    """A person's visits that wait for a call."""
    return [*to_visit(who, at), to_call(at)]


def lapsed(at: datetime) -> Any:
    """That an article in force is past its days, or is to be reviewed."""
    today = at.date()
    past = or_(Article.valid_to < today, Article.review_on <= today)
    return and_(Article.ended_at.is_(None), Article.version > 0, past)


def unkept(at: datetime) -> Any:
    """That an article is past its days, or that its unit is dissolved."""
    dissolved = Article.unit_id.in_(select(Unit.id).where(Unit.active.is_(False)))
    past = or_(Article.valid_to < at.date(), dissolved)
    return and_(Article.ended_at.is_(None), Article.version > 0, past)


def contestable(who: Actor, at: datetime) -> list[Any]:
    """Drafts of reports whose figures the unit may still contest."""
    said = select(ReportContest.draft_id).where(ReportContest.unit_id == (who.unit_id or 0))
    return [
        ReportDraft.contest_at > at,
        ReportDraft.report_id.is_(None),
        ReportDraft.id.not_in(said),
    ]


def drafts(who: Actor, at: datetime) -> list[Any]:
    """Drafts of the staff that are neither used, replaced nor discarded, and could still be filed:
    their matter still waits for the unit."""
    held = _looked_up(
        Assignment.id == Draft.assignment_id, among(Assignment.state, OPEN_ASSIGNMENT)
    )
    of_items = [verb for verb in VERBS.values() if verb.draft and verb.target == "item"]
    about = [Draft.verb.not_in([verb.name for verb in of_items]) & held]
    for verb in of_items:
        of_it = (Supervision.case_id == Draft.case_id, Supervision.unit_id == Draft.unit_id)
        standing = _looked_up(*of_it, Supervision.state.in_(verb.states))
        about.append((Draft.verb == verb.name) & standing)
    return [
        Draft.unit_id == (who.unit_id or 0),
        Draft.used_at.is_(None),
        Draft.ended_at.is_(None),
        or_(*about),
    ]


def to_approve(who: Actor, at: datetime) -> list[Any]:
    """Drafts that wait for the head."""
    return [*drafts(who, at), Draft.returned_at.is_(None)]


def sent_back(who: Actor, at: datetime) -> list[Any]:
    """Drafts that the head sent back, until they come again or are discarded."""
    return [*drafts(who, at), Draft.returned_at.is_not(None)]


CENTRE, ROOM, UNIT = (
    ("allocator", "centre_head"),
    ("officer", "supervision_head"),
    ("unit_staff", "unit_head"),
)
REFERRED = ("drafted", "reviewed", "approved", "sealed", "sent", "received")
"""The states of a referral that is under way."""

UNANSWERED = (
    among(Assignment.state, OPEN_ASSIGNMENT),
    Assignment.response_at.is_not(None),
    Assignment.first_response_at.is_(None),
)
"""Emergencies of which the unit has not said yet what is being done. [procedure 0]"""

REVIEW_OPEN = and_(
    Supervision.state.in_(REVIEWED_IN),
    Supervision.review_asked_at.is_not(None),
    Supervision.review_accepted.is_(None),
)
"""Items whose review was asked for and not ruled on yet, closed or not. [procedure 4]"""
