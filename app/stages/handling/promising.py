"""Promises of a date: an explanation, an interim reply."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from app.models import Assignment, Request
from app.roles import Actor
from app.rules.reading import letters
from app.rules.refusal import NotAllowed
from app.stages.calendar import limits_of_case, office_at
from app.stages.handling.asking import file_request, requests_of
from app.stages.handling.replying import clear_opinion
from app.stages.handling.signing import refuse_unless_open, sign_if_unsigned


def _promise(
    session: Session,
    now: datetime,
    actor: Actor,
    assignment: Assignment,
    kind: str,
    promised_on: date,
    drafted_by: int | None,
    **facts: Any,
) -> Request:
    """File a promise: its date lies after today and at most ten working days after due; of each
    kind one pending or accepted, and two filed, per round."""
    refuse_unless_open(assignment)
    office = office_at(session, now)
    limits = limits_of_case(session, office, assignment)
    due = assignment.deadline("due")
    assert due is not None  # noqa: S101
    if promised_on <= now.date():
        raise NotAllowed("promise_not_after_today")
    if promised_on > office.calendar.after(due.on, limits.promise_workdays):
        raise NotAllowed("promise_too_far", workdays=limits.promise_workdays)
    before = requests_of(session, assignment, kind)
    if any(row.state in ("pending", "accepted") for row in before):
        raise NotAllowed("promised_already")
    if len(before) >= limits.promises_each:
        raise NotAllowed("promised_twice", most=limits.promises_each)
    sign_if_unsigned(session, now, actor, assignment)
    return file_request(
        session, now, actor, assignment, kind, drafted_by, promised_on=promised_on, **facts
    )


def explain(
    session: Session,
    now: datetime,
    actor: Actor,
    assignment: Assignment,
    words: str,
    promised_on: date,
    category: str = "other",
    drafted_by: int | None = None,
) -> Request:
    """An explanation 情况说明: a category, at least twenty characters, a promised date."""
    least = limits_of_case(session, office_at(session, now), assignment).explanation_characters
    if letters(words) < least:
        raise NotAllowed("explanation_too_short", characters=least)
    return _promise(
        session,
        now,
        actor,
        assignment,
        "explanation",
        promised_on,
        drafted_by,
        words=words,
        category=category,
    )


def reply_interim(
    session: Session,
    now: datetime,
    actor: Actor,
    assignment: Assignment,
    promised_on: date,
    opinion: str = "",
    next_step: str = "",
    drafted_by: int | None = None,
) -> Request:
    """An interim reply 阶段性回复: a clear handling opinion and a promised date."""
    clear_opinion(opinion, next_step, promised_on)
    words = f"{opinion}\n{next_step}"
    return _promise(
        session, now, actor, assignment, "interim", promised_on, drafted_by, words=words
    )
