"""Accounts and roles: their pages, and what was proposed about them."""

from __future__ import annotations

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
from app.views.pages.interface import DeskInterface
from app.views.pages.shown import SCOPE_TITLES


class Users(DeskView):
    """Accounts: who may log in, with which roles, in which unit."""

    datamodel = DeskInterface(Person)
    page = "Users"
    add_verb, edit_verb = "add_user", "edit_user"
    unsearched = ("roles", "login_count", "fail_login_count", "last_login")

    def links(self, item: Any) -> Links:
        """Edit, give another password, and forget the second factor where there is one."""
        found = super().links(item)
        for verb in ("reset_password", *(["reset_second_factor"] if item.factor_since else [])):
            if verb in actor().rights:
                found.append((url_for(f"Verbs.{verb}", id=item.id), words.title(verb, language())))
        return found


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
            held=rights_of(role),
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
    built_in = role.name in RIGHTS
    held = set(RIGHTS.get(role.name, ())) or custom_rights(reader(), [role.id])
    pages = [page for page, roles in PAGES.items() if role.name in roles or page in held]
    own = SCOPES.get(role.name)
    scopes = [scope for scope in SCOPE_TITLES if scope == own or (scope in held and not built_in)]
    verbs = [(one, words.title(one, tongue)) for one in VERBS if one in held]
    told = [(one, words.word(SCOPE_TITLES[one], tongue)) for one in scopes]
    return [*verbs, *((one, words.page(one, tongue)) for one in pages), *told]


class AccountChanges(Proposals):
    """What was proposed about accounts and roles, and who confirmed it."""

    datamodel = DeskInterface(AccountChange)
    page = "AccountChanges"
    approve_verb = "confirm_account"
    unsearched = ("stood", "wanted")
    page_only = ("stood",)

    def links(self, item: Any) -> Links:
        """Confirm it, where it waits and is his to confirm."""
        return super().links(item) if actor().is_a(*CONFIRMING[item.confirmers]) else []
