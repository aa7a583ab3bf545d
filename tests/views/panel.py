"""The panel over a desk of either database, and browsers that log in to it as the people of the
desk."""

from __future__ import annotations

import dataclasses
import html
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any

from flask import Flask
from sqlalchemy import select, update
from werkzeug.security import generate_password_hash
from werkzeug.test import TestResponse

import config
from app.database import transaction
from app.models import AccountChange, Person
from app.stages.changes import CONFIRMING
from app.story.theatre.cast import actor_named
from app.views.login.door import Door
from app.web import create_app
from tests.databases import KEY, READ, SIGNING, Desk

PASSWORD = "a pass phrase of the tests"
HASH = generate_password_hash(PASSWORD, method="pbkdf2:sha256:1")
"""Cheap on purpose: what makes a login slow is proven where logins are."""
_TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
_MARKS = re.compile(r'<input type="hidden" name="(once|row|seen)" value="([^"]+)"')
_MSGID = re.compile(r'data-msgid="([a-z_0-9]+)"')


def settings_of(desk: Desk, data: Path) -> config.Config:
    """The settings of a panel over a desk, as the environment would give them."""
    made = config.load({"DESK_DATA": str(data), "DATABASE_URL": desk.url, "SECRET_KEY": "s" * 40})
    return dataclasses.replace(made, ledger_key=KEY, signing_keys=(SIGNING,))


class Browser:
    """One client with its cookies, in nobody's name until it logs in."""

    def __init__(self, app: Flask, address: str = "127.0.0.1") -> None:
        self.client = app.test_client()
        self.client.environ_base["REMOTE_ADDR"] = address
        self.token = ""
        self.marks: dict[str, dict[str, str]] = {}

    def __enter__(self) -> Browser:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.client.__exit__(kind, error, trace)  # type: ignore[no-untyped-call]

    def get(self, address: str, **more: Any) -> TestResponse:
        """GET, without following a redirect; keeps the token and the key of a form that came."""
        answer = self.client.get(address, **{"buffered": True, **more})
        if answer.mimetype == "text/html":
            found = _TOKEN.search(answer.text)
            self.token = html.unescape(found[1]) if found else self.token
        self._keep_key(address, answer)
        return answer

    def post(
        self, address: str, fields: Mapping[str, Any] | None = None, **more: Any
    ) -> TestResponse:
        """POST a form with the token that the last page brought, and the key and the row of that
        form as it was shown last; it is opened first where none was."""
        for page in ("/", "/login/"):
            if not self.token:
                self.get(page)
        sent = {"csrf_token": self.token, **(fields or {})}
        if address.startswith("/do/") and "once" not in sent:
            self.key(address)
            sent = {**self.marks.get(address.partition("?")[0], {}), **sent}
        answer = self.client.post(address, data=sent, **{"buffered": True, **more})
        self._keep_key(address, answer)
        return answer

    def key(self, address: str) -> str:
        """The key of a form that was shown and is not done yet; it is opened first where there is
        none."""
        path = address.partition("?")[0]
        if path not in self.marks:
            self.get(address)
        return self.marks.get(path, {}).get("once", "")

    def _keep_key(self, address: str, answer: TestResponse) -> None:
        path = address.partition("?")[0]
        if path.startswith("/do/"):
            self.marks.pop(path, None)
            found = dict(_MARKS.findall(answer.text)) if answer.mimetype == "text/html" else {}
            if found:
                self.marks[path] = found

    def login(self, username: str, password: str = PASSWORD, next: str = "") -> TestResponse:
        """Log in with the form."""
        self.get("/login/")
        where = f"/login/?next={next}" if next else "/login/"
        answer = self.post(where, {"username": username, "password": password})
        self.token, self.marks = "", {}
        return answer

    def logout(self) -> TestResponse:
        """Log out with the button."""
        answer = self.post("/logout/")
        self.token = ""
        return answer

    @property
    def cookie(self) -> str:
        """The session's cookie as the browser would send it."""
        found = self.client.get_cookie("duban")
        return found.value if found else ""


class Panel:
    """An application over a desk, with a clock that the test sets."""

    def __init__(self, desk: Desk, data: Path, now: datetime, app: Flask | None = None) -> None:
        self.desk, self.now = desk, now
        self.settings = settings_of(desk, data)
        self.app = app or create_app(self.settings, lambda: self.now)
        self.tries_forgotten()
        calendars = self.app.extensions["desk"].sessions.kw["info"]["calendars"]
        calendars.clear()
        calendars.update(READ)
        self.known: dict[str, Browser] = {}

    def account(self, word: str) -> str:
        """The username of a role, `staff@UNIT`, `head@UNIT` - with the password of the tests."""
        with transaction(self.desk.sessions) as session:
            one = actor_named(session, word)
            session.execute(update(Person).where(Person.id == one.id).values(password=HASH))
            return one.name

    def browser(self, address: str = "127.0.0.1") -> Browser:
        """A browser in which nobody has logged in, on a machine with this address."""
        return Browser(self.app, address)

    def tries_forgotten(self) -> None:
        """Let the hour pass after which tries to log in are counted anew: that clock is the
        machine's."""
        self.app.extensions["desk_door"] = Door(self.settings)

    def enter(self, word: str) -> Browser:
        """A browser of its own in which somebody has just logged in."""
        made = self.browser()
        answer = made.login(self.account(word))
        assert answer.status_code == 302, (word, answer.text)
        return made

    def of(self, word: str) -> Browser:
        """The browser of somebody, logged in at the first call."""
        if word not in self.known:
            self.known[word] = self.browser() if word == "anonymous" else self.enter(word)
        return self.known[word]

    def confirmed(self, verb: str, fields: Mapping[str, Any]) -> str:
        """What IT asks for about an account or a role, and the second person confirms: the slip
        that was shown."""
        asked = self.of("it_admin").post(f"/do/{verb}", fields)
        query = select(AccountChange).where(
            AccountChange.approved_at.is_(None), AccountChange.refused_at.is_(None)
        )
        with transaction(self.desk.sessions) as session:
            rows = session.scalars(query.order_by(AccountChange.id))
            waits = [(CONFIRMING[row.confirmers][-1], row.id) for row in rows]
        for who, row in waits[-1:]:
            asked = self.of(who).post("/do/confirm_account", {"accept": "y", "row": str(row)})
        assert asked.status_code in (200, 302), asked.text
        shown = re.search(r'id="slip">([^<]+)<', asked.text)
        return shown[1] if shown else ""

    def close(self) -> None:
        """Leave the database."""
        with self.app.app_context():
            self.app.extensions["sqlalchemy"].engine.dispose()


class Stand:
    """Keeps one application for all panels over the desks that stand at one place, one after
    another: what it compiled of pages and statements stays, what it learned of a desk goes."""

    def __init__(self) -> None:
        self.panel: Panel | None = None
        self.app: Flask | None = None

    def _now(self) -> datetime:
        assert self.panel is not None
        return self.panel.now

    @contextmanager
    def over(self, desk: Desk, data: Path, now: datetime) -> Iterator[Panel]:
        """The application over the desk that stands there now, with its files."""
        if self.app is None:
            self.app = create_app(settings_of(desk, data), self._now)
        self.app.extensions["desk_told"].clear()
        self.panel = Panel(desk, data, now, self.app)
        try:
            yield self.panel
        finally:
            self.panel.close()


@contextmanager
def panel_over(desk: Desk, data: Path, now: datetime) -> Iterator[Panel]:
    """A panel; nobody is connected to the database afterwards."""
    made = Panel(desk, data, now)
    try:
        yield made
    finally:
        made.close()


def msgid(answer: TestResponse) -> str:
    """The message id with which a page says no; empty where it does not."""
    return msgid_in(answer.text)


def msgid_in(page: str) -> str:
    """The message id in a page; empty where there is none."""
    found = _MSGID.search(page)
    return found[1] if found else ""


def refused(answer: TestResponse) -> str:
    """The message id of a refusal; it must be one."""
    assert answer.status_code == 422, (answer.status_code, answer.text[-1500:])
    said = msgid(answer)
    assert said, answer.text[-1500:]
    return said
