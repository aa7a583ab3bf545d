"""The people of a story: accounts, roles, units and posts, made as a story names them."""

from __future__ import annotations

from datetime import date

from flask_appbuilder.security.sqla.models import Role
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Person, Unit, UnitPost
from app.roles import RIGHTS, Actor, person

SINCE = date(2000, 1, 1)
_PLACES = {"staff": "unit_staff", "head": "unit_head"}


def unit_named(session: Session, code: str) -> Unit:
    """A unit with a staff account, a head, a liaison and their posts; made where it is not there."""
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
        session.add(UnitPost(unit_id=unit.id, person=user.username, user_id=user.id, post=post, from_on=SINCE))
    session.flush()
    return unit


def person_named(session: Session, code: str, word: str) -> str:
    """The name of a person of a unit: `head@UNIT` or `staff@UNIT` for an account, any other name for somebody who
    holds a post there without one."""
    place, _, unit = word.partition("@")
    if unit:
        return f"{unit}_{place}"
    held_in = unit_named(session, code)
    query = select(UnitPost.id).where(UnitPost.unit_id == held_in.id, UnitPost.person == word)
    if session.scalar(query) is None:
        session.add(UnitPost(unit_id=held_in.id, person=word, post="deputy", from_on=SINCE))
        session.flush()
    return word


def account(session: Session, name: str, role: str, unit_id: int | None = None) -> Person:
    """An account with a role; made where it is not there."""
    found = session.scalars(select(Person).where(Person.username == name)).first()
    if found is not None:
        return found
    held = session.scalars(select(Role).where(Role.name == role)).first() or Role(name=role)
    row = Person(
        username=name, first_name=name, last_name="", email=f"{name.lower()}@desk.invalid", active=True,
        unit_id=unit_id, roles=[held],
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row


def actor_named(session: Session, word: str) -> Actor:
    """The actor behind a story's `as`: a role, `staff@UNIT`, `head@UNIT`, with `#2` for a second person."""
    name, _, second = word.partition("#")
    place, _, code = name.partition("@")
    if code:
        unit = unit_named(session, code)
        user = account(session, f"{code}_{place}{second}", _PLACES[place], unit.id)
        return person(user.id, user.username, [_PLACES[place]], unit.id)
    if place not in RIGHTS:
        raise ValueError(f"nobody is called {word!r}")
    user = account(session, f"{place}{second}", place)
    return person(user.id, user.username, [place])


