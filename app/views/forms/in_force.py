"""What the configuration says today that forms change: settings and numbers of the office. The lists that
show it, the choices of the forms and the values that they begin with say the same."""

from __future__ import annotations

import json
from dataclasses import dataclass

from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from app.rules.limits import SOURCES
from app.rules.office import SETTINGS
from app.stages.calendar import numbers_known, settings_known
from app.verbs import Verb
from app.views.actor import language, now, reader
from app.views.forms.sentences import said_at_first

SETS, RULES = "change_setting", "change_rule"
NAME, VALUE = "name", "value"
"""The fields of both verbs: what is changed, and what it is from then on."""


@dataclass(frozen=True)
class InForce:
    """A line of configuration: its name, what it says today, whether that is the office's own, and the
    form that changes it, for who may."""

    name: str
    value: str
    own: bool
    href: str


def settings_now(reading: Session, tongue: str) -> dict[str, tuple[str, bool]]:
    """name -> what a setting says today, and whether that is the office's own."""
    own = settings_known(reading)
    return {
        name: (own.get(name) or usual or said_at_first(name, tongue), bool(own.get(name)))
        for name, usual in SETTINGS.items()
    }


def value_now(verb: Verb, typed: MultiDict[str, str]) -> MultiDict[str, str]:
    """What the form of a setting or a number begins with that its address names: its present value."""
    name = typed.get(NAME, "")
    if verb.name == SETS and name in SETTINGS:
        return MultiDict({VALUE: settings_now(reader(), language())[name][0]})
    if verb.name == RULES and name in SOURCES:
        return MultiDict({VALUE: json.dumps(getattr(numbers_known(reader(), now()), name))})
    return MultiDict()
