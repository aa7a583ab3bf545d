"""Buttons that answer several questions of a form at once."""

from __future__ import annotations

from collections.abc import Mapping

from werkzeug.datastructures import MultiDict

from app.verbs import Verb

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


def spelled(verb: Verb, typed: MultiDict[str, str]) -> MultiDict[str, str]:
    """What was typed, with what the button that sent it answers."""
    answered = ANSWERS.get((verb.name, typed.get(HEARD, "")))
    if answered is None:
        return typed
    whole: MultiDict[str, str] = MultiDict(list(typed.items(multi=True)))
    for name, value in answered.items():
        whole[name] = value
    return whole
