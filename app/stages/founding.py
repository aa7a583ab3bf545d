"""Accounts and roles as rows: what an office needs before anybody can log in, sample or real."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from flask_appbuilder.security.sqla.models import Role
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.security import generate_password_hash

from app.ledger import note_office
from app.models import OFFICE_CHAIN, Case, OfficeHead, Person
from app.roles import BOT, ROLES, UNIT_ROLES, Actor
from app.rules.passwords import password_flaw, slip, username_flaw
from app.stages.changes import GUARDS, unguarded
from app.stages.people import SLIP_HOLDS
from app.stages.rights import person

HASH_METHOD, SALT_LENGTH = "scrypt", 16
"""Flask-AppBuilder's own defaults, so that its login checks what is hashed here."""


class SetupRefused(Exception):
    """An office that cannot be set up like this: a message id of a sentence, with its facts.
    Nothing was written."""

    def __init__(self, msgid: str, **facts: Any) -> None:
        super().__init__(msgid)
        self.msgid, self.facts = msgid, facts


def hashed(password: str, method: str = HASH_METHOD) -> str:
    """A password as the account keeps it. Slow on purpose (a tenth of a second): hash once what
    many share."""
    return generate_password_hash(password, method=method, salt_length=SALT_LENGTH)


def lay_roles(session: Session) -> dict[str, Role]:
    """The roles as rows, so that accounts can hold them; those that are there stay. What a role may
    do is not in the database but in `app.stages.rights.RIGHTS`."""
    there = {row.name: row for row in session.scalars(select(Role).where(Role.name.in_(ROLES)))}
    missing = {name: Role(name=name) for name in ROLES if name not in there}
    session.add_all(missing.values())
    session.flush()
    return there | missing


def lay_new_roles(session: Session) -> None:
    """The roles that a newer program has, in an office that has roles already."""
    if session.scalars(select(Role.id).limit(1)).first() is not None:
        lay_roles(session)


def make_account(
    session: Session,
    username: str,
    roles: Iterable[Role],
    password_hash: str | None,
    name: str = "",
    unit_id: int | None = None,
    active: bool = True,
) -> Person:
    """An account with its roles; `name` is the person's own (the username where it is not known).
    ValueError where a unit's role comes without the unit, or a unit without a unit's role."""
    held = list(roles)
    if (unit_id is not None) != any(role.name in UNIT_ROLES for role in held):
        raise ValueError(f"{username}: a unit's people, and nobody else, belong to a unit")
    row = Person(
        username=username,
        first_name=name or username,
        last_name="",
        email=f"{username.lower()}@desk.invalid",
        password=password_hash,
        active=active,
        unit_id=unit_id,
        roles=held,
    )
    session.add(row)
    session.flush()
    return row


def actor_of(row: Person) -> Actor:
    """The actor of an account, under its person's name."""
    return person(
        row.id, row.first_name or row.username, [role.name for role in row.roles], row.unit_id
    )


def refuse_unless_empty(session: Session) -> None:
    """SetupRefused where there is an account or a case. Whoever sets an office up at the same time
    waits here."""
    session.execute(select(OfficeHead.id).where(OfficeHead.id == OFFICE_CHAIN).with_for_update())
    accounts = session.scalar(select(func.count()).select_from(Person)) or 0
    if accounts:
        raise SetupRefused("accounts_there", accounts=accounts)
    cases = session.scalar(select(func.count()).select_from(Case)) or 0
    if cases:
        raise SetupRefused("cases_there", cases=cases)


def guards_to_make(session: Session, now: datetime) -> list[str]:
    """The roles of the first accounts that an office lacks: all three where nobody has one.
    SetupRefused where it lacks none, or where there are cases and no accounts. Whoever sets an
    office up at the same time waits here."""
    session.execute(select(OfficeHead.id).where(OfficeHead.id == OFFICE_CHAIN).with_for_update())
    accounts = session.scalar(select(func.count()).select_from(Person)) or 0
    lacking = unguarded(session, now)
    if not accounts:
        refuse_unless_empty(session)
    elif not lacking or "it_admin" in lacking:
        raise SetupRefused("accounts_there", accounts=accounts)
    return lacking


def refuse_unless_they_hold(names: Mapping[str, str], passwords: Mapping[str, str]) -> None:
    """SetupRefused where a name is none or named twice, or where a password would not hold."""
    for role, name in names.items():
        flaw = username_flaw(name) or (
            password_flaw(passwords[role], name) if role in passwords else None
        )
        if flaw is not None:
            raise SetupRefused(flaw)
        if [one.lower() for one in names.values()].count(name.lower()) > 1:
            raise SetupRefused("username_taken", username=name)


def first_accounts(
    session: Session, now: datetime, names: Mapping[str, str], password: str | None
) -> dict[str, tuple[str, str]]:
    """Set up an empty real office: the roles, and its first IT administrator, centre head and log
    auditor, each with a first password that is good for one login; role -> (account, that
    password). Where people have accounts already, those of the three in whose role nobody can log
    in. SetupRefused where there are none of these, where a name is none, taken or named twice, or
    where the administrator's password would not hold."""
    roles_wanted = guards_to_make(session, now)
    begun = roles_wanted != [*GUARDS]
    names = {role: names[role] for role in roles_wanted}
    first = {role: slip() for role in names}
    if password is not None:
        first["it_admin"] = password
    refuse_unless_they_hold(names, first)
    roles = lay_roles(session)
    for role, name in names.items():
        if (
            session.scalar(select(Person.id).where(func.lower(Person.username) == name.lower()))
            is not None
        ):
            raise SetupRefused("username_taken", username=name)
        row = make_account(session, name, [roles[role]], hashed(first[role]))
        row.slip_until = now + SLIP_HOLDS
        if begun:
            session.flush()
            note_office(
                session, now, BOT, "user.added_from_shell", {"user": row.id, "roles": [role]}
            )
    session.flush()
    return {role: (name, first[role]) for role, name in names.items()}
