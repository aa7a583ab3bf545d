"""A form that could not be taken for want of a database or of room: given back with what was typed,
to be sent again.

No statement is needed for it. It carries the key it was sent with, so that what was done after all
is not done twice.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import request
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException
from wtforms.fields.core import UnboundField

from app import words
from app.verbs import VERBS
from app.views.actor import language
from app.views.extras import extended_here
from app.views.forms.field_looks import LONG, PARTS, SECRET, YES_NO, Look, domain_of
from app.views.forms.fields import KINDS
from app.views.forms.form import VerbForm

Pairs = list[tuple[str, str]]
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
_LINE = 60
_UNSHOWN = ("csrf_token",)


def typed_again() -> tuple[dict[str, UnboundField], Pairs]:
    """What the form of this request held: the fields that a person may read and change, and (name,
    value) of what goes with them unseen. Passwords and files have to be given again."""
    sent, files = _sent()
    blueprint, _, verb = (request.endpoint or "").partition(".")
    if blueprint == "Login":
        return _of_login(dict(sent)), []
    kinds = _kinds(verb) if blueprint == "Verbs" and verb in VERBS else {}
    fields: dict[str, UnboundField] = {}
    unseen = []
    for name, value in sent:
        field = _readable(verb, name, value, kinds.get(name, ""))
        if field is not None and (name not in fields or _is_password(name)):
            fields[name] = field
        elif name not in _UNSHOWN:
            unseen.append((name, value))
    return fields | dict(_files(files)), unseen


def _sent() -> tuple[Pairs, Pairs]:
    """(name, value) of what was typed, and (name, file name) of what was chosen; nothing where it
    could not even be read: the browser has kept it."""
    try:
        sent = [*request.form.items(multi=True)]
        files = [(name, file.filename or "") for name, file in request.files.items(multi=True)]
    except (OSError, HTTPException):
        return [], []
    return sent, files


def _is_password(name: str) -> bool:
    return "password" in name or name.endswith(SECRET)


def _readable(verb: str, name: str, value: str, kind: str) -> UnboundField | None:
    """The field in which a person reads what was typed and may change it; None for what goes along
    unseen. A password is asked for anew."""
    if _is_password(name):
        return KINDS["password"](Look(words.field(name, language())))
    return _typed(verb, name, value, kind) if value and kind in _TYPED else None


def chosen_again(unseen: Pairs) -> Iterator[tuple[str, str]]:
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
    kinds: dict[str, str] = {}
    for field in extended_here(VERBS[verb], None).fields:
        parts = PARTS.get(field.kind)
        if parts:
            kinds |= {f"{field.name}.{part}": kind for part, kind in parts}
        else:
            kinds[field.name] = field.kind
    return kinds


def _typed(verb: str, name: str, value: str, kind: str) -> UnboundField:
    part = name.rpartition(".")[2]
    long = kind in _LONG_KINDS or part in LONG or "\n" in value or len(value) > _LINE
    plain = kind if kind in ("date", "moment", "int") else "text"
    return KINDS["long" if long else plain](Look(words.field(part, language(), verb)))


def _files(files: Pairs) -> Iterator[tuple[str, UnboundField]]:
    """A field for each file that was chosen, its name below it."""
    for name, filename in files:
        if filename:
            hint = f"{words.word('fault.files', language())}{filename}"
            yield name, KINDS["file"](Look(words.field("file", language()), hint))


def _of_login(sent: dict[str, str]) -> dict[str, UnboundField]:
    if "username" not in sent:
        return {}
    told = {name: words.field(name, language()) for name in ("username", "password")}
    return {
        "username": KINDS["text"](Look(told["username"])),
        "password": KINDS["password"](Look(told["password"])),
    }


def kept() -> dict[str, Any]:
    """What the page of a fault shows of its request: the form to be sent again, or the address to
    be asked again."""
    fields, unseen = typed_again() if request.method == "POST" else ({}, [])
    retry = request.full_path.rstrip("?") if request.method in ("GET", "HEAD") else ""
    typed = request.form if fields else MultiDict[str, str]()
    form = type("Again", (VerbForm,), fields)(formdata=typed) if fields or unseen else None
    return {"form": form, "unseen": unseen, "chosen": [*chosen_again(unseen)], "retry": retry}
