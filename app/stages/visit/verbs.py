"""The verbs of visits."""

from __future__ import annotations

from dataclasses import replace

from app.roles import ROOM
from app.stages.verb import REASON, Verb, case
from app.stages.visit.amending import amend_visit
from app.stages.visit.outcomes import FIELDS
from app.stages.visit.recording import record_visit

_VISITED = tuple(
    replace(column, required=column.name in ("method", "reached")) for column in FIELDS
)
_OUTCOME = case(("visiting", "merged", "reviewing", "closed"), decides=True)

VERBS = (
    Verb(
        "record_visit",
        run=record_visit,
        on=_OUTCOME,
        fields=_VISITED,
        roles=("visitor", "centre_head", *ROOM),
        event=("visit.recorded", "visit.unreachable", "visit.attempted"),
        extends="visit",
    ),
    Verb(
        "amend_visit",
        run=amend_visit,
        on=_OUTCOME,
        fields=(REASON, *FIELDS),
        roles=("centre_head",),
        event="visit.amended",
        extends="visit",
    ),
)
