"""What a form shows of the words that a unit will read, before its verb is done: the covered text,
what looks like a person and is not covered, and how to cover more or take back. [procedure 1:
confidential]

Asked on confidential cases, and on others only where a caller's name that is an ordinary word is
covered.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from app import words
from app.models import Case
from app.rules.covering import COVERS, NAME, Hidden, guesses, hidden, runs, uncovered
from app.rules.covering.ordinary import is_ordinary
from app.rules.refusal import NotAllowed
from app.stages.covers import hidden_of
from app.stages.verb import Field
from app.verbs import Verb, perform
from app.views.actor import actor, language, now, reader
from app.views.forms.unit_words import OF_THE_CASE, ON_THE_CASE, beside, may_be_read

MORE, BACK = "cover_more", "cover_less"
"""The fields with which words are covered more and taken back, beside those of the verb."""


@dataclass(frozen=True)
class Told:
    """One text as the unit will read it: (text, what is covered there or nothing, whether it is
    suspect)."""

    label: str
    parts: Sequence[tuple[str, str, str]]


@dataclass(frozen=True)
class Reads:
    """What a form asks about the words that a unit will read: the texts, what looks like a person,
    and what could be taken back."""

    title: str
    choices: Sequence[tuple[str, str, Sequence[str]]]
    more: str
    texts: Sequence[Told]
    may_cover: bool
    mark: str
    words: str


def reads_of(verb: Verb, case: Case | None, values: Mapping[str, Any]) -> Reads | None:
    """What a form shows of the words that a unit will read; None where nothing has to be asked."""
    if (verb.target == "none" and verb.name != "register") or actor().of_a_unit:
        return None
    texts = list(_texts(verb, case, values))
    if not texts:
        return None
    of = _hidden(case, values)
    found = [runs(text, of) for _, text in texts]
    confidential = _is_confidential(case, values)
    if not confidential and not _doubtful(texts, found):
        return None
    return _asked(texts, of, confidential)


def _is_confidential(case: Case | None, values: Mapping[str, Any]) -> bool:
    """Whether the case is confidential, or will be once the verb is done: a lifting is only
    proposed."""
    return bool(values.get("confidential")) or (case is not None and case.confidential)


def _texts(verb: Verb, case: Case | None, values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """(label, text) of the free words that were typed, and of those that stand on the case
    already."""
    for field in verb.fields:
        if may_be_read(verb, field):
            yield from _typed(verb.name, field, values.get(field.name))
    only = ON_THE_CASE.get(verb.name)
    if case is not None and only is not None and (not only or values.get(only)):
        yield from _on_the_case(case)


def _typed(verb: str, field: Field, value: Any) -> Iterator[tuple[str, str]]:
    """The free words that were typed into a field: one text, a leader's, or those of each part."""
    tongue = language()
    if isinstance(value, str) and value.strip():
        yield words.field(field.name, tongue, verb), value
    elif field.kind == "leader" and isinstance(value, Mapping) and value.get("text"):
        yield words.field("text", tongue), str(value["text"])
    elif field.kind == "parts" and isinstance(value, Sequence):
        for part in value:
            yield words.field("narrative", tongue), str(part.get("narrative", ""))


def _on_the_case(case: Case) -> Iterator[tuple[str, str]]:
    """The words on a case, and beside it, that a unit gets to read."""
    for name in OF_THE_CASE:
        text = getattr(case, name)
        if text:
            yield words.column("hotline_case", name, language()), text
    for table, text in beside(reader(), case):
        yield words.table(table, language()), text


def _hidden(case: Case | None, values: Mapping[str, Any]) -> Hidden:
    """What is hidden of the case once the verb is done: its callers and who is typed in now."""
    known = hidden_of(reader(), [case.id])[case.id] if case is not None else Hidden()
    caller = values.get("caller") or {}
    return hidden(
        (*known.names, str(caller.get("name") or "")),
        (*known.numbers, str(caller.get("phone") or "")),
        known.wholly or _is_confidential(case, values),
        known.more,
        known.less,
    )


def _doubtful(texts: Sequence[tuple[str, str]], covered: Sequence[Sequence[Any]]) -> bool:
    """Whether a name is covered that is an ordinary word as well."""
    return any(
        run.kind == NAME and is_ordinary(text[run.start : run.end])
        for (_, text), found in zip(texts, covered, strict=True)
        for run in found
    )


def _asked(texts: Sequence[tuple[str, str]], of: Hidden, confidential: bool) -> Reads:
    """The texts as the unit will read them, with what is suspect and what could be taken back."""
    tongue = language()
    marked = [
        (label, text, sorted([*runs(text, of), *uncovered(text, of)])) for label, text in texts
    ]
    typed = [(run.kind, text[run.start : run.end]) for _, text, found in marked for run in found]
    suspects = dict.fromkeys(word for kind, word in typed if kind == "suspect")
    back = dict.fromkeys(word for _, text in texts for word in guesses(text, of))
    opening = "cover.confidential" if confidential else "cover.ordinary"
    return Reads(
        title=words.word("cover.reads", tongue),
        choices=(
            (MORE, words.word("cover.suspected", tongue), list(suspects)),
            (BACK, words.word("cover.back", tongue), list(back)),
        ),
        more=words.word("cover.more", tongue),
        texts=[Told(label, _parts(text, found)) for label, text, found in marked],
        may_cover="cover" in actor().rights,
        mark=_mark(texts),
        words=words.word(opening, tongue),
    )


def _mark(texts: Sequence[tuple[str, str]]) -> str:
    """What the texts are known by, once they were asked about."""
    digest = hashlib.sha256("\0".join(text for _, text in texts).encode()).hexdigest()
    return f"reads-{digest[:16]}"


def _parts(text: str, marked: Sequence[Any]) -> list[tuple[str, str, str]]:
    """A text in parts: what stands between the marked runs as it is, each run as it is covered."""
    parts, over = [], 0
    for run in marked:
        typed = text[run.start : run.end]
        parts.append((text[over : run.start], "", ""))
        parts.append((COVERS.get(run.kind, typed), run.kind, typed))
        over = run.end
    return [*parts, (text[over:], "", "")]


def cover_chosen(session: Session, case: int, typed: Any) -> None:
    """Cover the words that a form that was sent covers more on its case, and show again those that it
    takes back."""
    more, less = _lines(typed, MORE), _lines(typed, BACK)
    if not (more or less) or "cover" not in actor().rights:
        return
    try:
        perform(session, now(), actor(), "cover", case=case, more=more, less=less)
    except NotAllowed as no:
        if no.msgid != "nothing_changed":
            raise


def _lines(typed: Any, field: str) -> list[str]:
    """The lines that were typed into a field, each once."""
    lines = (line.strip() for text in typed.getlist(field) for line in text.splitlines())
    return list(dict.fromkeys(filter(None, lines)))
