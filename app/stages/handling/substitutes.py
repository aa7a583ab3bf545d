"""Substitutes 代理: while a unit's head is away a colleague approves for them, from day to day. Nobody
gains a right that the head lacks: what is lent are approvals, and only while the head has them.
[procedure, Handling: staff drafts, the unit's head approves]"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from flask_appbuilder.security.sqla.models import Role
from sqlalchemy import Select, select
from sqlalchemy.orm import Session, aliased

from app.ledger import lock_office, note_office
from app.models import Person, Substitute
from app.roles import Actor
from app.rules.refusal import NotAllowed

LONGEST = 30
"""For so many days a substitute is named at most."""
_HEAD = "unit_head"


def running(day: date) -> tuple[Any, ...]:
    """The conditions for a substitute to stand in on a day."""
    return (
        Substitute.from_on <= day,
        Substitute.to_on >= day,
        Substitute.ended_at.is_(None),
    )


def lenders(day: date, person_id: Any, unit_id: Any) -> Select[Any]:
    """The head for whom a person stands in on a day: of the same unit, and head still; by their ids,
    or by the columns of a query that this one is part of."""
    head = aliased(Person)
    return (
        select(Substitute.head_id)
        .join(head, head.id == Substitute.head_id)
        .join(head.roles)
        .where(
            Substitute.person_id == person_id,
            Substitute.unit_id == unit_id,
            *running(day),
            head.unit_id == unit_id,
            head.active.is_(True),
            Role.name == _HEAD,
        )
        .order_by(Substitute.id)
        .limit(1)
        .execution_options(unscoped=True)
    )


def colleagues(actor: Actor) -> Select[Any]:
    """Whom a head may name: the others of the unit who can log in."""
    return select(Person).where(
        Person.unit_id == (actor.unit_id or 0),
        Person.id != (actor.id or 0),
        Person.active.is_(True),
    )


def name_substitute(
    session: Session, now: datetime, actor: Actor, substitute: str, from_on: date, to_on: date
) -> Substitute:
    """A head names who approves for them from day to day, both counted, for at most thirty days."""
    if not actor.is_a(_HEAD) or actor.unit_id is None or actor.id is None:
        raise NotAllowed("no_right", verb="name_substitute")
    if from_on < now.date() or to_on < from_on:
        raise NotAllowed("substitute_days_wrong")
    if (to_on - from_on).days >= LONGEST:
        raise NotAllowed("substitute_too_long", most=LONGEST)
    lock_office(session)
    person = session.scalars(colleagues(actor).where(Person.username == substitute)).first()
    if person is None:
        raise NotAllowed("no_colleague")
    _refuse_second(session, actor.id, from_on, to_on)
    row = Substitute(
        unit_id=actor.unit_id,
        head_id=actor.id,
        person_id=person.id,
        from_on=from_on,
        to_on=to_on,
        named_at=now,
    )
    session.add(row)
    session.flush()
    note_office(session, now, actor, "substitute.named", _told(row))
    return row


def _refuse_second(session: Session, head: int, from_on: date, to_on: date) -> None:
    """NotAllowed where somebody stands in on one of these days already."""
    query = select(Substitute).where(
        Substitute.head_id == head,
        Substitute.ended_at.is_(None),
        Substitute.from_on <= to_on,
        Substitute.to_on >= from_on,
    )
    other = session.scalars(query.limit(1)).first()
    if other is not None:
        first, last = other.from_on.isoformat(), other.to_on.isoformat()
        raise NotAllowed("substituted_already", first=first, last=last)


def end_substitute(session: Session, now: datetime, actor: Actor, id: int) -> Substitute:
    """A head of the unit ends a substitution before its last day, or before it began."""
    lock_office(session)
    row = session.get(Substitute, id) if 0 < id < 2**31 else None
    if row is None or row.unit_id != actor.unit_id:
        raise NotAllowed("not_found")
    if row.ended_at is not None or row.to_on < now.date():
        raise NotAllowed("substitution_over")
    row.ended_at = now
    session.flush()
    note_office(session, now, actor, "substitute.ended", _told(row))
    return row


def _told(row: Substitute) -> dict[str, Any]:
    """What the record says of a substitution; `user` is told."""
    return {
        "substitute": row.id,
        "unit": row.unit_id,
        "head": row.head_id,
        "user": row.person_id,
        "from_on": row.from_on.isoformat(),
        "to_on": row.to_on.isoformat(),
    }
