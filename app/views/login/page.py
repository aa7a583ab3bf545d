"""The login page: by password, by code, and out."""

from __future__ import annotations

import time
from dataclasses import asdict
from typing import Any

from flask import current_app, flash, redirect, request, session, url_for
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import no_cache
from flask_appbuilder.security.forms import LoginForm_db
from flask_appbuilder.security.views import AuthDBView
from flask_login import current_user
from sqlalchemy.orm import Session

from app.models import Person
from app.rules import words
from app.rules.refusal import NotAllowed
from app.rules.sentences import sentence
from app.rules.words.faults import FILLING
from app.stages import factors, people
from app.views import looked
from app.views.actor import (
    actor_of,
    desk,
    language,
    now,
    reader,
    written,
)
from app.views.login import door
from app.views.login.second_factor import code_is_right, halfway, key_of, picture
from app.views.login.sessions import ENDED, anew, begin, begin_anew, end, login_page, next_page
from jobs.filling import Filling, filling

_REFUSED = {
    "zh": "账号或密码不正确，或账号已暂时锁定，请稍后再试。",
    "en": "The account or the password is wrong, or the account is locked for a while.",
}
_WRONG_CODE = {
    "zh": "动态口令不正确或已经用过；多次输入错误后账号会暂时锁定。请等下一个口令再试。",
    "en": "The code is wrong or was used before; several wrong ones lock the account for a while. Await the next one.",
}


class Login(AuthDBView):
    """The login page; logging out is a POST, so that no link on another page does it."""

    login_template = "desk/login.html"
    class_permission_name = "Login"

    @expose("/login/", methods=["GET", "POST"])
    @no_cache
    def login(self) -> Any:
        """Log in by account and password."""
        if current_user.is_authenticated:
            return redirect(next_page())
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
                return enter_by_password(user)
            flash(_REFUSED[language()], "danger")
        return self.render_template(
            self.login_template, title="", form=form
        ), 401 if form.is_submitted() else 200

    def _not_yet(self, far: Filling) -> Any:
        """While the sample office is being made: how far it is, instead of a password that would be
        wrong."""
        said = {
            name: words.word(pair, language()).format_map(asdict(far))
            for name, pair in FILLING.items()
        }
        page = self.render_template("desk/filling.html", title="", percent=far.percent, said=said)
        return (
            page,
            503 if request.method == "POST" else 200,
            {"Refresh": f"5; url={login_page()}", "Retry-After": "5"},
        )

    def _too_soon(self, template: str, no: NotAllowed, **shown: Any) -> Any:
        """The page once more, to who tries too often."""
        flash(sentence(no, language()), "danger")
        page = self.render_template(template, title="", **shown)
        return page, 429, {"Retry-After": str(no.facts["seconds"])}

    @expose("/login/code/", methods=["GET", "POST"])
    @no_cache
    def code(self) -> Any:
        """The second half of a login: the code that a device of his own makes. At the first one,
        how to set it up."""
        if current_user.is_authenticated:
            return redirect(next_page())
        user = halfway()
        if user is None:
            return (
                begin_anew(ENDED[language()], "warning")
                if "half" in session
                else redirect(login_page())
            )
        id = user.id
        address = factors.factor_address(reader(), id, current_app.config["APP_NAME"])
        shown = {"picture": picture(address), "key": key_of(address)}
        if request.method == "POST":
            try:
                if code_is_right(user, request.form.get("code", "").replace(" ", "")[:20]):
                    begin(user)
                    return redirect(next_page())
            except NotAllowed as no:
                return self._too_soon("desk/code.html", no, **shown)
            flash(_WRONG_CODE[language()], "danger")
        return self.render_template(
            "desk/code.html", title="", **shown
        ), 401 if request.method == "POST" else 200

    @expose("/logout/", methods=["POST"])
    def logout(self) -> Any:
        """Log out: the account's sessions end, so that a cookie that was copied is worth
        nothing."""
        if current_user.is_authenticated:
            id = current_user.id
            written(lambda writing: people.logged_out(writing, id))
            looked.note("logout", id)
        end()
        return redirect(url_for("Login.login"))


def enter_by_password(user: Person) -> Any:
    """Begin the session of who gave the right password; in production first ask for a code by what
    he may do."""
    id, at = user.id, now()
    if desk().settings.production and actor_of(reader(), user).needs_code:
        written(lambda writing: factors.begin_factor(writing, id))
        anew(half=id, sv=user.session_version, since=int(time.time()))
        return redirect(url_for("Login.code", next=request.args.get("next")))
    note = looked.noting("login", id)

    def enter(writing: Session) -> None:
        people.logged_in(writing, at, id)
        note(writing)

    written(enter)
    door.opened()
    begin(user)
    return redirect(next_page())
