"""From every list of what is in force one click leads to its change, with its present values: for who may
change it, and for nobody else."""

from __future__ import annotations

import html
import re

import pytest

from tests.views.panel import Panel

CHANGES = re.compile(r'<a class="btn btn-sm btn-outline-primary" href="([^"]+)"')


def changes(panel: Panel, who: str, page: str) -> list[str]:
    """The addresses of the changes that a list leads to."""
    shown = panel.of(who).get(f"/{page}/list/").text
    rows = shown[shown.rindex("<table") if page in ("rules", "settings") else 0 :]
    return [
        html.unescape(href) for href in CHANGES.findall(rows) if "/do/" in href or "/edit/" in href
    ]


def form(panel: Panel, href: str) -> str:
    browser = panel.of("it_admin")
    answer = browser.get(href)
    return (browser.get(answer.location) if answer.status_code == 302 else answer).text


@pytest.mark.parametrize(
    ("page", "first", "says"),
    [
        ("rules", "/do/change_rule?name=allocate_workdays", 'name="value"'),
        ("settings", "/do/change_setting?name=office", "神木市12345热线</textarea>"),
        ("units", "/units/edit/1", 'value="'),
        ("posts", "/posts/edit/", 'name="duty"'),
        ("categories", "/categories/edit/1", 'name="name"'),
        ("users", "/users/edit/", 'name="first_name"'),
        ("calendar", "/do/load_calendar?days=", 'name="days"'),
    ],
)
def test_a_list_leads_to_the_change_of_each_row_as_it_stands(
    sqlite_panel: Panel, page: str, first: str, says: str
) -> None:
    found = changes(sqlite_panel, "it_admin", page)
    assert found and found[0].startswith(first), found[:3]
    assert says in form(sqlite_panel, found[0])


def test_the_change_of_a_number_begins_with_the_number_in_force(sqlite_panel: Panel) -> None:
    page = form(sqlite_panel, "/do/change_rule?name=help_workdays")
    found = re.search(r'<input[^>]*name="value"[^>]*value="([^"]*)"', page)
    assert found is not None and found[1] == "5"


def test_the_change_of_a_day_begins_with_the_day_as_it_is_in_words_that_are_read(
    sqlite_panel: Panel,
) -> None:
    browser = sqlite_panel.of("it_admin")
    href = changes(sqlite_panel, "it_admin", "calendar")[0]
    page = form(sqlite_panel, href)
    found = re.search(r'<textarea[^>]*name="days"[^>]*>\s*([^<]*)</textarea>', page)
    assert found is not None and re.fullmatch(r"\d{4}-\d\d-\d\d (上班|休息)\s*", found[1])
    assert browser.get(href).status_code == 200


@pytest.mark.parametrize("who", ["centre_head", "allocator", "supervision_head"])
@pytest.mark.parametrize("page", ["rules", "units", "posts", "categories", "calendar"])
def test_who_may_not_change_is_led_to_no_change(sqlite_panel: Panel, who: str, page: str) -> None:
    answer = sqlite_panel.of(who).get(f"/{page}/list/")
    if answer.status_code == 200:
        assert changes(sqlite_panel, who, page) == []
