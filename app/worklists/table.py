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

    title: str
    roles: tuple[str, ...]
    model: Any
    where: Where
    when: str = ""
    page: str = ""
    brief: str = ""
    red: bool = False


QUEUES: dict[str, Queue] = {
    "mine": Queue(
        "work.mine",
        ("operator",),
        Case,
        lambda who, at: [Case.operator_id == who.id, among(Case.state, OPEN_CASE)],
        "registered_at",
    ),
    "to_allocate": Queue("work.to_allocate", CENTRE, Case, case_in("registered"), "own_at"),
    "refusals": Queue(
        "work.refusals",
        CENTRE,
        Case,
        lambda who, at: [Case.refusal_proposed_by_id.is_not(None), holds(Case.state, "registered")],
        "own_at",
    ),
    "liftings": Queue(
        "work.liftings",
        ("centre_head",),
        Lifting,
        lambda who, at: [Lifting.decided_at.is_(None), of_an_open_case(Lifting)],
        "at",
    ),
    "rulings": Queue(
        "work.rulings",
        CENTRE,
        Request,
        lambda who, at: [holds(Request.state, "pending")],
        "own_at",
    ),
    "centre_overdue": Queue(
        "work.centre_overdue",
        CENTRE,
        Case,
        lambda who, at: [Case.own_overdue_for == Case.own_at, among(Case.state, OPEN_CASE)],
        "own_at",
        red=True,
    ),
    "rulings_overdue": Queue(
        "work.rulings_overdue",
        CENTRE,
        Request,
        lambda who, at: [
            Request.own_overdue_for == Request.own_at,
            holds(Request.state, "pending"),
        ],
        "own_at",
        red=True,
    ),
    "submitted_out": Queue("work.submitted_out", CENTRE, Case, case_in("submitted"), "own_at"),
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
        contestable,
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
        CENTRE,
        Assignment,
        lambda who, at: [*UNANSWERED, Assignment.response_at <= at],
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
        case_in("reviewing"),
        "own_at",
    ),
    "to_visit": Queue(
        "work.to_visit", ("visitor", "centre_head", *ROOM), Visit, to_visit, "planned_at"
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
        UNIT,
        Assignment,
        own(holds(Assignment.state, "allocated")),
        "sign_at",
    ),
    "to_answer": Queue(
        "work.to_answer",
        UNIT,
        Assignment,
        own(among(Assignment.state, ("signed", "return_pending"))),
        "due_at",
    ),
    "refused_replies": Queue(
        "work.refused_replies",
        UNIT,
        Assignment,
        own(holds(Assignment.state, "reply_refused")),
        "due_at",
    ),
    "reminded": Queue(
        "work.reminded",
        UNIT,
        Reminder,
        lambda who, at: [Reminder.unit_id == (who.unit_id or 0), holds(Reminder.state, "open")],
        "reply_by_at",
    ),
    "to_respond": Queue(
        "work.to_respond",
        UNIT,
        Assignment,
        own(*UNANSWERED),
        "response_at",
    ),
    "unit_overdue": Queue(
        "work.unit_overdue",
        UNIT,
        Assignment,
        own(among(Assignment.state, OPEN_ASSIGNMENT), Assignment.overdue_for == Assignment.due_at),
        "due_at",
    ),
    "to_feed_back": Queue(
        "work.to_feed_back",
        UNIT,
        Supervision,
        lambda who, at: [
            Supervision.unit_id == (who.unit_id or 0),
            among(Supervision.state, TO_FEED_BACK),
        ],
        "due_at",
    ),
    "drafts": Queue("work.drafts", ("unit_head",), Draft, drafts, "drafted_at"),
    "candidates": Queue(
        "work.candidates",
        ROOM,
        Supervision,
        lambda who, at: [holds(Supervision.state, "candidate")],
        "own_at",
    ),
    "items": Queue(
        "work.items",
        ROOM,
        Supervision,
        lambda who, at: [among(Supervision.state, UNDER_WAY)],
        "due_at",
    ),
    "room_overdue": Queue(
        "work.room_overdue",
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
        "work.referrals_overdue",
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
        lambda who, at: [REVIEW_OPEN],
        "own_at",
    ),
    "referrals": Queue(
        "work.referrals",
        ROOM,
        Referral,
        lambda who, at: [among(Referral.state, REFERRED)],
        "send_by_at",
        "Referrals",
    ),
    "to_instruct": Queue("work.to_instruct", ("leader",), Case, case_in("submitted"), "own_at"),
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
        case_in("handling"),
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
