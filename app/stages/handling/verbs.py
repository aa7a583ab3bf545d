"""The verbs of handling."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.roles import UNIT_ROLES
from app.rules.workflow import OPEN_ASSIGNMENT
from app.stages.handling.asking import request_extension, request_return
from app.stages.handling.drafts import discard_draft, send_back_draft
from app.stages.handling.promising import explain, reply_interim
from app.stages.handling.replying import reply
from app.stages.handling.signing import first_response, sign_for
from app.stages.handling.substitutes import end_substitute, name_substitute
from app.stages.verb import (
    NO_CASE,
    REASON,
    ROW,
    WORDS,
    Rows,
    Verb,
    assignment,
    choice,
    draft,
    field,
    only,
)
from app.words import Message

TO_RESPOND = "to_respond"
"""The mark of an assignment whose first response is still to be given."""
_RETURNABLE = ("allocated", "signed")
_ANSWERABLE = (*_RETURNABLE, "reply_refused")
_HEAD = ("unit_head",)


def _none_to_respond(fitting: Sequence[Any], rows: Rows) -> Message | None:
    waits = any(row.mark == TO_RESPOND for row in fitting)
    return None if waits else Message("why.no_emergency")


def _assists_open(fitting: Sequence[Any], rows: Rows) -> Message | None:
    """A lead replies after its assists: their rows are shown to it beside its own. A unit that
    holds an assist as well answers that first."""
    if any(row.kind == "assist" for row in fitting):
        return None
    rounds = {row.round for row in fitting if row.kind == "lead"}
    waits = tuple(
        row.unit
        for row in rows.get("assignment", ())
        if row.kind == "assist" and row.state in OPEN_ASSIGNMENT and row.round in rounds
    )
    return Message("why.assists_open", {"names": waits}) if waits else None


VERBS = (
    Verb(
        "sign_for",
        run=sign_for,
        on=assignment(("allocated",)),
        roles=UNIT_ROLES,
        event="assignment.signed",
    ),
    Verb(
        "first_response",
        run=first_response,
        on=assignment(OPEN_ASSIGNMENT),
        fields=(WORDS,),
        roles=UNIT_ROLES,
        event="assignment.responded",
        against=_none_to_respond,
    ),
    Verb(
        "request_return",
        run=request_return,
        on=assignment(_RETURNABLE),
        fields=(REASON,),
        roles=_HEAD,
        event="assignment.return_asked",
        draft="draft_return",
    ),
    Verb(
        "request_extension",
        run=request_extension,
        on=assignment(_ANSWERABLE),
        fields=(field("workdays!", "int"), REASON),
        roles=_HEAD,
        event="request.filed",
        draft="draft_extension",
    ),
    Verb(
        "explain",
        run=explain,
        on=assignment(_ANSWERABLE),
        fields=(
            WORDS,
            field("promised_on!", "date"),
            choice("category", ("material", "weather", "owner", "funds", "other")),
        ),
        roles=_HEAD,
        event="request.filed",
        draft="draft_explanation",
    ),
    Verb(
        "reply_interim",
        run=reply_interim,
        on=assignment(_ANSWERABLE),
        fields=(field("promised_on!", "date"), field("opinion"), field("next_step")),
        roles=_HEAD,
        event="request.filed",
        draft="draft_interim",
    ),
    Verb(
        "reply",
        run=reply,
        on=assignment(_ANSWERABLE),
        fields=(
            field("opinion"),
            field("next_step"),
            field("step_on", "date"),
            field("public_answer"),
            field("contacted", "bool"),
            only(field("contacted_at", "moment"), "contacted", "y"),
            only(field("contact_number"), "contacted", "y"),
            only(field("why_not_contacted"), "contacted", "n"),
            field("found_true", "bool"),
            field("beyond_duty", "bool"),
            field("solved", "bool"),
            only(field("why_unsolved"), "solved", "n"),
            field("handling"),
            field("evidence"),
        ),
        roles=_HEAD,
        event="assignment.replied",
        against=_assists_open,
        draft="draft_reply",
        extends="reply",
    ),
    Verb(
        "send_back_draft",
        run=send_back_draft,
        on=draft(("waiting",)),
        fields=(WORDS,),
        roles=_HEAD,
        event="draft.sent_back",
    ),
    Verb(
        "discard_draft",
        run=discard_draft,
        on=draft(("waiting", "returned")),
        roles=UNIT_ROLES,
        event="draft.discarded",
    ),
    Verb(
        "name_substitute",
        run=name_substitute,
        on=NO_CASE,
        fields=(field("substitute!", most=64), field("from_on!", "date"), field("to_on!", "date")),
        roles=_HEAD,
        event="substitute.named",
        guarded=True,
    ),
    Verb(
        "end_substitute",
        run=end_substitute,
        on=NO_CASE,
        fields=(ROW,),
        roles=_HEAD,
        event="substitute.ended",
        guarded=True,
    ),
)
