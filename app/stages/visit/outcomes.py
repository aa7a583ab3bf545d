"""What a visit may come to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.models import Visit, VisitRecord
from app.models.columns import facts_of
from app.rules.refusal import NotAllowed
from app.stages.applying import applying
from app.stages.verb import Field, choice, field, of_facts, only

METHODS = ("phone", "internet", "onsite")
TRUTHS = ("proven", "partly", "untrue")
SOLVED = ("solved", "partly", "unsolved", "unreasonable")
SATISFIED = ("satisfied", "basically", "dissatisfied", "declined")
WHYS = ("result", "attitude", "timeliness", "other")
_REACHED = ("reached", "y")
FIELDS: tuple[Field, ...] = (
    choice("method", METHODS),
    field("reached", "bool"),
    only(choice("truth", TRUTHS), *_REACHED),
    only(choice("solved", SOLVED), *_REACHED),
    only(choice("satisfied", SATISFIED), *_REACHED),
    only(choice("why", WHYS), "satisfied", "basically", "dissatisfied"),
    field("words"),
    only(field("place"), "method", "onsite"),
    only(field("met"), "method", "onsite"),
    only(field("contacted_by_unit", "bool"), *_REACHED),
    field("evidence"),
    *of_facts(VisitRecord),
)
"""What is recorded of an attempt. One that reached nobody has no outcome; only what was done on site
has a place; only who was not content says why."""


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


def outcome_columns(form: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of a record. What does not apply is empty, also where it stood in the record that is
    corrected."""
    empty = {each.name: "" if each.kind == "text" else None for each in FIELDS if each.name in form}
    return {**form, **empty, **applying(FIELDS, form)}


def facts_taken_over(form: dict[str, Any]) -> dict[str, Any]:
    """What a visit takes over from its newest record beside the outcome: columns that are facts of
    both, and what stands in the office's own fields."""
    taken = ("extra", *facts_of(Visit))
    return {name: form[name] for name in taken if form.get(name) is not None}


def bad(visit: Visit) -> bool:
    """Dissatisfied, or untrue: it goes to responsibility review."""
    return visit.satisfied == "dissatisfied" or visit.truth == "untrue"
