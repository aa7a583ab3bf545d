"""How a value is shown: moments to the minute, words by their names, nothing as a dash."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any

from app.rules import words
from app.rules.terms import until
from app.views.actor import language

NOTHING = "—"
_TRUTH = {True: ("是", "yes"), False: ("否", "no")}


def term(at: datetime) -> str:
    """The end of a clock as people say it, in the language of the request."""
    return until(at, language())


def shown(table: str, column: str, value: Any) -> str:
    """A column's value as a person reads it."""
    tongue = language()
    if value is None or value == "":
        return NOTHING
    if isinstance(value, bool):
        return _TRUTH[value][tongue == "en"]
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list):
        return "、".join(shown(table, column, one) for one in value) or NOTHING
    return _worded(table, column, str(value), tongue)


def _worded(table: str, column: str, value: str, tongue: str) -> str:
    if column == "state":
        return words.state("case" if table == "hotline_case" else table, value, tongue)
    if table == "ab_user" and column == "roles" or table == "ab_role":
        return words.value("role", value, tongue)
    if table == "event" and column == "kind":
        return words.word(words.EVENT_TITLES.get(value, (value, value)), tongue)
    domain = words.DOMAINS.get(table, {}).get(column)
    if domain:
        return words.value(domain, value, tongue)
    if table == "calendar_proposal" and column == "days":
        return "、".join(f"{day} {'班' if worked else '休'}" for day, worked in json.loads(value).items())
    return value
