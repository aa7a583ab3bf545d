"""Accounts and roles: who may log in, as whom, and when a session ends. [procedure, Who may do what; trust, Access]"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from flask_appbuilder.security.sqla.models import Permission, PermissionView, Role, ViewMenu
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.security import check_password_hash, generate_password_hash

from app.ledger import lock_office, note_office
from app.models import Person, Unit
from app.roles import NO_CASE_CONTENT, NOT_FOR_CUSTOM_ROLES, PAGES, RIGHTS, SCOPES, UNIT_ROLES, Actor
from app.rules.passwords import password_flaw, username_flaw
from app.rules.refusal import NotAllowed

WRONG_PASSWORDS = 5
"""How many wrong passwords within the time below lock an account."""
LOCKED_FOR = timedelta(minutes=15)
NOBODY = Actor(None, "bot")


def _roles(session: Session, names: Sequence[str]) -> list[Role]:
    """The roles with these names; a role of the table that has no row yet is made."""
    found = {role.name: role for role in session.scalars(select(Role).where(Role.name.in_(names)))}
    for name in names:
        if name not in found:
            if name not in RIGHTS:
                raise NotAllowed("unknown_role", role=name)
            found[name] = Role(name=name)
            session.add(found[name])
    return [found[name] for name in dict.fromkeys(names)]


def _checked(names: Sequence[str], unit: Unit | None, active: bool = True) -> None:
    """Which roles go together: who sees no case content holds no other role; a unit's people, and nobody else, belong
    to a unit, and hold no role of the centre or the room; nobody works for a unit that is dissolved."""
    held, of_unit = set(names), set(names) & set(UNIT_ROLES)
    if not held:
        raise NotAllowed("field_missing", field="roles")
    if len(held) > 1 and held & set(NO_CASE_CONTENT):
        raise NotAllowed("role_stands_alone")
    if of_unit and unit is None:
        raise NotAllowed("unit_missing")
    others = held & RIGHTS.keys() - of_unit
    if of_unit and others:
        raise NotAllowed("unit_role_stands_alone")
    if unit is not None and others:
        raise NotAllowed("field_wrong", field="unit")
    if unit is not None and active and not unit.active:
        raise NotAllowed("unit_inactive", unit=unit.code)


def _hashed(password: str, username: str) -> str:
    flaw = password_flaw(password, username)
    if flaw:
        raise NotAllowed(flaw)
    return generate_password_hash(password)


def add_user(
    session: Session,
    now: datetime,
    actor: Actor,
    username: str,
    first_name: str,
    password: str,
    roles: Sequence[str],
    unit: Unit | None = None,
) -> Person:
    """Make an account with its roles; unit people belong to a unit."""
    lock_office(session)
    name = username.strip()
    if not name or not first_name.strip():
        raise NotAllowed("field_missing", field="username" if not name else "first_name")
    flaw = username_flaw(name)
    if flaw:
        raise NotAllowed(flaw)
    if session.scalar(select(Person.id).where(func.lower(Person.username) == name.lower())) is not None:
        raise NotAllowed("username_taken", username=name)
    _checked(roles, unit)
    row = Person(
        username=name, first_name=first_name.strip(), last_name="", email=f"{name.lower()}@desk.invalid", active=True,
        password=_hashed(password, name), unit_id=unit.id if unit else None, roles=_roles(session, roles),
    )  # fmt: skip
    session.add(row)
    session.flush()
    payload = {"user": row.id, "change": "added", "roles": sorted(set(roles)), "unit": row.unit_id}
    note_office(session, now, actor, "user.changed", payload)
    return row


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


def edit_user(
    session: Session,
    now: datetime,
    actor: Actor,
    id: int,
    first_name: str,
    roles: Sequence[str],
    active: bool = True,
    unit: Unit | None = None,
) -> Person:
    """Change an account. A change of role, unit or activity ends its sessions. Nobody changes his own roles; the last
    IT administrator stays; who worked for a unit that was dissolved has his account closed or goes to another unit."""
    lock_office(session)
    row = account(session, id)
    was = {role.name for role in row.roles}
    if row.id == actor.id and set(roles) != was:
        raise NotAllowed("own_role")
    _checked(roles, unit, active)
    if "it_admin" in was and ("it_admin" not in roles or not active) and _last_admin(session, row):
        raise NotAllowed("last_administrator")
    changed = set(roles) != was or active != row.active or (unit.id if unit else None) != row.unit_id
    row.first_name, row.active, row.unit_id = first_name.strip() or row.first_name, active, unit.id if unit else None
    row.roles = _roles(session, roles)
    if changed:
        row.session_version += 1
    session.flush()
    payload = {"user": row.id, "change": "edited", "roles": sorted(set(roles)), "unit": row.unit_id, "active": active}
    note_office(session, now, actor, "user.changed", payload)
    return row


def change_password(session: Session, now: datetime, actor: Actor, old_password: str, password: str) -> Person:
    """A person's own new password, for which he gives the old one; all his sessions end. An account that is locked
    stays so, and its password as it is."""
    row = account(session, actor.id or 0)
    if locked(row, now):
        raise NotAllowed("account_locked")
    if not check_password_hash(row.password or "", old_password):
        raise NotAllowed("password_wrong")
    if password == old_password:
        raise NotAllowed("nothing_changed")
    row.password = _hashed(password, row.username)
    row.session_version += 1
    row.fail_login_count, row.failing_since = 0, None
    session.flush()
    note_office(session, now, actor, "user.password_changed", {"user": row.id})
    return row


def reset_password(session: Session, now: datetime, actor: Actor, id: int, password: str) -> Person:
    """Give an account another password, and end its sessions and its lock."""
    row = account(session, id)
    row.password = _hashed(password, row.username)
    row.session_version += 1
    row.fail_login_count, row.failing_since, row.locked_until = 0, None, None
    session.flush()
    note_office(session, now, actor, "user.password_reset", {"user": row.id})
    return row


def _allowed_in_a_role() -> dict[str, tuple[str, str]]:
    """word -> (permission, view) that a custom role may be composed of."""
    rights = {right for held in RIGHTS.values() for right in held} - NOT_FOR_CUSTOM_ROLES
    words = {right: (f"can_{right}", "Verbs") for right in sorted(rights)}
    words |= {page: ("can_list", page) for page in PAGES if page not in NOT_FOR_CUSTOM_ROLES}
    return words | {scope: (f"can_{scope}", "Scopes") for scope in sorted(set(SCOPES.values()))}


COMPOSABLE = _allowed_in_a_role()


def _permission(session: Session, name: str, view: str) -> PermissionView:
    permission = session.scalars(select(Permission).where(Permission.name == name)).first() or Permission(name=name)
    menu = session.scalars(select(ViewMenu).where(ViewMenu.name == view)).first() or ViewMenu(name=view)
    session.add_all([permission, menu])
    session.flush()
    query = select(PermissionView).where(
        PermissionView.permission_id == permission.id, PermissionView.view_menu_id == menu.id
    )
    row = session.scalars(query).first() or PermissionView(permission=permission, view_menu=menu)
    session.add(row)
    session.flush()
    return row


def _composed(session: Session, rights: Sequence[str]) -> list[PermissionView]:
    """The permissions of a custom role; user, role and security rights are in none."""
    if not rights:
        raise NotAllowed("field_missing", field="rights")
    for right in rights:
        if right not in COMPOSABLE:
            raise NotAllowed("right_not_for_roles", right=right)
    return [_permission(session, *COMPOSABLE[right]) for right in dict.fromkeys(rights)]


def add_role(session: Session, now: datetime, actor: Actor, name: str, rights: Sequence[str]) -> Role:
    """Compose a role of the office's own from the rights of the table."""
    lock_office(session)
    word = name.strip()
    if not word:
        raise NotAllowed("field_missing", field="name")
    if word in RIGHTS:
        raise NotAllowed("role_name_taken", role=word)
    if session.scalar(select(Role.id).where(func.lower(Role.name) == word.lower())) is not None:
        raise NotAllowed("role_name_taken", role=word)
    role = Role(name=word, permissions=_composed(session, rights))
    session.add(role)
    session.flush()
    note_office(session, now, actor, "role.changed", {"role": role.id, "rights": sorted(set(rights))})
    return role


def edit_role(session: Session, now: datetime, actor: Actor, id: int, rights: Sequence[str]) -> Role:
    """Change what a custom role may do; the sessions of everybody who holds it end. Nobody changes his own."""
    lock_office(session)
    role = session.get(Role, id) if 0 < id < 2**31 else None
    if role is None:
        raise NotAllowed("not_found")
    if role.name in RIGHTS:
        raise NotAllowed("role_is_built_in", role=role.name)
    holders = session.scalars(select(Person).join(Person.roles).where(Role.id == role.id)).all()
    if any(row.id == actor.id for row in holders):
        raise NotAllowed("own_role")
    role.permissions = _composed(session, rights)
    for row in holders:
        row.session_version += 1
    session.flush()
    note_office(session, now, actor, "role.changed", {"role": role.id, "rights": sorted(set(rights))})
    return role


def logged_in(session: Session, now: datetime, id: int) -> None:
    """Count a login, and forget the wrong passwords before it."""
    row = session.get_one(Person, id)
    row.login_count, row.last_login = (row.login_count or 0) + 1, now.replace(tzinfo=None)
    row.fail_login_count, row.failing_since, row.locked_until = 0, None, None


def logged_out(session: Session, id: int) -> None:
    """End the sessions of an account: the cookie of one is good for nothing afterwards, wherever it was copied to."""
    session.get_one(Person, id, with_for_update=True).session_version += 1


def login_failed(session: Session, now: datetime, id: int) -> None:
    """Count a wrong password; the fifth within a quarter of an hour locks the account for as long, never for ever."""
    row = session.get_one(Person, id, with_for_update=True)
    if row.failing_since is None or now - row.failing_since > LOCKED_FOR:
        row.failing_since, row.fail_login_count = now, 0
    row.fail_login_count = (row.fail_login_count or 0) + 1
    if row.fail_login_count >= WRONG_PASSWORDS:
        row.locked_until, row.failing_since, row.fail_login_count = now + LOCKED_FOR, None, 0
        note_office(session, now, NOBODY, "user.locked", {"user": row.id})


def locked(row: Any, now: datetime) -> bool:
    """Whether an account is locked at a moment."""
    return row.locked_until is not None and now < row.locked_until
