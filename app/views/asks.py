"""What the rows of a list of work ask - to lift, to refuse, to confirm - in words, and who asked: they do
not answer it themselves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app import words
from app.views.actor import actor, language
from app.views.case.timeline import names_of
from app.views.pages.masking import masked_text
from app.views.pages.shown import shown
from app.worklists import Queue

SAID = 120
"""So many signs of what is asked stand in a row."""
BY = "by_id"
"""How the columns end that say who asked."""


def asked_in(queue: Queue, row: Any) -> Mapping[str, str]:
    """column -> what a row of a list asks by it, as text."""
    return _said({name: getattr(row, f"asks_{n}", None) for n, name in enumerate(queue.asks)})


def asked_by(queue: Queue, row: Any) -> Mapping[str, str]:
    """The same of a row of the list's table itself."""
    return _said({name: getattr(row, name) for name in queue.asks})


def _said(told: Mapping[str, Any]) -> dict[str, str]:
    return {name: str(value) for name, value in told.items() if value not in (None, "")}


def asker_of(queue: Queue, asks: Mapping[str, str]) -> str:
    """Who asked, as the record names them; nothing where the list does not say."""
    name = next((name for name in queue.asks if name.endswith(BY)), "")
    return f"user:{asks[name]}" if name in asks else ""


def is_own(queue: Queue, asks: Mapping[str, str]) -> bool:
    """Whether this person asked it themselves, so that somebody else has to answer."""
    return asker_of(queue, asks) == f"user:{actor().id}"


def says_of(queue: Queue, asks: Mapping[str, str], case: int) -> list[str]:
    """What a row asks, as this person may read it, and who asked; nothing where it asks nothing."""
    table, tongue = queue.model.__tablename__, language()
    told = [
        words.pair(words.column(table, name, tongue), _cut(shown(table, name, value), case), tongue)
        for name, value in asks.items()
        if not name.endswith(BY)
    ]
    who = asker_of(queue, asks)
    return [*told, asker_told(who)] if who else told


def asker_told(who: str) -> str:
    """Who asked, by name; of oneself, that somebody else has to answer."""
    tongue = language()
    if who == f"user:{actor().id}":
        return words.word("work_list.own_proposal", tongue)
    label = words.word("work_list.proposed_by", tongue)
    return words.pair(label, names_of({who}).get(who, ""), tongue)


def _cut(told: str, case: int) -> str:
    """What is asked, covered before it is cut: what is cut could no longer be found."""
    read = " ".join((told if actor().reads_as_typed else masked_text(told, case)).split())
    return read if len(read) <= SAID else f"{read[:SAID]}…"
