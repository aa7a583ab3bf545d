"""How a value is shown: moments to the minute, words by their names, nothing as a dash."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from app import words
from app.models import Unit
from app.models.reach import CALL
from app.rules.workdays import minute
from app.verbs import VERBS
from app.views.actor import language, reader
from app.views.menu import IN_CATEGORIES
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


def right_group(word: str, tongue: str) -> str:
    """The heading below which a right stands: the stage of a verb, whose cases a role sees, the
    part of the menu that a page is in."""
    if word in VERBS:
        return words.word(f"stage.{VERBS[word].stage}", tongue)
    if word in SCOPE_TITLES:
        return words.word("role_page.scopes", tongue)
    part = next((name for name, pages in IN_CATEGORIES.items() if word in pages), "")
    return words.word(
        "role_page.pages", tongue, part=words.word(f"menu.{part}", tongue) if part else ""
    )


def term(at: datetime) -> str:
    """The end of a clock as people say it, in the language of the request."""
    return until(at, language())


def shown(table: str, column: str, value: Any) -> str:
    """A column's value as a person reads it."""
    if value is None or value == "":
        return NOTHING
    if isinstance(value, bool):
        return words.word(_TRUTH[value], language())
    if isinstance(value, datetime):
        return minute(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list):
        parts = (shown(table, column, part) for part in value)
        return words.listed(parts, language()) or NOTHING
    return _worded(table, column, str(value), language())


def _worded(table: str, column: str, value: str, tongue: str) -> str:
    """The word for a coded value; else the value itself."""
    if column == "state":
        return words.state("case" if table == "hotline_case" else table, value, tongue)
    wording = _WORDINGS.get((table, column))
    if wording is not None:
        return wording(value, tongue)
    domain = words.DOMAINS.get(table, {}).get(column)
    return words.value(domain, value, tongue) if domain else value


def way_named(name: str, tongue: str) -> str:
    """What a way out is called: its own name, or the telephone."""
    return words.word("reach.call", tongue) if name == CALL else name


def _role(name: str, tongue: str) -> str:
    return words.value("role", name, tongue)


def _fields(text: str, tongue: str) -> str:
    """The fields of an account or a role that a change is about, each with its label."""
    lines = (
        words.pair(words.field(name, tongue), _field(name, value, tongue) or NOTHING, tongue)
        for name, value in json.loads(text).items()
    )
    return "\n".join(lines) or NOTHING


def _field(name: str, value: Any, tongue: str) -> str:
    """A field of an account or a role: roles and rights by their names, a unit by its own."""
    if name == "unit":
        unit = reader().get(Unit, value) if value is not None else None
        value = unit.name if unit is not None else None
    elif name == "roles":
        value = [_role(role, tongue) for role in value]
    elif name == "rights":
        value = [right_title(right, tongue) for right in value]
    if isinstance(value, list):
        return words.listed(value, tongue)
    return shown("account_change", name, value)


def _days(text: str, tongue: str) -> str:
    """The days of a proposal for the calendar, each with whether people work on it."""
    work, rest = (words.word(msgid, tongue) for msgid in ("foreseen.work", "foreseen.rest"))
    days = json.loads(text).items()
    return words.listed((f"{day} {work if worked else rest}" for day, worked in days), tongue)


def _number(text: str, tongue: str) -> str:
    """The value of a rule as it is kept: yes and no in words, numbers as they are."""
    found = json.loads(text)
    return words.word(_TRUTH[found], tongue) if isinstance(found, bool) else text


def _definition(text: str, tongue: str) -> str:
    """What a field of the office's own is, line by line: what says nothing is left out."""
    said = json.loads(text)
    domain = said["when"] if not said["when"].startswith("x_") else ""
    told = {
        **said,
        "when": words.field(said["when"], tongue) if said["when"] else "",
        "answers": [words.value(domain, one, tongue) for one in said["answers"]],
    }
    lines = (
        words.pair(words.field(f"{_NAMED.get(name, name)}", tongue, "propose_field"), value, tongue)
        for name in _TOLD
        if (value := _part(told[name], tongue))
    )
    return "\n".join(lines) or NOTHING


_TOLD = (
    *("label_en", "unit", "choices", "required", "when", "answers", "default", "group", "order"),
    *("for_units", "searched", "prints"),
)
_NAMED = {"unit": "unit_word", "when": "only_if"}


def _part(value: Any, tongue: str) -> str:
    if isinstance(value, bool):
        return words.word(_TRUTH[value], tongue)
    return words.listed(value, tongue) if isinstance(value, list) else str(value or "")


_WORDINGS: dict[tuple[str, str], Callable[[str, str], str]] = {
    ("sla_rule", "value"): _number,
    ("ab_user", "roles"): _role,
    ("ab_role", "name"): _role,
    ("event", "kind"): words.event,
    ("account_change", "stood"): _fields,
    ("account_change", "wanted"): _fields,
    ("account_change", "verb"): words.title,
    ("calendar_proposal", "days"): _days,
    ("extra_field", "definition"): _definition,
    ("delivery", "error"): lambda code, tongue: words.word(f"sent.{code}", tongue),
    ("way_choice", "ways"): lambda names, tongue: words.listed(
        (way_named(name, tongue) for name in names.split()), tongue
    ),
    ("delivery", "way"): lambda name, tongue: way_named(name, tongue),
}
"""(table, column) -> how its values are worded, where no vocabulary holds them."""
