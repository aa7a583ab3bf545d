"""The first page of a unit's people: what bites first, a card for each case, whatever lists it stands
in; and who stands in for whom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app import words
from app.models import Person, Substitute
from app.roles import Actor
from app.stages.handling import running
from app.views.actor import language, now, reader
from app.views.pages.badge import Badge
from app.views.waiting import CLOCKS, Waiting, waiting
from app.worklists import Queue, pressing

MOST = 20
"""So many cards stand on the page; the lists have the others."""
FIRST = (
    "returned_drafts",
    "drafts",
    "to_respond",
    "to_sign",
    "to_feed_back",
    "refused_replies",
    "to_answer",
    "reminded",
    "unit_overdue",
)
"""Of several lists in which a case stands, which says what is to be done next."""


@dataclass(frozen=True)
class Card:
    """A case that waits for the unit: its row, the badge of what ends first, and why it is here."""

    row: Waiting
    badge: Badge | None
    why: list[str]


def unit_home(who: Actor, queues: Mapping[str, Queue], counts: Mapping[str, int]) -> dict[str, Any]:
    """What the first page of a unit's people shows; `counts` say how many rows each list has."""
    cards, more = cards_of(who, queues, counts)
    n = f"{len(cards)}+" if more else len(cards)
    title = words.word("work_list.to_do", language(), n=n)
    return {"title": title, "cards": cards, "substitutes": substitutes_of(who)}


def cards_of(
    who: Actor, queues: Mapping[str, Queue], counts: Mapping[str, int]
) -> tuple[list[Card], bool]:
    """The cases that wait for a unit's people, what ends first before all others, and whether there
    may be more of them than cards."""
    found = pressing(reader(), who, now(), MOST)
    by_case: dict[int, list[tuple[str, Any]]] = {}
    for key, rows in found.items():
        for row in rows:
            by_case.setdefault(row.case, []).append((key, row))
    more = len(by_case) > MOST or any(counts.get(key, 0) > len(rows) for key, rows in found.items())
    groups = sorted(by_case.values(), key=lambda rows: _ends(queues, rows))[:MOST]
    pairs = [(queues[key], row) for rows in groups for key, row in sorted(rows, key=_place)]
    told = iter(waiting(pairs))
    cards = []
    for rows in groups:
        ordered = sorted(rows, key=_place)
        cards.append(_card(queues, [(key, next(told)) for key, _ in ordered]))
    return [card for card in cards if card is not None], more


def _place(pair: tuple[str, Any]) -> int:
    """How near a list is to what is to be done next."""
    return FIRST.index(pair[0]) if pair[0] in FIRST else len(FIRST)


def _ends(queues: Mapping[str, Queue], rows: Sequence[tuple[str, Any]]) -> tuple[bool, Any, int]:
    """When the first clock of a case ends; those without one come last."""
    ends = [row.at for key, row in rows if row.at and queues[key].when in CLOCKS]
    return (not ends, min(ends) if ends else rows[0][1].at, rows[0][1].row)


def _card(queues: Mapping[str, Queue], told: Sequence[tuple[str, Waiting | None]]) -> Card | None:
    """One card of the rows of a case: the first that has a button says what is done."""
    rows = [(key, row) for key, row in told if row is not None]
    if not rows:
        return None
    main = next((row for _, row in rows if row.button), rows[0][1])
    badges = [row.badge for _, row in rows if row.badge]
    first = min(badges, key=lambda badge: badge.until, default=None)
    why = [words.word(queues[key].title, language()) for key, _ in rows]
    return Card(main, first, why)


def substitutes_of(who: Actor) -> list[str]:
    """Who stands in for whom in the unit today, in sentences."""
    query = (
        select(Substitute)
        .where(Substitute.unit_id == (who.unit_id or 0), *running(now().date()))
        .options(joinedload(Substitute.head), joinedload(Substitute.person))
        .order_by(Substitute.id)
    )
    return [_sentence(who, row) for row in reader().scalars(query)]


def _sentence(who: Actor, row: Substitute) -> str:
    head, person, until = _name(row.head), _name(row.person), row.to_on.isoformat()
    if row.person_id == who.id:
        return words.word("work_list.you_stand_in", language(), head=head, until=until)
    return words.word("work_list.stands_in", language(), head=head, person=person, until=until)


def _name(person: Person) -> str:
    return person.first_name or person.username
