"""The first page, a list of work, the panel beside it and the page of a case ask for the same whether
fifty cases wait or a hundred, and however many entries the menu has."""

from __future__ import annotations

import re
from typing import Any

from app.views import bar
from tests.people import People
from tests.views.panel import Browser, Panel
from tests.views.test_statements import MOST, MOST_OF_A_CASE, counted

PANEL = {"HX-Request": "true", "HX-Target": "panel"}
FEW, MANY = 50, 100
"""Sizes that a list of work has."""


def asked(panel: Panel, browser: Browser, address: str, **more: Any) -> int:
    """How many statements a page asks for, whose menu counts what waits anew."""
    for one in panel.app.extensions["desk_told"].get("bar", {}).values():
        one.at = -bar.KEPT_FOR
    with counted(panel) as told:
        assert browser.get(address, **more).status_code == 200, address
    return len(told)


def measured(panel: Panel, case: int, rows: int) -> dict[str, int]:
    """Which page of so many rows and one more -> how many statements, of who allocates."""
    browser = panel.of("allocator")
    browser.get("/")
    return {
        "home": asked(panel, browser, "/"),
        "list": asked(panel, browser, f"/work/to_allocate?size={rows}"),
        "cases": asked(panel, browser, f"/cases/list/?size={rows}"),
        "panel": asked(panel, browser, f"/work/to_allocate?case={case}", headers=PANEL),
        "list with panel": asked(panel, browser, f"/work/to_allocate?case={case}&size={rows}"),
        "case": asked(panel, browser, f"/cases/{case}"),
    }


def test_pages_ask_for_the_same_at_fifty_rows_and_at_a_hundred(empty: Panel) -> None:
    """Where units have handled the category before, so that one is proposed. Seen failing: the panel
    asked for the office once more than its list."""
    people = People(empty.desk).hire("WATER")
    people.know("operator")
    people.to(f"{empty.now:%Y-%m-%d %H:%M}")
    people.do("it_admin", "add_category", name="路灯")
    told: dict[str, Any] = {"kind": "consultation", "category": "路灯"}
    people.do("allocator", "allocate", people.case(**told), unit="WATER")
    cases = [people.case(**told, place=f"滨河路{n}号") for n in range(FEW + 1)]
    few = measured(empty, cases[0], FEW)
    for n in range(FEW + 1, MANY + 1):
        people.case(**told, place=f"滨河路{n}号")
    many = measured(empty, cases[0], MANY)
    assert (
        "同类100%" in empty.of("allocator").get(f"/triage/{cases[0]}", follow_redirects=True).text
    )
    assert many == few
    assert {many.pop(page) for page in ("case", "list with panel")} <= {*range(MOST_OF_A_CASE + 1)}
    assert [page for page, n in many.items() if n > MOST] == []


def test_the_menu_costs_a_page_the_same_however_many_entries_it_has(sqlite_panel: Panel) -> None:
    """Of who has the fewest and of who has the most."""
    entries, asks = [], []
    for role in ("committee", "operator", "centre_head"):
        browser = sqlite_panel.of(role)
        browser.get("/")
        with counted(sqlite_panel) as told:
            page = browser.get("/help/").text
        entries.append(len(re.findall(r'class="dropdown-item[ "]', page)))
        asks.append(len(told))
    assert entries[0] <= 6 and entries[-1] > 25, entries
    assert len({*asks}) == 1 and asks[0] <= 3, asks
