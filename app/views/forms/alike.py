"""The question whether a case is there already: those that may be the same matter are proposed, and
a person decides. [procedure 1]"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Select, func, literal, select, union_all
from sqlalchemy.orm import joinedload

from app import words
from app.models import Case, Contact
from app.rules.similarity import STRIKING, SUGGESTED, likeness
from app.rules.workflow import CLOSED_TO_CONTACTS, OPEN_CASE
from app.stages.acceptance import of_number, same_matter, since_when
from app.views.actor import actor, language, now, reader
from app.views.forms.question import FIRST_WORDS, Proposed, Question
from app.views.pages.masking import masked_caller, masked_text

_PERHAPS = "question.alike"
LOOKED_AT, PROPOSED = 30, 8
"""Of each kind (the caller's, the unit's) how many cases are compared, and how many are
proposed."""


def _candidates(values: Mapping[str, Any]) -> Iterator[tuple[bool, Select[Any]]]:
    """The newest cases of the same number (True), and the newest open ones about the same unit; each
    looks into an index, and what it finds is few."""
    since = since_when(now())
    recent = select(Case.id).where(Case.registered_at >= since)
    phone = "" if values.get("anonymous") else (values.get("caller") or {}).get("phone", "")
    if phone:
        callers = of_number(reader(), phone)
        yield True, recent.where(Case.caller_id.in_(callers))
        yield (
            True,
            select(Contact.case_id).where(
                Contact.caller_id.in_(callers),
                Contact.entered_at >= since,
                Contact.case_id.is_not(None),
            ),
        )
    unit = values.get("complained_unit")
    if unit:
        open_ = recent.where(Case.state.in_(OPEN_CASE))
        yield False, open_.where(Case.complained_unit_id == unit.id)


def _alike(values: Mapping[str, Any]) -> Select[Any, Any] | None:
    """The cases that say much the same, or whose place contains this one or the other way round:
    those that the index of pairs finds, but for what ended without a contact being possible."""
    place = values.get("place") or ""
    by_words, by_place = same_matter(reader(), now(), _said(values), place)
    if not by_words and not by_place:
        return None
    query = select(Case.id, literal(0).label("same"))
    return query.where(
        Case.id.in_({*by_words, *by_place}),
        Case.registered_at >= since_when(now()),
        Case.state.not_in(CLOSED_TO_CONTACTS),
    )


def _said(given: Mapping[str, Any]) -> str:
    """All that is said of a matter."""
    return f"{given.get('narrative') or ''}\n{given.get('demand') or ''}"


def _compared(values: Mapping[str, Any]) -> Sequence[tuple[Case, bool]]:
    """The cases that are compared, as far as the person sees them, each with whether the same
    number called about it."""
    parts: list[Select[Any, Any]] = []
    for same, candidates in _candidates(values):
        key = candidates.selected_columns[0]
        newest = candidates.order_by(key.desc()).limit(LOOKED_AT).subquery()
        parts.append(select(newest.c[0].label("id"), literal(int(same)).label("same")))
    alike = _alike(values)
    if alike is not None:
        parts.append(alike)
    if not parts:
        return ()
    both = union_all(*parts).subquery()
    ids = select(both.c.id, func.max(both.c.same).label("same")).group_by(both.c.id).subquery()
    query = select(Case, ids.c.same).join(ids, ids.c.id == Case.id).options(joinedload(Case.caller))
    return [(case, bool(same)) for case, same in reader().execute(query)]


def alike_to(case: Case, most: int) -> list[Proposed]:
    """The open cases that may be the same matter as one that is on file, the likeliest first: those
    of its caller, and those that say much the same."""
    by_words, by_place = same_matter(reader(), now(), _said_of(case), case.place)
    near = select(Case.id).where(Case.id.in_({*by_words[:LOOKED_AT], *by_place[:LOOKED_AT]}))
    callers = select(Case.id).where(Case.caller_id == case.caller_id)
    newest = callers.order_by(Case.id.desc()).limit(LOOKED_AT).subquery()
    both = union_all(near, select(newest.c.id)).subquery()
    ids = select(both.c.id).group_by(both.c.id).subquery()
    # Which of them are open is asked of what was found: by their state all open cases would be read.
    query = select(Case).join(ids, ids.c.id == Case.id).options(joinedload(Case.caller))
    found = (other for other in reader().scalars(query) if _may_be_joined(case, other))
    ranked = []
    for other in found:
        same = case.caller_id is not None and other.caller_id == case.caller_id
        alike = _how_alike({"narrative": case.narrative, "demand": case.demand}, other)
        if same or alike >= SUGGESTED:
            ranked.append((same + alike, other.id, _line(same, alike, other)))
    return [line for _, _, line in sorted(ranked, reverse=True)[:most]]


def _may_be_joined(case: Case, other: Case) -> bool:
    """Whether another case is open still, and recent enough."""
    recent = other.registered_at >= since_when(now())
    return other.id != case.id and recent and other.state in OPEN_CASE


def _said_of(case: Case) -> str:
    """All that a case says."""
    return _said({"narrative": case.narrative, "demand": case.demand})


def _how_alike(values: Mapping[str, Any], case: Case) -> float:
    """How alike two cases are, whether or not a demand was typed apart from the narrative."""
    return max(
        likeness(values.get("narrative", ""), case.narrative),
        likeness(_said(values), _said_of(case)),
    )


def repeats(values: Mapping[str, Any]) -> Question | None:
    """The question about the cases that may be the same matter, the likeliest first."""
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
        frozenset(str(line.id) for line in lines),
        lines,
        filed={"repeat_check": _filed(values.get("repeat_check", ""), lines)},
    )


def _line(same: bool, alike: float, case: Case) -> Proposed:
    caller, narrative = masked_caller(case, always=True), case.narrative
    if not actor().reads_as_typed:
        narrative = masked_text(narrative, case.id)
    return Proposed(
        id=case.id,
        number=str(case),
        state=words.state("case", case.state, language()),
        place=case.place,
        words=narrative[:FIRST_WORDS],
        caller=caller.get("note") or f"{caller['name']} {caller['phone']}".strip(),
        why=_why(same, alike),
        striking=alike >= STRIKING,
    )


def _why(same: bool, alike: float) -> str:
    """Why a case is proposed: the number that called, how alike the words are."""
    tongue, reasons = language(), []
    if same:
        reasons.append(words.word("question.alike.number", tongue))
    if alike >= SUGGESTED:
        reasons.append(words.word("question.alike.words", tongue, shown=f"{alike:.0%}"))
    return words.clauses(reasons, tongue)


def _filed(said: str, lines: Sequence[Proposed]) -> str:
    """The result of the check as it is kept: what the operator said, what was proposed, and that a
    person decided."""
    tongue = language()
    seen = (words.aside(line.number, line.why, tongue) for line in lines)
    decided = words.word("question.alike.seen", tongue, seen=words.listed(seen, tongue))
    return "\n".join(filter(None, [said, decided]))
