"""A list of work, as a row of the table of lists says it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from app.worklists.conditions import (
    Where,
)


@dataclass(frozen=True)
class Queue:
    """A list of what waits: whose rows, which of them, since when or until when each matters.
    `brief`: cases beyond what the person reads in full, without a word of theirs; each leads to the
    form of this verb. `red`: what the centre or the room has itself let pass. `verbs`: those with
    which a row is answered; a row offers the first that the person has a right to. `desk`: the page
    on which the list is worked through. `asks`: the columns that say what a row asks, as many as
    `ASKS`; one that ends in `by_id` says who asked, who does not answer it themselves. `awaited`:
    the states in which the clock of `when` runs; in all of them where none is named."""

    title: str
    roles: tuple[str, ...]
    model: Any
    where: Where
    when: str = ""
    page: str = ""
    brief: str = ""
    red: bool = False
    verbs: tuple[str, ...] = ()
    desk: str = ""
    asks: tuple[str, ...] = ()
    awaited: tuple[str, ...] = ()


ASKS = 3
"""So many columns may say what a row asks."""
