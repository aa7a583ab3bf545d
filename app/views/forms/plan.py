"""How the forms of an intake are laid out: what is asked in the order of speech, what is switched, and
what waits behind 更多."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from wtforms import Field

from app.rules.extra import PREFIX
from app.views.forms.field_looks import STANDARD
from app.views.forms.form import VerbForm

SPOKEN = {
    "register": (
        "caller.phone",
        "caller.name",
        "narrative",
        "place",
        "demand",
        "kind",
        "category",
    ),
    "contact": ("caller.phone", "caller.name", "kind", "words"),
}
"""verb -> its fields in the order of speech."""
SWITCHED = {"register": ("anonymous", "confidential", "dangerous")}
"""verb -> its fields that are switched on or left."""


@dataclass(frozen=True)
class Plan:
    """The fields of a form as its page lays them out: what a question asks first, what is spoken of,
    what is switched, what the office asks besides, and the others; `open` where one of the others says something."""

    asked: Sequence[Field]
    spoken: dict[str, Field]
    switched: Sequence[Field]
    own: Sequence[Field]
    more: Sequence[Field]
    open: bool


def plan_of(verb: str, form: VerbForm, asked: Sequence[str]) -> Plan:
    """The plan of a form; `asked` are the names of the fields of its question."""
    spoken = _spoken(form, SPOKEN[verb])
    whole = {name.partition(".")[0] for name in spoken}
    switched = [form[name] for name in SWITCHED.get(verb, ()) if name in form]
    apart = {*whole, *asked, *(one.name for one in switched)}
    left = [one for one in form.drawn if one.name not in apart]
    own = [one for one in left if one.name.startswith(PREFIX)]
    more = [one for one in left if one not in own]
    starts = STANDARD.get(verb, {})
    says = any(_says(one, starts.get(one.name, "")) for one in more)
    first = [form[name] for name in asked if name in form]
    if first:
        first[0].render_kw["autofocus"] = True
    return Plan(first, spoken, switched, own, more, says)


def _spoken(form: VerbForm, names: Sequence[str]) -> dict[str, Field]:
    found: dict[str, Any] = {}
    for name in names:
        whole, _, part = name.partition(".")
        if whole in form:
            found[name] = form[whole].form[part] if part else form[whole]
    return found


def _says(one: Field, starts: str) -> bool:
    """Whether a field says something that needs to be seen: an error, or more than it starts
    with."""
    if one.wrong or one.beside:
        return True
    if one.parts:
        return any(_says(part, "") for part in one.parts)
    return (one.data or "") not in ("", starts)
