"""The verbs of the procedure, stage by stage: a role of the office's own is composed of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from app.stages import accountability, calendar, handling, loading, redo, reminder, visit
from app.stages.acceptance.verbs import VERBS as ACCEPTANCE
from app.stages.allocation.verbs import VERBS as ALLOCATION
from app.stages.reporting.verbs import VERBS as REPORTING
from app.stages.supervision.verbs import VERBS as SUPERVISION
from app.stages.verb import Verb


def of_stage(stage: str, verbs: Iterable[Verb]) -> tuple[Verb, ...]:
    """The rows of a stage, each with the name of the stage."""
    return tuple(replace(verb, stage=stage) for verb in verbs)


PROCEDURE: tuple[Verb, ...] = (
    *of_stage("acceptance", ACCEPTANCE),
    *of_stage("allocation", ALLOCATION),
    *of_stage("handling", handling.VERBS),
    *of_stage("reminder", reminder.VERBS),
    *of_stage("supervision", SUPERVISION),
    *of_stage("visit", visit.VERBS),
    *of_stage("redo", redo.VERBS),
    *of_stage("accountability", accountability.VERBS),
    *of_stage("reporting", REPORTING),
    *of_stage("calendar", (*loading.VERBS, *calendar.VERBS)),
)
DRAFTING: tuple[Verb, ...] = of_stage(
    "handling", (handling.drafting(verb) for verb in PROCEDURE if verb.draft)
)
"""The verbs with which staff drafts what a unit's head files."""
