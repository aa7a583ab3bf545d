"""The verbs of the numbers."""

from __future__ import annotations

from app.models import SlaRule
from app.stages.calendar.numbers import approve_rule, change_rule
from app.stages.verb import ACCEPT, NO_CASE, Verb, field, proposals

VERBS = (
    Verb(
        "change_rule",
        run=change_rule,
        on=NO_CASE,
        fields=(
            field("name!"),
            field("value!", "any"),
            field("valid_from", "date"),
            field("reason"),
        ),
        roles=("it_admin",),
        event="rule.proposed",
    ),
    Verb(
        "approve_rule",
        run=approve_rule,
        on=proposals(SlaRule),
        fields=(ACCEPT,),
        roles=("centre_head",),
        event=("rule.changed", "rule.refused"),
        guarded=True,
    ),
)
