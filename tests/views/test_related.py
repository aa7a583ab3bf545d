"""What belongs to a row stands as tabs on its page: as the pages of those rows show it to this
person, no more."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from app import words
from app.database import reading
from app.models import Unit
from app.story.theatre.pages import Page, read_page
from app.views.accounts import Users
from app.views.calendar import Calendar
from app.views.office import Units
from app.views.register import RELATED
from tests.databases import Desk
from tests.views.panel import Panel, settings_of
from tests.views.test_statements import MOST, counted


def _unit(panel: Panel, code: str) -> int:
    with reading(panel.desk.sessions) as session:
        return session.scalars(select(Unit.id).where(Unit.code == code)).one()


def _tabs(page: str) -> dict[str, str]:
    """label -> address of the tabs of a page."""
    tabs = page.partition('<ul class="nav nav-tabs">')[2].partition("</ul>")[0]
    return {link.text: link.href for link in read_page(tabs).links}


def _cells(page: Page) -> list[list[str]]:
    return [row.cells for row in page.rows if len(row.cells) > 2]


@pytest.mark.parametrize(
    ("word", "pages"),
    [
        ("allocator", ["Assignments", "Supervision"]),
        ("head@HOUSING", ["Posts", "Substitutes", "Assignments", "Supervision"]),
        ("it_admin", ["Posts", "Users"]),
        ("operator", []),
    ],
)
def test_a_units_page_has_a_tab_for_each_page_that_may_be_seen(
    sqlite_panel: Panel, word: str, pages: list[str]
) -> None:
    address = f"/units/show/{_unit(sqlite_panel, 'HOUSING')}"
    tabs = _tabs(sqlite_panel.of(word).get(address).text)
    assert [*tabs] == [words.page(page, "zh") for page in pages]
    for page, tab in zip(pages, tabs.values(), strict=True):
        assert tab == f"{address}?tab={page}"


@pytest.mark.parametrize("word", ["allocator", "head@HOUSING", "staff@HOUSING"])
@pytest.mark.parametrize("page", ["Assignments", "Supervision"])
def test_a_tab_shows_the_rows_as_the_list_that_it_leads_to(
    sqlite_panel: Panel, word: str, page: str
) -> None:
    """The same rows in the same words: within the scope, the callers covered as they are there."""
    browser, unit = sqlite_panel.of(word), _unit(sqlite_panel, "HOUSING")
    shown = read_page(browser.get(f"/units/show/{unit}?tab={page}").text)
    leads = next(link.href for link in shown.links if "q_unit=" in link.href)
    assert leads == f"/{page.lower()}/list/?q_unit={unit}"
    listed = _cells(read_page(browser.get(leads).text))
    assert listed and _cells(shown) == listed[:10]


def test_a_tab_of_a_unit_shows_nothing_of_another(sqlite_panel: Panel) -> None:
    """The centre sees the rows of the unit alone; a unit does not see the page of another
    at all."""
    names = {"HOUSING": "", "WATER": ""}
    with reading(sqlite_panel.desk.sessions) as session:
        for code in names:
            names[code] = session.scalars(select(Unit.name).where(Unit.code == code)).one()
    other = _unit(sqlite_panel, "WATER")
    page = sqlite_panel.of("allocator").get(f"/units/show/{other}?tab=Assignments").text
    rows = page.partition("related")[2]
    assert names["WATER"] in rows and names["HOUSING"] not in rows
    assert sqlite_panel.of("head@HOUSING").get(f"/units/show/{other}").status_code == 404


@pytest.mark.parametrize("tab", ["Users", "Events", "nothing", "\0", ""])
def test_a_tab_that_is_not_this_persons_is_not_opened(sqlite_panel: Panel, tab: str) -> None:
    address = f"/units/show/{_unit(sqlite_panel, 'HOUSING')}"
    page = sqlite_panel.of("allocator").get(address, query_string={"tab": tab})
    assert page.status_code == 200
    assert 'aria-current="true">' + words.page("Assignments", "zh") in page.text


def test_an_accounts_page_shows_what_was_proposed_about_it(sqlite_panel: Panel) -> None:
    tabs = _tabs(sqlite_panel.of("it_admin").get("/users/show/1").text)
    assert tabs == {words.page("AccountChanges", "zh"): "/users/show/1?tab=AccountChanges"}


def test_a_page_with_tabs_asks_for_few_statements_and_one_without_for_none_more(
    sqlite_panel: Panel,
) -> None:
    browser, unit = sqlite_panel.of("allocator"), _unit(sqlite_panel, "HOUSING")
    browser.get(f"/units/show/{unit}")
    with counted(sqlite_panel) as told:
        browser.get(f"/units/show/{unit}?tab=Assignments")
    assert len(told) <= MOST
    with counted(sqlite_panel) as told:
        sqlite_panel.of("it_admin").get("/posts/show/1")
    assert not [one for one in told if "count(" in one.lower() and "notice" not in one.lower()]


def test_a_page_whose_tab_has_no_relation_to_it_stops_the_panel_from_starting(
    sqlite_desk: Desk, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from app.web import create_app

    monkeypatch.setitem(RELATED, Units, (Users, Calendar))
    with pytest.raises(TypeError, match=r"Units: no relation leads to it .*\['Calendar'\]"):
        create_app(settings_of(sqlite_desk, tmp_path))
