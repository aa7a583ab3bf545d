"""Files that are the same for everybody: no session is looked at for them, no statement is asked,
and browsers keep them as long as their address names their content."""

from __future__ import annotations

import re

import pytest

from app import VERSION
from tests.views.panel import Panel
from tests.views.test_statements import counted

_FILES = re.compile(r'(?:src|href)="(/[^"]*assets[^"]*|/static[^"]*|/kits[^"]*)"')


def _of_page(panel: Panel) -> list[str]:
    """The addresses of the files that a page asks for."""
    return _FILES.findall(panel.of("allocator").get("/cases/list/").text)


def test_a_page_asks_for_files_of_the_desk_and_of_bootstrap_only_here(sqlite_panel: Panel) -> None:
    page = sqlite_panel.of("allocator").get("/cases/list/").text
    assert not re.search(r'(?:src|href)="(?:https?:)?//', page)
    names = {one.partition("?")[0].rpartition("/")[2] for one in _of_page(sqlite_panel)}
    assert names == {
        "bootstrap.min.css",
        "desk.css",
        "tokens.css",
        "plain.css",
        "kept.js",
        "pick.js",
        "desk.js",
        "popper.min.js",
        "bootstrap.min.js",
        "htmx-2.min.js",
        "django-tomselect.min.js",
        "tom-select.bootstrap5.min.css",
    }


def test_a_file_costs_no_statement_though_somebody_has_logged_in(sqlite_panel: Panel) -> None:
    browser, files = sqlite_panel.of("allocator"), _of_page(sqlite_panel)
    files.append("/static/appbuilder/css/ab.css")
    for address in files:
        with counted(sqlite_panel) as told:
            assert browser.get(address).status_code == 200, address
        assert told == [], address


def test_a_file_is_kept_for_a_year_where_its_address_names_its_content(sqlite_panel: Panel) -> None:
    browser = sqlite_panel.of("allocator")
    for address in _of_page(sqlite_panel):
        assert "v=" in address, address
        kept = browser.get(address).headers["Cache-Control"]
        assert kept == "public, max-age=31536000, immutable", address
        for other in (address.partition("?")[0], re.sub("v=.*", "v=another", address)):
            assert browser.get(other).headers["Cache-Control"] == "public, max-age=3600", other


@pytest.mark.parametrize("address", ["/assets/none.css", "/bootstrap/assets/none.css", "/"])
def test_what_is_no_file_is_not_kept(sqlite_panel: Panel, address: str) -> None:
    assert sqlite_panel.of("allocator").get(address).headers["Cache-Control"] == "no-store"


def test_the_foot_names_the_version_to_who_is_logged_in(sqlite_panel: Panel) -> None:
    said = rf"<footer>[^<]+ {re.escape(VERSION)}</footer>"
    assert re.search(said, sqlite_panel.of("allocator").get("/cases/list/").text)
    assert not re.search(said, sqlite_panel.app.test_client().get("/login/").text)
