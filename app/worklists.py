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
from app.stages.proposals import waits
from app.stages.supervision import REVIEWED_IN
from app.stages.table import VERBS

Where = Callable[[Actor, datetime], list[Any]]


@dataclass(frozen=True)
class Queue:
    """A list of what waits: whose rows, which of them, since when or until when each matters.
    `brief`: cases beyond what the person reads in full, without a word of theirs; each leads to the
    form of this verb. `red`: what the centre or the room has itself let pass."""

    title: tuple[str, str]
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
    of_items = [verb for verb in VERBS.values() if verb.draft and verb.target == "item"]
    about = [Draft.verb.not_in([verb.name for verb in of_items]) & held]
    for verb in of_items:
        of_it = (Supervision.case_id == Draft.case_id, Supervision.unit_id == Draft.unit_id)
        about.append(
            (Draft.verb == verb.name) & _looked_up(*of_it, Supervision.state.in_(verb.states))
        )
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
        ("我登记的未办结工单", "My open cases"),
        ("operator",),
        Case,
        lambda who, at: [Case.operator_id == who.id, among(Case.state, OPEN_CASE)],
        "registered_at",
    ),
    "to_allocate": Queue(("待分派", "To allocate"), _CENTRE, Case, _case("registered"), "own_at"),
    "refusals": Queue(
        ("待确认不予受理", "Refusals to confirm"),
        _CENTRE,
        Case,
        lambda who, at: [Case.refusal_proposed_by_id.is_not(None), holds(Case.state, "registered")],
        "own_at",
    ),
    "liftings": Queue(
        ("待确认解除保密", "Confidentiality to lift"),
        ("centre_head",),
        Lifting,
        lambda who, at: [Lifting.decided_at.is_(None), _of_an_open_case(Lifting)],
        "at",
    ),
    "rulings": Queue(
        ("待审定申请", "Requests to rule on"),
        _CENTRE,
        Request,
        lambda who, at: [holds(Request.state, "pending")],
        "own_at",
    ),
    "centre_overdue": Queue(
        ("中心逾期工单", "The centre's own overdue"),
        _CENTRE,
        Case,
        lambda who, at: [Case.own_overdue_for == Case.own_at, among(Case.state, OPEN_CASE)],
        "own_at",
        red=True,
    ),
    "rulings_overdue": Queue(
        ("逾期未审定申请", "Requests not ruled on in time"),
        _CENTRE,
        Request,
        lambda who, at: [
            Request.own_overdue_for == Request.own_at,
            holds(Request.state, "pending"),
        ],
        "own_at",
        red=True,
    ),
    "submitted_out": Queue(
        ("呈办待批", "Submitted to leaders"), _CENTRE, Case, _case("submitted"), "own_at"
    ),
    "suggestions": Queue(
        ("待筛选建议", "Suggestions to screen"),
        ("centre_head",),
        Suggestion,
        lambda who, at: [Suggestion.screened_at.is_(None)],
        "marked_at",
    ),
    "suggestions_overdue": Queue(
        ("逾期未筛选建议", "Suggestions not screened in time"),
        ("centre_head",),
        Case,
        lambda who, at: [Case.screen_overdue_for == Case.screen_at],
        "screen_at",
        red=True,
    ),
    "report_drafts": Queue(
        ("待印发通报", "Reports to issue"),
        ("centre_head",),
        ReportDraft,
        lambda who, at: [ReportDraft.report_id.is_(None)],
        "own_at",
        "ReportDrafts",
    ),
    "reports_overdue": Queue(
        ("逾期未印发通报", "Reports not issued in time"),
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
        ("可提异议的通报草稿", "Figures that may be contested"),
        ("unit_head",),
        ReportDraft,
        _contestable,
        "contest_at",
        "ReportDrafts",
    ),
    "watched": Queue(
        ("关注中", "Watched"),
        ("centre_head",),
        Assignment,
        lambda who, at: [Assignment.watched.is_(True), among(Assignment.state, OPEN_ASSIGNMENT)],
        "due_at",
    ),
    "rules": Queue(
        ("待批准规则", "Rules to approve"),
        ("centre_head",),
        SlaRule,
        lambda who, at: [waits(SlaRule)],
        "changed_at",
        "Rules",
    ),
    "calendars": Queue(
        ("待批准日历", "Calendars to approve"),
        ("centre_head",),
        CalendarProposal,
        lambda who, at: [waits(CalendarProposal)],
        "proposed_at",
        "CalendarProposals",
    ),
    "account_changes": Queue(
        ("待确认账号变更", "Account changes to confirm"),
        ("centre_head", "log_auditor"),
        AccountChange,
        lambda who, at: [waits(AccountChange), AccountChange.confirmers.in_(confirmed_by(who))],
        "proposed_at",
        "AccountChanges",
    ),
    "overdue": Queue(
        ("逾期交办件", "Overdue assignments"),
        ("allocator", "centre_head", "officer", "supervision_head"),
        Assignment,
        lambda who, at: [
            among(Assignment.state, OPEN_ASSIGNMENT),
            Assignment.overdue_for == Assignment.due_at,
        ],
        "due_at",
    ),
    "unresponded": Queue(
        ("特急未首次响应", "Emergencies without a first response"),
        _CENTRE,
        Assignment,
        lambda who, at: [*_UNANSWERED, Assignment.response_at <= at],
        "response_at",
        red=True,
    ),
    "to_examine": Queue(
        ("待审核答复", "Replies to examine"),
        ("examiner", "centre_head"),
        Reply,
        lambda who, at: [holds(Reply.state, "filed")],
        "filed_at",
    ),
    "unexamined": Queue(
        ("协办答复逾期未审核", "Assists' replies not examined in time"),
        ("examiner", "centre_head"),
        Reply,
        lambda who, at: [Reply.own_overdue_for == Reply.own_at, holds(Reply.state, "filed")],
        "own_at",
        red=True,
    ),
    "to_review": Queue(
        ("待责任认定", "To review for responsibility"),
        ("examiner", "centre_head"),
        Case,
        _case("reviewing"),
        "own_at",
    ),
    "to_visit": Queue(
        ("待回访", "To visit"), ("visitor", "centre_head", *_ROOM), Visit, _to_visit, "planned_at"
    ),
    "sampled": Queue(
        ("待回访的直接答复", "Direct answers to visit"),
        ("visitor", "centre_head"),
        Case,
        lambda who, at: [holds(Case.state, "visiting"), holds(Case.mode, "direct")],
        "own_at",
    ),
    "to_sign": Queue(
        ("待签收", "To sign for"),
        _UNIT,
        Assignment,
        _own(holds(Assignment.state, "allocated")),
        "sign_at",
    ),
    "to_answer": Queue(
        ("待办理", "To answer"),
        _UNIT,
        Assignment,
        _own(among(Assignment.state, ("signed", "return_pending"))),
        "due_at",
    ),
    "refused_replies": Queue(
        ("被退回的答复", "Replies refused"),
        _UNIT,
        Assignment,
        _own(holds(Assignment.state, "reply_refused")),
        "due_at",
    ),
    "reminded": Queue(
        ("待答复催办", "Reminders to answer"),
        _UNIT,
        Reminder,
        lambda who, at: [Reminder.unit_id == (who.unit_id or 0), holds(Reminder.state, "open")],
        "reply_by_at",
    ),
    "to_respond": Queue(
        ("待首次响应", "First responses to give"),
        _UNIT,
        Assignment,
        _own(*_UNANSWERED),
        "response_at",
    ),
    "unit_overdue": Queue(
        ("本单位逾期", "Overdue here"),
        _UNIT,
        Assignment,
        _own(among(Assignment.state, OPEN_ASSIGNMENT), Assignment.overdue_for == Assignment.due_at),
        "due_at",
    ),
    "to_feed_back": Queue(
        ("待反馈督办", "Notices to answer"),
        _UNIT,
        Supervision,
        lambda who, at: [
            Supervision.unit_id == (who.unit_id or 0),
            among(Supervision.state, TO_FEED_BACK),
        ],
        "due_at",
    ),
    "drafts": Queue(
        ("待审批草稿", "Drafts to approve"), ("unit_head",), Draft, _drafts, "drafted_at"
    ),
    "candidates": Queue(
        ("待决定督办建议", "Candidates"),
        _ROOM,
        Supervision,
        lambda who, at: [holds(Supervision.state, "candidate")],
        "own_at",
    ),
    "items": Queue(
        ("督办中", "Items under way"),
        _ROOM,
        Supervision,
        lambda who, at: [among(Supervision.state, UNDER_WAY)],
        "due_at",
    ),
    "room_overdue": Queue(
        ("督查室逾期", "The room's own overdue"),
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
        ("移送逾期", "Referrals overdue"),
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
        ("待确认认定", "Findings to confirm"),
        ("supervision_head",),
        Supervision,
        lambda who, at: [holds(Supervision.state, "finding")],
        "own_at",
    ),
    "reviews": Queue(
        ("待裁定复核", "Reviews to rule on"),
        ("supervision_head",),
        Supervision,
        lambda who, at: [_REVIEW_OPEN],
        "own_at",
    ),
    "referrals": Queue(
        ("移送卷宗", "Referrals"),
        _ROOM,
        Referral,
        lambda who, at: [among(Referral.state, _UNDER_WAY)],
        "send_by_at",
        "Referrals",
    ),
    "to_instruct": Queue(
        ("待批示", "To instruct"), ("leader",), Case, _case("submitted"), "own_at"
    ),
    "my_matters": Queue(
        ("批示事项及办理结果", "My matters and what became of them"),
        ("leader",),
        Instruction,
        lambda who, at: [],
        "entered_at",
        "Instructions",
    ),
    "kept_suggestions": Queue(
        ("采纳的合理化建议", "Suggestions that were kept"),
        ("leader",),
        Suggestion,
        lambda who, at: [Suggestion.kept.is_(True)],
        "screened_at",
        "Suggestions",
    ),
    "in_brief": Queue(
        ("办理中工单摘要", "Cases under way, in brief"),
        ("leader",),
        Case,
        _case("handling"),
        "registered_at",
        brief="instruct",
    ),
    "to_approve": Queue(
        ("待审批移送", "Referrals to approve"),
        ("leader",),
        Referral,
        lambda who, at: [holds(Referral.state, "reviewed")],
        "own_at",
        "Referrals",
    ),
    "dossiers": Queue(
        ("移送卷宗", "Dossiers"),
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
