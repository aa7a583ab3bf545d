"""A question that a form asks once before it goes on, and how it is known again when it was asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from werkzeug.datastructures import MultiDict

from app.views.forms.foreseen import Shown
from app.views.forms.form import Ask
from app.views.forms.unit_reads import Reads

Typed = MultiDict[str, str]
ASKED = "asked"
"""The hidden field that says what was asked."""
FIRST_WORDS = 40
"""How many signs of a matter's words a question shows."""


@dataclass(frozen=True, order=True)
class Proposed:
    """A case that may be the same matter, as a line of the question shows it, with the way to a
    contact on it."""

    id: int
    number: str
    state: str
    place: str
    words: str
    caller: str
    why: str
    striking: bool


@dataclass(frozen=True)
class Offer:
    """Another way that a question names: a button that opens the form at an address with these
    fields in it. They are sent, not put into the address: it would stay in the browser and in
    logs."""

    href: str
    label: str
    fields: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True)
class Question:
    """What is asked: `marks` name it, so that what was asked before is not asked again; `offers`
    are other ways, `lines` cases with such a way each, `parts` what would be made; `filed` is what
    going on puts on file, field by field; `asks` has to be answered; `foreseen` is what loading
    days would do."""

    words: str
    marks: frozenset[str]
    lines: Sequence[Proposed] = ()
    offers: Sequence[Offer] = ()
    parts: Sequence[str] = ()
    filed: Mapping[str, str] = field(default_factory=dict)
    asks: Sequence[Ask] = ()
    reads: Reads | None = None
    foreseen: Shown | None = None

    def was_asked(self, typed: Mapping[str, str]) -> bool:
        """Whether the form that was sent had asked all of it, and what has to be chosen was
        chosen."""
        chosen = all(typed.get(ask.name, "") in dict(ask.options) for ask in self.asks)
        return chosen and self.marks <= {*typed.get(ASKED, "").split(",")}

    def beside(self, other: Question) -> Question:
        """Both questions, asked at once."""
        return Question(
            words=f"{self.words}\n{other.words}",
            marks=self.marks | other.marks,
            lines=[*self.lines, *other.lines],
            offers=[*self.offers, *other.offers],
            parts=[*self.parts, *other.parts],
            filed={**self.filed, **other.filed},
            asks=[*self.asks, *other.asks],
            reads=self.reads or other.reads,
            foreseen=self.foreseen or other.foreseen,
        )


def asked_before(typed: Mapping[str, str], question: Question | None) -> str:
    """What a form keeps of what it asked: the hidden field that goes with it."""
    before = {*typed.get(ASKED, "").split(",")} - {""}
    return ",".join(sorted(before | (question.marks if question is not None else set())))
