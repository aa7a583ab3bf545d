"""Separation of duties and recusal 回避: who may not act here, whatever their roles say. [procedure,
Who may do what]"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.models import (
    Case,
    Event,
    NamedPerson,
    Referral,
    Reply,
    Responsibility,
    Supervision,
    UnitPost,
    VisitRecord,
)
from app.models.posts import line_of
from app.roles import Actor
from app.rules.refusal import NotAllowed


def doers(session: Session, subject: str, id: int, *kinds: str) -> set[int]:
    """The accounts that did something about a row, at whatever time, as the record names them."""
    query = select(Event.actor).where(
        Event.subject == subject, Event.subject_id == id, Event.kind.in_(kinds)
    )
    return {
        int(word.removeprefix("user:"))
        for word in session.scalars(query)
        if word.startswith("user:")
    }


def handlers(session: Session, case: Case) -> set[int | None]:
    """Who handled the case: answered it directly - this time or before it was registered anew - or
    approved a unit's reply."""
    query = select(Reply.approved_by_id).where(Reply.case_id == case.id)
    answered = {
        id
        for case_id in _taken_over(session, case.id)
        for id in doers(session, "case", case_id, "case.answered")
    }
    return {case.answered_by_id, *answered, *session.scalars(query)} - {None}


def _taken_over(session: Session, id: int) -> set[int]:
    """A case with those that it took over as their heir."""
    known = {id}
    while True:
        before = set(session.scalars(select(Case.id).where(Case.taken_over_by_id.in_(known))))
        if before <= known:
            return known
        known |= before


def examiners(session: Session, case: Case) -> set[int | None]:
    """Who did an examiner's work on the case: examined a reply, or reviewed responsibility."""
    examined = select(Reply.examined_by_id).where(Reply.case_id == case.id)
    reviewed = select(Responsibility.by_id).where(Responsibility.case_id == case.id)
    return {*session.scalars(examined), *session.scalars(reviewed)} - {None}


def visitors(session: Session, case: Case) -> set[int | None]:
    """Who recorded a visit of the case."""
    return set(session.scalars(select(VisitRecord.by_id).where(VisitRecord.case_id == case.id))) - {
        None
    }


def may_handle(session: Session, actor: Actor, case: Case) -> None:
    """Who examined or visited the case neither answers it directly nor approves a reply to it."""
    if actor.id in examiners(session, case):
        raise NotAllowed("examined_it_himself")
    if actor.id in visitors(session, case):
        raise NotAllowed("visited_it_himself")


def may_examine(session: Session, actor: Actor, case: Case) -> None:
    """Handler, examiner and visitor of one case are three persons; NotAllowed where they were one of
    the others."""
    if actor.id in handlers(session, case):
        raise NotAllowed("handled_it_himself")
    if actor.id in visitors(session, case):
        raise NotAllowed("visited_it_himself")


def may_visit(session: Session, actor: Actor, case: Case) -> None:
    """The visitor is neither the handler nor the examiner. [procedure 6]"""
    if actor.id in handlers(session, case):
        raise NotAllowed("handled_it_himself")
    if actor.id in examiners(session, case):
        raise NotAllowed("examined_it_himself")


def lineage(session: Session, unit_id: int) -> set[int]:
    """A unit with those that were dissolved into it: it answers for their time too. [procedure
    7]"""
    return set(session.scalars(line_of(unit_id)))


def not_recused(session: Session, now: datetime, actor: Actor, about: Any, years: int) -> None:
    """The one check of recusal, before a verb that `recuses`: who held a post in a row's unit in
    the last years, or whom the item's finding names, is refused. [procedure, Who may do what]"""
    unit_id = about.lead_unit_id if isinstance(about, Case) else about.unit_id
    if unit_id is not None:
        _held_no_post(session, now.date(), actor, unit_id, years)
    item_id = about.supervision_id if isinstance(about, Referral) else about.id
    if isinstance(about, (Referral, Supervision)):
        posts = select(NamedPerson.post_id).where(NamedPerson.supervision_id == item_id)
        not_about_himself(session, actor, list(session.scalars(posts)))


def _held_no_post(session: Session, today: date, actor: Actor, unit_id: int, years: int) -> None:
    month_day = (
        (today.month, 28) if (today.month, today.day) == (2, 29) else (today.month, today.day)
    )
    since = date(today.year - years, *month_day)
    query = select(UnitPost.id).where(
        UnitPost.user_id == actor.id,
        UnitPost.unit_id.in_(lineage(session, unit_id)),
        UnitPost.from_on <= today,
        or_(UnitPost.to_on.is_(None), UnitPost.to_on >= since),
    )
    if session.scalar(query.limit(1)) is not None:
        raise NotAllowed("recused")


def not_about_himself(session: Session, actor: Actor, post_ids: list[int]) -> None:
    """Nobody drafts, reviews or approves about themselves."""
    query = select(UnitPost.id).where(UnitPost.id.in_(post_ids), UnitPost.user_id == actor.id)
    if session.scalar(query.limit(1)) is not None:
        raise NotAllowed("recused")
