"""The kinds of rows that hang on a case: which columns of each table its page shows."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import Any

from sqlalchemy import Text, cast, func, select
from sqlalchemy import case as either

from app.models import (
    Assignment,
    Case,
    Contact,
    Draft,
    Instruction,
    InstructionNotice,
    Lifting,
    Referral,
    Reminder,
    Reply,
    Request,
    Submission,
    Supervision,
    Visit,
    VisitRecord,
)
from app.models.file import File
from app.roles import Actor
from app.verbs.offers import REVIEW_ASKED, REVIEWABLE, TO_RESPOND
from app.views.actor import now
from app.views.case.part import part


def assignments(case: Case) -> Any:
    """The assignments of a case, each with its clocks and its paper."""
    waits = Assignment.response_at.is_not(None) & Assignment.first_response_at.is_(None)
    return part(
        Assignment,
        case,
        state=Assignment.state,
        kind=Assignment.role,
        number=Assignment.number,
        round=Assignment.round,
        at=Assignment.allocated_at,
        due_at=Assignment.due_at,
        due_clock=Assignment.due_clock,
        own_at=Assignment.sign_at,
        own_clock=Assignment.sign_clock,
        mark=either((waits, TO_RESPOND), else_=""),
        paper=either((Assignment.return_at.is_(None), "redo"), else_="allocation"),
    )


def replies(case: Case) -> Any:
    """The replies on a case, each with why it was refused."""
    return part(
        Reply,
        case,
        state=Reply.state,
        kind=func.coalesce(Reply.refusal, ""),
        round=Reply.round,
        at=Reply.filed_at,
        words=Reply.public_answer,
        more=func.coalesce(Reply.refusal_words, ""),
    )


def requests(case: Case) -> Any:
    """The requests of units on a case, each with the clock of the centre."""
    return part(
        Request,
        case,
        state=Request.state,
        kind=Request.kind,
        round=Request.round,
        at=Request.filed_at,
        due_at=Request.own_at,
        due_clock=Request.own_clock,
        words=Request.words,
        more=func.coalesce(Request.ruling_words, ""),
    )


def reminders(case: Case) -> Any:
    """The reminders on a case."""
    return part(
        Reminder,
        case,
        state=Reminder.state,
        number=Reminder.number,
        round=Reminder.round,
        at=Reminder.issued_at,
        due_at=Reminder.reply_by_at,
        due_clock=Reminder.reply_by_clock,
        more=func.coalesce(Reminder.void_reason, ""),
        paper="reminder",
    )


def notices(case: Case) -> Any:
    """The notices that tell units of an instruction."""
    return part(
        InstructionNotice,
        case,
        number=InstructionNotice.number,
        at=InstructionNotice.issued_at,
        paper="instruction",
    )


def submissions(case: Case) -> Any:
    """The submissions of a case to leaders, each with its paper."""
    return part(
        Submission,
        case,
        unit=False,
        number=func.coalesce(Submission.number, ""),
        at=Submission.submitted_at,
        words=Submission.reason,
        paper="submission",
    )


def items(case: Case) -> Any:
    """The items of supervision on a case, each with the clocks of the unit and of the room."""
    return part(
        Supervision,
        case,
        state=Supervision.state,
        kind=Supervision.ground,
        number=func.coalesce(Supervision.notice_number, Supervision.number),
        round=Supervision.round,
        at=Supervision.opened_at,
        due_at=_heard_or(Supervision.heard_at, Supervision.due_at),
        due_clock=_heard_or(Supervision.heard_clock, Supervision.due_clock),
        own_at=Supervision.own_at,
        own_clock=Supervision.own_clock,
        words=Supervision.requirement,
        told=_several(SAID_OF_ITEMS),
        mark=_review(),
        paper="supervision",
    )


SAID_OF_ITEMS = (
    "feedback",
    "finding_words",
    "unit_statement",
    "conclusion",
    "review_words",
    "ended_reason",
    "struck_reason",
    "reason",
)
"""What is said of an item in its course, in the order in which one column carries it."""
BETWEEN = "\x1e"
"""Stands between texts that one column carries."""


def _several(columns: Sequence[str]) -> Any:
    """Several texts of an item in one column."""
    texts: list[Any] = [func.coalesce(getattr(Supervision, name), "") for name in columns]
    return reduce(lambda before, text: before + BETWEEN + text, texts)


def _heard_or(heard: Any, due: Any) -> Any:
    """The unit's clock on an item: that of the hearing while the unit is heard, else that of its
    feedback."""
    return either((Supervision.state == "confirmed", heard), else_=due)


def _review() -> Any:
    """Whether the conclusion of an item may be reviewed, or a review of it waits."""
    return either(
        (Supervision.review_asked_at.is_(None) & (Supervision.ask_at > now()), REVIEWABLE),
        (
            Supervision.review_asked_at.is_not(None) & Supervision.review_accepted.is_(None),
            REVIEW_ASKED,
        ),
        else_="",
    )


def drafts(case: Case) -> Any:
    """The drafts on a case that wait for the unit's head, or were sent back."""
    state = either((Draft.returned_at.is_(None), "waiting"), else_="returned")
    drafted = part(Draft, case, unit=False, state=state, kind=Draft.verb, at=Draft.drafted_at)
    return drafted.where(Draft.used_at.is_(None), Draft.ended_at.is_(None))


def instructions(case: Case) -> Any:
    """What leaders wrote on a case."""
    return part(
        Instruction,
        case,
        unit=False,
        kind=Instruction.level,
        number=Instruction.document,
        at=Instruction.entered_at,
        words=Instruction.words,
        more=Instruction.leader,
        due_clock=cast(Instruction.due_on, Text),
    )


def visits(case: Case, who: Actor) -> Any:
    """The visits to the caller of a case."""
    return part(
        Visit,
        case,
        unit=False,
        state=Visit.state,
        kind=Visit.satisfied,
        round=Visit.round,
        at=Visit.planned_at,
        words=Visit.solved,
        more=_said_at_the_visit(who),
    )


def _said_at_the_visit(who: Actor) -> Any:
    """What the caller said at the newest visit, for who may read the records of visits."""
    if "VisitRecords" not in who.pages:
        return ""
    newest = (
        select(VisitRecord.words)
        .where(VisitRecord.visit_id == Visit.id)
        .order_by(VisitRecord.id.desc())
        .limit(1)
    )
    return func.coalesce(newest.correlate(Visit).scalar_subquery(), "")


def contacts(case: Case) -> Any:
    """The contacts on a case but the first, the demand itself, with which the page begins."""
    called = part(
        Contact, case, unit=False, kind=Contact.kind, at=Contact.received_at, words=Contact.words
    )
    return called.where(Contact.kind != "demand")


def referrals(case: Case) -> Any:
    """The referrals of a case to the discipline inspection."""
    return part(
        Referral,
        case,
        state=Referral.state,
        number=Referral.number,
        at=Referral.drafted_at,
        due_at=Referral.send_by_at,
        due_clock=Referral.send_by_clock,
    )


def liftings(case: Case) -> Any:
    """The proposals to lift the confidentiality of a case that nobody has decided on yet."""
    proposed = part(Lifting, case, unit=False, at=Lifting.at)
    return proposed.where(Lifting.decided_at.is_(None))


def attached(case: Case) -> Any:
    """The files on a case."""
    return part(
        File,
        case,
        unit=False,
        kind=File.kind,
        number=File.name,
        at=File.added_at,
        words=File.size,
        more=File.media_type,
    )
