"""A visitor's attempt and an officer's decision, counted in clicks, on the screen of a desk and on a
phone. Seen in Chromium."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Window
from tests.browser.table import Measure
from tests.browser.test_calendar import OVERFLOW

SCREENS = [
    pytest.param(1366, 768, id="desk"),
    pytest.param(390, 844, id="phone", marks=pytest.mark.long),
]
DONE = ".flash.success"
OPENS = "officer opens an item from the day's list"


class Clicks:
    """A hand on a page, that counts."""

    def __init__(self, page: Page) -> None:
        self.page, self.n = page, 0

    def on(self, selector: str, until: str) -> None:
        """Click something, and wait for what the page answers with."""
        self.page.locator(selector).first.click()
        self.n += 1
        self.page.wait_for_selector(until)
        assert self.page.evaluate(OVERFLOW) <= 0, "the page is wider than the screen"


@pytest.mark.long
def test_only_the_questions_that_apply_are_there(window: Window) -> None:
    """Seen failing without the rules for what does not apply."""
    window.login("visitor")
    window.open("/visits/queue")
    page = window.page
    hidden = page.locator("#f-place"), page.locator("[aria-labelledby=ask-why]")
    assert [one.is_visible() for one in hidden] == [False, False]
    page.click("label[for=method-onsite]")
    page.click("label[for=satisfied-dissatisfied]")
    assert [one.is_visible() for one in hidden] == [True, True]
    page.click("label[for=satisfied-satisfied]")
    assert [one.is_visible() for one in hidden] == [True, False]
    assert window.errors == []


@pytest.mark.parametrize(
    ("width", "height", "ends_with"),
    [
        pytest.param(1366, 768, "button[name=reached][value=n]", id="desk-not_reached"),
        pytest.param(390, 844, "button[name=heard]", id="phone-all_well"),
    ],
)
def test_a_visitor_makes_an_attempt_in_three_clicks_at_most_on_one_screen(
    window: Window, width: int, height: int, ends_with: str, measured: Measure
) -> None:
    """From the queue: the number, and that nobody answered, or that all is well; then the next."""
    window.page.set_viewport_size({"width": width, "height": height})
    window.login("visitor")
    window.open("/visits/queue")
    assert window.page.evaluate(OVERFLOW) <= 0, "the page is wider than the screen"
    window.keep(f"visit-queue-{width}")
    first, hand = window.page.url, Clicks(window.page)
    assert window.page.locator("a.tel").count() == 0
    hand.on("form[action*='/do/reveal/'] button", "a.tel")
    number = window.page.locator("a.tel").get_attribute("href") or ""
    assert number.startswith("tel:") and "*" not in number
    window.keep(f"visit-shown-{width}")
    hand.on(ends_with, DONE)
    measured("visitor, an attempt on one caller", "clicks", hand.n, 3)
    assert window.page.url != first and "/visits/queue" in window.page.url
    assert number.removeprefix("tel:") not in window.words()
    assert window.errors == []


@pytest.mark.parametrize(("width", "height"), SCREENS)
def test_an_officer_decides_in_three_clicks_at_most(
    window: Window, width: int, height: int, measured: Measure
) -> None:
    """In the room's list with a requirement from the sentences, and in the day's numbered list
    with a reason."""
    window.page.set_viewport_size({"width": width, "height": height})
    window.login("officer")
    window.open("/supervision/room")
    window.keep(f"supervision-room-{width}")
    hand = Clicks(window.page)
    hand.on(".decide a[href*='/do/open_supervision/']", ".opened form")
    window.page.select_option(".opened .sentences select", index=1)
    hand.n += 1
    window.page.wait_for_selector(".opened textarea:not(:empty)")
    window.keep(f"supervision-opened-{width}")
    hand.on(".opened form > .buttons button", DONE)
    measured(OPENS, "clicks in the room's list", hand.n, 3)
    assert "/supervision/room" in window.page.url
    window.open("/supervisionlists/list/")
    window.page.locator("table.rows tbody a").first.click()
    window.page.wait_for_selector("#list")
    assert window.page.evaluate(OVERFLOW) <= 0, "the page is wider than the screen"
    window.keep(f"supervision-list-{width}")
    hand = Clicks(window.page)
    hand.on(".decide a[href*='/do/decline/']", ".opened form")
    window.page.fill(".opened textarea[name=reason]", "已电话督促，单位承诺今日答复。")
    hand.on(".opened form > .buttons button", DONE)
    measured(OPENS, "clicks to decline in the day's list", hand.n, 3)
    assert "/supervisionlists/show/" in window.page.url
    assert window.errors == []


def test_a_visit_asks_for_a_place_only_on_site_and_keeps_what_was_typed(window: Window) -> None:
    window.page.set_viewport_size({"width": 1366, "height": 768})
    window.login("visitor")
    window.open("/visits/queue")
    if not window.page.locator("#attempt").count():
        # Nobody is due any more: somebody who was tried, or asked by internet, is called all the same.
        window.page.click(".queue a >> nth=0")
    place, why = (window.page.locator(f"#attempt [name={name}]") for name in ("place", "why"))
    assert not place.is_visible() and not why.first.is_visible()
    window.page.click("label[for=method-onsite]")
    window.page.fill("#attempt [name=place]", "滨河路3号")
    window.page.click("label[for=method-phone]")
    assert not place.is_visible()
    window.page.click("label[for=method-onsite]")
    assert place.is_visible() and place.input_value() == "滨河路3号"
    window.page.click("label[for=satisfied-dissatisfied]")
    assert window.page.locator("[data-when*='satisfied']").first.is_visible()
    assert window.errors == []
