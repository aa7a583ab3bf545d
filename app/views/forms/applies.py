"""Fields that do not always apply, as a page shows them: each says what it hangs on, and one sheet of
looks, made of the same rows as the rule, keeps out of sight what was answered otherwise."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from hashlib import sha256

from flask import Blueprint, Response, url_for

from app.stages.applying import conditions
from app.stages.verb import Field, When
from app.verbs import VERBS

SHOWN = "looks.static"
"""The endpoint of the sheet: the same for everybody, so that no session is looked at."""


def told(fields: Sequence[Field], name: str) -> str:
    """What a field hangs on, as its `data-when` says it; empty where it always applies."""
    return " ".join(_told(when) for when in conditions(fields, name))


def _told(when: When) -> str:
    """A condition in one word; of one whose answers are the office's own words a mark."""
    word = f"{when.choice}={'|'.join(when.answers)}"
    if re.fullmatch(r"[\w=|.-]+", word, re.ASCII):
        return word
    return f"{when.choice}-{sha256(word.encode()).hexdigest()[:12]}"


def rules_of(fields: Sequence[Field]) -> str:
    """The rules of the conditions of the office's own fields among these."""
    own = [field for field in fields if field.own is not None]
    known = {_told(when): when for field in own for when in conditions(fields, field.name)}
    return "\n".join(_hidden(word, when) for word, when in sorted(known.items()))


def _quoted(answer: str) -> str:
    """An answer as a sheet of looks has it: whatever could end its text is written by its number."""
    return re.sub(r"[^\w-]", lambda sign: f"\\{ord(sign[0]):x} ", answer)


@cache
def sheet() -> str:
    """The rules of all conditions in the verb table. A choice that a form does not offer - a button
    answers it - hides nothing, and neither is a field hidden that was refused."""
    known = {
        _told(when): when
        for verb in VERBS.values()
        for field in verb.fields
        for when in conditions(verb.fields, field.name)
    }
    return "\n".join(_hidden(word, when) for word, when in sorted(known.items()))


def address() -> str:
    """The address of the sheet; it names what is in it."""
    return url_for(SHOWN, v=_version())


@cache
def _version() -> str:
    return sha256(sheet().encode()).hexdigest()[:12]


def _hidden(word: str, when: When) -> str:
    choice = f'[name="{when.choice}"]'
    answers = ", ".join(f'[value="{_quoted(answer)}"]' for answer in when.answers)
    asked = f'{choice}:is(input:not([type="hidden"]), select)'
    answered = f"{choice}:is({answers}):checked, {choice} option:is({answers}):checked"
    return (
        f"form:has({asked}):not(:has({answered}))\n"
        f'  [data-when~="{word}"]:not(:has(.is-invalid)) {{ display: none; }}'
    )


def blueprint() -> Blueprint:
    """The sheet under an address of its own."""
    made = Blueprint("looks", __name__)
    made.add_url_rule("/looks/applies.css", "static", _sheet)
    return made


def _sheet() -> Response:
    return Response(sheet(), mimetype="text/css")
