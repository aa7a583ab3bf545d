"""Sessions: how one begins, how long it lasts, what ends it, and where a login leads."""

from __future__ import annotations

import re
import time
from typing import Any
from urllib.parse import urlsplit

from flask import abort, flash, g, redirect, request, session, url_for
from flask_login import current_user, login_user, logout_user

from app import words
from app.models import Person
from app.views.actor import (
    come_back_to,
    for_program,
    language,
)

IDLE_SECONDS, LONGEST_SECONDS, HALFWAY_SECONDS = 30 * 60, 12 * 3600, 5 * 60
NOTED_EVERY = 60
_HERE = re.compile(r"/(?![/\\])[^\\\x00-\x20\x7f]*")
POLLED = ("Bell.count",)
"""What a page that is left open asks for by itself: it is no activity of the session, looks itself
whether there is one, and ends none."""
BY_ITSELF = ("Presence.of",)
"""The same of what needs to know who asks: no session lasts longer for it."""
WITH_A_SLIP = ("Verbs.change_password", "Login.logout", "LocaleView.index")
"""Where somebody may go whose password is the one of a slip: nowhere, until they have chosen
another."""


def is_static(endpoint: str | None) -> bool:
    """Whether a file of the desk or of a package is asked for: it is the same for everybody, so no
    session is looked at."""
    return endpoint is not None and (endpoint == "static" or endpoint.endswith(".static"))


def next_page() -> str:
    """Where a login leads: to the page of this desk that was asked for, never elsewhere. A browser
    reads `/\\` as `//`, and leaves out what controls; so neither is in it."""
    wanted = request.args.get("next", "")
    return wanted if _HERE.fullmatch(wanted) else url_for("Home.home")


def login_page() -> str:
    """The login page, which leads where this one would have led."""
    return url_for("Login.login", next=request.args.get("next"))


def anew(**begun: int) -> None:
    """Nothing of the session before stays but the language."""
    locale = session.get("locale")
    session.clear()
    session.update(begun)
    if locale:
        session["locale"] = locale


def begin(user: Person) -> None:
    """Begin a session."""
    anew(sv=user.session_version, since=int(time.time()), last=int(time.time()))
    login_user(user, remember=False)


def end() -> None:
    """End the session of this request."""
    logout_user()
    anew()


def begin_anew(told: str, kind: str = "success") -> Any:
    """To the login page with a sentence: the session has ended."""
    end()
    g.pop("desk_actor", None)
    flash(told, kind)
    return redirect(login_page())


def lasts() -> bool:
    """Whether the session of this request has lasted neither half an hour without one nor twelve
    hours."""
    at = int(time.time())
    idle, long = at - session.get("last", 0), at - session.get("since", 0)
    return idle <= IDLE_SECONDS and long <= LONGEST_SECONDS


def _is_over() -> bool:
    """Whether a session has lasted too long, or its account is another than when it began."""
    if not lasts() or not current_user.is_authenticated:
        return True
    return bool(session.get("sv") != current_user.session_version)


def _ended() -> Any:
    """The answer to a request whose session has ended: a person logs in and comes back to the
    page. A part of a page that asked by itself is told nothing; one that somebody asked for leads
    its whole page there."""
    if request.endpoint in BY_ITSELF:
        return "", 204
    end()
    g.pop("desk_actor", None)
    if for_program():
        abort(401)
    flash(words.word("login.ended", language()), "warning")
    if "HX-Request" in request.headers:
        form = come_back_to() if request.method == "POST" else None
        return "", {"HX-Redirect": url_for("Login.login", next=form or _page_of_part())}
    return redirect(url_for("Login.login", next=come_back_to()))


def _page_of_part() -> str | None:
    """The page that a part was asked for from, where it is one of the desk."""
    page = urlsplit(request.headers.get("HX-Current-URL", ""))
    return page.path if page.netloc == request.host else None


def keep_session() -> Any:
    """Before each request: a session ends after half an hour without one, after twelve hours, and
    when the account's password, roles or unit were changed."""
    if "_user_id" not in session or is_static(request.endpoint) or request.endpoint in POLLED:
        return None
    at = int(time.time())
    if _is_over():
        return _ended()
    if at - session["last"] > NOTED_EVERY and request.endpoint not in BY_ITSELF:
        session["last"] = at
    if current_user.slip_until is not None and request.endpoint not in WITH_A_SLIP:
        flash(words.word("account.choose", language()), "warning")
        return redirect(url_for("Verbs.change_password"))
    return None
