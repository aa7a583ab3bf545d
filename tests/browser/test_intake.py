"""A call is registered with the keys alone, in one screen; the pickers are found by signs and by
pinyin initials, and nothing that the accessibility checker finds is of the intake."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import axe_playwright_python
import pytest

from tests.browser.conftest import Window
from tests.browser.table import Measure

AXE = next(Path(axe_playwright_python.__file__).parent.rglob("axe.min.js")).read_text("utf-8")
MOST_KEYS, FIELDS, SWITCHES = 40, 7, 3
TASK = "register an ordinary call"
NARRATIVES = {
    1366: "南门外路口的路灯不亮，晚上行人看不清楚。",
    390: "东关市场后巷污水外溢，气味难闻，多日没有清理。",
}
IN_SIGHT = """() => [...document.querySelectorAll('#intake input, #intake textarea, #intake select')]
 .filter(one => one.type !== 'hidden' && one.name && !one.closest('details:not([open])'))
 .map(one => [one.name, one.type, one.getBoundingClientRect().bottom])"""


@pytest.fixture
def operator(window: Window) -> Window:
    window.login("operator")
    return window


class Keys:
    """Counts what is pressed beside the words."""

    def __init__(self, window: Window) -> None:
        self.page, self.pressed = window.page, 0

    def say(self, words: str) -> None:
        self.page.keyboard.insert_text(words)

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
            self.pressed += 1

    def until(self, held: str) -> None:
        """Tab until something has the focus."""
        for _ in range(12):
            if self.page.evaluate("held => document.activeElement.matches(held)", held):
                return
            self.press("Tab")
        raise AssertionError(held)


def findings(window: Window) -> list[Any]:
    """What the accessibility checker finds of the intake; what stands around it is another's."""
    window.page.evaluate(AXE)
    return list(
        window.page.evaluate("axe.run('main', {resultTypes: ['violations']})")["violations"]
    )


@pytest.mark.parametrize(("wide", "high"), [(1366, 768), (390, 844)])
def test_a_call_is_registered_with_the_keys_alone(
    operator: Window, wide: int, high: int, measured: Measure
) -> None:
    page, keys = operator.page, Keys(operator)
    page.set_viewport_size({"width": wide, "height": high})
    operator.open("/do/register")
    assert page.evaluate("document.activeElement.name") == "caller.phone"
    keys.say(f"1390000{wide}"[:11].ljust(11, "7"))
    keys.press("Tab")
    keys.say("郑十")
    keys.press("Tab")
    keys.say(NARRATIVES[wide])
    keys.press("Tab")
    keys.say(f"南门外{wide}号")
    keys.press("Tab")
    keys.say("尽快修好")
    keys.press("Tab", "ArrowRight")
    assert page.is_checked("#f-kind-2")
    page.wait_for_selector("#filed-as button")
    keys.until("#f-category-ts-control")
    keys.until("#filed-as button")
    keys.press("Enter")
    assert page.input_value("select[name=category]")
    keys.until("#intake button[type=submit]")
    keys.press("Enter")
    page.wait_for_selector(".registered")
    assert re.fullmatch(r"\d{12}", page.inner_text("main .number"))
    assert re.fullmatch(r"\d{6}", page.inner_text("main .code"))
    operator.keep(f"registered-{wide}")
    assert page.evaluate("document.documentElement.scrollWidth") <= wide
    keys.press("Enter")
    page.wait_for_selector("#intake")
    assert page.evaluate("document.activeElement.name") == "caller.phone"
    measured(TASK, "keys beside the words", keys.pressed, MOST_KEYS)
    measured(TASK, "clicks", 0, 0)
    assert operator.errors == []


@pytest.mark.parametrize(("wide", "high"), [(1366, 768), (390, 844)])
@pytest.mark.long
def test_seven_fields_and_three_switches_are_in_sight(
    operator: Window, wide: int, high: int, measured: Measure
) -> None:
    page = operator.page
    page.set_viewport_size({"width": wide, "height": high})
    operator.open("/do/register")
    shown = page.evaluate(IN_SIGHT)
    switches = {name for name, kind, _ in shown if kind == "checkbox"}
    fields = {name for name, _, _ in shown} - switches
    measured(TASK, "fields in sight", len(fields), FIELDS)
    measured(TASK, "switches in sight", len(switches), SWITCHES)
    assert len(fields) == FIELDS and len(switches) == SWITCHES
    if wide > high:
        assert max(bottom for _, _, bottom in shown) <= high
    assert page.evaluate("document.documentElement.scrollWidth") <= wide
    operator.keep(f"intake-{wide}")


def test_what_stands_beside_comes_while_it_is_typed_and_takes_the_words_along(
    operator: Window,
) -> None:
    page = operator.page
    for number in ("13900006101", "13900006102"):
        operator.open("/do/register")
        page.fill("[name='caller.phone']", "13900006101")
        page.fill("[name='caller.name']", "冯一")
        page.fill("[name=narrative]", "东坡路幼儿园门口的减速带被压坏，接送孩子很危险。")
        page.click("label[for=f-kind-2]")
        if number == "13900006101":
            page.click("main button[type=submit]")
            page.wait_for_selector(".registered")
    page.wait_for_selector("#who-called li")
    page.wait_for_selector("#same-matter li")
    beside = page.inner_text("aside.live")
    assert "冯** 139****6101" in beside and "13900006101" not in beside
    assert findings(operator) == []
    operator.keep("intake-beside")
    page.click("#same-matter button:has-text('催单')")
    page.wait_for_url("**/do/contact/*")
    assert "减速带被压坏" in page.input_value("[name=words]")
    assert page.is_checked("input[name=kind][value=chase]")
    assert page.input_value("[name='caller.phone']") == "13900006101"
    assert operator.errors == []


def test_a_picker_finds_by_pinyin_initials_and_is_clean(window: Window) -> None:
    window.login("it_admin")
    window.open("/do/add_post")
    page = window.page
    page.click("#f-unit-ts-control")
    page.keyboard.type("slj")
    page.wait_for_selector(".ts-dropdown .option:has-text('公安')", state="detached")
    assert page.inner_text(".ts-dropdown >> visible=true").splitlines() == ["神木市水利局"]
    assert findings(window) == []
    page.keyboard.press("Enter")
    assert page.input_value("select[name=unit]") == "water"
    page.click("#f-unit-ts-control")
    page.keyboard.type("公安")
    page.wait_for_selector(".ts-dropdown .option:has-text('水利')", state="detached")
    assert "公安局" in page.inner_text(".ts-dropdown >> visible=true")
    page.select_option("select[name=unit]", "housing")
    assert "住房" in page.inner_text(".ts-control")
    assert window.errors == []


@pytest.mark.long
def test_a_place_is_completed_while_it_is_typed(operator: Window) -> None:
    page = operator.page
    operator.open("/do/register")
    page.focus("[name=place]")
    page.keyboard.type("神木市")
    page.wait_for_selector("#places option >> nth=1", state="attached")
    assert operator.errors == []
