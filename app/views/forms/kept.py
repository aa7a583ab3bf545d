"""A form that could not be taken for want of a database or of room: given back with what was typed,
to be sent again.

No statement is needed for it. It carries the key it was sent with, so that what was done after all
is not done twice.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import request
from werkzeug.exceptions import HTTPException

from app import words
from app.verbs import VERBS
from app.views.actor import language
from app.views.forms.fields import CALLER, LEADER, LONG, YES_NO, Input, domain_of

_LONG_KINDS = ("long", "parts", "days", "counts", "names")
_TYPED = (
    "text",
    "long",
    "parts",
    "days",
    "counts",
    "names",
    "any",
    "int",
    "date",
    "moment",
    "case",
)
"""The kinds of fields whose value is what was typed; the others hold what was chosen."""
_PARTS = {"leader": dict(LEADER), "caller": dict(CALLER)}
_LINE = 60
_UNSHOWN = ("csrf_token",)


def typed_again() -> tuple[list[Input], list[tuple[str, str]]]:
    """What the form of this request held: the inputs that a person may read and change, and (name,
    value) of what goes with them unseen. Passwords and files have to be given again."""
    try:
        sent = [*request.form.items(multi=True)]
        files = [(name, one.filename or "") for name, one in request.files.items(multi=True)]
    except (OSError, HTTPException):  # it could not even be read: the browser has kept it
        return [], []
    blueprint, _, verb = (request.endpoint or "").partition(".")
    if blueprint == "Login":
        return _of_login(dict(sent)), []
    kinds = _kinds(verb) if blueprint == "Verbs" and verb in VERBS else {}
    inputs, unseen = [], []
    for name, value in sent:
        if name in _UNSHOWN:
            continue
        if "password" in name:
            inputs.append(Input(name, words.field(name, language()), "password"))
        elif value and kinds.get(name) in _TYPED:
            inputs.append(_typed(verb, name, value, kinds[name]))
        else:
            unseen.append((name, value))
    return [*inputs, *_files(files)], unseen


def chosen_again(unseen: list[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """(label, word) of what was chosen, of all that goes along unseen."""
    verb = (request.endpoint or "").partition(".")[2]
    kinds = _kinds(verb) if verb in VERBS else {}
    for name, value in unseen:
        if value and name in kinds:
            yes = dict(YES_NO).get(value) if kinds[name] == "bool" else None
            told = (
                words.word(yes, language())
                if yes
                else words.value(domain_of(verb, name), value, language())
            )
            yield words.field(name, language(), verb), told


def _kinds(verb: str) -> dict[str, str]:
    """The kinds of a verb's fields, those of a person's parts as `caller.name`."""
    found: dict[str, str] = {}
    for one in VERBS[verb].fields:
        found |= {
            f"{one.name}.{part}": kind for part, kind in _PARTS.get(one.kind, {}).items()
        } or {one.name: one.kind}
    return found


def _typed(verb: str, name: str, value: str, kind: str) -> Input:
    part = name.rpartition(".")[2]
    long = kind in _LONG_KINDS or part in LONG or "\n" in value or len(value) > _LINE
    plain = kind if kind in ("date", "moment", "int") else "text"
    return Input(name, words.field(part, language(), verb), "long" if long else plain, value=value)


def _files(files: list[tuple[str, str]]) -> Iterator[Input]:
    """An input for each file that was chosen, its name beside it."""
    for name, filename in files:
        if filename:
            yield Input(name, words.field("file", language()), "file", hint=filename)


def _of_login(sent: dict[str, str]) -> list[Input]:
    if "username" not in sent:
        return []
    name = Input("username", words.field("username", language()), "text", value=sent["username"])
    return [name, Input("password", words.field("password", language()), "password")]


def kept() -> dict[str, Any]:
    """What the page of a fault shows of its request: the form to be sent again, or the address to
    be asked again."""
    inputs, unseen = typed_again() if request.method == "POST" else ([], [])
    retry = request.full_path.rstrip("?") if request.method in ("GET", "HEAD") else ""
    return {"inputs": inputs, "unseen": unseen, "chosen": [*chosen_again(unseen)], "retry": retry}
