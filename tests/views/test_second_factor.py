"""In production three roles log in with a code besides their password. [trust, Access]"""

from __future__ import annotations

import base64
import dataclasses
import re
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from sqlalchemy import select
from werkzeug.test import TestResponse

from app.database import transaction
from app.models import Event, Person
from app.roles import SECOND_FACTOR
from app.views.people import HALFWAY_SECONDS
from app.web import create_app
from tests.office import moment
from tests.views.panel import PASSWORD, Panel, settings_of

NOON = moment("2025-06-16 12:00")
TLS = {"base_url": "https://localhost"}
_KEY = re.compile(r'<code translate="no">([A-Z2-7 ]+)</code>')


class Production(Panel):
    """The panel as an office runs it: over TLS, because its cookies go no other way."""

    def page(self, client: object, address: str, **fields: str) -> TestResponse:
        """GET, or POST with the token of the page that a GET brings."""
        get, post = client.get, client.post  # type: ignore[attr-defined]
        shown: TestResponse = get(address, **TLS)
        if not fields:
            return shown
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', shown.text)
        assert token is not None
        answer: TestResponse = post(
            address, data={"csrf_token": token[1], **fields}, headers={"Referer": "https://localhost/"}, **TLS
        )
        return answer


@pytest.fixture
def office(sqlite_panel: Panel, tmp_path: Path) -> Iterator[Production]:
    settings = dataclasses.replace(settings_of(sqlite_panel.desk, tmp_path), env="production")
    made = Production(sqlite_panel.desk, tmp_path, NOON, create_app(settings, lambda: made.now))
    yield made
    made.close()


def _half(office: Production, word: str) -> tuple[object, TestResponse]:
    """A browser whose person gave his right password, and the answer to it."""
    client, name = office.app.test_client(), office.account(word)
    return client, office.page(client, "/login/", username=name, password=PASSWORD)


def _app(page: str) -> TOTP:
    """What a person's app makes of the key that the page shows."""
    shown = _KEY.search(page)
    assert shown is not None, page
    return TOTP(base64.b32decode(shown[1].replace(" ", "")), 6, SHA1(), 30)  # noqa: S303


def _code(app: TOTP, office: Production) -> str:
    return app.generate(int(office.now.timestamp())).decode()


def _in(office: Production, client: object) -> bool:
    return office.page(client, "/").status_code == 200


@pytest.mark.parametrize("role", sorted(SECOND_FACTOR))
def test_a_password_alone_lets_none_of_the_three_in(office: Production, role: str) -> None:
    """Seen failing with `wanted` answering False."""
    client, answer = _half(office, role)
    assert answer.status_code == 302 and answer.headers["Location"].startswith("/login/code/")
    assert not _in(office, client)
    page = office.page(client, "/login/code/")
    assert "<svg" in page.text and "动态口令" in page.text and page.headers["Cache-Control"] == "no-store"
    app = _app(page.text)
    wrong = office.page(client, "/login/code/", code="000000" if _code(app, office) != "000000" else "111111")
    assert wrong.status_code == 401 and not _in(office, client)
    assert "动态口令不正确" in wrong.text and _app(wrong.text).generate(0) == app.generate(0)
    digits = _code(app, office)
    assert office.page(client, "/login/code/", code=f"{digits[:3]} {digits[3:]}").status_code == 302
    assert _in(office, client)


@pytest.mark.parametrize("role", ["operator", "officer", "staff@WATER"])
def test_who_is_none_of_the_three_is_let_in_by_his_password(office: Production, role: str) -> None:
    client, _ = _half(office, role)
    assert _in(office, client)


def test_the_sample_office_asks_nobody_for_a_code(sqlite_panel: Panel) -> None:
    assert sqlite_panel.enter("it_admin").get("/").status_code == 200


def test_the_key_is_shown_until_the_first_right_code_and_never_again(office: Production) -> None:
    client, _ = _half(office, "log_auditor")
    app = _app(office.page(client, "/login/code/").text)
    office.page(client, "/login/code/", code=_code(app, office))
    assert _in(office, client)
    office.now += timedelta(minutes=2)
    again, _ = _half(office, "log_auditor")
    page = office.page(again, "/login/code/")
    assert "<svg" not in page.text and not _KEY.search(page.text)
    office.page(again, "/login/code/", code=_code(app, office))
    assert _in(office, again)


def test_a_code_that_let_somebody_in_lets_nobody_else_in(office: Production) -> None:
    client, _ = _half(office, "log_auditor")
    app = _app(office.page(client, "/login/code/").text)
    office.page(client, "/login/code/", code=_code(app, office))
    second, _ = _half(office, "log_auditor")
    assert office.page(second, "/login/code/", code=_code(app, office)).status_code == 401
    assert not _in(office, second)


def test_wrong_codes_lock_though_the_password_is_given_again_and_again(office: Production) -> None:
    """The right password does not begin the count anew before its code came."""
    client, _ = _half(office, "supervision_head")
    app = _app(office.page(client, "/login/code/").text)
    office.page(client, "/login/code/", code=_code(app, office))
    office.now += timedelta(hours=1)
    for _ in range(5):
        client, _ = _half(office, "supervision_head")
        assert office.page(client, "/login/code/", code="no code").status_code == 401
    client, answer = _half(office, "supervision_head")
    assert answer.status_code == 401
    with transaction(office.desk.sessions) as session:
        assert session.scalars(select(Event.kind).where(Event.kind == "user.locked")).all() == ["user.locked"]
    office.now += timedelta(minutes=16)
    client, _ = _half(office, "supervision_head")
    office.page(client, "/login/code/", code=_code(app, office))
    assert _in(office, client)


def test_the_page_of_the_code_is_for_who_gave_his_password_just_now(
    office: Production, monkeypatch: pytest.MonkeyPatch
) -> None:
    stranger = office.app.test_client()
    assert office.page(stranger, "/login/code/").headers["Location"] == "/login/"
    client, _ = _half(office, "it_admin")
    assert office.page(client, "/login/code/").status_code == 200
    real = time.time
    monkeypatch.setattr(time, "time", lambda: real() + HALFWAY_SECONDS + 1)
    assert office.page(client, "/login/code/").headers["Location"] == "/login/"


@pytest.mark.parametrize("ended", ["password", "closed"])
def test_what_ends_an_accounts_sessions_ends_a_login_that_waits_for_its_code(office: Production, ended: str) -> None:
    client, _ = _half(office, "log_auditor")
    with transaction(office.desk.sessions) as session:
        row = session.scalars(select(Person).where(Person.username == office.account("log_auditor"))).one()
        row.session_version += ended == "password"
        row.active = ended != "closed"
    assert office.page(client, "/login/code/").headers["Location"] == "/login/"


def test_a_login_leads_to_the_page_that_was_asked_for_after_its_code(office: Production) -> None:
    client, name = office.app.test_client(), office.account("it_admin")
    answer = office.page(client, "/login/?next=/users/list/", username=name, password=PASSWORD)
    where = answer.headers["Location"]
    app = _app(office.page(client, where).text)
    assert office.page(client, where, code=_code(app, office)).headers["Location"] == "/users/list/"


def test_an_administrator_forgets_a_device_through_the_page_of_the_account(office: Production) -> None:
    client, _ = _half(office, "log_auditor")
    auditor = _app(office.page(client, "/login/code/").text)
    office.page(client, "/login/code/", code=_code(auditor, office))
    admin, _ = _half(office, "it_admin")
    app = _app(office.page(admin, "/login/code/").text)
    office.page(admin, "/login/code/", code=_code(app, office))
    with transaction(office.desk.sessions) as session:
        id = session.scalars(select(Person.id).where(Person.username == office.account("log_auditor"))).one()
    page = office.page(admin, f"/users/show/{id}").text
    assert f"/do/reset_second_factor?id={id}" in page
    assert office.page(admin, f"/do/reset_second_factor?id={id}", id=str(id)).status_code == 302
    assert office.page(client, "/").status_code == 302
    again, _ = _half(office, "log_auditor")
    assert "<svg" in office.page(again, "/login/code/").text
