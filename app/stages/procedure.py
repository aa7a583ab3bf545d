"""The verbs of the procedure, stage by stage: a role of the office's own is composed of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from app.stages import handling, loading, redo, reminder
from app.stages.acceptance.verbs import VERBS as ACCEPTANCE
from app.stages.accountability.verbs import VERBS as ACCOUNTABILITY
from app.stages.allocation.verbs import VERBS as ALLOCATION
from app.stages.articles.verbs import VERBS as ARTICLES
from app.stages.calendar.verbs import VERBS as CALENDAR
from app.stages.handling.verbs import VERBS as HANDLING
from app.stages.inbox.verbs import VERBS as INBOX
from app.stages.outbox.verbs import VERBS as OUTBOX
from app.stages.reporting.verbs import VERBS as REPORTING
from app.stages.supervision.verbs import VERBS as SUPERVISION
from app.stages.verb import Verb
from app.stages.visit.verbs import VERBS as VISIT


def of_stage(stage: str, verbs: Iterable[Verb]) -> tuple[Verb, ...]:
    """The rows of a stage, each with the name of the stage."""
    return tuple(replace(verb, stage=stage) for verb in verbs)


PROCEDURE: tuple[Verb, ...] = (
    *of_stage("inbox", INBOX),
    *of_stage("acceptance", (*ACCEPTANCE, *ARTICLES)),
    *of_stage("allocation", ALLOCATION),
    *of_stage("handling", HANDLING),
    *of_stage("reminder", reminder.VERBS),
    *of_stage("supervision", SUPERVISION),
    *of_stage("visit", VISIT),
    *of_stage("redo", redo.VERBS),
    *of_stage("accountability", ACCOUNTABILITY),
    *of_stage("reporting", REPORTING),
    *of_stage("calendar", (*loading.VERBS, *CALENDAR)),
    *of_stage("outbox", OUTBOX),
)
DRAFTING: tuple[Verb, ...] = of_stage(
    "handling", (handling.drafting(verb) for verb in PROCEDURE if verb.draft)
)
"""The verbs with which staff drafts what a unit's head files."""
