"""Who may do what: role -> verbs as the rows of the verbs say it, and the person who acts by
it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from app.roles import PAGES, PAGES_OF_OFFICE, ROLES, SCOPES, UNIT_ROLES, Actor
from app.stages.table import VERBS
from app.stages.verb import Verb


def rights_of(verbs: Mapping[str, Verb]) -> dict[str, tuple[str, ...]]:
    """role -> the verbs that name it, in the order of the table."""
    return {
        role: tuple(verb.name for verb in verbs.values() if role in verb.roles) for role in ROLES
    }


RIGHTS: dict[str, tuple[str, ...]] = rights_of(VERBS)
"""role -> the verbs it has a right to. [procedure, Who may do what]"""
EVERYBODYS = tuple(verb.name for verb in VERBS.values() if set(verb.roles) == set(ROLES))
"""What everybody may who logs in, whatever their roles."""
NOT_FOR_CUSTOM_ROLES = PAGES_OF_OFFICE | {
    verb.name for verb in VERBS.values() if not verb.composable
}
"""Rights and pages that no custom role may hold: users, roles, security, and the approval of what
IT changes."""


def _held(*roles: str) -> frozenset[str]:
    """The rights that any of these roles has."""
    return frozenset(right for role in roles for right in RIGHTS[role])


def _pages(*roles: str) -> frozenset[str]:
    """The pages that any of these roles opens."""
    return frozenset(page for page, may in PAGES.items() if not set(may).isdisjoint(roles))


_OF_UNITS = _held(*UNIT_ROLES) | _pages(*UNIT_ROLES) | {"unit"}
_UNITS_ONLY = _held(*UNIT_ROLES) - _held(*(role for role in ROLES if role not in UNIT_ROLES))

_GUARDED = ("it_admin", "supervision_head", "log_auditor")
_OTHERS = tuple(role for role in ROLES if role not in (*_GUARDED, "centre_head"))
LENT = frozenset(
    verb.name
    for verb in VERBS.values()
    if "unit_head" in verb.roles and (verb.draft or verb.name == "send_back_draft")
)
"""What a head lends to who stands in for them: to approve what is drafted, or send it back."""
WITH_A_CODE = (
    {verb.name for verb in VERBS.values() if verb.guarded}
    | _held(*_GUARDED)
    | {page for page, may in PAGES.items() if set(may) <= set(_GUARDED)}
) - _held(*_OTHERS)
"""The rights and pages of those three roles, and of who approves what IT proposes: whoever holds
one of them, by whatever role, logs in with a code in production. [procedure, Who may do what]"""


def person(
    id: int,
    name: str,
    roles: Iterable[str],
    unit_id: int | None = None,
    custom: Iterable[str] = (),
    lent_by: int | None = None,
) -> Actor:
    """An actor with the rights, pages and scopes of their roles; an IT administrator holds no other
    role with it.

    `custom` are the rights, pages and scopes that custom roles gave them: to a unit's people
    nothing that units do not have, to the others nothing that only units do. `lent_by` is the head
    for whom they stand in today."""
    held = frozenset(roles)
    extra = frozenset(custom) - NOT_FOR_CUSTOM_ROLES
    extra = extra & _OF_UNITS if unit_id is not None else extra - _UNITS_ONLY
    if "it_admin" in held:
        held, extra = frozenset(["it_admin"]), frozenset()
    known, everywhere = held & set(ROLES), frozenset(SCOPES.values())
    rights = _held(*known) | (extra - PAGES.keys() - everywhere) | set(EVERYBODYS)
    pages = _pages(*held) | (extra & PAGES.keys())
    scopes = frozenset(SCOPES[role] for role in held if role in SCOPES) | (extra & everywhere)
    code = _needs_code(rights, pages, scopes)
    lent = LENT - rights if lent_by is not None else frozenset()
    return Actor(id, name, held, unit_id, rights | lent, pages, scopes, code, lent, lent_by)


def _needs_code(rights: frozenset[str], pages: frozenset[str], scopes: frozenset[str]) -> bool:
    """Whether production asks for a code after the password: by what somebody may do, whatever
    their roles are called; showing callers beyond a task of one's own counts too. [procedure, Who
    may do what]"""
    beyond = "reveal" in rights and bool(scopes - {"unit", "to_visit"})
    return beyond or not WITH_A_CODE.isdisjoint(rights | pages)
