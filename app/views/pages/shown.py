"""How a value is shown: moments to the minute, words by their names, nothing as a dash."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from app import words
from app.models import Unit
from app.verbs import VERBS
from app.views.actor import language, reader
from app.words.terms import until

NOTHING = "—"
_TRUTH = {True: "list.yes", False: "list.no"}


SCOPE_TITLES = {
    "all": "scope.all",
    "to_examine": "scope.to_examine",
    "to_visit": "scope.to_visit",
    "unit": "scope.unit",
    "leader": "scope.leader",
    "sealed": "scope.sealed",
}
"""scope -> what it is called, where a role is composed and shown."""


def right_title(word: str, tongue: str) -> str:
    """What a right of a custom role is called."""
    if word in VERBS:
        return words.title(word, tongue)
    if word in SCOPE_TITLES:
        return words.word(SCOPE_TITLES[word], tongue)
    return words.word("scope.page", tongue, page=words.page(word, tongue))


def term(at: datetime) -> str:
    """The end of a clock as people say it, in the language of the request."""
    return until(at, language())


def shown(table: str, column: str, value: Any) -> str:
    """A column's value as a person reads it."""
    tongue = language()
    if value is None or value == "":
        return NOTHING
    if isinstance(value, bool):
        return words.word(_TRUTH[value], tongue)
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
        return words.event(value, tongue)
    domain = words.DOMAINS.get(table, {}).get(column)
    if domain:
        return words.value(domain, value, tongue)
    if table == "account_change" and column in ("stood", "wanted"):
        return _fields(json.loads(value), tongue) or NOTHING
    if table == "account_change" and column == "verb":
        return words.title(value, tongue)
    if table == "calendar_proposal" and column == "days":
        return "、".join(
            f"{day} {words.word('foreseen.work' if worked else 'foreseen.rest', tongue)}"
            for day, worked in json.loads(value).items()
        )
    return value


def _fields(told: Mapping[str, Any], tongue: str) -> str:
    """The fields of an account or a role, each with its label: roles and rights by their names, a
    unit by its own."""
    parts = []
    for name, value in told.items():
        if name == "unit":
            unit = reader().get(Unit, value) if value is not None else None
            value = unit.name if unit is not None else None
        elif name == "roles":
            value = [words.value("role", one, tongue) for one in value]
        elif name == "rights":
            value = [right_title(one, tongue) for one in value]
        said = "、".join(value) if isinstance(value, list) else shown("account_change", name, value)
        parts.append(f"{words.field(name, tongue)}：{said or NOTHING}")
    return "\n".join(parts)
