"""The keyboard of the desk, the bell, the banners and the charts, seen in Chromium."""

from __future__ import annotations

import re

import pytest

from tests.browser.conftest import Window

FOCUSED = "document.activeElement.getAttribute('name') || document.activeElement.textContent"


def test_the_keyboard_reaches_search_rows_a_case_and_the_help(window: Window) -> None:
    window.login("allocator")
    window.page.keyboard.press("/")
    assert window.page.evaluate(FOCUSED) == "q"
    window.page.keyboard.type("j/?")
    assert window.page.input_value("[data-search]") == "j/?", "what is typed into a field is no key"
    window.open("/cases/list/")
    for key, row in (("j", 0), ("j", 1), ("k", 0)):
        window.page.keyboard.press(key)
        rows = "[...document.querySelectorAll('table.rows tbody tr')]"
        at = f"{rows}.findIndex((one) => one.contains(document.activeElement))"
        assert window.page.evaluate(at) == row
    window.page.keyboard.press("Enter")
    window.page.wait_for_url(re.compile(r"/cases/\d+"))
    first = window.page.url
    for key, is_first in (("]", False), ("[", True)):
        before = window.page.url
        window.page.keyboard.press(key)
        window.page.wait_for_url(lambda url, before=before: url != before)
        assert (window.page.url == first) is is_first
    window.page.keyboard.press("?")
    assert window.page.locator("dialog#keys").is_visible()
    assert "到查询框" in window.page.inner_text("dialog#keys")
    window.page.click("dialog#keys a")
    assert window.page.locator("article.sheet").is_visible()
    assert window.errors == []


def test_control_and_enter_send_the_form_and_the_first_field_refused_has_the_focus(
    window: Window,
) -> None:
    """All that is missing is said at once, each beside its field."""
    window.login("operator")
    window.open("/do/register")
    window.page.focus("[name=narrative]")
    window.page.keyboard.press("Control+Enter")
    window.page.wait_for_selector(".refusal")
    assert window.page.evaluate(FOCUSED) == "narrative"
    for one in ("[name=narrative]", "#f-kind"):
        field = window.page.locator(f"main {one}")
        assert field.get_attribute("aria-invalid") == "true"
        said = field.get_attribute("aria-describedby") or "none"
        assert window.page.locator(f"#{said}").inner_text().startswith("请")
    assert window.page.locator(".refusal li").count() == 2


@pytest.mark.long
def test_a_field_that_does_not_apply_is_not_there(window: Window) -> None:
    """Where and whom somebody met is asked of a visit on site only."""
    window.login("visitor")
    window.open("/")
    case = window.page.get_attribute("main a[href^='/cases/']", "href") or ""
    window.open(case.replace("/cases/", "/do/record_visit/"))
    place, why = window.page.locator("[name=place]"), window.page.locator("[name=why]")
    window.page.select_option("[name=method]", "phone")
    assert not place.is_visible()
    window.page.select_option("[name=method]", "onsite")
    assert place.is_visible()
    assert not why.is_visible(), "nobody was reached yet"
    window.page.select_option("[name=reached]", "y")
    window.page.select_option("[name=satisfied]", "satisfied")
    assert not why.is_visible()
    window.page.select_option("[name=satisfied]", "dissatisfied")
    assert why.is_visible()


def test_the_bell_shows_the_newest_below_it_and_asks_again_only_while_it_is_looked_at(
    window: Window,
) -> None:
    window.login("centre_head")
    asked: list[str] = []
    window.page.on("request", lambda one: asked.append(one.url))
    window.page.click("header .bell > a")
    window.page.wait_for_selector("#newest .all")
    assert window.page.locator("#newest .notice").count() > 0
    poll = "htmx.trigger(document.getElementById('bell-n'), 'every')"
    assert "every 30s" in (window.page.get_attribute("#bell-n", "hx-trigger") or ""), poll
    hidden = "Object.defineProperty(document, 'hidden', {get: () => true, configurable: true})"
    polls = "htmx.ajax('GET', '/notices/count', {source: '#bell-n', target: '#bell-n'})"
    window.page.evaluate(f"async () => {{ await {polls} }}")
    assert sum(url.endswith("/notices/count") for url in asked) == 1
    window.page.evaluate(hidden)
    window.page.evaluate(f"() => {{ {polls} }}")
    window.page.wait_for_timeout(300)
    assert sum(url.endswith("/notices/count") for url in asked) == 1
    assert window.errors == []


@pytest.mark.long
def test_a_banner_that_was_closed_is_not_shown_again_that_day(window: Window) -> None:
    window.login("centre_head")
    assert "示例机关" in window.words()
    window.page.click(".banners form:has-text('示例机关') button")
    assert "示例机关" not in window.words()
    window.open("/cases/list/")
    assert "示例机关" not in window.words()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.long
def test_heads_see_figures_and_two_charts_whose_bars_lead_to_their_rows(
    window: Window, theme: str
) -> None:
    window.login("centre_head")
    window.open(f"/theme/{theme}")
    window.open("/")
    assert window.page.locator(".tile").count() == 4
    assert window.page.locator(".chart svg").count() == 2
    assert window.page.locator(".chart script").count() == 0
    window.page.locator(".chart a[aria-label*='登记']").first.press("Enter")
    window.page.wait_for_url("**/cases/list/?*")
    assert "无法识别" not in window.words()
    assert window.errors == [] and window.outside == []


@pytest.mark.long
def test_an_operator_types_the_number_at_once_and_it_stands_in_no_address(window: Window) -> None:
    window.login("operator")
    window.open("/")
    assert window.page.evaluate(FOCUSED) == "caller.phone"
    window.page.keyboard.type("13900008877")
    window.page.keyboard.press("Enter")
    window.page.wait_for_url("**/do/register")
    assert window.page.input_value("main [name='caller.phone']") == "13900008877"


@pytest.mark.long
def test_what_is_printed_has_no_bar_no_banner_and_no_button(window: Window) -> None:
    window.login("centre_head")
    window.open("/cases/list/")
    window.page.click("main table tbody a >> nth=0")
    window.page.emulate_media(media="print")
    for gone in ("header.top", ".banners", ".actions", "footer"):
        assert not window.page.locator(gone).first.is_visible(), gone
    assert window.page.locator("h1").is_visible()


@pytest.mark.long
def test_n_begins_what_a_page_begins_and_a_page_tells_its_own_keys(window: Window) -> None:
    window.login("operator")
    window.open("/notices/")
    window.page.keyboard.press("?")
    assert "全部标为已读" in window.page.inner_text("dialog#keys")
    window.open("/")
    window.page.evaluate("document.activeElement.blur()")
    window.page.keyboard.press("n")
    window.page.wait_for_url("**/do/register")
