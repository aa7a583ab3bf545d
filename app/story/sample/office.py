"""The sample office before its first day: roles, accounts, units with their posts, categories, and
the mark."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask_appbuilder.security.sqla.models import Role
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Category, Setting, Unit, UnitPost
from app.stages.founding import SetupRefused, hashed, lay_roles, make_account, refuse_unless_empty
from app.story.sample.texts import read_texts

MARK, FINISHED = "sample_office", "sample_office.finished"
"""The settings that mark a sample office: `true` from its first moment on, and when it was
finished."""
IN_POST = timedelta(days=1000)
"""How long most people have held their posts."""


@dataclass(frozen=True)
class Manner:
    """How a unit works: the part of its time after which it answers, and how likely it is to be
    late, to stay silent, to answer poorly, to leave the caller dissatisfied, to ask for time, to
    explain, to sign for by itself."""

    pace: tuple[float, float]
    late: float
    silent: float
    poor: float
    bad: float
    extends: float
    explains: float
    signs: float


@dataclass(frozen=True)
class Member:
    """A member unit of the sample office, as its people know it."""

    code: str
    name: str
    head: str
    manner: Manner
    gone_to: str | None


def members() -> dict[str, Member]:
    """The units of the sample office by their codes."""
    found = {}
    for unit in read_texts("units")["units"]:
        manner = Manner(**{**unit["manner"], "pace": tuple(unit["manner"]["pace"])})
        found[unit["code"]] = Member(
            unit["code"], unit["name"], unit["head"][0], manner, unit.get("gone_to")
        )
    return found


def centre() -> dict[str, str]:
    """The accounts outside the units -> the persons' names."""
    return dict(read_texts("units")["centre"])


def usernames() -> list[str]:
    """Every account of the sample office."""
    return [*centre(), *(f"{code}_{place}" for code in members() for place in ("staff", "head"))]


def refuse_unless_fresh(session: Session) -> None:
    """SetupRefused where there is an account or a case, or where a sample office was begun and not
    finished."""
    if session.get(Setting, MARK) is not None and session.get(Setting, FINISHED) is None:
        raise SetupRefused("sample_unfinished")
    refuse_unless_empty(session)


def furnish(session: Session, password: str, changed_on: date) -> None:
    """Make the office in an empty database. Nobody can log in before `open_doors`. `changed_on`:
    the first day of the new head in the unit that gets one. SetupRefused where anybody has an
    account already."""
    refuse_unless_fresh(session)
    session.add(Setting(name=MARK, value="true"))
    roles = lay_roles(session)
    secret = hashed(password)
    for username, name in centre().items():
        make_account(session, username, [roles[username.rstrip("2")]], secret, name, active=False)
    for unit in read_texts("units")["units"]:
        _unit(session, unit, roles, secret, changed_on)
    for names in read_texts("matters")["matters"].values():
        _categories(session, names)
    for unit in read_texts("units")["units"]:
        _defaults(session, unit["code"], unit.get("defaults", ()))


def _unit(
    session: Session,
    one: Mapping[str, Any],
    roles: Mapping[str, Role],
    secret: str,
    changed_on: date,
) -> None:
    """A unit with its two accounts and the history of its posts."""
    unit = Unit(code=one["code"], name=one["name"], active=True)
    session.add(unit)
    session.flush()
    staff = make_account(
        session, f"{unit.code}_staff", [roles["unit_staff"]], secret, one["staff"], unit.id, False
    )
    head = make_account(
        session, f"{unit.code}_head", [roles["unit_head"]], secret, one["head"][0], unit.id, False
    )
    since = changed_on - IN_POST

    def post(
        kind: str, who: tuple[str, str], authority: str, first: date, last: date | None = None
    ) -> None:
        person, duty = who
        user = {head.first_name: head.id, staff.first_name: staff.id}.get(person)
        session.add(
            UnitPost(
                unit_id=unit.id,
                person=person,
                user_id=user,
                post=kind,
                duty=duty,
                cadre_authority=authority,
                from_on=first,
                to_on=last,
            )
        )

    deputy_until = None
    if "before" in one:
        deputy_until = changed_on - timedelta(days=1)
        post("head", one["before"], "市委管理", since, deputy_until)
        post("head", one["head"], "市委管理", changed_on)
    else:
        post("head", one["head"], "市委管理", since)
    post("deputy", one["deputy"], "市委管理", since, deputy_until)
    post("liaison", (one["liaison"], "热线工单签收与联络"), "单位管理", since)
    session.flush()


def _categories(session: Session, matters: list[str]) -> None:
    """The categories of a unit's matters: a tree of two levels, each name once."""
    for matter in matters:
        upper, lower = matter.split("|", 1)[0].split("/")
        top = _category(session, upper, None)
        _category(session, lower, top.id)


def _defaults(session: Session, code: str, names: Sequence[str]) -> None:
    """The categories for which the office has named a unit as the one to propose first."""
    unit = session.scalar(select(Unit.id).where(Unit.code == code))
    for row in session.scalars(select(Category).where(Category.name.in_(names))):
        row.default_unit_id = unit


def _category(session: Session, name: str, parent_id: int | None) -> Category:
    found = session.scalars(select(Category).where(Category.name == name)).first()
    if found is None:
        found = Category(name=name, parent_id=parent_id, active=True)
        session.add(found)
        session.flush()
    return found
