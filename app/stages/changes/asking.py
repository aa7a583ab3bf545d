"""Changes that are asked for: done at once where they give nothing, else proposed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from flask_appbuilder.security.sqla.models import Role
from sqlalchemy.orm import Session

from app.ledger import lock_office
from app.models import AccountChange, Person, Unit
from app.roles import Actor
from app.stages.changes.kinds import KINDS, About, Wanted
from app.stages.changes.waiting import propose
from app.stages.people import account
from app.stages.roles import custom_role


def add_user(
    session: Session,
    now: datetime,
    actor: Actor,
    username: str,
    first_name: str,
    roles: Sequence[str],
    unit: Unit | None = None,
) -> AccountChange | Person | Role:
    """An account with its roles; unit people belong to a unit. It lets in with the password of a
    slip."""
    wanted = {"username": username.strip(), **_person(first_name, roles, unit)}
    return _ask(session, now, actor, "add_user", None, wanted)


def edit_user(
    session: Session,
    now: datetime,
    actor: Actor,
    id: int,
    first_name: str,
    roles: Sequence[str],
    active: bool = True,
    unit: Unit | None = None,
) -> AccountChange | Person | Role:
    """Change an account. What it loses it loses at once; what it gains waits for the second person,
    and the rest of the change with it."""
    wanted = {**_person(first_name, roles, unit), "active": active}
    return _ask(session, now, actor, "edit_user", account(session, id), wanted)


def reset_password(
    session: Session, now: datetime, actor: Actor, id: int
) -> AccountChange | Person | Role:
    """Give an account the password of a slip."""
    return _ask(session, now, actor, "reset_password", account(session, id), {})


def reset_second_factor(
    session: Session, now: datetime, actor: Actor, id: int
) -> AccountChange | Person | Role:
    """Forget the second factor of somebody who lost their device."""
    return _ask(session, now, actor, "reset_second_factor", account(session, id), {})


def add_role(
    session: Session, now: datetime, actor: Actor, name: str, rights: Sequence[str]
) -> AccountChange | Person | Role:
    """Compose a role of the office's own from the rights of the table."""
    return _ask(
        session,
        now,
        actor,
        "add_role",
        None,
        {"name": name.strip(), "rights": [*dict.fromkeys(rights)]},
    )


def edit_role(
    session: Session, now: datetime, actor: Actor, id: int, rights: Sequence[str]
) -> AccountChange | Person | Role:
    """Change what a custom role may do. Nobody changes their own."""
    return _ask(
        session,
        now,
        actor,
        "edit_role",
        custom_role(session, id),
        {"rights": [*dict.fromkeys(rights)]},
    )


def _person(first_name: str, roles: Iterable[str], unit: Unit | None) -> dict[str, Any]:
    return {
        "first_name": first_name.strip(),
        "roles": sorted(set(roles)),
        "unit": unit.id if unit else None,
    }


def _ask(
    session: Session, now: datetime, actor: Actor, verb: str, about: About, wanted: Wanted
) -> AccountChange | Person | Role:
    """Do it where it gives nothing, else propose it."""
    lock_office(session)
    if about is not None:
        session.refresh(about)
    kind = KINDS[verb]
    kind.refuse(session, actor.id, about, wanted)
    if not kind.gives(session, about, wanted):
        return kind.do(session, now, actor, about, wanted)
    return propose(session, now, actor, verb, about, wanted)
