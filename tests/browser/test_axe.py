"""Every kind of page, for every role, by day and by night: the accessibility checker finds nothing
serious, no page is wider than its screen, nothing leaves the machine, no script fails. Without any
script lists, forms and the page of a case can be used."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import axe_playwright_python
import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import PASSWORD, Served, Window

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text("utf-8")
FOUND = """async () => (await axe.run(document, {resultTypes: ["violations"]})).violations
  .filter((one) => ["serious", "critical"].includes(one.impact))
  .map((one) => `${one.id} ${one.nodes[0].html.slice(0, 200)}`)"""
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
LINKS = """[...document.querySelectorAll("nav.menu a[href], main a[href]")]
  .map((one) => one.getAttribute("href"))"""
SCREENS = ((1366, 768), (390, 844))
OWN = ("/", "/notices/", "/help/", "/do/change_password")
EVERYBODY = (
    "operator",
    "allocator",
    "centre_head",
    "examiner",
    "visitor",
    "water_staff",
    "water_head",
    "officer",
    "supervision_head",
    "leader",
    "committee",
    "it_admin",
    "log_auditor",
)
NOT_A_PAGE = re.compile(
    r"\.(pdf|docx|xlsx|csv|zip)(\?|$)|/export|/papers/|/file/|^/api/|^#|^https?:"
)


def pages_of(window: Window) -> list[str]:
    """One page of each kind that a role is led to: what its menu and its first page link, and the
    first row of each list."""
    window.open("/")
    found = {kind_of(address): address for address in [*OWN, *window.page.evaluate(LINKS)]}
    for address in [one for one in found.values() if one.endswith("/list/")]:
        window.open(address)
        for row in window.page.evaluate(LINKS):
            found.setdefault(kind_of(row), row)
    return [address for address in found.values() if not NOT_A_PAGE.search(address)]


def kind_of(address: str) -> str:
    """An address without what names one row in it."""
    return re.sub(r"\d+", "N", address.partition("?")[0])


def wrong_with(window: Window, address: str) -> list[str]:
    """What is wrong with a page on either screen."""
    window.errors.clear()
    window.open(address)
    found = []
    for width, height in SCREENS:
        window.page.set_viewport_size({"width": width, "height": height})
        wide = window.page.evaluate(OVERFLOW)
        found += [f"{address}: {wide} px wider than {width}"] if wide > 0 else []
    window.page.wait_for_load_state("load")
    window.page.evaluate(AXE)
    told = [*window.page.evaluate(FOUND), *window.errors, *window.outside]
    return [*found, *(f"{address}: {one}" for one in told)]


def looked_at(window: Window, addresses: list[str]) -> Iterator[str]:
    """What is wrong with pages, by day and by night."""
    for theme in ("light", "dark"):
        window.open(f"/theme/{theme}")
        for address in addresses:
            yield from (f"{theme} {one}" for one in wrong_with(window, address))


@pytest.mark.long
def test_the_pages_of_everyday_are_accessible_by_day_and_by_night(window: Window) -> None:
    """Seen failing with white words on a blue that is too light, and links without an underline in
    a line of text."""
    window.login("centre_head")
    window.open("/cases/list/")
    case = window.page.get_attribute("main table tbody a[href^='/cases/']", "href") or ""
    pages = ["/", "/notices/", "/cases/list/", case, "/do/register", "/calendar/list/"]
    assert list(looked_at(window, pages)) == []


@pytest.mark.long
@pytest.mark.parametrize("username", EVERYBODY)
def test_every_kind_of_page_is_accessible(window: Window, username: str) -> None:
    window.login(username)
    pages = pages_of(window)
    assert len(pages) >= len(OWN)
    assert list(looked_at(window, pages)) == []


@pytest.fixture
def plain(office: Served, chromium: Browser) -> Iterator[Page]:
    """A window of an allocator that runs no script."""
    context = chromium.new_context(locale="zh-CN", java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{office.address}/login/")
    page.fill("input[name=username]", "allocator")
    page.fill("input[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    yield page
    context.close()


def test_without_scripts_lists_forms_and_cases_can_be_used(plain: Page, office: Served) -> None:
    plain.goto(f"{office.address}/cases/list/")
    plain.click("main table tbody a >> nth=0")
    assert re.search(r"/cases/\d+", plain.url) and plain.locator("h1").count() == 1
    plain.goto(f"{office.address}/do/contact")
    plain.click("main button[type=submit]")
    assert plain.locator(".refusal").is_visible() and plain.locator(".is-invalid").count() > 0
    plain.click("header .bell a")
    plain.wait_for_url("**/notices/")
    plain.locator(".banners button").first.click()
    assert plain.url.endswith("/notices/")
