"""The menu is Flask-AppBuilder's, in the categories of the procedure; a page of an office's own that
extends its base is drawn by the desk's layout."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import has_access, permission_name

from app import words
from app.roles import PAGES
from app.views import register
from app.views.actor import actor
from app.views.menu import IN_CATEGORIES
from app.views.register import VIEWS
from tests.databases import Desk
from tests.people import People
from tests.views.canaries import NOW
from tests.views.panel import Panel, panel_over
from tests.views.test_statements import WHO, counted

_PAGE = re.compile(
    r'<a class="dropdown-item[^"]*" href="([^"]+)"[^>]*>([^<]+?)(?: <span class="n">[0-9]+</span>)?</a>'
)
_CATEGORY = re.compile(r'<button class="nav-link dropdown-toggle[^"]*"[^>]*>([^<]+)</button>')


def menu_of(page: str) -> str:
    """The menu of a page, without who is logged in."""
    return page.partition('<nav class="menu')[2].partition("</nav>")[0]


class Wells(BaseView):  # type: ignore[misc]
    """A page of an office's own, as Flask-AppBuilder's documentation has one."""

    route_base = "/wells"
    class_permission_name = page = "Wells"
    base_permissions = ["can_list"]
    default_view = "list"

    @expose("/list/")
    @has_access
    @permission_name("list")
    def list(self) -> Any:
        """The wells."""
        return self.render_template("wells.html")


WELLS = """{% extends "appbuilder/base.html" %}
{% block content %}<table class="table"><tr><td>惠民路机井</td></tr></table>{% endblock %}
{% block tail_js %}{{ super() }}<script nonce="{{ csp_nonce() }}">1</script>{% endblock %}"""


@pytest.fixture
def with_wells(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Panel]:
    """A panel with a page of an office's own, for which the desk has no word."""
    monkeypatch.setitem(PAGES, "Wells", ("operator",))
    monkeypatch.setattr(register, "VIEWS", (*VIEWS, Wells))
    People(desk).hire("WATER")
    with panel_over(desk, tmp_path / "data", NOW) as panel:
        folder = tmp_path / "templates"
        folder.mkdir()
        (folder / "wells.html").write_text(WELLS, "utf-8")
        panel.app.jinja_loader.searchpath.append(str(folder))  # type: ignore[union-attr]
        yield panel


@pytest.mark.parametrize("role", WHO)
def test_the_menu_shows_what_may_be_opened_and_nothing_else(sqlite_panel: Panel, role: str) -> None:
    browser = sqlite_panel.of(WHO[role].replace("WATER", "HOUSING"))
    page = menu_of(browser.get("/").text)
    seen = {address.strip("/").partition("/")[0]: label for address, label in _PAGE.findall(page)}
    may = {page.lower(): words.page(page, "zh") for page, roles in PAGES.items() if role in roles}
    assert {name: html.unescape(label) for name, label in seen.items()} == may
    for address, _ in _PAGE.findall(page):
        assert browser.get(address).status_code == 200, address


def test_every_page_stands_in_one_category_and_a_category_without_pages_is_not_shown(
    sqlite_panel: Panel,
) -> None:
    named = [page for pages in IN_CATEGORIES.values() for page in pages]
    assert sorted(named) == sorted(PAGES)
    shown = _CATEGORY.findall(menu_of(sqlite_panel.of("committee").get("/").text))
    assert shown == [words.word("menu.supervision", "zh")]
    browser = sqlite_panel.of("allocator")
    browser.get("/lang/en")
    assert _CATEGORY.findall(menu_of(browser.get("/").text))[0] == "Intake"
    browser.get("/lang/zh")


def test_the_menu_asks_for_no_statement(sqlite_panel: Panel) -> None:
    """Seen failing with one statement in it; asked for nobody, whose menu is empty, it said nothing."""
    browser = sqlite_panel.of("allocator")
    cookie = {"Cookie": f"{sqlite_panel.app.config['SESSION_COOKIE_NAME']}={browser.cookie}"}
    with sqlite_panel.app.test_request_context("/", headers=cookie):
        assert actor().is_a("allocator")
        with counted(sqlite_panel) as told:
            shown = sqlite_panel.app.extensions["appbuilder"].menu.get_data()
        assert {child["name"] for item in shown for child in item["childs"]} == {
            page for page, roles in PAGES.items() if "allocator" in roles
        }
        assert told == []


def test_a_page_without_a_word_shows_its_own_name(with_wells: Panel) -> None:
    page = with_wells.of("operator").get("/")
    assert page.status_code == 200
    assert '<a class="nav-link" href="/wells/list/">Wells</a>' in page.text
    assert "/wells/" not in with_wells.of("allocator").get("/").text


def test_a_page_that_extends_the_base_of_flask_appbuilder_is_drawn_by_the_desk(
    with_wells: Panel,
) -> None:
    page = with_wells.of("operator").get("/wells/list/")
    assert page.status_code == 200 and "惠民路机井" in page.text
    styles = re.findall(r'<link rel="stylesheet" href="([^"?]+)', page.text)
    ours = [
        "/assets/tokens.css",
        "/assets/desk.css",
        "/looks/applies.css",
        "/assets/plain.css",
    ]
    kits = [
        "/bootstrap/assets/css/bootstrap.min.css",
        "/kits/picker/vendor/tom-select/css/tom-select.bootstrap5.min.css",
    ]
    assert styles == [*kits, *ours]
    nonce = re.search(r"'nonce-([^']+)'", page.headers["Content-Security-Policy"])
    assert nonce and f'<script nonce="{nonce[1]}">1</script>' in page.text
    assert '<main id="content">' in page.text and 'aria-current="page">Wells</a>' in page.text
    assert with_wells.of("allocator").get("/wells/list/").status_code == 403


BLOCKS = (
    "head_meta",
    "head_css",
    "head_js",
    "page_title",
    "body",
    "navbar",
    "messages",
    "content",
    "footer",
    "tail_js",
    "add_tail_js",
    "tail",
)


def test_the_layout_has_the_blocks_of_flask_appbuilders(sqlite_panel: Panel) -> None:
    templates = sqlite_panel.app.jinja_env
    ours = set(templates.get_template("desk/layout.html").blocks)
    assert ours >= set(BLOCKS)
    assert {"list_search", "list_list"} <= set(templates.get_template("desk/list.html").blocks)
    assert {"show_form", "related_views"} <= set(templates.get_template("desk/show.html").blocks)
    assert "add_form" in templates.get_template("desk/form.html").blocks


def test_the_panel_is_dark_for_who_chose_it_until_they_choose_otherwise(
    sqlite_panel: Panel,
) -> None:
    browser = sqlite_panel.of("operator")
    for chosen in ("dark", "light"):
        assert browser.get(f"/theme/{chosen}").status_code == 302
        assert f'data-bs-theme="{chosen}"' in browser.get("/").text.partition("<head>")[0]
    assert browser.get("/theme/pink").status_code == 404
