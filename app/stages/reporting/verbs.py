"""The verbs of reporting."""

from __future__ import annotations

from app.stages.reporting.drafting import contest_figures
from app.stages.reporting.issue import issue_report, reissue_report
from app.stages.reporting.period import KINDS
from app.stages.verb import NO_CASE, REASON, ROW, WORDS, Verb, choice, field

_PERIOD = (choice("kind!", KINDS), field("first!", "date"))
_LEAKS = field("leaks", "counts")

VERBS = (
    Verb(
        "issue_report",
        run=issue_report,
        on=NO_CASE,
        fields=(*_PERIOD, _LEAKS),
        roles=("centre_head",),
        event="report.issued",
    ),
    Verb(
        "contest_figures",
        run=contest_figures,
        on=NO_CASE,
        fields=(ROW, WORDS),
        roles=("unit_head",),
        event="report.contested",
    ),
    Verb(
        "reissue_report",
        run=reissue_report,
        on=NO_CASE,
        fields=(*_PERIOD, REASON, _LEAKS),
        roles=("centre_head",),
        event="report.reissued",
    ),
)
