"""What is typed into a form that is a part of a page - beside a list, in a row, over many rows, of a
visit - is there again after the page was left, and after the session had ended. Seen in Chromium."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import Served, Town, Window, looking
from tests.browser.hand import DESK
from tests.browser.test_pages import RESTORED, end, enter_again

SAID = "请三日内派人到现场核查并答复。"
THERE = "上次没有提交的内容已恢复"
Part = Callable[[Window], None]


def the_row(window: Window) -> None:
    """The form that the first candidate opens in its row."""
    window.open("/supervision/room")
    row = window.page.locator(".supervised").first
    row.get_by_role("link", name="不予立项").click()
    expect(row.locator("form.in-row [name=reason]")).to_be_visible()


def the_panel(window: Window) -> None:
    """The panel beside the second case that waits for its unit."""
    window.open("/work/to_allocate")
    second = window.page.locator("tbody tr").nth(1)
    case = (second.get_attribute("id") or "").removeprefix("row-")
    second.locator("a.gist").click()
    expect(window.page.locator(f".panel-form [name=shown][value='{case}']")).to_be_attached()


def the_visit(window: Window) -> None:
    """The visit that comes first."""
    window.open("/visits/queue")


def the_rows(window: Window) -> None:
    """The page that says what would be done to the first two cases."""
    window.open("/work/to_allocate")
    for n in range(2):
        window.page.locator("td.pick input").nth(n).check()
    window.page.click("#many button[type=submit] >> nth=0")


FORM, SENDS = "main form.verb ", "[type=submit].btn-primary >> nth=0"
PARTS: dict[str, tuple[str, Part, str, str]] = {
    "row": ("officer", the_row, "[name=reason]", SENDS),
    "panel": ("allocator", the_panel, "select[name=unit]", SENDS),
    "visit": ("visitor", the_visit, "[name=words]", "[data-key='0']"),
    "rows": ("allocator", the_rows, "select[name^=unit-] >> nth=0", SENDS),
}
"""Which part -> who has it, how it is opened, a field of it and its button."""


def typed(window: Window, field: str) -> str:
    """Something that a person typed or chose, and that the window has kept."""
    box = window.page.locator(field)
    if box.evaluate("one => one.tagName") == "SELECT":
        value = box.evaluate(
            "one => [...one.options].reverse().find(o => o.value && o.value !== one.value).value"
        )
        box.evaluate(
            "(one, v) => { one.value = v; one.dispatchEvent(new Event('change', {bubbles: true})); }",
            value,
        )
    else:
        value = SAID
        box.fill(value)
    window.page.wait_for_function("v => (sessionStorage.kept || '').includes(v)", arg=value)
    return str(value)


@pytest.mark.parametrize(
    "part",
    ["row", *(pytest.param(part, marks=pytest.mark.long) for part in ("panel", "visit", "rows"))],
)
def test_what_was_typed_into_a_part_of_a_page_is_there_again(
    window: Window, office: Served, part: str
) -> None:
    """After another page, and after it was sent when the session had ended. Seen failing: only forms
    that were a page of their own were followed; the queue of visits named nobody as its reader; a
    panel that was sent without a session said nothing at all."""
    who, opens, field, sends = PARTS[part]
    field = FORM + field
    window.login(who)
    opens(window)
    value = typed(window, field)
    window.open("/notices/")
    opens(window)
    expect(window.page.locator(field)).to_have_value(value)
    assert THERE in window.words()
    end(window, office, "none")
    window.page.click(("main " if part == "visit" else FORM) + sends)
    window.page.wait_for_selector("input[name=password]")
    assert SAID not in window.page.url
    enter_again(window, who)
    expect(window.page.locator(field)).to_have_value(value)
    assert RESTORED in window.words() and window.errors == []


@pytest.mark.long
def test_what_was_done_in_a_panel_or_over_many_rows_is_kept_no_more(
    town: Town, chromium: Browser
) -> None:
    """Seen failing with a form that was done named as one that was not."""
    for part in ("panel", "rows"):
        with looking(town.address, chromium, *DESK) as window:
            who, opens, field, sends = PARTS[part]
            window.login(who)
            opens(window)
            typed(window, FORM + field)
            window.page.click(FORM + sends)
            window.page.wait_for_function("() => (sessionStorage.kept || '{}') === '{}'")
            window.open("/")
            assert "没有提交成功" not in window.words()


@pytest.mark.long
def test_a_sentence_that_was_put_in_is_kept_with_what_was_typed_before_it(window: Window) -> None:
    """Seen failing with what the form that was replaced still had to say."""
    window.login("officer")
    window.open("/supervision/room")
    row = window.page.locator(".supervised").first
    row.get_by_role("link", name="督办立项").click()
    box = row.locator("form.in-row [name=requirement]")
    box.fill(SAID)
    row.locator("[name='sentence.requirement']").select_option(index=1)
    expect(box).to_have_value(re.compile(SAID + r"\n.+"))
    both = box.input_value()
    window.page.wait_for_timeout(400)  # the pause after which what was typed before it was kept
    window.page.reload()
    row.get_by_role("link", name="督办立项").click()
    expect(box).to_have_value(both)
