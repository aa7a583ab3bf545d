"""The menu: Flask-AppBuilder's, with the pages in the categories of the procedure, each label in the
language of the request."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import current_app, request
from flask_appbuilder.menu import Menu, MenuItem
from flask_babel import LazyString

from app import words
from app.views.actor import language

SEPARATOR = "-"
IN_CATEGORIES: dict[str, tuple[str, ...]] = {
    "acceptance": (
        "Inbox",
        "Sheets",
        "Cases",
        "Contacts",
        "Instructions",
        "Suggestions",
        "Articles",
        "ArticleVersions",
    ),
    "handling": ("Assignments", "Requests", "Replies", "Reminders"),
    "supervision": ("Supervision", "SupervisionLists", "Responsibility", "Referrals"),
    "visit": ("Visits", "VisitRecords", "Praise"),
    "figures": ("Reports", "ReportDrafts", "Figures"),
    "office": (
        "Setup",
        "Units",
        "Posts",
        "Substitutes",
        "Categories",
        "ExtraFields",
        "Calendar",
        "CalendarProposals",
        "Rules",
        "Settings",
        "Mailboxes",
        "Users",
        "Roles",
        "AccountChanges",
        "Rosters",
        "Deliveries",
        "Gateways",
        "Addresses",
        "Choices",
        "Bot",
        "Events",
        "AccessLog",
    ),
}
"""category -> its pages, in the order of the menu."""


class DeskMenu(Menu):
    """Flask-AppBuilder's menu, asked in one pass; each item says whether the page shown is of it."""

    def get_flat_name_list(self, menu: Any = None, result: Any = None) -> list[str]:
        """The names of all items, each once."""
        names = [(item.name, *(child.name for child in item.childs)) for item in self.menu]
        return [name for group in names for name in group]

    def get_data(self, menu: Any = None) -> list[Any]:
        """The items that the person of this request may see, in the shape of Flask-AppBuilder's."""
        allowed = current_app.extensions["appbuilder"].sm.get_user_menu_access(
            self.get_flat_name_list()
        )
        return _told(self.menu if menu is None else menu, allowed)


def _told(items: Sequence[MenuItem], allowed: set[str]) -> list[Any]:
    told: list[Any] = []
    for item in items:
        if item.name == SEPARATOR and told:
            told.append(SEPARATOR)
        elif item.name in allowed and item.should_render():
            told.append(_item(item, allowed))
    return told[:-1] if told and told[-1] == SEPARATOR else told


def _item(item: MenuItem, allowed: set[str]) -> dict[str, Any]:
    childs = _told(item.childs, allowed)
    shown = getattr(item.baseview, "endpoint", None) == request.blueprint
    here = shown or any(child["here"] for child in childs if child != SEPARATOR)
    told = {"name": item.name, "icon": item.icon, "label": str(item.label), "here": here}
    return told | ({"childs": childs} if item.childs else {"url": _address(item)})


def _address(item: MenuItem) -> str:
    """Where an item leads: to the page that its view says for who asks, else to the view's own."""
    leads = getattr(item.baseview, "menu_address", None)
    return str(leads() if leads is not None else item.get_url())


def add_categories(menu: Menu) -> None:
    """Add the categories of the procedure, in its order."""
    for name in IN_CATEGORIES:
        menu.add_category(name, label=_category(name))


def category_of(page: str) -> str:
    """The category of a page; none where the procedure has none for it."""
    return next((name for name, pages in IN_CATEGORIES.items() if page in pages), "")


def label_of(page: str) -> LazyString:
    """What a page is called, in the language of whoever asks."""
    return LazyString(lambda: words.page(page, language()))


def _category(name: str) -> LazyString:
    return LazyString(lambda: words.word(f"menu.{name}", language()))
