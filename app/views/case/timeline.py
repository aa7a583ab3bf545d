"""The timeline of a case: its newest events in words, with who did what and what was said in it, all
of them or those of one sort."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import Any

from flask import url_for
from sqlalchemy import select

from app import words
from app.models import Case, Event
from app.views.actor import actor, language, reader
from app.views.case.told import Rows, facts_in, payload_of, told_in
from app.views.pages.actors import bot_word, caller_word, know_people

NEWEST = 200
"""How many events the timeline shows."""
UNFOLDED = 12
"""How many entries stand open; the older ones are folded."""
OPENED = "file.opened"
"""The event of which many in a row are one entry."""
FILTERS = {
    "all": "case_page.tl.all",
    "people": "case_page.tl.people",
    "unit": "case_page.tl.unit",
    "bot": "case_page.tl.bot",
    "contact": "case_page.tl.contact",
    "paper": "case_page.tl.paper",
}
"""sort of entries -> what it is called."""
_CONTACTS = ("case.registered", "case.contacted", "case.repeated", "contact.recorded", "case.split")
_PAPERS = (
    "assignment.allocated",
    "instruction.issued",
    "reminder.issued",
    "reminder.voided",
    "supervision.opened",
    "supervision.reissued",
    "case.submitted",
    "case.redo_ordered",
    "paper.opened",
)


@dataclass
class Entry:
    """What happened at one moment by one person: in words, with what was said, and of which sorts it
    is."""

    at: datetime
    who: str
    what: str
    also: list[str] = field(default_factory=list)
    state: str = ""
    said: list[str] = field(default_factory=list)
    facts: list[str] = field(default_factory=list)
    sorts: set[str] = field(default_factory=set)
    times: int = 1


@dataclass(frozen=True)
class Timeline:
    """The entries that stand open and the older ones, the sorts with their addresses, and which is
    shown."""

    recent: Sequence[Entry]
    older: Sequence[Entry]
    filters: Sequence[tuple[str, str, str, int]]
    shown: str
    whole: bool


def newest(case: Case) -> Sequence[Any]:
    """The newest events of a case."""
    query = select(
        Event.id,
        Event.at,
        Event.kind,
        Event.actor,
        Event.from_state,
        Event.to_state,
        Event.subject,
        Event.subject_id,
        Event.payload,
    )
    last = query.where(Event.chain == case.id).order_by(Event.seq.desc()).limit(NEWEST)
    return reader().execute(last).all()


def actors_of(events: Sequence[Any]) -> set[str]:
    """Who acted, and for whom."""
    return {row.actor for row in events} | {word for row in events if (word := _acted_for(row))}


def _acted_for(row: Any) -> str:
    """For whom somebody acted, as the record names people; nothing where for nobody."""
    head = payload_of(row).get("acting_for")
    return f"user:{head}" if head else ""


def _who(row: Any, names: Mapping[str, str], tongue: str) -> str:
    """Who did it, and for whom where somebody stood in."""
    by, head = names.get(row.actor, row.actor), _acted_for(row)
    if not head or names.get(head) == by:
        return by
    return words.word("case_page.acting_for", tongue, by=by, head=names.get(head, head))


def timeline(
    events: Sequence[Any], names: Mapping[str, str], rows: Rows, case: Case, asked: str
) -> Timeline:
    """The newest events of a case as words, the last first; of one sort where it is asked for."""
    shown = asked if asked in FILTERS else "all"
    entries = [*_entries(events, names, rows, case)]
    kept = [one for one in entries if shown in one.sorts]
    here = url_for("Cases.page_of_case", id=case.id)
    filters = [
        (
            sort,
            words.word(msgid, language()),
            f"{here}?tl={sort}#timeline",
            sum(sort in one.sorts for one in entries),
        )
        for sort, msgid in FILTERS.items()
    ]
    return Timeline(kept[:UNFOLDED], kept[UNFOLDED:], filters, shown, len(events) < NEWEST)


def _entries(
    events: Sequence[Any], names: Mapping[str, str], rows: Rows, case: Case
) -> Iterator[Entry]:
    """One entry for what one person did at one moment; for files that he opened one after another
    too."""
    for _, group in groupby(events, _together):
        together = list(group)
        who = _who(together[0], names, language())
        yield _entry(together, who, rows, case)


def _together(event: Any) -> tuple[Any, str, str]:
    return (OPENED if event.kind == OPENED else event.at, event.actor, _acted_for(event))


def _entry(events: Sequence[Any], who: str, rows: Rows, case: Case) -> Entry:
    """Events of one moment as one entry: the one with words gives it its name."""
    tongue = language()
    told = [(event, told_in(event, rows, case)) for event in events]
    first = next((event for event, text in told if text), events[-1])
    named = [_what(event, tongue) for event in events if event is not first]
    what = _what(first, tongue)
    return Entry(
        at=first.at,
        who=who,
        what=what,
        also=[name for name in dict.fromkeys(named) if name != what],
        state=words.state(first.subject, first.to_state, tongue) if first.to_state else "",
        said=list(dict.fromkeys(text for _, text in told if text)),
        facts=list(dict.fromkeys(filter(None, map(facts_in, events)))),
        sorts=_sorts(events),
        times=len(events) if first.kind == OPENED else 1,
    )


def _sorts(events: Sequence[Any]) -> set[str]:
    """Of which sorts an entry is: by who did it, and by what it was."""
    by = events[0].actor
    person = know_people([by]).get(by)
    unit = person is not None and person.unit_id is not None
    sorts = {"all", "bot" if by == "bot" else "unit" if unit else "people"}
    kinds = {event.kind for event in events}
    if kinds & {*_CONTACTS} or any(event.subject == "visit" for event in events):
        sorts.add("contact")
    return sorts | ({"paper"} if kinds & {*_PAPERS} else set())


def _what(row: Any, tongue: str) -> str:
    """What an event was; a contact by its kind: who chases does not say the same as who complains
    again."""
    payload = payload_of(row)
    if row.kind in ("case.contacted", "case.repeated") and payload.get("kind"):
        contact = words.value("contact_kind", payload["kind"], tongue)
        return words.pair(words.event("case.contacted", tongue), contact, tongue)
    if row.kind in ("request.filed", "request.accepted", "request.refused", "request.withdrawn"):
        asked = words.value("request", payload.get("kind", ""), tongue)
        return words.pair(words.event(row.kind, tongue), asked, tongue)
    leader = payload.get("leader") if row.kind in ("case.instructed", "case.filed") else None
    return words.pair(words.event(row.kind, tongue), leader, tongue)


def names_of(actors: set[str]) -> dict[str, str]:
    """word of the record -> the name; units see the names of offices, not of the centre's
    people."""
    tongue, who = language(), actor()
    centre = words.word("case_page.hotline", tongue)
    other_unit = words.word("case_page.another_unit", tongue)
    names = {"bot": bot_word(tongue), "caller": caller_word(tongue)}
    for word, person in know_people(actors).items():
        stranger = who.of_a_unit and person.unit_id != who.unit_id
        office = centre if person.unit_id is None else other_unit
        names[word] = office if stranger else person.name
    return names
