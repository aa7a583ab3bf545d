"""Resets from the server's shell, and who still guards the office."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from flask_appbuilder.security.sqla.models import Role
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from app.ledger import lock_office
from app.models import AccountChange, Person
from app.roles import BOT
from app.stages import factors, people
from app.stages.changes.kinds import GUARDS, KINDS
from app.stages.changes.waiting import propose
from app.stages.people import account, held_by, slip_is_over


class Done(NamedTuple):
    """What came of a reset from the shell: the account, and the change that waits where it was not
    done."""

    account: Person
    waits: AccountChange | None


def from_shell(session: Session, now: datetime, verb: str, username: str) -> Done:
    """Reset a password or a second factor by whoever owns the data folder. It is done for the last
    IT administrator, centre head or log auditor who can log in, and told to centre heads and
    auditors; else it is a proposal."""
    lock_office(session)
    row = named(session, username)
    KINDS[verb].refuse(session, None, row, {})
    if not _is_last(session, now, row):
        return Done(row, propose(session, now, BOT, verb, row, {}))
    shell = {
        "reset_password": people.password_reset_from_shell,
        "reset_second_factor": factors.factor_reset_from_shell,
    }
    return Done(shell[verb](session, now, row), None)


def named(session: Session, username: str) -> Person:
    """The account with this user name. Raises NotAllowed where there is none."""
    id = session.scalar(select(Person.id).where(func.lower(Person.username) == username.lower()))
    return account(session, id or 0)


def _is_last(session: Session, now: datetime, row: Person) -> bool:
    """Whether nobody else who can log in has one of the three roles that this account has."""
    query = select(Person).join(Person.roles).where(Person.active.is_(True), Person.id != row.id)
    return any(not _lets_in_one(session, now, query, role) for role in held_by(row) & set(GUARDS))


def unguarded(session: Session, now: datetime) -> list[str]:
    """The roles that guard the office in which nobody can log in: an office of before has one of
    the three only."""
    query = select(Person).join(Person.roles).where(Person.active.is_(True))
    return [role for role in GUARDS if not _lets_in_one(session, now, query, role)]


def _lets_in_one(session: Session, now: datetime, people: Select[Any], role: str) -> bool:
    """Whether one of these has a role and can log in. A lock of some minutes counts for nothing:
    whoever types wrong passwords brings it about."""
    rows = session.scalars(people.where(Role.name == role)).unique().all()
    return any(person.password and not slip_is_over(person, now) for person in rows)
