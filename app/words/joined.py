"""Words side by side: the signs between them are each language's own, and stand in the catalogues."""

from __future__ import annotations

from collections.abc import Iterable

from app.words.catalogue import CATALOGUES


def listed(parts: Iterable[object], language: str) -> str:
    """Parts of one list: names, numbers, choices."""
    return _filled("join.list", language).join(map(str, parts))


def clauses(parts: Iterable[object], language: str) -> str:
    """Parts that tell something each: reasons, figures with their names."""
    return _filled("join.clause", language).join(map(str, parts))


def strung(parts: Iterable[object], language: str) -> str:
    """Parts that hold commas themselves."""
    return _filled("join.string", language).join(map(str, parts))


def pair(label: object, value: object, language: str) -> str:
    """A label and what it says; what there is, where there is no other."""
    if not label or value in (None, ""):
        return str(label or value)
    return _filled("join.pair", language, label=label, value=value)


def aside(said: object, more: object, language: str) -> str:
    """Something with more in brackets; as it is where there is no more."""
    return _filled("join.aside", language, said=said, more=more) if more else str(said)


def then(said: str, more: str, language: str) -> str:
    """Two sentences, one after the other; the one where there is no other."""
    return _filled("join.then", language, said=said, more=more) if said and more else said or more


def _filled(msgid: str, language: str, **facts: object) -> str:
    return CATALOGUES.text(msgid, language, facts)
