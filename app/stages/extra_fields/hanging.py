"""On what a field of the office's own may hang: choices and truths of the desk, and other fields of its
own; which answers may be named."""

from __future__ import annotations

from collections.abc import Iterable

from app import words
from app.rules.extra import PREFIX, Extra
from app.rules.reading import visible
from app.rules.refusal import NotAllowed
from app.stages.acceptance.verbs import VERBS as ACCEPTANCE
from app.stages.extras import OF_CASE, Known
from app.stages.handling.verbs import VERBS as HANDLING
from app.stages.verb import Field
from app.stages.visit.verbs import VERBS as VISIT

ASKS = {"case": "register", "contact": "contact", "reply": "reply", "visit": "record_visit"}
"""What has fields of its own -> the verb whose form asks them first."""
_VERBS = {verb.name: verb for verb in (*ACCEPTANCE, *HANDLING, *VISIT)}
_DOMAINS = {("contact", "kind"): "contact_kind"}


def hangs_on(subject: str) -> dict[str, Field]:
    """The fields of the desk on which one of the office's own may hang: choices and truths of the form,
    and of the case that it is about."""
    of_case = {one.name: one for one in _VERBS[ASKS["case"]].fields if one.name in OF_CASE}
    own = {one.name: one for one in _VERBS[ASKS[subject]].fields if one.kind in ("choice", "bool")}
    return own if subject == "case" else {**of_case, **own}


def domain_of(subject: str, name: str) -> str:
    """The vocabulary of the answers of such a field."""
    return _DOMAINS.get((subject, name), name)


def condition(
    ones: Known, one: Extra, name: str, said: Iterable[str]
) -> tuple[str, tuple[str, ...]]:
    """What a field hangs on and by which answers, as it was named: words in either language. Raises
    NotAllowed."""
    if not name:
        return "", ()
    offered = answers_of(ones, one.subject, name)
    if not offered or name == one.name or _hangs(ones, name, one.name):
        raise NotAllowed("field_condition")
    meant = [offered.get(" ".join(word.split())) for word in said if visible(word)]
    if not meant or None in meant:
        raise NotAllowed("field_answers", names=" / ".join(_said_first(offered)))
    found = {word: True for word in meant if word is not None}
    if one.for_units and name.startswith(PREFIX) and not ones[name[2:]].for_units:
        raise NotAllowed("field_hangs_on_hidden")
    return name, tuple(found)


def _said_first(offered: dict[str, str]) -> list[str]:
    """The answers, each by the first of its words."""
    first: dict[str, str] = {}
    for word, meant in offered.items():
        first.setdefault(meant, word)
    return list(first.values())


def _hangs(ones: Known, name: str, on: str) -> bool:
    """Whether a field hangs on another one, also by others between."""
    seen: set[str] = set()
    while name.startswith(PREFIX) and name[2:] in ones and name not in seen:
        seen.add(name)
        name = ones[name[2:]].when
        if name == on:
            return True
    return False


def answers_of(ones: Known, subject: str, name: str) -> dict[str, str]:
    """What may be answered to a field, by its words and by its sign; nothing where none may hang on
    it."""
    own = ones.get(name.removeprefix(PREFIX)) if name.startswith(PREFIX) else None
    if own is not None and own.subject == subject and own.active and own.kind != "choices":
        return _truths() if own.kind == "bool" else {word: word for word in own.choices}
    desk = hangs_on(subject).get(name)
    if desk is None:
        return {}
    if desk.kind == "bool":
        return _truths()
    domain = domain_of(subject, name)
    told = {
        words.value(domain, word, tongue): word for tongue in words.SPOKEN for word in desk.choices
    }
    return {**told, **{word: word for word in desk.choices}}


def _truths() -> dict[str, str]:
    signs = (("y", "list.yes"), ("n", "list.no"))
    told = {words.word(msgid, tongue): sign for tongue in words.SPOKEN for sign, msgid in signs}
    return {**told, "y": "y", "n": "n"}
