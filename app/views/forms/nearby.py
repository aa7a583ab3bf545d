"""What stands beside a demand while it is typed: cases that may be the same matter, what the most
alike were filed as, places that were told before. All of it as far as this person sees it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app import words
from app.models import Case, Category
from app.rules.reading.papers import paper_number
from app.rules.similarity import STRIKING, SUGGESTED, likeness, signs, within
from app.rules.workflow import CLOSED_TO_CONTACTS, OPEN_CASE
from app.stages.acceptance import same_matter
from app.stages.named import carried, category_named
from app.views.actor import actor, language, now, reader
from app.views.forms.options import MOST
from app.views.pages.lines import Line, line_of
from app.views.pages.masking import know_callers, masked_text

LEAST = 4
"""From so many signs on words are compared."""
SHOWN, FILED, PLACES = 6, 3, 8
"""So many cases, categories and places are proposed."""
OF_A_PLACE = 0.15
"""From which likeness a case of the same place is proposed. Ours."""
TOLD = {
    "chase": "intake.chase",
    "repeat": "intake.repeat",
    "supplement": "intake.supplement",
}
"""What may be told of a case that is there -> what its button says."""
_NAMED = 1.5
"""What the name of a category in the words weighs beside the cases that are filed under it."""
_BEGINNING = 2
"""So many first signs of a category's name tell of it too: 路灯 of 路灯维修."""


@dataclass(frozen=True)
class Near:
    """A case that may be meant: its line, why it is proposed, and what may be told of it."""

    line: Line
    why: str = ""
    striking: bool = False
    kinds: Sequence[tuple[str, str]] = ()


def told_of(state: str) -> list[tuple[str, str]]:
    """What may be told of a case in a state, by who may take contacts: nobody chases what is
    closed."""
    if "contact" not in actor().rights:
        return []
    ended = state not in OPEN_CASE
    return [
        (kind, words.word(said, language()))
        for kind, said in TOLD.items()
        if not (ended and kind == "chase")
    ]


def nearby(told: str, place: str) -> tuple[list[Near], list[tuple[str, str]]]:
    """The cases that may be the same matter, the likeliest first, and the categories that the words
    speak for. Four statements at most, whatever is on file."""
    if len(signs(told)) < LEAST and len(signs(place)) < 2:
        return [], []
    by_words, by_place = same_matter(reader(), now(), told, place)
    cases = _cases({*by_words, *by_place})
    alike = {case.id: likeness(told, f"{case.narrative}\n{case.demand}") for case in cases}
    alike |= {case.id: max(alike[case.id], likeness(told, case.narrative)) for case in cases}
    return _nearest(cases, alike, place), _filed(cases, alike, told)


def cases_known(ids: Collection[int]) -> list[Near]:
    """Cases by their ids, as far as this person sees them, with what may be told of each."""
    return [Near(line_of(case), kinds=told_of(case.state)) for case in _cases(ids)]


def _cases(ids: Collection[int]) -> Sequence[Case]:
    """Cases with their categories, in one statement; their callers in another where these are
    covered."""
    if not ids:
        return ()
    query = (
        select(Case)
        .where(Case.id.in_(ids))
        .options(joinedload(Case.category).joinedload(Category.parent))
    )
    found = reader().scalars(query).unique().all()
    if not actor().reads_as_typed:
        know_callers(case.id for case in found)
    return found


def _nearest(cases: Iterable[Case], alike: Mapping[int, float], place: str) -> list[Near]:
    ranked = []
    for case in cases:
        same_place = within(place, case.place)
        least = OF_A_PLACE if same_place else SUGGESTED
        if case.state not in CLOSED_TO_CONTACTS and alike[case.id] >= least:
            ranked.append((alike[case.id] + same_place * SUGGESTED, case.id, case, same_place))
    ranked.sort(key=lambda one: one[:2], reverse=True)
    return [_near(case, alike[case.id], same_place) for _, _, case, same_place in ranked[:SHOWN]]


def _near(case: Case, alike: float, same_place: bool) -> Near:
    tongue, why = language(), []
    if alike >= SUGGESTED:
        why.append(words.word("question.alike.words", tongue, shown=f"{alike:.0%}"))
    if same_place:
        why.append(words.word("question.alike.place", tongue))
    said = words.clauses(why, tongue)
    return Near(line_of(case), said, alike >= STRIKING, told_of(case.state))


def _filed(cases: Iterable[Case], alike: Mapping[int, float], told: str) -> list[tuple[str, str]]:
    """The categories that most speaks for, as a form carries them: what the most alike cases are
    filed under, and whose names stand in the words."""
    weights: Counter[int] = Counter()
    for case in cases:
        if case.category_id is not None:
            weights[case.category_id] += alike[case.id] ** 2  # type: ignore[assignment]
    query = select(Category).where(Category.active.is_(True)).order_by(Category.id).limit(MOST)
    known = {row.id: row for row in reader().scalars(query)}
    plain = signs(told)
    for row in known.values():
        weights[row.id] += _named(signs(row.name), plain)  # type: ignore[assignment]
    best = sorted(weights, key=lambda id: (-weights[id], id))
    chosen = [known[id] for id in best if id in known and weights[id] > 0.01]
    return [(carried(row), str(row)) for row in chosen[:FILED]]


def _named(name: str, told: str) -> float:
    """How much the words speak of a category by its name."""
    if len(name) < _BEGINNING:
        return 0.0
    return _NAMED if name in told else _NAMED / 3 if name[:_BEGINNING] in told else 0.0


def category_chosen(named: str) -> Category | None:
    """The category that a form carries; None where it carries none."""
    id = reader().scalar(category_named(named)) if named else None
    return reader().get(Category, id) if id is not None else None


def places_like(typed: str) -> list[str]:
    """Places of earlier cases that hold what was typed, covered as this person reads them."""
    plain = signs(typed)
    if len(plain) < 2:
        return []
    _, by_place = same_matter(reader(), now(), "", typed)
    if not by_place:
        return []
    query = select(Case.id, Case.place).where(Case.id.in_(by_place)).order_by(Case.id.desc())
    rows = reader().execute(query).all()
    if not actor().reads_as_typed:
        know_callers(row.id for row in rows)
    read = dict.fromkeys(_as_read(row.place, row.id) for row in rows)
    return [place for place in read if plain in signs(place)][:PLACES]


def _as_read(text: str, case: int) -> str:
    """What was typed of a case as this person reads it."""
    return text if actor().reads_as_typed else masked_text(text, case)


def cases_named(typed: str) -> list[Near]:
    """The case with a number, or the newest that hold all the words that were typed."""
    exact = select(Case).where(Case.number == paper_number(typed))
    one = (
        reader()
        .scalars(exact.options(joinedload(Case.category).joinedload(Category.parent)))
        .unique()
        .first()
    )
    if one is not None:
        found: Sequence[Case] = [one]
        if not actor().reads_as_typed:
            know_callers([one.id])
    elif len(signs(typed)) < 2:
        return []
    else:
        by_words, by_place = same_matter(reader(), now(), typed, typed)
        parts = [signs(part) for part in typed.split()]
        held = (
            (case, signs(_as_read(f"{case.narrative}\n{case.demand}\n{case.place}", case.id)))
            for case in _cases({*by_words, *by_place})
        )
        found = [case for case, told in held if all(part in told for part in parts)]
    found = [case for case in found if case.state not in CLOSED_TO_CONTACTS]
    newest = sorted(found, key=lambda case: case.id, reverse=True)[:SHOWN]
    return [Near(line_of(case), kinds=told_of(case.state)) for case in newest]
