"""The verbs of visits."""

from __future__ import annotations

from dataclasses import replace

from app.models import VisitRecord
from app.roles import ROOM
from app.stages.verb import REASON, Field, Verb, case, choice, field, of_facts
from app.stages.visit.amending import amend_visit
from app.stages.visit.outcomes import METHODS, SATISFIED, SOLVED, TRUTHS, WHYS
from app.stages.visit.recording import record_visit

_VISIT: tuple[Field, ...] = (
    choice("method", METHODS),
    field("reached", "bool"),
    choice("truth", TRUTHS),
    choice("solved", SOLVED),
    choice("satisfied", SATISFIED),
    choice("why", WHYS),
    field("words"),
    field("place"),
    field("met"),
    field("contacted_by_unit", "bool"),
    field("evidence"),
    *of_facts(VisitRecord),
)
_VISITED = tuple(
    replace(column, required=column.name in ("method", "reached")) for column in _VISIT
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
    ),
    Verb(
        "amend_visit",
        run=amend_visit,
        on=_OUTCOME,
        fields=(REASON, *_VISIT),
        roles=("centre_head",),
        event="visit.amended",
    ),
)
