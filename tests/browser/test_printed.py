"""What is printed: a case, a list, the first page, the queue of visits, the room, the cards of a unit,
the panel of who allocates - black on white also in dark colours, with no bar, no button, no form, and
no text that is cut short."""

from __future__ import annotations

import re
from pathlib import Path

import pypdfium2
import pytest

from tests.browser.conftest import NOW, Served, Window
from tests.browser.test_case_page import Hands

PAGES = (
    ("allocator", "/cases/list/"),
    ("allocator", "/work/to_allocate"),
    ("allocator", "/work/rulings"),
    ("allocator", "/cases/{case}"),
    ("operator", "/"),
    ("centre_head", "/"),
    ("visitor", "/visits/queue"),
    ("supervision_head", "/supervision/room?work=candidates"),
    ("water_head", "/"),
    ("water_head", "/work/to_answer"),
)
LONG = "".join(f"第{n}栋楼前的路灯坏了，晚上看不见路。" for n in range(1, 120))
LAST = "第119栋楼前的路灯坏了，晚上看不见路。"
SEEN = """selector => [...document.querySelectorAll(selector)].filter(one => one.checkVisibility())
  .filter(one => !one.closest('.visually-hidden')).map(one => one.outerHTML.slice(0, 120))"""
NEVER = (
    "header.top, .banners, nav, footer, .btn, button, input, select, textarea, form.search, .flash"
)
CUT = """() => [...document.querySelectorAll('main *')].filter(one => one.checkVisibility())
  .filter(one => !one.closest('svg, .visually-hidden'))
  .filter(one => getComputedStyle(one).overflowY !== 'visible')
  .filter(one => one.scrollHeight > one.clientHeight + 2 || one.scrollWidth > one.clientWidth + 2)
  .map(one => one.outerHTML.slice(0, 120))"""
COLOURS = """() => {
  const grey = told => {
    const [r, g, b, a = 1] = told.match(/[\\d.]+/g).map(Number);
    return a ? (r + g + b) / 3 : 255;
  };
  return [document.documentElement, ...document.querySelectorAll('body, main, main *')]
    .filter(one => one.checkVisibility() && !one.closest('svg')).map(one => [one, getComputedStyle(one)])
    .filter(([one, looks]) => grey(looks.backgroundColor) < 250 || grey(looks.color) > 100)
    .map(([one, looks]) => [one.outerHTML.slice(0, 100), looks.backgroundColor, looks.color]); }"""


@pytest.fixture(scope="module")
def case(office: Served) -> int:
    """A case with more words than a page of the desk unfolds."""
    hands = Hands(office)
    told = {"channel": "phone", "received_at": NOW, "kind": "help", "urgency": "normal"}
    made = hands.do("operator", "register", narrative=LONG, anonymous=True, category=1, **told)
    hands.do("allocator", "allocate", case=made, unit="water")
    return made


def printed(window: Window, username: str, path: str, theme: str) -> None:
    """The page as a printer is given it."""
    window.page.context.clear_cookies()
    window.login(username)
    cookie = {"name": "theme", "value": theme, "url": window.address}
    window.page.context.add_cookies([cookie])  # type: ignore[list-item]
    window.open(path)
    if path == "/work/to_allocate":
        window.page.wait_for_selector("#panel .panel", state="attached")
    window.page.emulate_media(media="print")


@pytest.mark.long
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_bar_no_button_no_cut_text_and_black_on_white(
    window: Window, case: int, theme: str
) -> None:
    for username, path in PAGES:
        printed(window, username, path.format(case=case), theme)
        assert window.page.evaluate(SEEN, NEVER) == [], (username, path)
        assert window.page.evaluate(CUT) == [], (username, path)
        assert window.page.evaluate(COLOURS) == [], (username, path)
        root = "getComputedStyle(document.documentElement).colorScheme"
        assert window.page.evaluate(root) == "light", "the margins of the paper are white"
        window.page.emulate_media(media="screen")


def test_a_long_text_that_is_folded_on_the_screen_is_printed_whole_and_once(
    window: Window, case: int, tmp_path: Path
) -> None:
    printed(window, "allocator", f"/cases/{case}", "light")
    made = tmp_path / "case.pdf"
    window.page.pdf(path=made, format="A4")
    paper = pypdfium2.PdfDocument(made)
    told = re.sub(r"\s", "", "".join(page.get_textpage().get_text_range() for page in paper))
    assert told.count(LAST) == 1
    assert told.count("第5栋楼前的路灯坏了，晚上看不见路。") == 1
    paper.close()


def test_the_list_is_printed_with_the_panel_beside_it(window: Window) -> None:
    printed(window, "allocator", "/work/to_allocate", "light")
    assert window.page.locator(".triage .waiting").is_visible()
    assert window.page.locator("#panel h2").is_visible()
