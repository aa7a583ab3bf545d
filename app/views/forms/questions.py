"""What a form asks once before it goes on, where a person should know something first: cases that
may be the same matter, a unit that would handle a complaint about itself. It comes back with
everything still typed in; who sends it again goes on. It never joins, refuses or chooses by itself.
[procedure 1]
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import url_for
from sqlalchemy import Select, func, literal, select, union_all
from sqlalchemy.orm import joinedload
from werkzeug.datastructures import MultiDict

from app import words
from app.models import Case, Contact, Unit
from app.rules.similarity import STRIKING, SUGGESTED, likeness
from app.rules.workflow import CLOSED_TO_CONTACTS, OPEN_CASE
from app.stages.acceptance import of_number, same_matter, since_when
from app.stages.duties import lineage
from app.verbs import Verb
from app.verbs.typed import cleaned
from app.views.actor import actor, language, now, reader
from app.views.forms.foreseen import APPROVED, LOADED, Shown, foreseen
from app.views.forms.form import Ask
from app.views.forms.unit_reads import Reads, reads_of
from app.views.forms.which import which_row
from app.views.forms.who_called import (
    ASKING,
    anonymous_or_not,
    anonymous_with_caller,
    others_of_number,
    who_of_them,
)
from app.views.pages.masking import know_callers, masked_caller, masked_text

Typed = MultiDict[str, str]
ASKED = "asked"
"""The hidden field that says what was asked."""
LOOKED_AT, PROPOSED = 30, 8
"""Of each kind (the caller's, the unit's) how many cases are compared, and how many are
proposed."""
FIRST_WORDS = 40
_PERHAPS = "question.alike"
_SAME = "question.alike.seen"
_NEW = "question.alike.new"


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
        chosen = all(typed.get(one.name, "") in dict(one.options) for one in self.asks)
        return chosen and self.marks <= {*typed.get(ASKED, "").split(",")}


CARRIED = ("caller.name", "caller.phone", "channel", "received_at")
"""What goes along as it was typed from a registration into the contact that it becomes; its words
do too."""


def carried(verb: Verb, typed: Typed) -> list[tuple[str, str]]:
    """The fields with which the form of a contact opens, where a registration becomes one.
    [procedure 1]"""
    if verb.name != "register":
        return []
    said = [typed.get(name, "").strip() for name in ("narrative", "demand")]
    fields = [
        ("words", "\n".join(filter(None, said))),
        *((name, typed.get(name, "")) for name in CARRIED),
    ]
    return [(name, value) for name, value in fields if value.strip()]


def asked_before(typed: Mapping[str, str], question: Question | None) -> str:
    """What a form keeps of what it asked: the hidden field that goes with it."""
    before = {*typed.get(ASKED, "").split(",")} - {""}
    return ",".join(sorted(before | (question.marks if question is not None else set())))


def question_of(
    verb: Verb, case: Case | None, values: Mapping[str, Any], typed: Typed
) -> Question | None:
    """What a form has to ask before its verb is done with what was typed; NotAllowed where a field
    is wrong."""
    reads = reads_of(verb, case, values)
    read = (
        Question(reads.words, frozenset({reads.mark}), reads=reads) if reads is not None else None
    )
    asked = _together(
        [one for one in (*_about(verb, case, values, typed), read) if one is not None]
    )
    if asked is not None:
        cleaned(reader(), verb, values)
    return asked


def _about(
    verb: Verb, case: Case | None, values: Mapping[str, Any], typed: Typed
) -> Sequence[Question | None]:
    """What is asked about the caller, the matter and the unit."""
    if verb.name in ASKING:
        clean = cleaned(reader(), verb, values)
        return [
            _who_called(verb, case, clean, typed),
            _repeats(clean) if verb.name == "register" else None,
        ]
    if verb.name == "allocate" and case is not None and case.complained_unit_id is not None:
        return [_complained(case, cleaned(reader(), verb, values), typed)]
    if verb.name in (LOADED, APPROVED):
        return [_foreseen(verb, values, typed)]
    return [_made(values["parts"])] if verb.name == "split" and values.get("parts") else []


# Days are loaded.


def shown_first(verb: Verb, typed: Typed) -> Question | None:
    """What a form shows when it is opened already, and does not ask again: what the proposal that
    is meant would do."""
    return _foreseen(verb, {}, typed) if verb.name == APPROVED else None


def _foreseen(verb: Verb, values: Mapping[str, Any], typed: Typed) -> Question | None:
    meant = which_row(verb, None, typed)
    row = next((one for one in meant.rows if one.id == meant.row), None)
    shown = foreseen(verb, values, row)
    return (
        Question(shown.words, frozenset({shown.mark}), foreseen=shown)
        if shown is not None
        else None
    )


# One contact becomes several cases.


def _made(parts: Sequence[Mapping[str, str]]) -> Question:
    """How many cases splitting makes, and of which words. Other words are asked about again."""
    said = [part["narrative"] for part in parts]
    mark = hashlib.sha256("\n\n".join(said).encode()).hexdigest()[:16]
    asks = words.word("question.split", language(), n=len(said))
    return Question(asks, frozenset({f"parts:{mark}"}), parts=[_shortened(one) for one in said])


def _shortened(said: str) -> str:
    return said if len(said) <= FIRST_WORDS else f"{said[:FIRST_WORDS]}…"


def _together(found: Sequence[Question]) -> Question | None:
    """Several questions asked at once."""
    if len(found) < 2:
        return found[0] if found else None
    return Question(
        words="\n".join(one.words for one in found),
        marks=frozenset().union(*(one.marks for one in found)),
        lines=[line for one in found for line in one.lines],
        offers=[offer for one in found for offer in one.offers],
        filed={name: told for one in found for name, told in one.filed.items()},
        asks=[asked for one in found for asked in one.asks],
        parts=[part for one in found for part in one.parts],
        reads=next((one.reads for one in found if one.reads is not None), None),
    )


# Who called.


def _who_called(
    verb: Verb, case: Case | None, values: Mapping[str, Any], typed: Mapping[str, str]
) -> Question | None:
    if anonymous_with_caller(values):
        told = words.word("question.who.anonymous", language())
        return Question(told, frozenset({"anonymous"}), asks=[anonymous_or_not(typed)])
    others = others_of_number(verb, case, values)
    if not others:
        return None
    marks = frozenset(f"person:{one.id}" for one in others)
    return Question(
        words.word("question.who.known", language()), marks, asks=[who_of_them(others, typed)]
    )


# Who is complained of is about to handle it.


def _complained(case: Case, values: Mapping[str, Any], typed: Typed) -> Question | None:
    complained = case.complained_unit
    named = [
        one for one in (values.get("unit"), *values.get("assists", ())) if isinstance(one, Unit)
    ]
    meant = next(
        (one for one in named if complained and complained.id in lineage(reader(), one.id)), None
    )
    if complained is None or meant is None:
        return None
    superior = meant.superior
    told = words.word("question.complained", language(), unit=complained.name)
    if meant.id != complained.id:
        told += words.word("question.complained.dissolved", language(), unit=meant.name)
    again = words.word("question.complained.again", language())
    offers = []
    if superior is not None and superior.active:
        label = words.word("question.superior_instead", language(), unit=superior.name)
        other = {meant.code: superior.code}
        chosen = [
            (name, value) for name in ("unit", "assists") for value in typed.getlist(name) if value
        ]
        instead = [(name, other.get(value, value)) for name, value in chosen]
        offers = [Offer(url_for("Verbs.allocate", case=case.id), label, instead)]
    return Question(told + again, frozenset({f"unit:{meant.id}"}), offers=offers)


# The same matter, perhaps.


def _candidates(values: Mapping[str, Any]) -> list[tuple[bool, Select[Any]]]:
    """The newest cases of the same number (True), and the newest open ones about the same unit;
    those that say much the same, or name a place that contains the other. Each looks into an index,
    and what it finds is few."""
    since = since_when(now())
    recent = select(Case.id).where(Case.registered_at >= since)
    found = []
    phone = "" if values.get("anonymous") else (values.get("caller") or {}).get("phone", "")
    if phone:
        callers = of_number(reader(), phone)
        called = select(Contact.case_id).where(
            Contact.caller_id.in_(callers), Contact.entered_at >= since
        )
        called = called.where(Contact.case_id.is_not(None))
        found += [(True, recent.where(Case.caller_id.in_(callers))), (True, called)]
    open_ = recent.where(Case.state.in_(OPEN_CASE))
    if values.get("complained_unit"):
        found.append((False, open_.where(Case.complained_unit_id == values["complained_unit"].id)))
    return found


def _alike(values: Mapping[str, Any]) -> Select[Any] | None:
    """The cases that say much the same, or whose place contains this one or the other way round:
    those that the index of pairs finds, but for what ended without a contact being possible."""
    place = values.get("place") or ""
    by_words, by_place = same_matter(reader(), now(), _said(values), place)
    if not by_words and not by_place:
        return None
    found = select(Case.id, literal(0).label("same"))
    found = found.where(
        Case.id.in_({*by_words, *by_place}), Case.registered_at >= since_when(now())
    )
    return found.where(Case.state.not_in(CLOSED_TO_CONTACTS))  # type: ignore[return-value]


def _said(given: Mapping[str, Any]) -> str:
    """All that is said of a matter."""
    return f"{given.get('narrative') or ''}\n{given.get('demand') or ''}"


def _compared(values: Mapping[str, Any]) -> Sequence[tuple[Case, bool]]:
    """The cases that are compared, as far as the person sees them, each with whether the same
    number called about it."""
    parts: list[Select[Any]] = []
    for same, one in _candidates(values):
        newest = one.order_by(one.selected_columns[0].desc()).limit(LOOKED_AT).subquery()
        parts.append(select(newest.c[0].label("id"), literal(int(same)).label("same")))
    alike = _alike(values)
    parts += [alike] if alike is not None else []
    if not parts:
        return ()
    both = union_all(*parts).subquery()
    ids = select(both.c.id, func.max(both.c.same).label("same")).group_by(both.c.id).subquery()
    query = select(Case, ids.c.same).join(ids, ids.c.id == Case.id).options(joinedload(Case.caller))
    return [(case, bool(same)) for case, same in reader().execute(query)]


def _how_alike(values: Mapping[str, Any], case: Case) -> float:
    """How alike two cases are, whether or not a demand was typed apart from the narrative."""
    other = {"narrative": case.narrative, "demand": case.demand}
    return max(
        likeness(values.get("narrative", ""), case.narrative), likeness(_said(values), _said(other))
    )


def _repeats(values: Mapping[str, Any]) -> Question | None:
    ranked = []
    for case, same in _compared(values):
        alike = _how_alike(values, case)
        if same or alike >= SUGGESTED:
            ranked.append((same + alike, case.id, _line(same, alike, case)))
    if not ranked:
        return None
    lines = [line for _, _, line in sorted(ranked, reverse=True)[:PROPOSED]]
    return Question(
        words.word(_PERHAPS, language()),
        frozenset(str(one.id) for one in lines),
        lines,
        filed={"repeat_check": _filed(values.get("repeat_check", ""), lines)},
    )


def _line(same: bool, alike: float, case: Case) -> Proposed:
    tongue = language()
    shown = f"{alike:.0%}"
    why = [words.word("question.alike.number", tongue)] if same else []
    why += [words.word("question.alike.words", tongue, shown=shown)] if alike >= SUGGESTED else []
    caller, told = masked_caller(case, always=True), case.narrative[:FIRST_WORDS]
    if not actor().reads_as_typed:
        know_callers([case.id])
        told = masked_text(case.narrative, case.id)[:FIRST_WORDS]
    return Proposed(
        case.id,
        str(case),
        words.state("case", case.state, tongue),
        case.place,
        told,
        caller.get("note") or f"{caller['name']} {caller['phone']}".strip(),
        "，".join(why),
        alike >= STRIKING,
    )


def _filed(said: str, lines: Sequence[Proposed]) -> str:
    """The result of the check as it is kept: what the operator said, what was proposed, and that a
    person decided."""
    tongue = language()
    told = words.word(_SAME, tongue) + "、".join(f"{one.number}（{one.why}）" for one in lines)
    return "\n".join(filter(None, [said, told + words.word(_NEW, tongue)]))
