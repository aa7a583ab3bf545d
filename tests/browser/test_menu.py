"""The menu in Chromium: its categories open in place, on a phone behind a button, and without any
script they stand open."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser
from sqlalchemy import select

from app.database import reading
from app.models import Assignment, Case
from tests.browser.conftest import PASSWORD, Served, Window
from tests.browser.table import Measure

OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.mark.parametrize("username", ["centre_head", "supervision_head", "it_admin", "visitor"])
def test_the_menu_is_one_row_of_seven_groups_at_most(
    window: Window, username: str, measured: Measure
) -> None:
    window.page.set_viewport_size({"width": 1366, "height": 768})
    window.login(username)
    groups = window.page.locator("nav.menu > ul > li")
    tops = {round(box["y"]) for box in (one.bounding_box() for one in groups.all()) if box}
    measured("menu", "groups", groups.count(), 7)
    measured("menu", "rows", len(tops), 1)


@pytest.mark.parametrize(("width", "height"), [(1366, 768), (390, 844)])
def test_a_page_is_reached_through_its_category(window: Window, width: int, height: int) -> None:
    window.page.set_viewport_size({"width": width, "height": height})
    window.login("allocator")
    menu = window.page.locator("nav.menu")
    if width < 992:
        assert not menu.is_visible()
        window.page.click("header .navbar-toggler")
    menu.get_by_role("button", name="督办问责").click()
    menu.get_by_role("link", name="督办件").click()
    window.page.wait_for_url("**/supervision/list/")
    assert window.page.evaluate(OVERFLOW) <= 0, "the page is wider than the screen"
    assert window.errors == [] and window.outside == []


@pytest.mark.parametrize(
    "path", ["/", "/cases/list/", "/do/register", "/units/show/1", "/contacts/show/1"]
)
def test_no_page_is_wider_than_a_phone(window: Window, path: str) -> None:
    window.page.set_viewport_size({"width": 390, "height": 844})
    window.login("centre_head")
    window.open(path)
    assert window.page.evaluate(OVERFLOW) <= 0
    assert window.errors == []
    assert window.keep(f"phone-{path.strip('/').replace('/', '-') or 'home'}").stat().st_size


@pytest.mark.parametrize("share", [8, pytest.param(1, marks=pytest.mark.long)])
def test_no_case_is_wider_than_a_phone(window: Window, office: Served, share: int) -> None:
    """Of the cases that the bot found late, and of all others, each so many."""
    window.page.set_viewport_size({"width": 390, "height": 844})
    window.login("allocator")
    with reading(office.app.extensions["desk"].sessions) as session:
        late = set(
            session.scalars(select(Assignment.case_id).where(Assignment.overdue_for.is_not(None)))
        )
        cases = sorted(session.scalars(select(Case.id)), key=lambda id: (id not in late, id))
    assert late and len(cases) > 2 * share
    wide = []
    for id in cases[::share]:
        window.open(f"/cases/{id}")
        wide += [id] if window.page.evaluate(OVERFLOW) > 0 else []
    assert wide == [] and window.errors == []


@pytest.mark.parametrize(
    ("width", "height"), [pytest.param(1366, 768, marks=pytest.mark.long), (390, 844)]
)
def test_no_list_of_work_is_wider_than_its_screen(window: Window, width: int, height: int) -> None:
    """Seen failing: a line of the demand did not break."""
    window.page.set_viewport_size({"width": width, "height": height})
    window.login("centre_head")
    links = window.page.evaluate(
        "[...document.querySelectorAll('main a[href^=\"/work/\"]')].map(a => a.getAttribute('href'))"
    )
    assert len(links) > 8
    wide = []
    for address in links:
        window.open(address)
        wide += [address] if window.page.evaluate(OVERFLOW) > 0 else []
    assert wide == [] and window.errors == []


def test_without_scripts_the_menu_stands_open(office: Served, chromium: Browser) -> None:
    context = chromium.new_context(
        locale="zh-CN", viewport={"width": 390, "height": 844}, java_script_enabled=False
    )
    page = context.new_page()
    page.goto(f"{office.address}/login/")
    page.fill("input[name=username]", "allocator")
    page.fill("input[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    page.get_by_role("link", name="督办件").click()
    assert page.inner_text("h1") == "督办件"
    context.close()


CUT = """() => [...document.querySelectorAll('header.top .name, header.top a, header.top button, header.top input')]
  .filter((one) => one.checkVisibility() && !one.closest('.dropdown-menu'))
  .filter((one) => {
    const box = one.getBoundingClientRect(), of = document.createElement('canvas').getContext('2d');
    of.font = getComputedStyle(one).font;
    const says = one.placeholder ? of.measureText(one.placeholder).width + 18 : 0;
    return box.left < 0 || box.right > document.documentElement.clientWidth || says > box.width
      || (!one.placeholder && one.scrollWidth > one.clientWidth + 1);
  }).map((one) => one.outerHTML.slice(0, 120))"""
"""What of the bar does not stand on the screen as a whole."""


@pytest.mark.parametrize(
    "username",
    [
        "water_staff",
        "it_admin",
        *(
            pytest.param(one, marks=pytest.mark.long)
            for one in ("water_head", "allocator", "supervision_head", "leader")
        ),
    ],
)
def test_nothing_in_the_bar_is_cut(window: Window, username: str) -> None:
    window.login(username)
    for width in (1366, 1024, 390):
        window.page.set_viewport_size({"width": width, "height": 768})
        assert window.page.evaluate(CUT) == [], width
        assert window.page.evaluate(OVERFLOW) <= 0, width
