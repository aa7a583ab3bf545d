"""Roles as rows: what a custom role is composed of, and what roles give. [procedure, Who may do
what]"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from flask_appbuilder.security.sqla.models import (
    Permission,
    PermissionView,
    Role,
    ViewMenu,
    assoc_permissionview_role,
)
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models import Person
from app.roles import LIGHT, PAGES, PAGES_OF_OFFICE, ROLES, SCOPES
from app.rules.refusal import NotAllowed
from app.stages.procedure import DRAFTING, PROCEDURE


def custom_rights(reading: Session, roles: list[int]) -> set[str]:
    """The rights, pages and scopes that custom roles give: the last word of `can_allocate` on
    `Verbs`, of `can_list` on a page, of `can_unit` on `Scopes`."""
    query = (
        select(Permission.name, ViewMenu.name)
        .join(PermissionView, PermissionView.permission_id == Permission.id)
        .join(ViewMenu, ViewMenu.id == PermissionView.view_menu_id)
        .join(
            assoc_permissionview_role,
            assoc_permissionview_role.c.permission_view_id == PermissionView.id,
        )
        .where(assoc_permissionview_role.c.role_id.in_(roles))
    )
    found = reading.execute(query.execution_options(unscoped=True)).all()
    words = {name.removeprefix("can_") for name, view in found if view in ("Verbs", "Scopes")}
    return words | {
        view for name, view in found if view not in ("Verbs", "Scopes") and name == "can_list"
    }


def _allowed_in_a_role() -> dict[str, tuple[str, str]]:
    """word -> (permission, view) that a custom role may be composed of."""
    rights = {verb.name for verb in (*PROCEDURE, *DRAFTING) if verb.composable}
    words = {right: (f"can_{right}", "Verbs") for right in sorted(rights)}
    words |= {page: ("can_list", page) for page in PAGES if page not in PAGES_OF_OFFICE}
    return words | {scope: (f"can_{scope}", "Scopes") for scope in sorted(set(SCOPES.values()))}


COMPOSABLE = _allowed_in_a_role()


def _permission(session: Session, name: str, view: str) -> PermissionView:
    permission = session.scalars(
        select(Permission).where(Permission.name == name)
    ).first() or Permission(name=name)
    menu = session.scalars(select(ViewMenu).where(ViewMenu.name == view)).first() or ViewMenu(
        name=view
    )
    session.add_all([permission, menu])
    session.flush()
    query = select(PermissionView).where(
        PermissionView.permission_id == permission.id, PermissionView.view_menu_id == menu.id
    )
    row = session.scalars(query).first() or PermissionView(permission=permission, view_menu=menu)
    session.add(row)
    session.flush()
    return row


def refuse_rights(rights: Sequence[str]) -> None:
    """Raises NotAllowed where a custom role cannot be composed of these: user, role and security
    rights are in none."""
    if not rights:
        raise NotAllowed("field_missing", field="rights")
    for right in rights:
        if right not in COMPOSABLE:
            raise NotAllowed("right_not_for_roles", right=right)


def refuse_name(session: Session, name: str) -> None:
    """Raises NotAllowed where no role of the office's own can be called this."""
    if not name:
        raise NotAllowed("field_missing", field="name")
    taken = select(Role.id).where(func.lower(Role.name) == name.lower())
    if name in ROLES or session.scalar(taken) is not None:
        raise NotAllowed("role_name_taken", role=name)


def custom_role(session: Session, id: int) -> Role:
    """A role of the office's own. Raises NotAllowed where there is none, and for a role of the
    procedure."""
    role = session.get(Role, id) if 0 < id < 2**31 else None
    if role is None:
        raise NotAllowed("not_found")
    if role.name in ROLES:
        raise NotAllowed("role_is_built_in", role=role.name)
    return role


def holders(session: Session, role: Role) -> Sequence[Person]:
    """Whose account has a role."""
    return (
        session.scalars(select(Person).join(Person.roles).where(Role.id == role.id)).unique().all()
    )


def composed(session: Session, rights: Sequence[str]) -> list[PermissionView]:
    """The permissions of a custom role."""
    return [_permission(session, *COMPOSABLE[right]) for right in dict.fromkeys(rights)]


def weighty(session: Session, names: Iterable[str]) -> bool:
    """Whether any of these roles gives more than what is given without a second person."""
    named = list(names)
    if not set(ROLES).isdisjoint(named):
        return True
    ids = session.scalars(select(Role.id).where(Role.name.in_(named))).all()
    return bool(custom_rights(session, list(ids)) - LIGHT)
