"""What a form asks once before it goes on, where a person should know something first: cases that
may be the same matter, a unit that would handle a complaint about itself. It comes back with
everything still typed in; who sends it again goes on. It never joins, refuses or chooses by itself.
[procedure 1]
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from functools import reduce
from typing import Any

from werkzeug.datastructures import MultiDict

from app import words
from app.models import Case
from app.stages.acceptance import CONTACT_KINDS
from app.verbs import VERBS, Verb
from app.verbs.typed import cleaned
from app.views.actor import language, reader
from app.views.forms.alike import repeats
from app.views.forms.complained import complained_of
from app.views.forms.foreseen import APPROVED, LOADED, foreseen
from app.views.forms.question import FIRST_WORDS, Question, Typed
from app.views.forms.row_choice import which_row
from app.views.forms.unit_reads import reads_of
from app.views.forms.who_called import (
    ASKING,
    anonymous_or_not,
    anonymous_with_caller,
    others_of_number,
    who_of_them,
)

OPENS = "opens"
"""The hidden field of a form that only opens another one; a contact is told by it as what it opens."""
CARRIED = ("caller.name", "caller.phone", "channel", "received_at", "message")
"""What goes along as it was typed from a registration into the contact that it becomes; its words
do too."""


def carried(verb: Verb, typed: Typed) -> list[tuple[str, str]]:
    """The fields with which the form of a contact opens, where a registration becomes one.
    [procedure 1]"""
    if verb.name != "register":
        return []
    parts = (typed.get(name, "").strip() for name in ("narrative", "demand"))
    fields = [
        ("words", "\n".join(filter(None, parts))),
        *((name, typed.get(name, "")) for name in CARRIED),
    ]
    return [(name, value) for name, value in fields if value.strip()]


def opened(verb: Verb, typed: Typed) -> Typed:
    """What a form opens with of what another one sent it: a contact with what an intake had been
    told, and as what it is."""
    kind = typed.get(OPENS, "")
    if verb.name != "contact" or kind not in CONTACT_KINDS:
        return typed
    told = carried(VERBS["register"], typed) if "narrative" in typed else typed.items(multi=True)
    return MultiDict([*((name, value) for name, value in told if name != "kind"), ("kind", kind)])


def question_of(
    verb: Verb, case: Case | None, values: Mapping[str, Any], typed: Typed
) -> Question | None:
    """What a form has to ask before its verb is done with what was typed; NotAllowed where a field
    is wrong."""
    reading = _what_a_unit_reads(verb, case, values)
    about = _about(verb, case, values, typed)
    questions = [question for question in (*about, reading) if question is not None]
    if not questions:
        return None
    cleaned(reader(), verb, values)
    return reduce(Question.beside, questions)


def _what_a_unit_reads(verb: Verb, case: Case | None, values: Mapping[str, Any]) -> Question | None:
    reads = reads_of(verb, case, values)
    return Question(reads.words, frozenset({reads.mark}), reads=reads) if reads else None


def _about(
    verb: Verb, case: Case | None, values: Mapping[str, Any], typed: Typed
) -> Iterator[Question | None]:
    """What is asked about the caller, the matter and the unit."""
    if verb.name in ASKING:
        clean = cleaned(reader(), verb, values)
        yield _who_called(verb, case, clean, typed)
        yield repeats(clean) if verb.name == "register" else None
    elif verb.name == "allocate" and case is not None and case.complained_unit_id is not None:
        yield complained_of(case, cleaned(reader(), verb, values), typed)
    elif verb.name in (LOADED, APPROVED):
        yield _foreseen(verb, values, typed)
    elif verb.name == "split" and values.get("parts"):
        yield _made(values["parts"])


def shown_first(verb: Verb, typed: Typed) -> Question | None:
    """What a form shows when it is opened already, and does not ask again: what the proposal that
    is meant would do."""
    return _foreseen(verb, {}, typed) if verb.name == APPROVED else None


def _foreseen(verb: Verb, values: Mapping[str, Any], typed: Typed) -> Question | None:
    shown = foreseen(verb, values, which_row(verb, None, typed).about)
    return Question(shown.words, frozenset({shown.mark}), foreseen=shown) if shown else None


def _made(parts: Sequence[Mapping[str, str]]) -> Question:
    """How many cases splitting makes, and of which words. Other words are asked about again."""
    narratives = [part["narrative"] for part in parts]
    digest = hashlib.sha256("\n\n".join(narratives).encode()).hexdigest()
    sentence = words.word("question.split", language(), n=len(narratives))
    return Question(
        sentence,
        frozenset({f"parts:{digest[:16]}"}),
        parts=[_shortened(narrative) for narrative in narratives],
    )


def _shortened(text: str) -> str:
    return text if len(text) <= FIRST_WORDS else f"{text[:FIRST_WORDS]}…"


def _who_called(
    verb: Verb, case: Case | None, values: Mapping[str, Any], typed: Mapping[str, str]
) -> Question | None:
    if anonymous_with_caller(values):
        sentence = words.word("question.who.anonymous", language())
        return Question(sentence, frozenset({"anonymous"}), asks=[anonymous_or_not(typed)])
    others = others_of_number(verb, case, values)
    if not others:
        return None
    marks = frozenset(f"person:{caller.id}" for caller in others)
    sentence = words.word("question.who.known", language())
    return Question(sentence, marks, asks=[who_of_them(others, typed)])
