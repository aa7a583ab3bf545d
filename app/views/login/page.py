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

from app import words
from app.models import Person
from app.rules.refusal import NotAllowed
from app.stages import factors, people
from app.views import access_notes
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
from app.views.login.sessions import anew, begin, begin_anew, end, login_page, next_page
from jobs.filling import Filling, filling


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
            flash(words.word("login.wrong", language()), "danger")
        return self.render_template(
            self.login_template, title="", form=form
        ), 401 if form.is_submitted() else 200

    def _not_yet(self, far: Filling) -> Any:
        """While the sample office is being made: how far it is, instead of a password that would be
        wrong."""
        page = self.render_template("desk/filling.html", title="", far=asdict(far))
        return (
            page,
            503 if request.method == "POST" else 200,
            {"Refresh": f"5; url={login_page()}", "Retry-After": "5"},
        )

    def _too_soon(self, template: str, no: NotAllowed, **shown: Any) -> Any:
        """The page once more, to who tries too often."""
        flash(words.sentence(no, language()), "danger")
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
                begin_anew(words.word("login.ended", language()), "warning")
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
            flash(words.word("login.wrong_code", language()), "danger")
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
            access_notes.note("logout", id)
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
    note = access_notes.noting("login", id)

    def enter(writing: Session) -> None:
        people.logged_in(writing, at, id)
        note(writing)

    written(enter)
    door.opened()
    begin(user)
    return redirect(next_page())
