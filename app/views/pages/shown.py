"""How a value is shown: moments to the minute, words by their names, nothing as a dash."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from app.models import Unit
from app.rules import words
from app.rules.terms import until
from app.views.actor import language, reader

NOTHING = "—"
_TRUTH = {True: ("是", "yes"), False: ("否", "no")}


SCOPE_TITLES = {
    "all": ("范围：全部工单", "scope: all cases"),
    "to_examine": ("范围：待审核", "scope: to examine"),
    "to_visit": ("范围：待回访", "scope: to visit"),
    "unit": ("范围：本单位", "scope: own unit"),
    "leader": ("范围：呈送领导", "scope: submitted to leaders"),
    "sealed": ("范围：已移送卷宗", "scope: sent dossiers"),
}
"""scope -> what it is called, where a role is composed and shown."""


def right_title(word: str, tongue: str) -> str:
    """What a right of a custom role is called."""
    if word in words.VERB_TITLES:
        return words.title(word, tongue)
    if word in SCOPE_TITLES:
        return words.word(SCOPE_TITLES[word], tongue)
    return f"查看：{words.page(word)}" if tongue == "zh" else f"see: {words.page(word, tongue)}"


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
    if table == "account_change" and column in ("stood", "wanted"):
        return _fields(json.loads(value), tongue) or NOTHING
    if table == "account_change" and column == "verb":
        return words.title(value, tongue)
    if table == "calendar_proposal" and column == "days":
        return "、".join(
            f"{day} {'班' if worked else '休'}" for day, worked in json.loads(value).items()
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
