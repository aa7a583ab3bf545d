"""Findings 认定: drafted by an officer, confirmed by the room's head."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.ledger import move
from app.models import Assignment, NamedPerson, Supervision, UnitPost
from app.models.columns import clock
from app.roles import Actor
from app.rules.refusal import NotAllowed
from app.rules.workdays import last_day
from app.stages.calendar import limits_of_case, office_at
from app.stages.duties import lineage, not_about_himself

FINDINGS = ("perfunctory", "inaction", "duty", "untrue")


def draft_finding(
    session: Session,
    now: datetime,
    actor: Actor,
    supervision: Supervision,
    finding: str,
    words: str,
    post_ids: Sequence[int] = (),
) -> Supervision:
    """An officer drafts a finding 认定, after feedback on the last notice or once that is overdue. It
    may name persons, by the posts they held."""
    if finding not in FINDINGS:
        raise NotAllowed("unknown_finding", finding=finding)
    overdue_now = supervision.due_at is not None and now >= supervision.due_at
    if supervision.state != "fed_back" and not (
        supervision.state in ("opened", "reissued") and overdue_now
    ):
        raise NotAllowed("finding_too_early", state=supervision.state)
    office = office_at(session, now)
    if not words.strip():
        raise NotAllowed("words_missing")
    _name(session, actor, supervision, post_ids)
    own = office.calendar.run(
        now.date(), limits_of_case(session, office, supervision).confirm_workdays
    )
    columns = {
        "finding": finding,
        "finding_words": words,
        "finding_from": supervision.state,
        "found_by_id": actor.id,
        **clock("own", own),
    }
    payload = {"finding": finding, "posts": sorted(post_ids)}
    move(session, now, actor, supervision, "finding", "supervision.found", columns, payload)
    return supervision


def _name(session: Session, actor: Actor, row: Supervision, post_ids: Sequence[int]) -> None:
    """Name persons by posts of the unit; a finding drafted anew names anew."""
    not_about_himself(session, actor, list(post_ids))
    for old in session.scalars(select(NamedPerson).where(NamedPerson.supervision_id == row.id)):
        session.delete(old)
    session.flush()
    for post_id in sorted(set(post_ids)):
        post = session.get(UnitPost, post_id)
        if post is None or post.unit_id not in lineage(session, row.unit_id):
            raise NotAllowed("not_a_post_of_the_unit")
        session.add(NamedPerson(supervision_id=row.id, post_id=post_id, statement=""))
    session.flush()


def fault_on(assignment: Assignment, day: date) -> date:
    """The date of the fault, as known on a day: the last one on which the unit could have answered
    in time."""
    return min(last_day(assignment.due_at), day)


def confirm_finding(
    session: Session,
    now: datetime,
    actor: Actor,
    supervision: Supervision,
    accept: bool = True,
    finding: str = "",
) -> Supervision:
    """The room's head confirms a finding that somebody else drafted, or sends the item back to
    where it was. The unit and each named person are then heard, for three working days."""
    if supervision.state != "finding":
        raise NotAllowed("no_finding", state=supervision.state)
    if supervision.found_by_id == actor.id:
        raise NotAllowed("own_finding")
    if finding and finding != supervision.finding:
        raise NotAllowed("another_finding", drafted=supervision.finding)
    office = office_at(session, now)
    if not accept:
        columns = {"finding": None, "finding_from": None, **clock("own", None)}
        back = supervision.finding_from or "fed_back"
        move(session, now, actor, supervision, back, "supervision.sent_back", columns)
        return supervision
    workdays = limits_of_case(session, office, supervision).hearing_workdays
    hearing = office.calendar.to_midnight().run(now.date(), workdays)
    columns = {
        "confirmed_at": now,
        "confirmed_by_id": actor.id,
        **clock("heard", hearing),
        **clock("own", None),
    }
    payload = {"finding": supervision.finding, "hear_until": hearing.on.isoformat()}
    move(session, now, actor, supervision, "confirmed", "supervision.confirmed", columns, payload)
    return supervision


def named(session: Session, row: Supervision) -> Sequence[NamedPerson]:
    """The persons whom a finding names."""
    query = select(NamedPerson).where(NamedPerson.supervision_id == row.id)
    return session.scalars(query.order_by(NamedPerson.id)).all()
