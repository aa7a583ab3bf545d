"""The table of lists of work: whose rows each holds and which of them. Those of the centre stand
here, the others beside it."""

from __future__ import annotations

from app.models import (
    AccountChange,
    Assignment,
    CalendarProposal,
    Case,
    ExtraField,
    Lifting,
    Reply,
    ReportDraft,
    Request,
    Roster,
    SlaRule,
    Suggestion,
    Visit,
)
from app.models.waiting import among, holds
from app.rules.workflow import OPEN_ASSIGNMENT, OPEN_CASE
from app.stages.changes import confirmed_by
from app.stages.proposals import waits
from app.worklists.above import OF_LEADERS
from app.worklists.conditions import (
    CENTRE,
    ROOM,
    UNANSWERED,
    case_in,
    due_for_visit,
    of_an_open_case,
    to_review,
)
from app.worklists.queue import Queue
from app.worklists.reach import OF_ARTICLES, OF_DELIVERIES, OF_THE_INBOX
from app.worklists.room import OF_THE_ROOM
from app.worklists.units import OF_UNITS

RULINGS = ("rule_on_return", "rule_on_extension", "rule_on_explanation", "rule_on_interim")
REQUESTED = ("words", "workdays", "promised_on")

QUEUES: dict[str, Queue] = {
    **OF_THE_INBOX,
    "mine": Queue(
        "work.mine",
        ("operator",),
        Case,
        lambda who, at: [Case.operator_id == who.id, among(Case.state, OPEN_CASE)],
        "registered_at",
    ),
    "to_allocate": Queue(
        "work.to_allocate",
        CENTRE,
        Case,
        case_in("registered"),
        "own_at",
        verbs=("allocate",),
    ),
    "refusals": Queue(
        "work.refusals",
        CENTRE,
        Case,
        lambda who, at: [Case.refusal_proposed_by_id.is_not(None), holds(Case.state, "registered")],
        "own_at",
        verbs=("confirm_refusal",),
        asks=("refusal_reason", "told_caller", "refusal_proposed_by_id"),
    ),
    "liftings": Queue(
        "work.liftings",
        ("centre_head",),
        Lifting,
        lambda who, at: [Lifting.decided_at.is_(None), of_an_open_case(Lifting)],
        "at",
        verbs=("confirm_lifting",),
        asks=("reason", "by_id"),
    ),
    "rulings": Queue(
        "work.rulings",
        CENTRE,
        Request,
        lambda who, at: [holds(Request.state, "pending")],
        "own_at",
        verbs=RULINGS,
        asks=REQUESTED,
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
        verbs=RULINGS,
        asks=REQUESTED,
    ),
    "submitted_out": Queue("work.submitted_out", CENTRE, Case, case_in("submitted"), "own_at"),
    "suggestions": Queue(
        "work.suggestions",
        ("centre_head",),
        Suggestion,
        lambda who, at: [Suggestion.screened_at.is_(None)],
        "marked_at",
        verbs=("screen_suggestion",),
    ),
    "suggestions_overdue": Queue(
        "work.suggestions_overdue",
        ("centre_head",),
        Case,
        lambda who, at: [Case.screen_overdue_for == Case.screen_at],
        "screen_at",
        red=True,
        verbs=("screen_suggestion",),
    ),
    **OF_ARTICLES,
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
    "watched": Queue(
        "work.watched",
        ("centre_head",),
        Assignment,
        lambda who, at: [Assignment.watched.is_(True), among(Assignment.state, OPEN_ASSIGNMENT)],
        "due_at",
    ),
    **OF_DELIVERIES,
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
    "rosters": Queue(
        "work.rosters",
        ("centre_head",),
        Roster,
        lambda who, at: [waits(Roster)],
        "proposed_at",
        "Rosters",
    ),
    "extra_fields": Queue(
        "work.extra_fields",
        ("centre_head",),
        ExtraField,
        lambda who, at: [waits(ExtraField)],
        "proposed_at",
        "ExtraFields",
        verbs=("approve_field",),
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
        verbs=("examine",),
    ),
    "unexamined": Queue(
        "work.unexamined",
        ("examiner", "centre_head"),
        Reply,
        lambda who, at: [Reply.own_overdue_for == Reply.own_at, holds(Reply.state, "filed")],
        "own_at",
        red=True,
        verbs=("examine",),
    ),
    "to_review": Queue(
        "work.to_review",
        ("examiner", "centre_head"),
        Case,
        to_review,
        "own_at",
        verbs=("review_responsibility",),
    ),
    "to_visit": Queue(
        "work.to_visit",
        ("visitor", "centre_head", *ROOM),
        Visit,
        due_for_visit,
        "planned_at",
        verbs=("record_visit",),
        desk="Visits.queue",
    ),
    "sampled": Queue(
        "work.sampled",
        ("visitor", "centre_head"),
        Case,
        lambda who, at: [holds(Case.state, "visiting"), holds(Case.mode, "direct")],
        "own_at",
        verbs=("record_visit",),
    ),
    **OF_UNITS,
    **OF_THE_ROOM,
    **OF_LEADERS,
}
"""Every list of work, with the roles that have it. What a person sees of its rows is the scope's to
say."""
