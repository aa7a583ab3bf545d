"""The question before a unit is given a complaint about itself: it is named, and its superior is
offered instead. [procedure 1]"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import url_for

from app import words
from app.models import Case, Unit
from app.stages.duties import lineage
from app.views.actor import language, reader
from app.views.forms.question import Offer, Question, Typed


def complained_of(case: Case, values: Mapping[str, Any], typed: Typed) -> Question | None:
    """The question about the unit that is complained of, where it is one of those that are to
    handle the case."""
    complained = case.complained_unit
    meant = _among_handlers(complained, values) if complained is not None else None
    if complained is None or meant is None:
        return None
    offers = _superior_instead(case, meant, typed)
    return Question(_warning(complained, meant), frozenset({f"unit:{meant.id}"}), offers=offers)


def _among_handlers(complained: Unit, values: Mapping[str, Any]) -> Unit | None:
    """The unit that is to handle a case and is the one complained of, or the one that this was
    dissolved into."""
    for unit in (values.get("unit"), *values.get("assists", ())):
        if isinstance(unit, Unit) and complained.id in lineage(reader(), unit.id):
            return unit
    return None


def _warning(complained: Unit, meant: Unit) -> str:
    sentence = words.word("question.complained", language(), unit=complained.name)
    if meant.id != complained.id:
        dissolved = words.word("question.complained.dissolved", language(), unit=meant.name)
        sentence = words.then(sentence, dissolved, language())
    return words.then(sentence, words.word("question.complained.again", language()), language())


def _superior_instead(case: Case, meant: Unit, typed: Typed) -> Sequence[Offer]:
    """The way to the same form with the superior of a unit in its place, where there is one."""
    superior = meant.superior
    if superior is None or not superior.active:
        return ()
    label = words.word("question.superior_instead", language(), unit=superior.name)
    fields = [
        (name, superior.code if code == meant.code else code)
        for name in ("unit", "assists")
        for code in typed.getlist(name)
        if code
    ]
    return (Offer(url_for("Verbs.allocate", case=case.id), label, fields),)
