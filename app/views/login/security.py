"""Who logs in: Flask-AppBuilder's security manager with our rights."""

from __future__ import annotations

from typing import Any

from click import ClickException
from flask import abort, current_app, g
from flask_appbuilder.security.sqla.manager import SecurityManager
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload
from werkzeug.security import check_password_hash

from app import words
from app.models import Person
from app.stages import people
from app.stages.handling import lenders
from app.views import access_notes
from app.views.actor import (
    NOT_LOGGED_IN,
    actor,
    key_typed,
    now,
    reader,
    refuse_access,
)
from app.views.login import door
from app.views.login.page import Login
from app.views.login.trying import let_try, wrong_try

OPEN_TO_ALL = ("Home", "Bell", "Find", "Help", "Keys")


class DeskSecurityManager(SecurityManager):
    """Rights come from `app.stages.rights` and, for custom roles, from Flask-AppBuilder's permission
    tables."""

    user_model = Person
    authdbview = Login

    def __init__(self, appbuilder: Any) -> None:
        super().__init__(appbuilder)
        self.user_view = None

    def register_views(self) -> None:
        """The login page only: accounts and roles have pages of ours, and no API changes them."""
        self.auth_view = self.authdbview()
        self.appbuilder.add_view_no_menu(self.auth_view)

    def load_user(self, pk: int) -> Person | None:
        """The account of a session with its roles, and the head for whom it stands in, in one
        statement."""
        id = key_typed(str(pk))
        head = lenders(now().date(), Person.id, Person.unit_id).scalar_subquery()
        query = (
            select(Person, head)
            .where(Person.id == id)
            .options(joinedload(Person.roles), joinedload(Person.unit))
        )
        row = reader().execute(query).unique().first()
        if row is None or not row[0].is_active:
            return None
        g.desk_lent = {row[0].id: row[1]}
        user: Person = row[0]
        return user

    def get_user_by_id(self, pk: Any) -> Person | None:
        """The same: nothing loads an account in another way."""
        return self.load_user(pk)

    def get_user_roles(self, user: Any) -> list[Any]:
        """The roles of an account; groups are not used."""
        return list(user.roles) if user.is_authenticated else []

    def is_item_public(self, permission_name: str, view_name: str) -> bool:
        """Nothing is public but the login page."""
        return False

    def has_access(self, permission_name: str, view_name: str) -> bool:
        """Whether the person of this request may do something: one look into their rights, no
        statement."""
        who = actor()
        word = permission_name.removeprefix("can_")
        if who is NOT_LOGGED_IN:
            abort(refuse_access())
        if view_name in OPEN_TO_ALL:
            return True
        if view_name == "Verbs":
            return word in who.rights
        return view_name in who.pages

    def get_user_menu_access(self, menu_names: Any = None) -> set[str]:
        """The items of the menu that the person of this request may open, and the categories that
        hold one: one look into their rights, no statement."""
        named, pages = set(menu_names or ()), actor().pages
        items = self.appbuilder.menu.get_list()
        open_to = {item.name for item in items if not item.childs and _page_of(item) in pages}
        for item in items:
            seen = {child.name for child in item.childs if _page_of(child) in pages}
            open_to |= {item.name, *seen} if seen else set()
        return open_to & named if menu_names else open_to

    def auth_user_db(self, username: str | None, password: str | None) -> Person | None:
        """The account with this name and password, unless it is locked or not active; nothing is
        counted as a login yet. A wrong password takes as long as a right one, whether or not there
        is such an account. Raises NotAllowed (too_soon) for who tries too often, before anything is
        looked at."""
        door.knock()
        user = _account_named((username or "").strip())
        usable = user if user is not None and _may_try(user) else None
        fake = current_app.config["AUTH_DB_FAKE_PASSWORD_HASH_CHECK"]
        right = check_password_hash(usable.password if usable else fake, password or "")
        if usable is None:
            access_notes.note("login_failed", user.id if user is not None else 0)
        elif not right:
            wrong_try(usable.id)
        return usable if right else None

    def add_user(self, *args: Any, **kwargs: Any) -> Any:
        """Nothing of Flask-AppBuilder's changes accounts, roles or rights, its shell commands
        neither: the rules of the desk and its record would not know."""
        raise ClickException(words.both("shell.accounts_by_the_desk"))

    reset_password = update_user = del_user = add_register_user = add_user
    add_role = update_role = import_roles = security_cleanup = security_converge = add_user

    def add_permissions_view(self, base_permissions: Any, view_menu: Any) -> None:
        """Permissions are rows only where a custom role is composed of them."""

    def add_permissions_menu(self, view_menu_name: Any) -> None:
        """The same for menus."""


def _account_named(name: str) -> Person | None:
    """The account with a name, in whatever case it is typed."""
    if not name or "\0" in name:
        return None
    return (
        reader().scalars(select(Person).where(func.lower(Person.username) == name.lower())).first()
    )


def _may_try(user: Person) -> bool:
    """Whether an account may be logged into with its password: it is not locked, its slip is not
    over, it is active."""
    open_ = let_try(user) and not people.slip_is_over(user, now())
    return bool(open_ and user.is_active and user.password)


def _page_of(item: Any) -> str:
    """The page whose right an item of the menu needs: that of its view, else its own name."""
    return getattr(item.baseview, "class_permission_name", None) or str(item.name)
