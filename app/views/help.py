"""The help sheets: what a role does in a day on this desk, a page for each in `docs/help`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

from flask import abort, send_from_directory, url_for
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import has_access, permission_name
from markupsafe import Markup, escape

from app import words
from app.roles import ROLES
from app.views.actor import actor, language

SHEETS = Path(__file__).parents[2] / "docs" / "help"
PICTURES = "pictures"
_STRONG, _KEY = re.compile(r"\*\*(.+?)\*\*"), re.compile(r"`(.+?)`")
_PICTURE = re.compile(r"!\[(?P<says>[^\]]*)\]\(pictures/(?P<name>[a-z0-9_-]+\.(?:png|webp))\)")
_BLOCK = re.compile(r"(?P<sign>#{1,3}|-|\d+\.) +(?P<text>.+)")


class Help(BaseView):
    """What each role does on this desk, and with which keys."""

    route_base = "/help"
    class_permission_name = "Help"
    base_permissions = ["can_sheet"]
    default_view = "sheet"

    @expose("/")
    @expose("/<role>")
    @has_access
    @permission_name("sheet")
    def sheet(self, role: str = "") -> Any:
        """The sheet of one's own role, or of another."""
        own = [one for one in sheets() if actor().is_a(one)]
        role = role or next(iter(own or sheets()), "")
        if role not in sheets():
            abort(404)
        tongue = language()
        return self.render_template(
            "desk/help.html",
            title=words.word("help.title", tongue, role=words.value("role", role, tongue)),
            sheet=drawn((SHEETS / f"{role}.md").read_text("utf-8")),
            roles=[(one, words.value("role", one, tongue), one == role) for one in sheets()],
        )

    @expose(f"/{PICTURES}/<name>")
    @has_access
    @permission_name("sheet")
    def picture(self, name: str) -> Any:
        """A picture of a sheet."""
        return send_from_directory(SHEETS / PICTURES, name)


def sheets() -> list[str]:
    """The roles that have a sheet, in the order of the procedure."""
    return [role for role in ROLES if (SHEETS / f"{role}.md").is_file()]


def drawn(text: str) -> Markup:
    """A sheet as HTML: headings, lists, paragraphs, pictures, strong words and keys; whatever else
    stands in it is text."""
    lines = (line.strip() for line in text.splitlines())
    return Markup("\n").join(_blocks(line for line in lines if line))


def _blocks(lines: Iterator[str]) -> Iterator[Markup]:
    for tag, group in groupby(lines, key=_tag_of):
        told = [_told(line) for line in group]
        if tag in ("ul", "ol"):
            items = Markup("").join(Markup("<li>{}</li>").format(one) for one in told)
            yield Markup("<{0}>{1}</{0}>").format(tag, items)
        else:
            yield from (Markup("<{0}>{1}</{0}>").format(tag, one) for one in told)


def _tag_of(line: str) -> str:
    """What a line is: the title of the page stands above the sheet, so its headings begin below."""
    found = _BLOCK.fullmatch(line)
    if found is None:
        return "figure" if _PICTURE.fullmatch(line) else "p"
    sign = found["sign"]
    return "ul" if sign == "-" else f"h{len(sign) + 1}" if sign.startswith("#") else "ol"


def _told(line: str) -> Markup:
    picture = _PICTURE.fullmatch(line)
    if picture is not None:
        address = url_for("Help.picture", name=picture["name"])
        return Markup('<img src="{}" alt="{}" loading="lazy">').format(address, picture["says"])
    found = _BLOCK.fullmatch(line)
    said = str(escape(found["text"] if found else line))
    said = _STRONG.sub(r"<strong>\1</strong>", said)
    return Markup(_KEY.sub(r"<kbd>\1</kbd>", said))  # noqa: S704
