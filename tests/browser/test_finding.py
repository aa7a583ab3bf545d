"""One box finds a case by whatever somebody has of it, and one click tells why its deadline is what it
is. What the table of the desk asks and no other test of the browser measures."""

from __future__ import annotations

import time

import pytest
from playwright.sync_api import expect
from sqlalchemy import func, select

from app.database import reading
from app.models import Assignment, Caller, Case, Event
from tests.browser.conftest import Served, Window
from tests.browser.hand import DESK, PHONE, Hand
from tests.browser.table import Measure
from tests.browser.test_case_page import FIRST, TOP, closed

FINDS = "find a case by phone, name, query code"
SECONDS = 2


@pytest.fixture
def known(office: Served) -> tuple[Case, Caller]:
    """A case and its caller, who has a name and a whole number."""
    with reading(office.app.extensions["desk"].sessions) as session:
        of = select(Case, Caller).join(Caller, Case.caller_id == Caller.id)
        whole = (func.length(Caller.phone) == 11, Caller.name != "", Case.confidential.is_(False))
        case, caller = session.execute(of.where(*whole).order_by(Case.id).limit(1)).one()
        session.expunge_all()
        return case, caller


def looked(office: Served) -> int:
    with reading(office.app.extensions["desk"].sessions) as session:
        return session.scalar(select(func.count()).where(Event.kind == "caller.looked_up")) or 0


@pytest.mark.parametrize(
    "by", ["name", *(pytest.param(one, marks=pytest.mark.long) for one in ("number", "code"))]
)
def test_a_case_is_found_by_number_name_or_query_code_in_one_box(
    window: Window, office: Served, known: tuple[Case, Caller], by: str, measured: Measure
) -> None:
    case, caller = known
    words = {
        "number": str(caller.phone),
        "name": f"{caller.name}{str(caller.phone)[-4:]}",
        "code": str(case.query_code),
    }
    hand = Hand(window, "operator")
    before, began = looked(office), time.monotonic()
    hand.search(words[by])
    if by == "code":
        hand.page.wait_for_url(f"**/cases/{case.id}")
    else:
        expect(hand.page.locator("#found .gist").first).to_be_visible()
        assert str(caller.phone) not in hand.window.words()
        assert looked(office) > before
    measured(FINDS, f"seconds by {by}", round(time.monotonic() - began, 1), SECONDS)
    measured(FINDS, "clicks", hand.clicks, 0)
    assert words[by] not in hand.page.url
    assert hand.page.locator("header [data-search]").count() == 1


@pytest.mark.parametrize("size", [DESK, PHONE])
@pytest.mark.long
def test_two_characters_find_cases_and_the_results_stand_first(
    window: Window, size: tuple[int, int], measured: Measure
) -> None:
    window.page.set_viewport_size({"width": size[0], "height": size[1]})
    hand = Hand(window, "allocator")
    hand.search("井盖")
    first = hand.page.locator("#found .gist").first
    expect(first).to_be_visible()
    box = first.bounding_box()
    assert box is not None
    measured("find by two characters", "clicks", hand.clicks, 0)
    measured("find by two characters", f"y of the first of {size[1]}", box["y"], size[1] / 2)
    window.keep(f"found-{size[0]}")


@pytest.mark.parametrize(
    "username",
    [
        "water_head",
        *(pytest.param(one, marks=pytest.mark.long) for one in ("allocator", "officer")),
    ],
)
def test_one_click_tells_why_a_deadline_is_what_it_is(
    window: Window, office: Served, username: str, measured: Measure
) -> None:
    with reading(office.app.extensions["desk"].sessions) as session:
        mine = select(Assignment.case_id).where(Assignment.state == "signed")
        case = session.scalars(mine.where(Assignment.unit.has(code="water")).limit(1)).one()
    hand = Hand(window, username)
    hand.window.open(f"/cases/{case}")
    hand.press(hand.main.locator("details.why > summary"))
    measured("why is a deadline what it is", "clicks", hand.clicks, 1)
    why = hand.main.locator("details.why")
    expect(why).to_contain_text("规则第")
    assert why.locator(".days .counts").count() >= 1
    hand.looks()


@pytest.mark.parametrize("size", [DESK, PHONE])
@pytest.mark.long
def test_an_officer_opens_an_item_from_the_numbered_list_of_the_day(
    window: Window, size: tuple[int, int], measured: Measure
) -> None:
    window.page.set_viewport_size({"width": size[0], "height": size[1]})
    hand = Hand(window, "officer")
    hand.menu("督办问责", "督办清单")
    hand.press(hand.main.locator("table.rows tbody a"))
    hand.clicks = 0
    rows = hand.main.locator("tr.matter-of", has=hand.page.get_by_role("link", name="督办立项"))
    hand.press(rows.first.get_by_role("link", name="督办立项"))
    hand.main.locator(".opened .sentences select").first.select_option(index=1)
    hand.clicks += 1
    expect(hand.main.locator(".opened textarea").first).not_to_be_empty()
    hand.press(hand.main.locator(".opened form > .buttons button"))
    measured("officer opens an item from the day's list", "clicks", hand.clicks, 3)
    hand.done("督办立项")
    assert "/supervisionlists/show/" in hand.page.url


CASES_OF = {
    "examiner": "/work/to_examine",
    "visitor": "/work/to_visit",
    "leader": "/",
    "water_staff": "/",
}
"""Who sees the cases before him only -> where they stand."""


@pytest.mark.long
@pytest.mark.parametrize("username", CASES_OF)
def test_the_demand_is_in_sight_for_who_sees_the_cases_before_him_only(
    window: Window, username: str, measured: Measure
) -> None:
    window.page.set_viewport_size({"width": DESK[0], "height": DESK[1]})
    hand = Hand(window, username)
    hand.window.open(CASES_OF[username])
    hand.press(hand.main.locator("a[href^='/cases/'].gist, .about-it a[href^='/cases/']"))
    closed(window)
    for what, most in (("h1", FIRST), (".card.demand", TOP)):
        box = hand.page.locator(what).bounding_box()
        assert box is not None
        name = "y of the title" if what == "h1" else "y of the demand"
        measured("title and demand on the case page", name, box["y"], most)
