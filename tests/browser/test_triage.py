"""Ten cases are allocated from the panel beside the list, one click and one request each."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from app.database import transaction
from app.models import Assignment, Case, Category
from app.story.theatre.cast import actor_named
from app.verbs import perform
from app.views.actor import Desk
from tests.browser.conftest import NOW, Served, Window
from tests.browser.table import Measure

CASES, CLICKS = 10, 20
LIST = "/work/to_allocate"
TASK = "allocate 10 cases"


def _register(office: Served) -> None:
    """Ten more cases of a category in which units have handled some."""
    desk: Desk = office.app.extensions["desk"]
    with transaction(desk.sessions) as session:
        query = select(Case.category_id).where(Case.lead_unit_id.is_not(None))
        most = query.group_by(Case.category_id).order_by(func.count().desc()).limit(1)
        category = str(session.get_one(Category, session.scalars(most).one()))
        operator = actor_named(session, "operator")
    for n in range(CASES):
        with transaction(desk.sessions) as session:
            words = f"第{n + 1}条路上的井盖坏了好几天，车开过去很响，晚上看不见。"
            given = {"kind": "help", "channel": "phone", "anonymous": True, "category": category}
            perform(session, NOW, operator, "register", narrative=words, **given)


def _allocated(office: Served) -> int:
    desk: Desk = office.app.extensions["desk"]
    with transaction(desk.sessions) as session:
        return session.scalar(select(func.count()).select_from(Assignment)) or 0


def test_ten_cases_take_at_most_twenty_clicks_and_two_requests_each(
    office: Served, window: Window, measured: Measure
) -> None:
    _register(office)
    window.login("allocator")
    page, clicks = window.page, 0
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    before = _allocated(office)
    page.click(f"main a[href$='{LIST}']")
    clicks += 1
    page.wait_for_selector(".panel-form select[name=unit]")
    at_first = len(asked)
    while _allocated(office) < before + CASES:
        shown = page.inner_text(".panel p.soft a")
        if page.locator(".panel-form").count() and page.input_value(".panel select[name=unit]"):
            page.click(".panel .send button")
        else:
            page.click("tr:not(:has(.here.on)) a.gist >> nth=-1")
        clicks += 1
        assert clicks <= CLICKS
        page.wait_for_function(
            "shown => document.querySelector('.panel p.soft a').innerText !== shown", arg=shown
        )
    window.keep("triage")
    measured(TASK, "clicks", clicks, CLICKS)
    measured(TASK, "requests each", (len(asked) - at_first) / CASES, 2)
    assert window.errors == []


@pytest.mark.long
def test_ten_cases_are_allocated_at_once_after_one_page_that_says_what_will_happen(
    office: Served, window: Window, measured: Measure
) -> None:
    _register(office)
    window.login("allocator")
    page, before = window.page, _allocated(office)
    page.click(f"main a[href$='{LIST}']")
    for row in page.locator("tr:has-text('条路上的井盖') input[name=rows]").all()[:CASES]:
        row.check()
    page.click("#many button:not([name=all])")
    assert f"{CASES}件" in page.inner_text(".lead-in")
    first, button = page.locator("td input[name=rows]").first, page.locator("form .send button")
    first.uncheck()
    assert f"{CASES - 1}件" in button.inner_text(), "the button says what will be done"
    page.locator("[data-all]").uncheck()
    assert button.is_disabled()
    page.locator("[data-all]").check()
    assert f"{CASES}件" in button.inner_text()
    button.click()
    page.wait_for_url(f"**{LIST}**")
    measured(TASK, "clicks beside the ticks, at once", 3, 3)
    assert _allocated(office) == before + CASES
    assert window.errors == []


@pytest.mark.long
def test_the_second_click_of_a_double_one_allocates_no_case_that_nobody_read(
    office: Served, window: Window
) -> None:
    _register(office)
    window.login("allocator")
    window.open(LIST)
    window.page.wait_for_selector(".panel")
    window.page.click("tr:not(:has(.here.on)) a.gist >> nth=-1")
    window.page.wait_for_selector(".panel-form")
    window.page.wait_for_timeout(1000)
    before = _allocated(office)
    window.page.dblclick(".panel .send button", delay=20)
    window.page.wait_for_selector(".flash.success")
    window.page.wait_for_timeout(500)
    assert _allocated(office) <= before + 1


@pytest.mark.long
def test_on_a_phone_the_list_comes_first_and_the_panel_is_a_page_of_its_own(
    office: Served, window: Window
) -> None:
    _register(office)
    window.login("allocator")
    window.page.set_viewport_size({"width": 390, "height": 844})
    window.open(LIST)
    window.page.wait_for_timeout(500)
    assert window.page.is_hidden("#panel") and window.page.is_visible(".waiting")
    window.page.click("a.gist >> nth=-1")
    window.page.wait_for_selector(".panel")
    assert window.page.is_hidden(".waiting")
    assert window.page.evaluate("document.documentElement.scrollWidth") <= 390
    window.keep("triage-phone")
    window.page.click(".back-to-list a")
    window.page.wait_for_selector(".waiting")
    assert window.errors == []
