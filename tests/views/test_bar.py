"""The counts of the bar: what waits is at most a minute old, a page that is left open asks in one
statement and keeps no session alive; own scripts stay small."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from jinja2 import meta, nodes

from app.views import bar
from app.views.login.sessions import IDLE_SECONDS
from tests.people import People
from tests.views.panel import Browser, Panel
from tests.views.test_statements import WHO, counted

STATIC = Path(__file__).parents[2] / "app" / "static"
MOST_LINES = {"kept.js": 166, "desk.js": 60, "pick.js": 25}
IN_ALL = 250


def waiting(page: str) -> str:
    """How much waits, as the bar has it."""
    found = re.search(r'id="work-n"[^>]*>([^<]*)<', page)
    assert found is not None
    return found[1]


def test_own_scripts_stay_small() -> None:
    lines = {one.name: len(one.read_text("utf-8").splitlines()) for one in STATIC.glob("*.js")}
    assert set(lines) <= set(MOST_LINES)
    assert [name for name, n in lines.items() if n > MOST_LINES[name]] == []
    assert sum(lines.values()) <= IN_ALL


def test_tokens_stay_small() -> None:
    assert len((STATIC / "tokens.css").read_text("utf-8").splitlines()) <= 80


def test_no_page_calls_something_of_its_own_what_the_frame_asks_for(sqlite_panel: Panel) -> None:
    """Seen failing: a macro `person` of the visit queue, for which the frame named nobody as reader,
    so that what was typed there was kept in nobody's name."""
    templates = sqlite_panel.app.jinja_env
    assert templates.loader is not None
    parsed = {
        name: templates.parse(templates.loader.get_source(templates, name)[0])
        for name in templates.list_templates(filter_func=lambda name: name.startswith("desk/"))
    }
    frame = ("desk/layout.html", "desk/_navbar.html", "desk/_banners.html", "desk/_keys.html")
    asked = set().union(*(meta.find_undeclared_variables(parsed[name]) for name in frame))
    assert {"person", "title", "account"} <= asked
    own = {
        (name, one.name)
        for name, tree in parsed.items()
        if name not in frame
        for one in tree.body
        if isinstance(one, nodes.Macro)
    }
    assert {pair for pair in own if pair[1] in asked} == set()


@pytest.mark.parametrize("role", ["operator", "centre_head", "unit_head", "committee"])
def test_a_page_that_is_left_open_asks_in_one_statement(sqlite_panel: Panel, role: str) -> None:
    """Also where what waits has to be counted anew. Seen failing with the account loaded first."""
    browser = sqlite_panel.of(WHO[role].replace("WATER", "HOUSING"))
    browser.get("/")
    kept = sqlite_panel.app.extensions["desk_told"]["bar"]
    for stale in (False, True):
        for one in kept.values():
            one.at = -bar.KEPT_FOR if stale else one.at
        with counted(sqlite_panel) as told:
            assert browser.get("/notices/count").status_code == 200
        assert len(told) == 1, told


def test_the_count_of_what_waits_is_that_of_the_lists_and_a_minute_old_at_most(
    sqlite_panel: Panel,
) -> None:
    browser = sqlite_panel.of("allocator")
    first = waiting(browser.get("/").text)
    assert waiting(browser.get("/cases/list/").text) == first
    people = People(sqlite_panel.desk)
    people.case(kind="consultation")
    assert waiting(browser.get("/cases/list/").text) == first
    for one in sqlite_panel.app.extensions["desk_told"]["bar"].values():
        one.at = -bar.KEPT_FOR
    assert int(waiting(browser.get("/cases/list/").text)) == int(first) + 1


def _later(browser: Browser, seconds: int) -> None:
    with browser.client.session_transaction() as kept:
        kept["last"] -= seconds


def test_a_page_that_is_left_open_does_not_keep_its_session(sqlite_panel: Panel) -> None:
    """For half an hour it asks every half minute; then the session is over, and it is told to ask
    no more. Seen failing with the moment of the count noted as one of activity."""
    browser = sqlite_panel.enter("operator")
    for _ in range(3):
        _later(browser, IDLE_SECONDS // 3 - 5)
        assert browser.get("/notices/count").status_code == 200
    _later(browser, 20)
    over = browser.get("/notices/count")
    assert (over.status_code, over.text) == (286, "")
    assert browser.get("/cases/list/").status_code == 302
    assert sqlite_panel.browser().get("/notices/count").status_code == 286


def test_a_count_is_nobodys_once_the_account_has_other_rights(sqlite_panel: Panel) -> None:
    browser = sqlite_panel.enter("operator")
    assert browser.get("/notices/count").status_code == 200
    with browser.client.session_transaction() as kept:
        kept["sv"] -= 1
    assert browser.get("/notices/count").status_code == 286


def test_a_banner_is_closed_for_the_day_without_any_script(sqlite_panel: Panel) -> None:
    browser = sqlite_panel.enter("operator")
    sqlite_panel.app.extensions["desk_told"].update(late=True, asked=float("inf"))
    assert "late-bot" in browser.get("/").text
    assert browser.post("/banners/close", {"banner": "bot_late"}).status_code == 302
    assert "late-bot" not in browser.get("/").text
    assert browser.post("/banners/close", {"banner": "all"}).status_code == 404
    sqlite_panel.now += timedelta(days=1)
    assert "late-bot" in browser.get("/").text


def test_who_has_written_something_sees_what_waits_counted_anew(own_sqlite_panel: Panel) -> None:
    browser = own_sqlite_panel.of("allocator")
    case = People(own_sqlite_panel.desk).case(kind="consultation")
    before = int(waiting(browser.get("/").text))
    answer = browser.post(f"/do/allocate/{case}", {"unit": "WATER"})
    assert answer.status_code == 302
    assert int(waiting(browser.get("/cases/list/").text) or 0) == before - 1
