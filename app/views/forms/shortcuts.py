"""Buttons that answer several questions of a form at once, and questions that an answer takes back."""

from __future__ import annotations

from collections.abc import Mapping

from werkzeug.datastructures import MultiDict

from app.verbs import Verb
from app.views.forms.back import BACK

HEARD = "heard"
"""The field that the button sends."""
WELL = "well"
ANSWERS: Mapping[tuple[str, str], Mapping[str, str]] = {
    ("record_visit", WELL): {
        "reached": "y",
        "truth": "proven",
        "solved": "solved",
        "satisfied": "satisfied",
        "why": "",
    }
}
"""(verb, what the button sends) -> what it answers."""

ONLY_WHERE: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "visits": {
        "place": ("method", "onsite"),
        "met": ("method", "onsite"),
        "why": ("satisfied", "dissatisfied"),
    }
}
"""page that a form stands on -> the fields that it asks only where another is answered so: what was
typed there before that answer was changed goes."""


def spelled(verb: Verb, typed: MultiDict[str, str]) -> MultiDict[str, str]:
    """What was typed, with what the button that sent it answers, and without what its page no more
    asked."""
    answered = dict(ANSWERS.get((verb.name, typed.get(HEARD, "")), {}))
    for name, (other, answer) in ONLY_WHERE.get(typed.get(BACK, ""), {}).items():
        if typed.get(other) != answer:
            answered[name] = ""
    if not answered:
        return typed
    whole: MultiDict[str, str] = MultiDict(list(typed.items(multi=True)))
    for name, value in answered.items():
        whole[name] = value
    return whole
