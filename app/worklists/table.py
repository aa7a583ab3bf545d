"""The table of lists of work: whose rows each holds and which of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import or_

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
    ReportDraft,
    Request,
    SlaRule,
    Suggestion,
    Supervision,
    Visit,
)
from app.models.supervision import TO_FEED_BACK, UNDER_WAY
from app.models.waiting import among, holds
from app.rules.workflow import OPEN_ASSIGNMENT, OPEN_CASE, STANDING
from app.stages.changes import confirmed_by
from app.stages.proposals import waits
from app.worklists.conditions import (
    CENTRE,
    REFERRED,
    REVIEW_OPEN,
    ROOM,
    UNANSWERED,
    UNIT,
    Where,
    case_in,
    contestable,
    drafts,
    of_an_open_case,
    own,
    to_visit,
)


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


QUEUES: dict[str, Queue] = {
    "mine": Queue(
        ("我登记的未办结工单", "My open cases"),
        ("operator",),
        Case,
        lambda who, at: [Case.operator_id == who.id, among(Case.state, OPEN_CASE)],
        "registered_at",
    ),
    "to_allocate": Queue(("待分派", "To allocate"), CENTRE, Case, case_in("registered"), "own_at"),
    "refusals": Queue(
        ("待确认不予受理", "Refusals to confirm"),
        CENTRE,
        Case,
        lambda who, at: [Case.refusal_proposed_by_id.is_not(None), holds(Case.state, "registered")],
        "own_at",
    ),
    "liftings": Queue(
        ("待确认解除保密", "Confidentiality to lift"),
        ("centre_head",),
        Lifting,
        lambda who, at: [Lifting.decided_at.is_(None), of_an_open_case(Lifting)],
        "at",
    ),
    "rulings": Queue(
        ("待审定申请", "Requests to rule on"),
        CENTRE,
        Request,
        lambda who, at: [holds(Request.state, "pending")],
        "own_at",
    ),
    "centre_overdue": Queue(
        ("中心逾期工单", "The centre's own overdue"),
        CENTRE,
        Case,
        lambda who, at: [Case.own_overdue_for == Case.own_at, among(Case.state, OPEN_CASE)],
        "own_at",
        red=True,
    ),
    "rulings_overdue": Queue(
        ("逾期未审定申请", "Requests not ruled on in time"),
        CENTRE,
        Request,
        lambda who, at: [
            Request.own_overdue_for == Request.own_at,
            holds(Request.state, "pending"),
        ],
        "own_at",
        red=True,
    ),
    "submitted_out": Queue(
        ("呈办待批", "Submitted to leaders"), CENTRE, Case, case_in("submitted"), "own_at"
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
        contestable,
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
        CENTRE,
        Assignment,
        lambda who, at: [*UNANSWERED, Assignment.response_at <= at],
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
        case_in("reviewing"),
        "own_at",
    ),
    "to_visit": Queue(
        ("待回访", "To visit"), ("visitor", "centre_head", *ROOM), Visit, to_visit, "planned_at"
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
        UNIT,
        Assignment,
        own(holds(Assignment.state, "allocated")),
        "sign_at",
    ),
    "to_answer": Queue(
        ("待办理", "To answer"),
        UNIT,
        Assignment,
        own(among(Assignment.state, ("signed", "return_pending"))),
        "due_at",
    ),
    "refused_replies": Queue(
        ("被退回的答复", "Replies refused"),
        UNIT,
        Assignment,
        own(holds(Assignment.state, "reply_refused")),
        "due_at",
    ),
    "reminded": Queue(
        ("待答复催办", "Reminders to answer"),
        UNIT,
        Reminder,
        lambda who, at: [Reminder.unit_id == (who.unit_id or 0), holds(Reminder.state, "open")],
        "reply_by_at",
    ),
    "to_respond": Queue(
        ("待首次响应", "First responses to give"),
        UNIT,
        Assignment,
        own(*UNANSWERED),
        "response_at",
    ),
    "unit_overdue": Queue(
        ("本单位逾期", "Overdue here"),
        UNIT,
        Assignment,
        own(among(Assignment.state, OPEN_ASSIGNMENT), Assignment.overdue_for == Assignment.due_at),
        "due_at",
    ),
    "to_feed_back": Queue(
        ("待反馈督办", "Notices to answer"),
        UNIT,
        Supervision,
        lambda who, at: [
            Supervision.unit_id == (who.unit_id or 0),
            among(Supervision.state, TO_FEED_BACK),
        ],
        "due_at",
    ),
    "drafts": Queue(
        ("待审批草稿", "Drafts to approve"), ("unit_head",), Draft, drafts, "drafted_at"
    ),
    "candidates": Queue(
        ("待决定督办建议", "Candidates"),
        ROOM,
        Supervision,
        lambda who, at: [holds(Supervision.state, "candidate")],
        "own_at",
    ),
    "items": Queue(
        ("督办中", "Items under way"),
        ROOM,
        Supervision,
        lambda who, at: [among(Supervision.state, UNDER_WAY)],
        "due_at",
    ),
    "room_overdue": Queue(
        ("督查室逾期", "The room's own overdue"),
        ROOM,
        Supervision,
        lambda who, at: [
            Supervision.own_overdue_for == Supervision.own_at,
            or_(Supervision.state.in_(STANDING), REVIEW_OPEN),
        ],
        "own_at",
        red=True,
    ),
    "referrals_overdue": Queue(
        ("移送逾期", "Referrals overdue"),
        ROOM,
        Referral,
        lambda who, at: [
            Referral.own_overdue_for == Referral.own_at,
            among(Referral.state, REFERRED),
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
        lambda who, at: [REVIEW_OPEN],
        "own_at",
    ),
    "referrals": Queue(
        ("移送卷宗", "Referrals"),
        ROOM,
        Referral,
        lambda who, at: [among(Referral.state, REFERRED)],
        "send_by_at",
        "Referrals",
    ),
    "to_instruct": Queue(
        ("待批示", "To instruct"), ("leader",), Case, case_in("submitted"), "own_at"
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
        case_in("handling"),
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
