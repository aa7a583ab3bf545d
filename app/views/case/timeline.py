"""The timeline of a case: its newest events in words, with who did what."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import case as either
from sqlalchemy import or_, select

from app import words
from app.models import Case, Event
from app.views.actor import actor, language, reader
from app.views.pages.actors import bot_word, know_people

NEWEST = 200
"""How many events the timeline shows."""
CONTACTED = ("case.contacted", "case.repeated")
"""Events of a contact: its kind stands in them."""
_FOR = "acting_for"
"""What an event says where somebody acted for another."""
INSTRUCTED = ("case.instructed", "case.filed")
"""Events of an instruction: the leader who gave it stands in them, beside who entered it."""


def timeline(events: Sequence[Any], names: Mapping[str, str]) -> list[dict[str, Any]]:
    """Events of a case, the last first, as words: what, when, by whom."""
    tongue = language()
    return [
        {
            "at": row.at,
            "what": _what(row, tongue),
            "who": _who(row, names, tongue),
            "state": words.state(row.subject, row.to_state, tongue) if row.to_state else "",
        }
        for row in events
    ]


def newest(case: Case) -> Sequence[Any]:
    """The newest events of a case, with what stands in those whose words depend on it."""
    telling = or_(Event.kind.in_((*CONTACTED, *INSTRUCTED)), Event.payload.contains(f'"{_FOR}"'))
    query = select(
        Event.id,
        Event.at,
        Event.kind,
        Event.actor,
        Event.from_state,
        Event.to_state,
        Event.subject,
        either((telling, Event.payload), else_="").label("payload"),
    )
    last = query.where(Event.chain == case.id).order_by(Event.seq.desc()).limit(NEWEST)
    return reader().execute(last).all()


def actors_of(events: Sequence[Any]) -> set[str]:
    """Who acted, and for whom."""
    return {row.actor for row in events} | {word for row in events if (word := _acted_for(row))}


def _acted_for(row: Any) -> str:
    """For whom somebody acted, as the record names people; nothing where for nobody."""
    head = json.loads(row.payload).get(_FOR) if row.payload else None
    return f"user:{head}" if head else ""


def _who(row: Any, names: Mapping[str, str], tongue: str) -> str:
    """Who did it, and for whom where somebody stood in."""
    by, head = names.get(row.actor, row.actor), _acted_for(row)
    if not head or names.get(head) == by:
        return by
    return words.word("case_page.acting_for", tongue, by=by, head=names.get(head, head))


def _what(row: Any, tongue: str) -> str:
    """What an event was; a contact by its kind: who chases does not say the same as who complains
    again."""
    payload = json.loads(row.payload) if row.payload else {}
    if row.kind in CONTACTED and payload.get("kind"):
        contact = words.value("contact_kind", payload["kind"], tongue)
        return words.pair(words.event("case.contacted", tongue), contact, tongue)
    return words.pair(words.event(row.kind, tongue), _leader(row, payload), tongue)


def _leader(row: Any, payload: Mapping[str, Any]) -> str | None:
    """The leader whose words an event is about."""
    return payload.get("leader") if row.kind in INSTRUCTED else None


def names_of(actors: set[str]) -> dict[str, str]:
    """word of the record -> the name; units see the names of offices, not of the centre's
    people."""
    tongue, who = language(), actor()
    centre = words.word("case_page.hotline", tongue)
    other_unit = words.word("case_page.another_unit", tongue)
    names = {"bot": bot_word(tongue)}
    for word, person in know_people(actors).items():
        stranger = who.of_a_unit and person.unit_id != who.unit_id
        office = centre if person.unit_id is None else other_unit
        names[word] = office if stranger else person.name
    return names
