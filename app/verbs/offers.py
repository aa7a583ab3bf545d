"""Which verbs a case lets a person do now, and for the others why not, in words: what the rows of
the verbs say of their states.

The stage behind a verb decides; this only tells a person beforehand. `None` in a row stands for
"whatever it is".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from app.stages.handling.verbs import TO_RESPOND
from app.stages.supervision.verbs import REVIEW_ASKED, REVIEWABLE
from app.stages.table import VERBS
from app.stages.verb import Rows
from app.words import Message

__all__ = ["ACTS_ON", "REVIEWABLE", "REVIEW_ASKED", "TO_RESPOND", "Offer", "offer"]

ACTS_ON: dict[str, tuple[str, tuple[str, ...] | None]] = {
    verb.name: (verb.on.subject, verb.on.offered) for verb in VERBS.values() if verb.on.subject
}
"""verb -> what it acts on, and the states in which it does."""


@dataclass(frozen=True)
class Offer:
    """A verb on a case page: `state` is where its subject stands instead, `missing` that there is
    no such subject, `against` what else stands against it; all None where it may be tried."""

    verb: str
    subject: str
    state: str | None = None
    missing: bool = False
    against: Message | None = None

    @property
    def open(self) -> bool:
        """Whether nothing that the page knows stands against it."""
        return self.state is None and not self.missing and self.against is None


def _about(subject: str, rows: Rows, unit: int | None) -> list[Any]:
    """The rows that a verb may be about; a unit's people act on their own assignment, whatever
    their page shows."""
    name, _, kind = subject.partition(":")
    if name == "assist":
        return [row for row in rows.get("assignment", ()) if row.kind == "assist"]
    own = unit if name == "assignment" else None
    return [
        row
        for row in rows.get(name, ())
        if (not kind or row.kind == kind) and (own is None or row.unit_id == own)
    ]


def offer(verb: str, rows: Rows, unit: int | None = None) -> Offer:
    """Whether a verb can be done on what a case page shows: subject -> its rows. `unit`: whose
    people ask."""
    subject, wanted = ACTS_ON[verb]
    found = _about(subject, rows, unit)
    name = subject.partition(":")[0]
    if not found:
        return Offer(verb, name, missing=True)
    fitting = [row for row in found if wanted is None or row.state in wanted]
    if not fitting:
        return Offer(verb, name, state=found[-1].state)
    against = VERBS[verb].against
    return Offer(verb, name, against=against(fitting, rows) if against is not None else None)
