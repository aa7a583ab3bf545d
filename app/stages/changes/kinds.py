"""What each change of an account or a role gives, what refuses it, and what does it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from flask_appbuilder.security.sqla.models import Role
from sqlalchemy.orm import Session

from app.ledger import note_office
from app.models import Person
from app.roles import LIGHT, Actor
from app.rules.refusal import NotAllowed
from app.stages import factors, people
from app.stages.people import held_by
from app.stages.roles import composed, custom_rights, holders, refuse_name, refuse_rights, weighty

Wanted = Mapping[str, Any]
About: TypeAlias = Person | Role | None
GUARDS = ("it_admin", "centre_head", "log_auditor")
"""Without somebody in each of them who can log in, the office cannot help itself."""


def _lifts_nobody(session: Session, row: Any, wanted: Wanted) -> Sequence[Person]:
    return ()


@dataclass(frozen=True)
class Kind:
    """One verb about accounts: what refuses it to whoever proposed it (an account's id), whether it
    gives anything that a second person confirms, what does it, and whose accounts it lifts: their
    password and second factor may be known to who kept them while they gave less."""

    refuse: Callable[[Session, int | None, Any, Wanted], None]
    gives: Callable[[Session, Any, Wanted], bool]
    do: Callable[[Session, datetime, Actor, Any, Wanted], Person | Role]
    lifts: Callable[[Session, Any, Wanted], Sequence[Person]] = _lifts_nobody


def _gives_account(session: Session, row: Any, wanted: Wanted) -> bool:
    return weighty(session, wanted["roles"])


def _gained(row: Person, wanted: Wanted) -> set[str]:
    """Roles that were not held before; all of them anew for an account that was closed, or in
    another unit."""
    before = held_by(row) if row.active and row.unit_id == wanted["unit"] else set()
    return (set(wanted["roles"]) if wanted["active"] else set()) - before


def _gives_more(session: Session, row: Person, wanted: Wanted) -> bool:
    """Roles that it gains. Who guards the office is not put out of it by one person alone
    either."""
    stays = set(wanted["roles"]) if wanted["active"] else set()
    guard_goes = row.active and bool((held_by(row) & set(GUARDS)) - stays)
    return guard_goes or weighty(session, _gained(row, wanted))


def _lifts_account(session: Session, row: Person, wanted: Wanted) -> Sequence[Person]:
    return [row] if weighty(session, _gained(row, wanted)) else ()


def _lifts_holders(session: Session, row: Role | None, wanted: Wanted) -> Sequence[Person]:
    """Who holds a role that gives more from now on, and held nothing of weight before. An account
    that is closed is lifted when it is opened."""
    if row is None or not _gives_rights(session, row, wanted):
        return ()
    return [
        holder
        for holder in holders(session, row)
        if holder.active and not weighty(session, held_by(holder))
    ]


def _lets_in(session: Session, row: Person, wanted: Wanted) -> bool:
    return weighty(session, held_by(row))


def _gives_rights(session: Session, row: Role | None, wanted: Wanted) -> bool:
    before = custom_rights(session, [row.id]) if row is not None else set()
    return bool(set(wanted["rights"]) - before - LIGHT)


def _refuse_account(session: Session, by: int | None, row: Any, wanted: Wanted) -> None:
    people.refuse_new(session, wanted)


def _refuse_nothing(session: Session, by: int | None, row: Person, wanted: Wanted) -> None:
    """A password may always be reset, of an account that is closed too."""


def _refuse_factor(session: Session, by: int | None, row: Person, wanted: Wanted) -> None:
    factors.refuse_reset(row)


def _refuse_role(session: Session, by: int | None, row: Role | None, wanted: Wanted) -> None:
    refuse_rights(wanted["rights"])
    if row is None:
        refuse_name(session, wanted["name"])
    elif any(holder.id == by for holder in holders(session, row)):
        raise NotAllowed("own_role")


def _make(session: Session, now: datetime, actor: Actor, row: None, wanted: Wanted) -> Person:
    return people.made(session, now, actor, wanted)


def _reset_password(
    session: Session, now: datetime, actor: Actor, row: Person, wanted: Wanted
) -> Person:
    return people.password_reset(session, now, actor, row)


def _reset_factor(
    session: Session, now: datetime, actor: Actor, row: Person, wanted: Wanted
) -> Person:
    return factors.factor_reset(session, now, actor, row)


def let_in_anew(session: Session, now: datetime, actor: Actor, row: Person) -> Person:
    """Forget the password, the second factor and the sessions of an account that was lifted: it
    lets in with the password of a slip, which only whoever confirmed that sees."""
    if row.factor_sealed is not None:
        factors.factor_reset(session, now, actor, row)
    return people.password_reset(session, now, actor, row)


def _compose(
    session: Session, now: datetime, actor: Actor, row: Role | None, wanted: Wanted
) -> Role:
    """A role of the office's own, made or changed; the sessions of everybody who holds it end."""
    role = Role(name=wanted["name"]) if row is None else row
    role.permissions = composed(session, wanted["rights"])
    session.add(role)
    session.flush()
    for holder in holders(session, role):
        holder.session_version += 1
    session.flush()
    note_office(
        session,
        now,
        actor,
        "role.changed",
        {"role": role.id, "rights": sorted(set(wanted["rights"]))},
    )
    return role


KINDS: dict[str, Kind] = {
    "add_user": Kind(_refuse_account, _gives_account, _make),
    "edit_user": Kind(people.refuse_edit, _gives_more, people.edited, _lifts_account),
    "reset_password": Kind(_refuse_nothing, _lets_in, _reset_password),
    "reset_second_factor": Kind(_refuse_factor, _lets_in, _reset_factor),
    "add_role": Kind(_refuse_role, _gives_rights, _compose),
    "edit_role": Kind(_refuse_role, _gives_rights, _compose, _lifts_holders),
}
