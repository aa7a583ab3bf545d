"""What a visit may come to."""

from __future__ import annotations

from typing import Any

from app.models import Visit
from app.models.columns import facts_of
from app.rules.refusal import NotAllowed

METHODS = ("phone", "internet", "onsite")
TRUTHS = ("proven", "partly", "untrue")
SOLVED = ("solved", "partly", "unsolved", "unreasonable")
SATISFIED = ("satisfied", "basically", "dissatisfied", "declined")
WHYS = ("result", "attitude", "timeliness", "other")


def refuse_incomplete(form: dict[str, Any]) -> None:
    """A visit that reached somebody has an outcome; on site, where and whom."""
    if form["method"] not in METHODS:
        raise NotAllowed("unknown_method", method=form["method"])
    if not form["reached"]:
        return
    for name, words in (("truth", TRUTHS), ("solved", SOLVED), ("satisfied", SATISFIED)):
        if form.get(name) not in words:
            raise NotAllowed("outcome_missing", field=name)
    if form["method"] == "onsite" and not (form.get("place") and form.get("met")):
        raise NotAllowed("place_missing")


def outcome_columns(form: dict[str, Any]) -> dict[str, Any]:
    """The columns of a record; an attempt that reached nobody has no outcome."""
    if form["reached"]:
        return form
    return {**form, "truth": None, "solved": None, "satisfied": None, "why": None}


def facts_taken_over(form: dict[str, Any]) -> dict[str, Any]:
    """What a visit takes over from its newest record beside the outcome: columns that are facts of
    both."""
    return {name: form[name] for name in facts_of(Visit) if form.get(name) is not None}


def bad(visit: Visit) -> bool:
    """Dissatisfied, or untrue: it goes to responsibility review."""
    return visit.satisfied == "dissatisfied" or visit.truth == "untrue"
