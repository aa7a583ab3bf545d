"""Who logs in: Flask-AppBuilder's security manager with our rights, locks and sessions."""

from __future__ import annotations

import re
import time
from dataclasses import asdict
from typing import Any
from urllib.parse import parse_qs, urlsplit

import segno
from click import ClickException
from flask import abort, current_app, flash, g, redirect, request, session, url_for
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import no_cache
from flask_appbuilder.security.forms import LoginForm_db
from flask_appbuilder.security.sqla.manager import SecurityManager
from flask_appbuilder.security.views import AuthDBView
from flask_login import current_user, login_user, logout_user
from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload
from werkzeug.security import check_password_hash

from app.models import Person
from app.rules import words
from app.rules.refusal import NotAllowed
from app.rules.sentences import sentence
from app.rules.words.accounts import CHOOSE
from app.rules.words.faults import FILLING
from app.stages import factors, logins, people
from app.views import door, looked
from app.views.actor import (
    NOBODY,
    actor,
    actor_of,
    come_back_to,
    desk,
    key_typed,
    language,
    now,
    reader,
    refuse_access,
    written,
)
from jobs.filling import Filling, filling

IDLE_SECONDS, LONGEST_SECONDS, HALFWAY_SECONDS = 30 * 60, 12 * 3600, 5 * 60
NOTED_EVERY = 60
_HERE = re.compile(r"/(?![/\\])[^\\\x00-\x20\x7f]*")
_BY_THE_DESK = "Accounts and roles are changed in the panel; in a shell, by `python -m app reset-password | unlock`."
OPEN_TO_ALL = ("Home", "Bell")
_REFUSED = {
    "zh": "账号或密码不正确，或账号已暂时锁定，请稍后再试。",
    "en": "The account or the password is wrong, or the account is locked for a while.",
}
_WRONG_CODE = {
    "zh": "动态口令不正确或已经用过；多次输入错误后账号会暂时锁定。请等下一个口令再试。",
    "en": "The code is wrong or was used before; several wrong ones lock the account for a while. Await the next one.",
}
STATIC = ("static", "appbuilder.static")
"""What is the same for everybody: no session is looked at."""
WITH_A_SLIP = ("Verbs.change_password", "Login.logout", "LocaleView.index")
"""Where somebody may go whose password is the one of a slip: nowhere, until he has chosen another."""
_ENDED = {"zh": "登录已失效，请重新登录。", "en": "Your session has ended. Please log in again."}


class Login(AuthDBView):
    """The login page; logging out is a POST, so that no link on another page does it."""

    login_template = "desk/login.html"
    class_permission_name = "Login"

    @expose("/login/", methods=["GET", "POST"])
    @no_cache
    def login(self) -> Any:
        """Log in by account and password."""
        if current_user.is_authenticated:
            return redirect(_next())
        far = filling(desk().settings.data)
        if far is not None:
            return self._not_yet(far)
        form = LoginForm_db()
        if form.validate_on_submit():
            try:
                user = self.appbuilder.sm.auth_user_db(form.username.data, form.password.data)
            except NotAllowed as no:
                return self._too_soon(self.login_template, no, form=form)
            if user is not None:
                return _enter(user)
            flash(_REFUSED[language()], "danger")
        return self.render_template(self.login_template, title="", form=form), 401 if form.is_submitted() else 200

    def _not_yet(self, far: Filling) -> Any:
        """While the sample office is being made: how far it is, instead of a password that would be wrong."""
        said = {name: words.word(pair, language()).format_map(asdict(far)) for name, pair in FILLING.items()}
        page = self.render_template("desk/filling.html", title="", percent=far.percent, said=said)
        return page, 503 if request.method == "POST" else 200, {"Refresh": f"5; url={_login()}", "Retry-After": "5"}

    def _too_soon(self, template: str, no: NotAllowed, **shown: Any) -> Any:
        """The page once more, to who tries too often."""
        flash(sentence(no, language()), "danger")
        page = self.render_template(template, title="", **shown)
        return page, 429, {"Retry-After": str(no.facts["seconds"])}

    @expose("/login/code/", methods=["GET", "POST"])
    @no_cache
    def code(self) -> Any:
        """The second half of a login: the code that a device of his own makes. At the first one, how to set it up."""
        if current_user.is_authenticated:
            return redirect(_next())
        user = _halfway()
        if user is None:
            return begin_anew(_ENDED[language()], "warning") if "half" in session else redirect(_login())
        id = user.id
        address = factors.factor_address(reader(), id, current_app.config["APP_NAME"])
        shown = {"picture": _picture(address), "key": _key_of(address)}
        if request.method == "POST":
            try:
                if _code_is_right(user, request.form.get("code", "").replace(" ", "")[:20]):
                    _begin(user)
                    return redirect(_next())
            except NotAllowed as no:
                return self._too_soon("desk/code.html", no, **shown)
            flash(_WRONG_CODE[language()], "danger")
        return self.render_template("desk/code.html", title="", **shown), 401 if request.method == "POST" else 200

    @expose("/logout/", methods=["POST"])
    def logout(self) -> Any:
        """Log out: the account's sessions end, so that a cookie that was copied is worth nothing."""
        if current_user.is_authenticated:
            id = current_user.id
            written(lambda writing: people.logged_out(writing, id))
            looked.note("logout", id)
        _end()
        return redirect(url_for("Login.login"))


def _next() -> str:
    """Where a login leads: to the page of this desk that was asked for, never elsewhere. A browser reads `/\\` as `//`,
    and leaves out what controls; so neither is in it."""
    wanted = request.args.get("next", "")
    return wanted if _HERE.fullmatch(wanted) else url_for("Home.home")


def _login() -> str:
    """The login page, which leads where this one would have led."""
    return url_for("Login.login", next=request.args.get("next"))


def _enter(user: Person) -> Any:
    """Begin the session of who gave the right password; in production first ask for a code by what he may do."""
    id, at = user.id, now()
    if desk().settings.production and actor_of(reader(), user).needs_code:
        written(lambda writing: factors.begin_factor(writing, id))
        _anew(half=id, sv=user.session_version, since=int(time.time()))
        return redirect(url_for("Login.code", next=request.args.get("next")))
    note = looked.noting("login", id)

    def enter(writing: Session) -> None:
        people.logged_in(writing, at, id)
        note(writing)

    written(enter)
    door.opened()
    _begin(user)
    return redirect(_next())


def _code_is_right(user: Person, typed: str) -> bool:
    """Whether the code lets the account in; then its login is kept. Raises NotAllowed (too_soon) for who tries too
    often."""
    id, at, note = user.id, now(), looked.noting("login", user.id)
    if not _let_try(user):
        return False

    def tell(writing: Session) -> bool:
        right = factors.tell_code(writing, at, id, typed)
        if right:
            note(writing)
        return right

    right: bool = written(tell)
    if right:
        door.opened()
    else:
        wrong_try(id, "code_failed")
    return right


def _let_try(user: Person) -> bool:
    """Whether the password or code of an account is looked at: not while it is locked. Raises NotAllowed
    (too_soon)."""
    try:
        door.may_try(user)
    except NotAllowed as no:
        if no.msgid == "too_soon":
            door.turned_away(user.id)
            raise
        return False
    return True


def own_password() -> None:
    """Raises NotAllowed where the person of this request may not try his own password now."""
    door.knock()
    door.may_try(current_user)


def _halfway() -> Person | None:
    """The account whose password was right a moment ago, where nothing ended its sessions since."""
    if int(time.time()) - session.get("since", 0) > HALFWAY_SECONDS:
        return None
    user: Person | None = current_app.extensions["appbuilder"].sm.load_user(session.get("half", 0))
    return user if user is not None and user.session_version == session.get("sv") else None


def _picture(address: str | None) -> str | None:
    """The address as a picture that an authenticator app reads: SVG without a script or a request."""
    return segno.make(address, error="m").svg_inline(scale=5, border=3, omitsize=False) if address else None


def _key_of(address: str | None) -> str:
    """The secret of the address in groups of four, for who types it into his app."""
    key = parse_qs(urlsplit(address or "").query).get("secret", [""])[0]
    return " ".join(key[at : at + 4] for at in range(0, len(key), 4))


def _anew(**begun: int) -> None:
    """Nothing of the session before stays but the language."""
    locale = session.get("locale")
    session.clear()
    session.update(begun)
    if locale:
        session["locale"] = locale


def _begin(user: Person) -> None:
    """Begin a session."""
    _anew(sv=user.session_version, since=int(time.time()), last=int(time.time()))
    login_user(user, remember=False)


def _end() -> None:
    logout_user()
    _anew()


def wrong_try(id: int, kind: str = "login_failed") -> None:
    """Count a wrong password of an account, wherever it was typed, or a wrong code."""
    at, where, failed, locks = now(), looked.address(), looked.noting(kind, id), looked.noting("locked", id)

    def count(writing: Session) -> None:
        failed(writing)
        if logins.tried_wrongly(writing, at, id, where):
            locks(writing)

    written(count)


def begin_anew(told: str, kind: str = "success") -> Any:
    """To the login page with a sentence: the session has ended."""
    _end()
    g.pop("desk_actor", None)
    flash(told, kind)
    return redirect(_login())


def keep_session() -> Any:
    """Before each request: a session ends after half an hour without one, after twelve hours, and when the account's
    password, roles or unit were changed."""
    if "_user_id" not in session or request.endpoint in STATIC:
        return None
    at = int(time.time())
    stale = at - session.get("last", 0) > IDLE_SECONDS or at - session.get("since", 0) > LONGEST_SECONDS
    if stale or not current_user.is_authenticated or session.get("sv") != current_user.session_version:
        _end()
        g.pop("desk_actor", None)
        flash(_ENDED[language()], "warning")
        return redirect(url_for("Login.login", next=come_back_to()))
    if at - session["last"] > NOTED_EVERY:
        session["last"] = at
    if current_user.slip_until is not None and request.endpoint not in WITH_A_SLIP:
        flash(words.word(CHOOSE, language()), "warning")
        return redirect(url_for("Verbs.change_password"))
    return None


class DeskSecurityManager(SecurityManager):
    """Rights come from `app.roles` and, for custom roles, from Flask-AppBuilder's permission tables."""

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
        """The account of a session with its roles, in one statement."""
        id = key_typed(str(pk))
        query = select(Person).where(Person.id == id).options(joinedload(Person.roles), joinedload(Person.unit))
        user: Person | None = reader().scalars(query).unique().first()
        return user if user is not None and user.is_active else None

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
        """Whether the person of this request may do something: one look into his rights, no statement."""
        who = actor()
        word = permission_name.removeprefix("can_")
        if who is NOBODY:
            abort(refuse_access())
        if view_name in OPEN_TO_ALL:
            return True
        if view_name == "Verbs":
            return word in who.rights
        return view_name in who.pages

    def get_user_menu_access(self, menu_names: Any = None) -> set[str]:
        """Flask-AppBuilder's menu is not used."""
        return set()

    def auth_user_db(self, username: str | None, password: str | None) -> Person | None:
        """The account with this name and password, unless it is locked or not active; nothing is counted as a login
        yet. A wrong password takes as long as a right one, whether or not there is such an account. Raises NotAllowed
        (too_soon) for who tries too often, before anything is looked at."""
        door.knock()
        name = (username or "").strip()
        query = select(Person).where(func.lower(Person.username) == name.lower())
        user = reader().scalars(query).first() if name and "\0" not in name else None
        fake = current_app.config["AUTH_DB_FAKE_PASSWORD_HASH_CHECK"]
        shut = user is None or not _let_try(user) or people.slip_is_over(user, now())
        usable = user is not None and user.is_active and user.password and not shut
        right = check_password_hash(user.password if usable and user else fake, password or "")
        if user is None or not usable:
            looked.note("login_failed", user.id if user is not None else 0)
            return None
        if not right:
            wrong_try(user.id)
            return None
        return user

    def add_user(self, *args: Any, **kwargs: Any) -> Any:
        """Nothing of Flask-AppBuilder's changes accounts, roles or rights, its shell commands neither: the rules of the
        desk and its record would not know."""
        raise ClickException(_BY_THE_DESK)

    reset_password = update_user = del_user = add_register_user = add_user
    add_role = update_role = import_roles = security_cleanup = security_converge = add_user

    def add_permissions_view(self, base_permissions: Any, view_menu: Any) -> None:
        """Permissions are rows only where a custom role is composed of them."""

    def add_permissions_menu(self, view_menu_name: Any) -> None:
        """The same for menus."""
