"""The stage rail of a case: through which stages it went, on which day and by whom, and where it
stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app import words
from app.models import Case
from app.views.actor import language

STEPS = {
    "accepted": "case_page.rail.accepted",
    "allocated": "case_page.rail.allocated",
    "handled": "case_page.rail.handled",
    "examined": "case_page.rail.examined",
    "visited": "case_page.rail.visited",
    "closed": "case_page.rail.closed",
}
"""The stages in their order, each with what it is called."""
_ENTERED = {
    "accepted": ("registered",),
    "allocated": ("handling",),
    "handled": ("examining",),
    "examined": ("visiting",),
    "visited": ("reviewing", "closed"),
    "closed": ("closed",),
}
"""stage -> the states of a case that it has entered when the stage is done."""
_REACHED = {
    "registered": 1,
    "submitted": 1,
    "handling": 2,
    "examining": 3,
    "visiting": 4,
    "reviewing": 5,
    "closed": 6,
}
"""state -> how many stages are done; the other states end a case before."""


@dataclass(frozen=True)
class Step:
    """A stage: its name, `done`, `now` or `ahead`, and the day and the person it was done by."""

    label: str
    how: str
    at: str = ""
    who: str = ""


def rail(case: Case, events: Sequence[Any], names: Mapping[str, str]) -> list[Step]:
    """The stages of a case, from its newest events; of a case that ended otherwise those that it
    went through."""
    entered = {state: row for row in reversed(events) for state in _state_of(row)}
    ended = case.state not in _REACHED
    reached = _REACHED.get(case.state, len(STEPS))
    steps = []
    for place, name in enumerate(STEPS):
        event = next((entered[state] for state in _ENTERED[name] if state in entered), None)
        done = place < reached and not (ended and event is None)
        how = "done" if done else "now" if place == reached and not ended else "ahead"
        shown = event if done else None
        steps.append(
            Step(
                _label(name, case.round),
                how,
                f"{shown.at:%m-%d}" if shown is not None else "",
                names.get(shown.actor, "") if shown is not None else "",
            )
        )
    return steps


def _state_of(row: Any) -> Sequence[str]:
    return (row.to_state,) if row.subject == "case" and row.to_state else ()


def _label(name: str, round_: int) -> str:
    """The name of a stage; of handling, in which round."""
    label = words.word(STEPS[name], language())
    if name != "handled" or round_ < 2:
        return label
    return words.word("case_page.rail.round", language(), stage=label, n=round_)
