"""What the sheets, columns and words of a roster are called, in every language that the catalogues
speak."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from app import words
from app.rules.roster import SHEETS
from app.words.kinds import LANGUAGES

DOMAINS = ("post", "role", "mode")
SHEET_NAMES = {
    "units": "roster_page.sheet.units",
    "townships": "roster_page.sheet.townships",
    "posts": "roster_page.sheet.posts",
    "accounts": "roster_page.sheet.accounts",
    "categories": "roster_page.sheet.categories",
}
"""sheet -> the message that names it."""
COLUMN_NAMES = {
    "code": "roster_page.column.code",
    "name": "roster_page.column.name",
    "superior": "roster_page.column.superior",
    "landline": "roster_page.column.landline",
    "active": "roster_page.column.active",
    "unit": "roster_page.column.unit",
    "person": "roster_page.column.person",
    "post": "roster_page.column.post",
    "from_on": "roster_page.column.from_on",
    "to_on": "roster_page.column.to_on",
    "duty": "roster_page.column.duty",
    "cadre_authority": "roster_page.column.cadre_authority",
    "username": "roster_page.column.username",
    "mobile": "roster_page.column.mobile",
    "first_name": "roster_page.column.first_name",
    "roles": "roster_page.column.roles",
    "parent": "roster_page.column.parent",
    "default_unit": "roster_page.column.default_unit",
    "default_mode": "roster_page.column.default_mode",
    "default_workdays": "roster_page.column.default_workdays",
}
"""column -> the message that heads it."""


@cache
def called() -> Mapping[str, Mapping[str, str]]:
    """domain -> what its words are called -> the word: sheets and columns by their headings, posts,
    roles and modes."""
    return {
        "sheet": _named(SHEET_NAMES) | {sheet: sheet for sheet in SHEETS},
        "column": _named(COLUMN_NAMES) | {column: column for column in COLUMN_NAMES},
        **{domain: _values(domain) for domain in DOMAINS},
    }


def _named(messages: Mapping[str, str]) -> dict[str, str]:
    return {
        words.word(msgid, tongue): word
        for tongue in reversed(LANGUAGES)
        for word, msgid in messages.items()
    }


def _values(domain: str) -> dict[str, str]:
    return {
        words.value(domain, word, tongue): word
        for tongue in LANGUAGES
        for word in words.VALUES[domain]
    }
