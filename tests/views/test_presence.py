"""Who has a case open is told to the others for a minute; where Redis does not answer, nothing is
told and nothing waits."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.views.presence import SECONDS, Register
from tests.databases import Desk
from tests.people import People
from tests.servers import ValkeyServer
from tests.views.panel import Panel, panel_over


class Office:
    """A panel over a desk with two cases of two units."""

    def __init__(self, panel: Panel, people: People) -> None:
        self.panel = panel
        self.cases = [people.case() for _ in range(2)]
        for case, unit in zip(self.cases, ("WATER", "ROADS"), strict=True):
            people.do("allocator", "allocate", case, unit=unit)

    def asks(self, url: str | None) -> None:
        """Which Redis the panel asks from now on."""
        self.panel.app.extensions["desk_presence"] = Register(url)

    def told(self, word: str, case: int | None = None) -> str:
        """What the open page of a person is told of a case, of the first where none is named."""
        answer = self.panel.of(word).get(f"/presence/{case or self.cases[0]}")
        assert answer.status_code == 200
        return answer.text


@pytest.fixture
def office(sqlite_desk: Desk, tmp_path: Path, redis_url: str) -> Iterator[Office]:
    people = People(sqlite_desk).hire("WATER", "ROADS")
    with panel_over(sqlite_desk, tmp_path / "data", people.now) as panel:
        made = Office(panel, people)
        made.asks(redis_url)
        yield made


def test_two_who_have_a_case_open_are_told_of_each_other(office: Office) -> None:
    assert "allocator" not in office.told("allocator")
    assert "allocator也在查看" in office.told("centre_head")
    assert "centre_head也在查看" in office.told("allocator")
    assert "也在查看" not in office.told("allocator", office.cases[1])


def test_the_panel_beside_the_list_says_it_without_a_request_of_its_own(office: Office) -> None:
    case = People(office.panel.desk).case()
    office.panel.of("allocator").get(f"/work/to_allocate?case={case}")
    page = office.panel.of("centre_head").get(f"/work/to_allocate?case={case}")
    assert "allocator也在查看" in page.text and 'hx-trigger="every 30s"' in page.text


def test_the_page_of_a_case_asks_when_it_has_been_loaded(office: Office) -> None:
    page = office.panel.of("allocator").get(f"/cases/{office.cases[0]}").text
    assert f'hx-get="/presence/{office.cases[0]}"' in page and "load, every 30s" in page


def test_after_a_minute_nobody_is_told_any_more(office: Office, valkey: ValkeyServer) -> None:
    office.told("allocator")
    with valkey.client() as client:
        (key,) = client.keys("desk:open:*")
        assert 0 < client.ttl(key) <= SECONDS
        (member,) = client.zrange(key, 0, -1)
        client.zadd(key, {member: time.time() - SECONDS - 1})
    assert "也在查看" not in office.told("centre_head")


def test_a_unit_and_the_centre_are_not_told_of_each_other(office: Office) -> None:
    """Who of the room looks at a case is nothing that its unit should know."""
    office.told("officer")
    office.told("head@WATER")
    assert "也在查看" not in office.told("allocator").replace("officer也在查看", "")
    assert "officer" not in office.told("staff@WATER")
    assert "WATER_head也在查看" in office.told("staff@WATER")


def test_of_a_case_that_one_does_not_see_nothing_is_told_nor_noted(office: Office) -> None:
    assert office.panel.of("staff@ROADS").get(f"/presence/{office.cases[0]}").status_code == 404
    office.told("staff@WATER")
    assert "也在查看" not in office.told("head@WATER").replace("WATER_staff也在查看", "")


def test_without_redis_nothing_is_told_and_nothing_waits(
    office: Office, valkey: ValkeyServer
) -> None:
    """Seen failing without a pause after the first silence: each page waited anew."""
    office.asks(None)
    assert "也在查看" not in office.told("allocator")
    office.asks("redis://10.255.255.1:6379/0")
    began = time.monotonic()
    for word in ("allocator", "centre_head", "allocator"):
        assert "也在查看" not in office.told(word)
    assert time.monotonic() - began < 3


def test_a_redis_that_died_is_no_error(office: Office, valkey: ValkeyServer) -> None:
    office.told("allocator")
    valkey.kill()
    try:
        assert "也在查看" not in office.told("centre_head")
    finally:
        valkey.start()


def test_a_page_that_is_left_open_keeps_no_session_alive(office: Office) -> None:
    browser = office.panel.enter("allocator")
    browser.get("/")
    long_ago = int(time.time()) - 600
    with browser.client.session_transaction() as session:
        session["last"] = long_ago
    browser.get(f"/presence/{office.cases[0]}")
    with browser.client.session_transaction() as session:
        assert session["last"] == long_ago
    browser.get("/")
    with browser.client.session_transaction() as session:
        assert session["last"] > long_ago


def test_a_page_whose_session_has_ended_is_told_nothing_and_a_part_leads_to_the_login(
    office: Office,
) -> None:
    browser = office.panel.enter("allocator")
    for address, code in ((f"/presence/{office.cases[0]}", 204), ("/work/to_allocate?case=1", 200)):
        with browser.client.session_transaction() as session:
            session["last"] = int(time.time()) - 3600
        answer = browser.client.get(address, headers={"HX-Request": "true", "HX-Target": "panel"})
        assert answer.status_code == code
    assert answer.headers["HX-Redirect"].startswith("/login/")
    logged_out = office.panel.browser()
    answer = logged_out.get("/work/to_allocate?case=1", headers={"HX-Target": "panel"})
    assert answer.headers["HX-Redirect"] == "/login/"
