"""Units, categories and persons are found by pinyin initials where rows are searched for and where a
case is allocated; without a script each of them is a plain list."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Served, Window
from tests.browser.test_triage import _register

OFFERED = ".ts-dropdown .option:visible"
"""What an open picker offers for what was typed."""


def test_the_unit_of_a_filter_is_found_by_the_initials_of_its_name(window: Window) -> None:
    window.login("allocator")
    window.open("/assignments/list/")
    window.page.click("#q-unit-ts-control")
    window.page.keyboard.type("slj")
    expect(window.page.locator(OFFERED)).to_have_text(["神木市水利局"])
    window.page.keyboard.press("Enter")
    window.page.click("form.search button[type=submit]")
    window.page.wait_for_url("**q_unit=**")
    assert "神木市水利局" in window.page.inner_text(".chips")


def test_a_person_of_the_access_log_is_found_by_the_initials_of_their_name(window: Window) -> None:
    window.login("log_auditor")
    window.open("/accesslog/list/")
    window.page.click("#q-account-ts-control")
    window.page.keyboard.type("qjp")
    expect(window.page.locator(OFFERED)).to_have_text(["allocator 乔建平"])


def test_the_unit_of_the_panel_is_found_by_initials_and_the_proposed_one_stands_chosen(
    office: Served, window: Window
) -> None:
    _register(office)
    window.login("allocator")
    window.open("/work/to_allocate")
    window.page.wait_for_selector("#panel .ts-control")
    window.page.click("tr:not(:has(.here.on)) a.gist >> nth=-1")
    expect(window.page.locator("#panel h2")).to_contain_text("条路上的井盖坏了好几天")
    window.page.wait_for_selector("#panel select[name=unit].tomselected", state="attached")
    assert window.page.input_value("#panel select[name=unit]"), "the proposed unit is chosen"
    window.page.click("#panel .ts-control >> nth=0")
    box = window.page.locator("#panel .ts-control input >> nth=0")
    expect(box).to_be_focused()
    expect(window.page.locator(OFFERED).nth(2)).to_be_visible()
    box.press_sequentially("slj")
    expect(window.page.locator(OFFERED)).to_have_count(1)
    expect(window.page.locator(OFFERED)).to_contain_text("神木市水利局")
    window.page.keyboard.press("Enter")
    assert window.page.input_value("#panel select[name=unit]") == "water"


@pytest.mark.parametrize(
    ("who", "address", "picker"),
    [
        ("allocator", "/work/to_allocate", "#panel .ts-wrapper.single .ts-control"),
        ("operator", "/do/register", ".ts-wrapper:has(#f-category-ts-control) .ts-control"),
    ],
)
def test_nothing_moves_when_one_leaves_a_picker(
    window: Window, who: str, address: str, picker: str
) -> None:
    """Seen failing: the button below a picker moved while it was pressed, and the press was lost."""
    window.login(who)
    window.open(address)
    page = window.page
    page.wait_for_selector(picker)
    boxes = []
    for _ in range(2):
        page.click(picker)
        expect(page.locator(f"{picker} >> input")).to_be_focused()
        page.locator(OFFERED).last.click()
        boxes.append(page.locator(picker).bounding_box())
        page.evaluate("document.activeElement.blur()")
        boxes.append(page.locator(picker).bounding_box())
    assert len({(one["y"], one["height"]) for one in boxes if one}) == 1, boxes
