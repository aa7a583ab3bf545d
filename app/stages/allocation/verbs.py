"""The verbs of allocation, with what else stands against them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.models import Case, Lifting
from app.roles import CENTRE, Actor
from app.rules import limits
from app.rules.workflow import OPEN_ASSIGNMENT, OPEN_CASE, UNALLOCATED
from app.stages.allocation.instructions import instruct
from app.stages.allocation.lifting import confirm_lifting
from app.stages.allocation.offices import allocate, answer_directly, submit
from app.stages.allocation.reclassified import reclassify
from app.stages.allocation.rulings import (
    rule_on_explanation,
    rule_on_extension,
    rule_on_interim,
    rule_on_return,
    waive_assist,
)
from app.stages.allocation.suggested import FILED, MATTER, comment_suggestion
from app.stages.allocation.taken_back import reassign, recall
from app.stages.named import with_category
from app.stages.verb import (
    REASON,
    RULING,
    WORDS,
    Rows,
    Verb,
    assist,
    case,
    choice,
    field,
    request,
    resting,
)
from app.words import Message


def _reclassify(session: Session, now: datetime, actor: Actor, case: Case, **values: Any) -> Case:
    return reclassify(session, now, actor, case, **with_category(session, values))


def _proposal_undecided(fitting: Sequence[Any], rows: Rows) -> Message | None:
    waits = all(row.refusal_proposed_by_id is not None for row in fitting)
    return Message("why.refusal_waits") if waits else None


def _no_lifting(fitting: Sequence[Any], rows: Rows) -> Message | None:
    return None if rows.get("lifting") else Message("why.no_lifting")


def _no_suggestion(fitting: Sequence[Any], rows: Rows) -> Message | None:
    return None if any(row.suggestion for row in fitting) else Message("why.no_suggestion")


VERBS = (
    Verb(
        "comment_suggestion",
        run=comment_suggestion,
        on=case(),
        fields=(WORDS, choice("then", (FILED, MATTER)), field("due_on", "date")),
        roles=("leader",),
        event="suggestion.commented",
        against=_no_suggestion,
    ),
    Verb(
        "answer_directly",
        run=answer_directly,
        on=case(UNALLOCATED),
        fields=(field("answer!"), field("articles", "names")),
        roles=("operator", *CENTRE),
        event="case.answered",
        against=_proposal_undecided,
    ),
    Verb(
        "allocate",
        run=allocate,
        on=resting(case(UNALLOCATED, decides=True), "case.edited", "case.reclassified"),
        fields=(field("unit!", "unit"), field("assists", "units")),
        roles=CENTRE,
        event="case.allocated",
        against=_proposal_undecided,
    ),
    Verb(
        "submit",
        run=submit,
        on=case(UNALLOCATED),
        fields=(REASON, field("to_leader")),
        roles=CENTRE,
        event="case.submitted",
        against=_proposal_undecided,
    ),
    Verb(
        "instruct",
        run=instruct,
        on=case(OPEN_CASE, decides=True),
        fields=(field("leader!", "leader"), field("unit", "unit")),
        roles=("leader", "centre_head"),
        event=("case.instructed", "case.filed"),
    ),
    Verb(
        "reclassify",
        run=_reclassify,
        on=case(OPEN_CASE, decides=True),
        fields=(
            REASON,
            choice("kind", limits.KINDS),
            choice("urgency", limits.URGENCIES),
            field("confidential", "bool"),
            field("category"),
            field("complex", "bool"),
            field("dangerous", "bool"),
            field("suggestion", "bool"),
        ),
        roles=CENTRE,
        event=("case.reclassified", "case.lifting_proposed"),
    ),
    Verb(
        "confirm_lifting",
        run=confirm_lifting,
        on=resting(
            case(OPEN_CASE, waits=Lifting),
            "case.lifting_proposed",
            "case.lifted",
            "case.lifting_refused",
        ),
        fields=RULING,
        roles=("centre_head",),
        event=("case.lifted", "case.lifting_refused"),
        against=_no_lifting,
    ),
    Verb(
        "recall",
        run=recall,
        on=case(("allocated", "return_pending"), decides=True, by="assignment"),
        roles=CENTRE,
        event="assignment.cancelled",
    ),
    Verb(
        "reassign",
        run=reassign,
        on=case(("handling",), decides=True),
        fields=(REASON,),
        roles=("centre_head",),
        event="assignment.cancelled",
    ),
    Verb(
        "rule_on_return",
        run=rule_on_return,
        on=request("return"),
        fields=RULING,
        roles=CENTRE,
        event=("assignment.returned", "assignment.return_refused"),
        recuses=True,
    ),
    Verb(
        "rule_on_extension",
        run=rule_on_extension,
        on=request("extension"),
        fields=RULING,
        roles=CENTRE,
        event=("request.accepted", "request.refused"),
        recuses=True,
    ),
    Verb(
        "rule_on_explanation",
        run=rule_on_explanation,
        on=request("explanation"),
        fields=RULING,
        roles=CENTRE,
        event=("request.accepted", "request.refused"),
        recuses=True,
    ),
    Verb(
        "rule_on_interim",
        run=rule_on_interim,
        on=request("interim"),
        fields=RULING,
        roles=CENTRE,
        event=("request.accepted", "request.refused"),
        recuses=True,
    ),
    Verb(
        "waive_assist",
        run=waive_assist,
        on=assist(OPEN_ASSIGNMENT),
        fields=(REASON,),
        roles=CENTRE,
        event="assignment.cancelled",
    ),
)
