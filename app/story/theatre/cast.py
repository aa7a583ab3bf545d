"""The people of a story: accounts, roles, units and posts, made as a story names them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask_appbuilder.security.sqla.models import Role
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.models import Person, Unit, UnitPost
from app.roles import ROLES, UNIT_ROLES, Actor
from app.stages.founding import lay_roles
from app.stages.handling import lenders
from app.stages.rights import person

SINCE = date(2000, 1, 1)
_PLACES = {"staff": "unit_staff", "head": "unit_head"}


def unit_named(session: Session, code: str) -> Unit:
    """A unit with a staff account, a head, a liaison and their posts; made where it is not
    there."""
    unit = session.scalars(select(Unit).where(Unit.code == code)).first()
    if unit is not None:
        return unit
    unit = Unit(code=code, name=f"{code}单位", active=True)
    session.add(unit)
    session.flush()
    for place in ("staff", "head"):
        account(session, f"{code}_{place}", _PLACES[place], unit.id)
    posts = (("staff", "staff"), ("head", "head"), ("liaison", "staff"))
    for post, place in posts:
        user = account(session, f"{code}_{place}", _PLACES[place], unit.id)
        session.add(
            UnitPost(
                unit_id=unit.id, person=user.username, user_id=user.id, post=post, from_on=SINCE
            )
        )
    session.flush()
    return unit


def person_named(session: Session, code: str, word: str) -> str:
    """The name of a person of a unit: `head@UNIT` or `staff@UNIT` for an account, any other name
    for somebody who holds a post there without one."""
    place, _, unit = word.partition("@")
    if unit:
        return f"{unit}_{place}"
    held_in = unit_named(session, code)
    query = select(UnitPost.id).where(UnitPost.unit_id == held_in.id, UnitPost.person == word)
    if session.scalar(query) is None:
        session.add(UnitPost(unit_id=held_in.id, person=word, post="deputy", from_on=SINCE))
        session.flush()
    return word


OF_HOLDERS = ("draft_finding", "record_statement", "draft_statement")
"""Verbs whose forms offer persons by the posts that they hold."""


def by_posts(session: Session, fields: Mapping[str, Any]) -> dict[str, Any]:
    """The persons of a step as its form offers them: by the ids of their posts, where a name means
    one."""

    def chosen(name: Any) -> Any:
        found = session.scalars(select(UnitPost.id).where(UnitPost.person == name)).all()
        return str(found[0]) if len(found) == 1 else name

    named = dict(fields)
    if named.get("person"):
        named["person"] = chosen(named["person"])
    if "persons" in named:
        named["persons"] = [chosen(person) for person in named["persons"]]
    return named


def account(session: Session, name: str, role: str, unit_id: int | None = None) -> Person:
    """An account with a role; made where it is not there."""
    found = session.scalars(select(Person).where(Person.username == name)).first()
    if found is not None:
        return found
    held = session.scalars(select(Role).where(Role.name == role)).first() or Role(name=role)
    row = Person(
        username=name,
        first_name=name,
        last_name="",
        email=f"{name.lower()}@desk.invalid",
        active=True,
        unit_id=unit_id,
        roles=[held],
    )
    session.add(row)
    session.flush()
    return row


def let_in(session: Session, password_hash: str) -> list[str]:
    """Open an office that was played to people: every role as a row, somebody in each of them, and
    one password for all who have none. The names of the accounts that may log in now."""
    lay_roles(session)
    for role in ROLES:
        if role not in UNIT_ROLES:
            account(session, role, role)
    opened = update(Person).where(Person.password.is_(None)).values(password=password_hash)
    session.execute(opened.execution_options(synchronize_session=False))
    return list(
        session.scalars(select(Person.username).where(Person.active.is_(True)).order_by(Person.id))
    )


def actor_named(session: Session, word: str, today: date | None = None) -> Actor:
    """The actor behind a story's `as`: a role, `staff@UNIT`, `head@UNIT`, with `#2` for a second
    person; on a day also for whom they stand in then."""
    name, _, second = word.partition("#")
    place, _, code = name.partition("@")
    if code:
        unit = unit_named(session, code)
        user = account(session, f"{code}_{place}{second}", _PLACES[place], unit.id)
        head = session.scalar(lenders(today, user.id, unit.id)) if today is not None else None
        return person(user.id, user.username, [_PLACES[place]], unit.id, lent_by=head)
    if place not in ROLES:
        raise ValueError(f"nobody is called {word!r}")
    user = account(session, f"{place}{second}", place)
    return person(user.id, user.username, [place])
