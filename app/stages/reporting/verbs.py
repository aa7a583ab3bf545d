"""The verbs of reporting."""

from __future__ import annotations

from app.stages.reporting.contesting import agree_figures, answer_contest, contest_figures
from app.stages.reporting.issue import issue_report, reissue_report
from app.stages.reporting.period import KINDS
from app.stages.reporting.wording import LONGEST, SENTENCES, word_report
from app.stages.verb import ACCEPT, NO_CASE, REASON, ROW, WORDS, Verb, choice, field

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
        "agree_figures",
        run=agree_figures,
        on=NO_CASE,
        fields=(ROW,),
        roles=("unit_head",),
        event="report.agreed",
    ),
    Verb(
        "answer_contest",
        run=answer_contest,
        on=NO_CASE,
        fields=(ROW, ACCEPT, WORDS),
        roles=("centre_head",),
        event="report.contest_answered",
    ),
    Verb(
        "word_report",
        run=word_report,
        on=NO_CASE,
        fields=(
            ROW,
            *(field(name, most=LONGEST) for name in SENTENCES),
            field("typical", most=LONGEST),
        ),
        roles=("centre_head",),
        event="report.worded",
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
