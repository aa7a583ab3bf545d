"""The verbs of the office as a whole."""

from __future__ import annotations

from app.stages.office.succession import succeed_unit
from app.stages.verb import NO_CASE, Verb, field

VERBS = (
    Verb(
        "succeed_unit",
        run=succeed_unit,
        on=NO_CASE,
        fields=(field("unit!", "unit"), field("successor!", "unit")),
        roles=("it_admin",),
        event="unit.succeeded",
    ),
)
