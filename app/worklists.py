"""What waits for whom: every list of work, whose rows it holds and which of them, and how many
there are.

A list is shown by the first page with its count, by a page of its own, or by the generated page of
its table, narrowed to it. All three take the rows from here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, func, literal, or_, select, union_all
from sqlalchemy.orm import Session

from app.models import (
    AccountChange,
    Assignment,
    CalendarProposal,
    Case,
    Draft,
    Instruction,
    Lifting,
    Referral,
    Reminder,
    Reply,
    ReportContest,
    ReportDraft,
    Request,
    SlaRule,
    Suggestion,
    Supervision,
    Visit,
)
from app.models.supervision import TO_FEED_BACK, UNDER_WAY
from app.models.waiting import among, holds
from app.roles import Actor
from app.rules.workflow import OPEN_ASSIGNMENT, OPEN_CASE, STANDING
from app.scope import Seen, not_leaders, seen_by, within
from app.stages.changes import confirmed_by
from app.stages.handling import DRAFTED_FOR
from app.stages.proposals import waits
from app.stages.supervision import REVIEWED_IN

Where = Callable[[Actor, datetime], list[Any]]


@dataclass(frozen=True)
class Queue:
    """A list of what waits: whose rows, which of them, since when or until when each matters.
    `brief`: cases beyond what the person reads in full, without a word of theirs; each leads to the
    form of this verb. `red`: what the centre or the room has itself let pass."""

    title: str
    roles: tuple[str, ...]
    model: Any
    where: Where
    when: str = ""
    page: str = ""
    brief: str = ""
    red: bool = False


def _case(state: str) -> Where:
    return lambda who, at: [holds(Case.state, state)]


def _looked_up(*conditions: Any) -> Any:
    """That there is such a row, looked up for one row after another: the offset keeps PostgreSQL
    from reading all rows of the other table for a few of this one."""
    return select(literal(1)).where(*conditions).offset(0).exists()


def _of_an_open_case(model: Any) -> Any:
    return _looked_up(Case.id == model.case_id, among(Case.state, OPEN_CASE))


def _own(*conditions: Any) -> Where:
    """Rows of the person's unit."""
    return lambda who, at: [Assignment.unit_id == (who.unit_id or 0), *conditions]


def _to_visit(who: Actor, at: datetime) -> list[Any]:
    """The visits that are his: a leader's matter the room's, any other a visitor's, all the centre
    head's."""
    room, visitor = who.is_a(*_ROOM), who.is_a("visitor")
    mine = ~not_leaders(Visit.case_id) if room else not_leaders(Visit.case_id)
    return [
        holds(Visit.state, "pending"),
        *([] if who.is_a("centre_head") or (room and visitor) else [mine]),
    ]


def _contestable(who: Actor, at: datetime) -> list[Any]:
    """Drafts of reports whose figures the unit may still contest."""
    said = select(ReportContest.draft_id).where(ReportContest.unit_id == (who.unit_id or 0))
    return [
        ReportDraft.contest_at > at,
        ReportDraft.report_id.is_(None),
        ReportDraft.id.not_in(said),
    ]


def _drafts(who: Actor, at: datetime) -> list[Any]:
    """What staff drafted and the head may still approve: what it is about still waits for the
    unit."""
    held = _looked_up(
        Assignment.id == Draft.assignment_id, among(Assignment.state, OPEN_ASSIGNMENT)
    )
    about = [Draft.verb.not_in(DRAFTED_FOR) & held]
    for verb, states in DRAFTED_FOR.items():
        of_it = (Supervision.case_id == Draft.case_id, Supervision.unit_id == Draft.unit_id)
        about.append((Draft.verb == verb) & _looked_up(*of_it, Supervision.state.in_(states)))
    return [Draft.unit_id == (who.unit_id or 0), Draft.used_at.is_(None), or_(*about)]


_CENTRE, _ROOM, _UNIT = (
    ("allocator", "centre_head"),
    ("officer", "supervision_head"),
    ("unit_staff", "unit_head"),
)
_UNDER_WAY = ("drafted", "reviewed", "approved", "sealed", "sent", "received")

_UNANSWERED = (
    among(Assignment.state, OPEN_ASSIGNMENT),
    Assignment.response_at.is_not(None),
    Assignment.first_response_at.is_(None),
)
"""Emergencies of which the unit has not said yet what is being done. [procedure 0]"""

_REVIEW_OPEN = and_(
    Supervision.state.in_(REVIEWED_IN),
    Supervision.review_asked_at.is_not(None),
    Supervision.review_accepted.is_(None),
)
"""Items whose review was asked for and not ruled on yet, closed or not. [procedure 4]"""

QUEUES: dict[str, Queue] = {
    "mine": Queue(
        "work.mine",
        ("operator",),
        Case,
        lambda who, at: [Case.operator_id == who.id, among(Case.state, OPEN_CASE)],
        "registered_at",
    ),
    "to_allocate": Queue("work.to_allocate", _CENTRE, Case, _case("registered"), "own_at"),
    "refusals": Queue(
        "work.refusals",
        _CENTRE,
        Case,
        lambda who, at: [Case.refusal_proposed_by_id.is_not(None), holds(Case.state, "registered")],
        "own_at",
    ),
    "liftings": Queue(
        "work.liftings",
        ("centre_head",),
        Lifting,
        lambda who, at: [Lifting.decided_at.is_(None), _of_an_open_case(Lifting)],
        "at",
    ),
    "rulings": Queue(
        "work.rulings",
        _CENTRE,
        Request,
        lambda who, at: [holds(Request.state, "pending")],
        "own_at",
    ),
    "centre_overdue": Queue(
        "work.centre_overdue",
        _CENTRE,
        Case,
        lambda who, at: [Case.own_overdue_for == Case.own_at, among(Case.state, OPEN_CASE)],
        "own_at",
        red=True,
    ),
    "rulings_overdue": Queue(
        "work.rulings_overdue",
        _CENTRE,
        Request,
        lambda who, at: [
            Request.own_overdue_for == Request.own_at,
            holds(Request.state, "pending"),
        ],
        "own_at",
        red=True,
    ),
    "submitted_out": Queue("work.submitted_out", _CENTRE, Case, _case("submitted"), "own_at"),
    "suggestions": Queue(
        "work.suggestions",
        ("centre_head",),
        Suggestion,
        lambda who, at: [Suggestion.screened_at.is_(None)],
        "marked_at",
    ),
    "suggestions_overdue": Queue(
        "work.suggestions_overdue",
        ("centre_head",),
        Case,
        lambda who, at: [Case.screen_overdue_for == Case.screen_at],
        "screen_at",
        red=True,
    ),
    "report_drafts": Queue(
        "work.report_drafts",
        ("centre_head",),
        ReportDraft,
        lambda who, at: [ReportDraft.report_id.is_(None)],
        "own_at",
        "ReportDrafts",
    ),
    "reports_overdue": Queue(
        "work.reports_overdue",
        ("centre_head",),
        ReportDraft,
        lambda who, at: [
            ReportDraft.report_id.is_(None),
            ReportDraft.own_overdue_for == ReportDraft.own_at,
        ],
        "own_at",
        "ReportDrafts",
        red=True,
    ),
    "figures": Queue(
        "work.figures",
        ("unit_head",),
        ReportDraft,
        _contestable,
        "contest_at",
        "ReportDrafts",
    ),
    "watched": Queue(
        "work.watched",
        ("centre_head",),
        Assignment,
        lambda who, at: [Assignment.watched.is_(True), among(Assignment.state, OPEN_ASSIGNMENT)],
        "due_at",
    ),
    "rules": Queue(
        "work.rules",
        ("centre_head",),
        SlaRule,
        lambda who, at: [waits(SlaRule)],
        "changed_at",
        "Rules",
    ),
    "calendars": Queue(
        "work.calendars",
        ("centre_head",),
        CalendarProposal,
        lambda who, at: [waits(CalendarProposal)],
        "proposed_at",
        "CalendarProposals",
    ),
    "account_changes": Queue(
        "work.account_changes",
        ("centre_head", "log_auditor"),
        AccountChange,
        lambda who, at: [waits(AccountChange), AccountChange.confirmers.in_(confirmed_by(who))],
        "proposed_at",
        "AccountChanges",
    ),
    "overdue": Queue(
        "work.overdue",
        ("allocator", "centre_head", "officer", "supervision_head"),
        Assignment,
        lambda who, at: [
            among(Assignment.state, OPEN_ASSIGNMENT),
            Assignment.overdue_for == Assignment.due_at,
        ],
        "due_at",
    ),
    "unresponded": Queue(
        "work.unresponded",
        _CENTRE,
        Assignment,
        lambda who, at: [*_UNANSWERED, Assignment.response_at <= at],
        "response_at",
        red=True,
    ),
    "to_examine": Queue(
        "work.to_examine",
        ("examiner", "centre_head"),
        Reply,
        lambda who, at: [holds(Reply.state, "filed")],
        "filed_at",
    ),
    "unexamined": Queue(
        "work.unexamined",
        ("examiner", "centre_head"),
        Reply,
        lambda who, at: [Reply.own_overdue_for == Reply.own_at, holds(Reply.state, "filed")],
        "own_at",
        red=True,
    ),
    "to_review": Queue(
        "work.to_review",
        ("examiner", "centre_head"),
        Case,
        _case("reviewing"),
        "own_at",
    ),
    "to_visit": Queue(
        "work.to_visit", ("visitor", "centre_head", *_ROOM), Visit, _to_visit, "planned_at"
    ),
    "sampled": Queue(
        "work.sampled",
        ("visitor", "centre_head"),
        Case,
        lambda who, at: [holds(Case.state, "visiting"), holds(Case.mode, "direct")],
        "own_at",
    ),
    "to_sign": Queue(
        "work.to_sign",
        _UNIT,
        Assignment,
        _own(holds(Assignment.state, "allocated")),
        "sign_at",
    ),
    "to_answer": Queue(
        "work.to_answer",
        _UNIT,
        Assignment,
        _own(among(Assignment.state, ("signed", "return_pending"))),
        "due_at",
    ),
    "refused_replies": Queue(
        "work.refused_replies",
        _UNIT,
        Assignment,
        _own(holds(Assignment.state, "reply_refused")),
        "due_at",
    ),
    "reminded": Queue(
        "work.reminded",
        _UNIT,
        Reminder,
        lambda who, at: [Reminder.unit_id == (who.unit_id or 0), holds(Reminder.state, "open")],
        "reply_by_at",
    ),
    "to_respond": Queue(
        "work.to_respond",
        _UNIT,
        Assignment,
        _own(*_UNANSWERED),
        "response_at",
    ),
    "unit_overdue": Queue(
        "work.unit_overdue",
        _UNIT,
        Assignment,
        _own(among(Assignment.state, OPEN_ASSIGNMENT), Assignment.overdue_for == Assignment.due_at),
        "due_at",
    ),
    "to_feed_back": Queue(
        "work.to_feed_back",
        _UNIT,
        Supervision,
        lambda who, at: [
            Supervision.unit_id == (who.unit_id or 0),
            among(Supervision.state, TO_FEED_BACK),
        ],
        "due_at",
    ),
    "drafts": Queue("work.drafts", ("unit_head",), Draft, _drafts, "drafted_at"),
    "candidates": Queue(
        "work.candidates",
        _ROOM,
        Supervision,
        lambda who, at: [holds(Supervision.state, "candidate")],
        "own_at",
    ),
    "items": Queue(
        "work.items",
        _ROOM,
        Supervision,
        lambda who, at: [among(Supervision.state, UNDER_WAY)],
        "due_at",
    ),
    "room_overdue": Queue(
        "work.room_overdue",
        _ROOM,
        Supervision,
        lambda who, at: [
            Supervision.own_overdue_for == Supervision.own_at,
            or_(Supervision.state.in_(STANDING), _REVIEW_OPEN),
        ],
        "own_at",
        red=True,
    ),
    "referrals_overdue": Queue(
        "work.referrals_overdue",
        _ROOM,
        Referral,
        lambda who, at: [
            Referral.own_overdue_for == Referral.own_at,
            among(Referral.state, _UNDER_WAY),
        ],
        "own_at",
        red=True,
    ),
    "findings": Queue(
        "work.findings",
        ("supervision_head",),
        Supervision,
        lambda who, at: [holds(Supervision.state, "finding")],
        "own_at",
    ),
    "reviews": Queue(
        "work.reviews",
        ("supervision_head",),
        Supervision,
        lambda who, at: [_REVIEW_OPEN],
        "own_at",
    ),
    "referrals": Queue(
        "work.referrals",
        _ROOM,
        Referral,
        lambda who, at: [among(Referral.state, _UNDER_WAY)],
        "send_by_at",
        "Referrals",
    ),
    "to_instruct": Queue("work.to_instruct", ("leader",), Case, _case("submitted"), "own_at"),
    "my_matters": Queue(
        "work.my_matters",
        ("leader",),
        Instruction,
        lambda who, at: [],
        "entered_at",
        "Instructions",
    ),
    "kept_suggestions": Queue(
        "work.kept_suggestions",
        ("leader",),
        Suggestion,
        lambda who, at: [Suggestion.kept.is_(True)],
        "screened_at",
        "Suggestions",
    ),
    "in_brief": Queue(
        "work.in_brief",
        ("leader",),
        Case,
        _case("handling"),
        "registered_at",
        brief="instruct",
    ),
    "to_approve": Queue(
        "work.to_approve",
        ("leader",),
        Referral,
        lambda who, at: [holds(Referral.state, "reviewed")],
        "own_at",
        "Referrals",
    ),
    "dossiers": Queue(
        "work.dossiers",
        ("committee",),
        Referral,
        lambda who, at: [Referral.sent_at.is_not(None)],
        "sent_at",
        "Referrals",
    ),
}
"""Every list of work, with the roles that have it. What a person sees of its rows is the scope's to
say."""


def queues_of(who: Actor) -> dict[str, Queue]:
    """The lists that a person has."""
    return {key: queue for key, queue in QUEUES.items() if who.is_a(*queue.roles)}


COUNTED_TO = 999
"""So many rows of a list are counted; of more there are "999+"."""


def count_told(n: int) -> str:
    """How a count is shown that went no further than this."""
    return f"{COUNTED_TO}+" if n > COUNTED_TO else str(n)


def counted(session: Session, who: Actor, at: datetime) -> dict[str, int]:
    """How much waits in each list, counted to a thousand, in one statement. The scope does not
    reach into a union, so each part holds it."""
    own, seen = queues_of(who), seen_by(who)
    if not own:
        return {}
    query = union_all(
        *(_count(key, one, who, seen, at) for key, one in own.items())
    ).execution_options(unscoped=True)
    return {row.key: row.n for row in session.execute(query)}


def _count(key: str, queue: Queue, who: Actor, seen: Seen, at: datetime) -> Select[Any]:
    held = () if queue.brief else within(queue.model, seen)
    rows = select(literal(1)).select_from(queue.model).where(*queue.where(who, at), *held)
    # A limited count that is part of a union has to be a table of its own.
    some = rows.limit(COUNTED_TO + 1).subquery()
    return select(
        literal(key).label("key"),
        select(func.count()).select_from(some).scalar_subquery().label("n"),
    )
