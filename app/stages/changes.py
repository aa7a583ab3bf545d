"""Changes of accounts and roles: done at once where they give nothing, else proposed by one person
and confirmed by another. [procedure, Who may do what: "accounts, resets and roles that give case,
reveal, supervision or audit rights take effect when a second person confirms them"]"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple, TypeAlias

from flask_appbuilder.security.sqla.models import Role
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from app.ledger import lock_office, note_office
from app.models import AccountChange, Person, Unit
from app.roles import LIGHT, Actor
from app.rules.refusal import NotAllowed
from app.stages import factors, people
from app.stages.people import NOBODY, account, held_by, slip_is_over
from app.stages.proposals import proposed, waits
from app.stages.roles import (
    composed,
    custom_rights,
    custom_role,
    holders,
    refuse_name,
    refuse_rights,
    weighty,
)
from app.stages.verb import ACCEPT, NO_CASE, ROW, Verb, field, proposals

Wanted = Mapping[str, Any]
About: TypeAlias = Person | Role | None
GUARDS = ("it_admin", "centre_head", "log_auditor")
"""Without somebody in each of them who can log in, the office cannot help itself."""
CONFIRMING: dict[str, tuple[str, ...]] = {
    "centre_head": ("centre_head",),
    "log_auditor": ("log_auditor",),
    "either": ("centre_head", "log_auditor"),
}
"""word of a change -> the roles that confirm it."""


@dataclass(frozen=True)
class Kind:
    """One verb about accounts: what refuses it to whoever proposed it (an account's id), whether it
    gives anything that a second person confirms, and what does it."""

    refuse: Callable[[Session, int | None, Any, Wanted], None]
    gives: Callable[[Session, Any, Wanted], bool]
    do: Callable[[Session, datetime, Actor, Any, Wanted], Person | Role]


# What each gives.


def _gives_account(session: Session, row: Any, wanted: Wanted) -> bool:
    return weighty(session, wanted["roles"])


def _gives_more(session: Session, row: Person, wanted: Wanted) -> bool:
    """Roles that were not held before; all of them anew for an account that was closed, or in
    another unit. Who guards the office is not put out of it by one person alone either."""
    kept = held_by(row) if row.active and row.unit_id == wanted["unit"] else set()
    stays = set(wanted["roles"]) if wanted["active"] else set()
    guard_goes = row.active and bool((held_by(row) & set(GUARDS)) - stays)
    return guard_goes or weighty(session, stays - kept)


def _lets_in(session: Session, row: Person, wanted: Wanted) -> bool:
    return weighty(session, held_by(row))


def _gives_rights(session: Session, row: Role | None, wanted: Wanted) -> bool:
    before = custom_rights(session, [row.id]) if row is not None else set()
    return bool(set(wanted["rights"]) - before - LIGHT)


# What refuses each, and what does it.


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
    elif any(one.id == by for one in holders(session, row)):
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


def _compose(
    session: Session, now: datetime, actor: Actor, row: Role | None, wanted: Wanted
) -> Role:
    """A role of the office's own, made or changed; the sessions of everybody who holds it end."""
    role = Role(name=wanted["name"]) if row is None else row
    role.permissions = composed(session, wanted["rights"])
    session.add(role)
    session.flush()
    for one in holders(session, role):
        one.session_version += 1
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
    "edit_user": Kind(people.refuse_edit, _gives_more, people.edited),
    "reset_password": Kind(_refuse_nothing, _lets_in, _reset_password),
    "reset_second_factor": Kind(_refuse_factor, _lets_in, _reset_factor),
    "add_role": Kind(_refuse_role, _gives_rights, _compose),
    "edit_role": Kind(_refuse_role, _gives_rights, _compose),
}


# The verbs.


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
    """Forget the second factor of somebody who lost his device."""
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
    """Change what a custom role may do. Nobody changes his own."""
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
    return _propose(session, now, actor, verb, about, wanted)


# What waits.


def _stands(session: Session, about: About) -> dict[str, Any]:
    """How an account or a role stands, in the fields of the forms that change it."""
    if isinstance(about, Person):
        return {
            "username": about.username,
            "first_name": about.first_name,
            "roles": sorted(held_by(about)),
            "unit": about.unit_id,
            "active": about.active,
        }
    return (
        {}
        if about is None
        else {"name": about.name, "rights": sorted(custom_rights(session, [about.id]))}
    )


def _propose(
    session: Session, now: datetime, actor: Actor, verb: str, about: About, wanted: Wanted
) -> AccountChange:
    person, role = (about if isinstance(about, kind) else None for kind in (Person, Role))
    stood = _stands(session, about)
    row = AccountChange(
        verb=verb,
        person_id=person.id if person else None,
        role_id=role.id if role else None,
        stood=_kept(stood),
        wanted=_kept(wanted),
        proposed_at=now,
        proposed_by_id=actor.id,
        confirmers=_confirmers({*stood.get("roles", ()), *wanted.get("roles", ())}),
    )
    if any(
        (one.verb, one.person_id, one.role_id, one.wanted) == _what(row)
        for one in _waiting(session)
    ):
        raise NotAllowed("change_waits")
    session.add(row)
    session.flush()
    note_office(
        session,
        now,
        actor,
        "account.proposed",
        {"change": row.id, "verb": verb, "user": row.person_id},
    )
    return row


def _confirmers(roles: set[str]) -> str:
    """Who confirms a change of an account with these roles, before or after: the centre head, the
    log auditor for an IT administrator. About a centre head either does: there may be no second
    one."""
    if "it_admin" in roles:
        return "log_auditor"
    return "either" if "centre_head" in roles else "centre_head"


def _what(row: AccountChange) -> tuple[Any, ...]:
    return row.verb, row.person_id, row.role_id, row.wanted


def _kept(values: Wanted) -> str:
    return json.dumps(values, ensure_ascii=False, sort_keys=True)


def _waiting(session: Session) -> Sequence[AccountChange]:
    return session.scalars(
        select(AccountChange).where(waits(AccountChange)).order_by(AccountChange.id)
    ).all()


def confirm_account(
    session: Session, now: datetime, actor: Actor, accept: bool = True, proposal: int | None = None
) -> AccountChange:
    """A second person lets a change of an account or a role take effect, or turns it down: the
    centre head, where it is about an IT administrator the log auditor. Nobody confirms what he
    proposed, or what is about himself."""
    lock_office(session)
    row: AccountChange = proposed(session, AccountChange, proposal)
    about: About = row.person if row.person_id is not None else row.role
    if row.proposed_by_id == actor.id:
        raise NotAllowed("own_proposal")
    if not actor.is_a(*CONFIRMING[row.confirmers]):
        raise NotAllowed("confirmed_by_another", confirmers=row.confirmers)
    if actor.id in _concerned(session, about):
        raise NotAllowed("own_account")
    if not accept:
        row.refused_at = now
        note_office(
            session, now, actor, "account.refused", {"change": row.id, "user": row.person_id}
        )
        return row
    if about is not None:
        session.refresh(about)
    if _kept(_stands(session, about)) != row.stood:
        raise NotAllowed("changed_since")
    kind, wanted = KINDS[row.verb], json.loads(row.wanted)
    kind.refuse(session, row.proposed_by_id, about, wanted)
    row.approved_at, row.approved_by_id = now, actor.id
    note_office(session, now, actor, "account.confirmed", {"change": row.id, "user": row.person_id})
    row.made = kind.do(session, now, actor, about, wanted)
    return row


def confirmed_by(actor: Actor) -> list[str]:
    """The words of the changes that a person confirms."""
    return [word for word, roles in CONFIRMING.items() if actor.is_a(*roles)]


def _concerned(session: Session, about: About) -> set[int]:
    if isinstance(about, Role):
        return {one.id for one in holders(session, about)}
    return set() if about is None else {about.id}


# From the server's shell.


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
        return Done(row, _propose(session, now, NOBODY, verb, row, {}))
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
    return any(one.password and not slip_is_over(one, now) for one in rows)


_by_it = partial(Verb, on=NO_CASE, roles=("it_admin",))
_ACCOUNT = (field("first_name!"), field("roles!", "names"), field("unit", "unit"))
_RIGHTS = field("rights!", "names")
_PROPOSED = "account.proposed"

VERBS = (
    _by_it(
        "add_user",
        run=add_user,
        fields=(field("username!"), *_ACCOUNT),
        event=(_PROPOSED, "user.changed"),
    ),
    _by_it(
        "edit_user",
        run=edit_user,
        fields=(ROW, *_ACCOUNT, field("active", "bool")),
        event=(_PROPOSED, "user.changed"),
    ),
    *people.VERBS,
    _by_it(
        "reset_password",
        run=reset_password,
        fields=(ROW,),
        event=(_PROPOSED, "user.password_reset"),
    ),
    _by_it(
        "reset_second_factor",
        run=reset_second_factor,
        fields=(ROW,),
        event=(_PROPOSED, "user.factor_reset"),
    ),
    _by_it(
        "add_role",
        run=add_role,
        fields=(field("name!", most=64), _RIGHTS),
        event=(_PROPOSED, "role.changed"),
    ),
    _by_it("edit_role", run=edit_role, fields=(ROW, _RIGHTS), event=(_PROPOSED, "role.changed")),
    Verb(
        "confirm_account",
        run=confirm_account,
        on=proposals(AccountChange),
        fields=(ACCEPT,),
        roles=("centre_head", "log_auditor"),
        event=("account.confirmed", "account.refused"),
        guarded=True,
    ),
)
