"""Accounts and roles: who may log in, as whom, and when a session ends. [procedure, Who may do
what; trust, Access]"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from flask_appbuilder.security.sqla.models import Role
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.security import check_password_hash, generate_password_hash

from app.ledger import note_office
from app.models import Person, Unit
from app.roles import BOT, EVERYBODY, NO_CASE_CONTENT, ROLES, UNIT_ROLES, Actor
from app.rules.passwords import password_flaw, slip, username_flaw
from app.rules.refusal import NotAllowed
from app.stages.verb import NO_CASE, Verb, field

WRONG_PASSWORDS = 5
"""How many wrong passwords within the time below lock an account."""
LOCKED_FOR = timedelta(minutes=15)
SLIP_HOLDS = timedelta(days=14)
"""How long the password of a slip lets in, to choose another."""


def roles_named(session: Session, names: Sequence[str]) -> list[Role]:
    """The roles with these names; a role of the table that has no row yet is made."""
    found = {role.name: role for role in session.scalars(select(Role).where(Role.name.in_(names)))}
    for name in names:
        if name not in found:
            if name not in ROLES:
                raise NotAllowed("unknown_role", role=name)
            found[name] = Role(name=name)
            session.add(found[name])
    return [found[name] for name in dict.fromkeys(names)]


def _checked(names: Sequence[str], unit: Unit | None, active: bool = True) -> None:
    """Which roles go together: who sees no case content holds no other role; a unit's people, and
    nobody else, belong to a unit, and hold no role of the centre or the room; nobody works for a
    unit that is dissolved."""
    held = set(names)
    if not held:
        raise NotAllowed("field_missing", field="roles")
    if len(held) > 1 and held & set(NO_CASE_CONTENT):
        raise NotAllowed("role_stands_alone")
    _of_a_unit(held, unit)
    if unit is not None and active and not unit.active:
        raise NotAllowed("unit_inactive", unit=unit.code)


def _of_a_unit(held: set[str], unit: Unit | None) -> None:
    """NotAllowed where roles of a unit stand without one, or beside others."""
    of_unit = held & set(UNIT_ROLES)
    others = held & set(ROLES) - of_unit
    if of_unit and unit is None:
        raise NotAllowed("unit_missing")
    if of_unit and others:
        raise NotAllowed("unit_role_stands_alone")
    if unit is not None and others:
        raise NotAllowed("field_wrong", field="unit")


def _hashed(password: str, username: str) -> str:
    flaw = password_flaw(password, username)
    if flaw:
        raise NotAllowed(flaw)
    return generate_password_hash(password)


def refuse_new(session: Session, wanted: Mapping[str, Any]) -> None:
    """Raises NotAllowed where no account can be made of this: its name, roles that go together,
    unit people's unit."""
    name = wanted["username"]
    if not name or not wanted["first_name"]:
        raise NotAllowed("field_missing", field="username" if not name else "first_name")
    flaw = username_flaw(name)
    if flaw:
        raise NotAllowed(flaw)
    if (
        session.scalar(select(Person.id).where(func.lower(Person.username) == name.lower()))
        is not None
    ):
        raise NotAllowed("username_taken", username=name)
    _checked(wanted["roles"], _unit(session, wanted))


def made(session: Session, now: datetime, actor: Actor, wanted: Mapping[str, Any]) -> Person:
    """Make an account with its roles and the password of a slip."""
    name = wanted["username"]
    row = Person(
        username=name,
        first_name=wanted["first_name"],
        last_name="",
        email=f"{name.lower()}@desk.invalid",
        active=True,
        unit_id=wanted["unit"],
        roles=roles_named(session, wanted["roles"]),
    )
    _give_slip(row, now)
    session.add(row)
    session.flush()
    payload = {
        "user": row.id,
        "change": "added",
        "roles": sorted(wanted["roles"]),
        "unit": row.unit_id,
    }
    note_office(session, now, actor, "user.changed", payload)
    return row


def _unit(session: Session, wanted: Mapping[str, Any]) -> Unit | None:
    return session.get(Unit, wanted["unit"]) if wanted["unit"] is not None else None


def _give_slip(row: Person, now: datetime) -> None:
    """Let an account log in once with a password that nobody has chosen: `row.slip`, in words, on
    this object only."""
    row.slip = slip()
    row.password, row.slip_until = _hashed(row.slip, row.username), now + SLIP_HOLDS


def account(session: Session, id: int) -> Person:
    """The account with this id. Raises NotAllowed where there is none."""
    found = session.get(Person, id, populate_existing=True) if 0 < id < 2**31 else None
    if found is None:
        raise NotAllowed("not_found")
    return found


def _last_admin(session: Session, row: Person) -> bool:
    query = select(func.count()).select_from(Person).join(Person.roles)
    others = query.where(Role.name == "it_admin", Person.active.is_(True), Person.id != row.id)
    return not session.scalar(others)


def refuse_edit(session: Session, by: int | None, row: Person, wanted: Mapping[str, Any]) -> None:
    """Raises NotAllowed where an account cannot become this. Nobody changes their own roles; the last
    IT administrator stays; who worked for a unit that was dissolved has the account closed or goes
    to another unit."""
    was, roles = held_by(row), wanted["roles"]
    if row.id == by and set(roles) != was:
        raise NotAllowed("own_role")
    _checked(roles, _unit(session, wanted), wanted["active"])
    if (
        "it_admin" in was
        and ("it_admin" not in roles or not wanted["active"])
        and _last_admin(session, row)
    ):
        raise NotAllowed("last_administrator")


def edited(
    session: Session, now: datetime, actor: Actor, row: Person, wanted: Mapping[str, Any]
) -> Person:
    """Change an account. A change of role, unit or activity ends its sessions."""
    roles, active, unit = wanted["roles"], wanted["active"], wanted["unit"]
    changed = set(roles) != held_by(row) or active != row.active or unit != row.unit_id
    row.first_name, row.active, row.unit_id = wanted["first_name"] or row.first_name, active, unit
    row.roles = roles_named(session, roles)
    if changed:
        row.session_version += 1
    session.flush()
    payload = {
        "user": row.id,
        "change": "edited",
        "roles": sorted(roles),
        "unit": unit,
        "active": active,
    }
    note_office(session, now, actor, "user.changed", payload)
    return row


def held_by(row: Person) -> set[str]:
    """The names of the roles that an account has."""
    return {role.name for role in row.roles}


def change_password(
    session: Session, now: datetime, actor: Actor, old_password: str, password: str
) -> Person:
    """A person's own new password, given with the old one; all their sessions end. Whether they
    may try at all, whoever asks has looked (`logins.refuse_try`)."""
    row = account(session, actor.id or 0)
    if not check_password_hash(row.password or "", old_password):
        raise NotAllowed("password_wrong")
    if password == old_password:
        raise NotAllowed("nothing_changed")
    row.password, row.slip_until = _hashed(password, row.username), None
    row.session_version += 1
    row.fail_login_count, row.failing_since = 0, None
    session.flush()
    note_office(session, now, actor, "user.password_changed", {"user": row.id})
    return row


def password_reset(session: Session, now: datetime, actor: Actor, row: Person) -> Person:
    """Give an account the password of a slip, and end its sessions and its lock."""
    return _reset(session, now, actor, row, "user.password_reset")


def password_reset_from_shell(session: Session, now: datetime, row: Person) -> Person:
    """The same by whoever owns the data folder, of whom the record knows no account."""
    return _reset(session, now, BOT, row, "user.password_reset_from_shell")


def _reset(session: Session, now: datetime, actor: Actor, row: Person, event: str) -> Person:
    _give_slip(row, now)
    row.session_version += 1
    row.fail_login_count, row.failing_since, row.locked_until = 0, None, None
    session.flush()
    note_office(session, now, actor, event, {"user": row.id})
    return row


def unlocked_from_shell(session: Session, now: datetime, row: Person) -> Person:
    """End the lock of an account; its password stays as it is."""
    if not locked(row, now):
        raise NotAllowed("nothing_changed")
    row.fail_login_count, row.failing_since, row.locked_until = 0, None, None
    session.flush()
    note_office(session, now, BOT, "user.unlocked_from_shell", {"user": row.id})
    return row


def logged_in(session: Session, now: datetime, id: int) -> None:
    """Count a login, and forget the wrong passwords before it."""
    row = session.get_one(Person, id)
    row.login_count, row.last_login = (row.login_count or 0) + 1, now.replace(tzinfo=None)
    row.fail_login_count, row.failing_since, row.locked_until = 0, None, None


def logged_out(session: Session, id: int) -> None:
    """End the sessions of an account: the cookie of one is good for nothing afterwards, wherever it
    was copied to."""
    session.get_one(Person, id, with_for_update=True).session_version += 1


def login_failed(session: Session, now: datetime, id: int) -> bool:
    """Count a wrong password; the fifth within a quarter of an hour locks the account for as long,
    never for ever. Whether it is locked by this one."""
    row = session.get_one(Person, id, with_for_update=True)
    if row.failing_since is None or now - row.failing_since > LOCKED_FOR:
        row.failing_since, row.fail_login_count = now, 0
    row.fail_login_count = (row.fail_login_count or 0) + 1
    if row.fail_login_count >= WRONG_PASSWORDS:
        row.locked_until, row.failing_since, row.fail_login_count = now + LOCKED_FOR, None, 0
        note_office(session, now, BOT, "user.locked", {"user": row.id})
        return True
    return False


def locked(row: Any, now: datetime) -> bool:
    """Whether an account is locked at a moment."""
    return row.locked_until is not None and now < row.locked_until


def slip_is_over(row: Any, now: datetime) -> bool:
    """Whether the password of an account is that of a slip which lets in no more."""
    return row.slip_until is not None and row.slip_until <= now


VERBS = (
    Verb(
        "change_password",
        run=change_password,
        on=NO_CASE,
        fields=(field("old_password!"), field("password!")),
        roles=EVERYBODY,
        event="user.password_changed",
    ),
)
