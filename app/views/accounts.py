"""Accounts and roles: their pages, and what was proposed about them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from flask import url_for
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import has_access
from flask_appbuilder.security.sqla.models import Role

from app import words
from app.models import AccountChange, Person
from app.roles import PAGES, SCOPES
from app.stages.changes import CONFIRMING
from app.stages.rights import RIGHTS
from app.stages.roles import custom_rights
from app.verbs import VERBS
from app.views.actor import actor, language, reader
from app.views.calendar import Proposals
from app.views.pages.base import DeskView
from app.views.pages.columns import Links
from app.views.pages.row_query import DeskInterface
from app.views.pages.shown import SCOPE_TITLES, right_group


class Users(DeskView):
    """Accounts: who may log in, with which roles, in which unit."""

    datamodel = DeskInterface(Person)
    page = "Users"
    add_verb, edit_verb = "add_user", "edit_user"
    list_columns = ("username", "first_name", "unit", "roles", "active", "last_login")
    unsearched = ("roles", "login_count", "fail_login_count", "last_login")

    def links(self, item: Any) -> Links:
        """Edit, give another password, and forget the second factor where there is one."""
        links, verbs = super().links(item), ["reset_password"]
        if item.factor_since:
            verbs.append("reset_second_factor")
        for verb in verbs:
            if verb in actor().rights:
                links.append((url_for(f"Verbs.{verb}", id=item.id), words.title(verb, language())))
        return links


class Roles(DeskView):
    """Roles: those of the procedure, and the office's own, composed of their rights."""

    datamodel = DeskInterface(Role)
    page = "Roles"
    add_verb, edit_verb = "add_role", "edit_role"
    show_template = "desk/role.html"

    @expose("/show/<pk>")
    @has_access
    def show(self, pk: str) -> Any:
        """A role with what it may do."""
        role = self.found(pk)
        return self.render_template(
            self.show_template,
            title=words.value("role", role.name, language()),
            role=role,
            held=in_groups(rights_of(role)),
            built_in=role.name in RIGHTS,
            links=self.links(role),
            tabs=(tabs := self.tabs(role)),
            opened=self.opened(role, tabs),
            view=self,
        )

    def links(self, item: Any) -> Links:
        """A role of the procedure is not changed."""
        return [] if item.name in RIGHTS else super().links(item)


def rights_of(role: Role) -> list[tuple[str, str]]:
    """(word, title) of what a role may do: verbs first, then the pages it opens, then whose cases
    it sees."""
    tongue = language()
    held = set(RIGHTS.get(role.name, ())) or custom_rights(reader(), [role.id])
    return [
        *((verb, words.title(verb, tongue)) for verb in VERBS if verb in held),
        *((page, words.page(page, tongue)) for page in _pages_of(role, held)),
        *((scope, words.word(SCOPE_TITLES[scope], tongue)) for scope in _scopes_of(role, held)),
    ]


def in_groups(held: Sequence[tuple[str, str]]) -> list[tuple[str, list[str]]]:
    """(heading, titles) of what a role may do, as the form of a role has it."""
    groups: dict[str, list[str]] = {}
    for word, title in held:
        groups.setdefault(right_group(word, language()), []).append(title)
    return list(groups.items())


def _pages_of(role: Role, held: Collection[str]) -> list[str]:
    return [page for page, roles in PAGES.items() if role.name in roles or page in held]


def _scopes_of(role: Role, held: Collection[str]) -> list[str]:
    """The scopes of a role: the one of a role of the procedure, those that a custom role is
    composed of."""
    own = SCOPES.get(role.name)
    composed = () if role.name in RIGHTS else held
    return [scope for scope in SCOPE_TITLES if scope == own or scope in composed]


class AccountChanges(Proposals):
    """What was proposed about accounts and roles, and who confirmed it."""

    datamodel = DeskInterface(AccountChange)
    page = "AccountChanges"
    approve_verb = "confirm_account"
    persons = ("person", "proposed_by")
    unsearched = ("stood", "wanted")
    page_only = ("stood",)

    def links(self, item: Any) -> Links:
        """Confirm it, where it waits and is this person's to confirm."""
        return super().links(item) if actor().is_a(*CONFIRMING[item.confirmers]) else []
