"""The lists of work of the units."""

from __future__ import annotations

from app.models import (
    Article,
    Assignment,
    Draft,
    Reminder,
    ReportDraft,
    Supervision,
)
from app.models.supervision import TO_FEED_BACK
from app.models.waiting import among, holds
from app.rules.workflow import OPEN_ASSIGNMENT
from app.worklists.conditions import (
    UNANSWERED,
    UNIT,
    contestable,
    lapsed,
    own,
    sent_back,
    to_approve,
)
from app.worklists.queue import Queue

OF_UNITS: dict[str, Queue] = {
    "figures": Queue(
        "work.figures",
        ("unit_head",),
        ReportDraft,
        contestable,
        "contest_at",
        "ReportDrafts",
    ),
    "to_sign": Queue(
        "work.to_sign",
        UNIT,
        Assignment,
        own(holds(Assignment.state, "allocated")),
        "sign_at",
        verbs=("sign_for",),
    ),
    "to_answer": Queue(
        "work.to_answer",
        UNIT,
        Assignment,
        own(among(Assignment.state, ("signed", "return_pending"))),
        "due_at",
        verbs=("reply", "draft_reply"),
    ),
    "refused_replies": Queue(
        "work.refused_replies",
        UNIT,
        Assignment,
        own(holds(Assignment.state, "reply_refused")),
        "due_at",
        verbs=("reply", "draft_reply"),
    ),
    "reminded": Queue(
        "work.reminded",
        UNIT,
        Reminder,
        lambda who, at: [Reminder.unit_id == (who.unit_id or 0), holds(Reminder.state, "open")],
        "reply_by_at",
        verbs=("reply", "draft_reply"),
    ),
    "to_respond": Queue(
        "work.to_respond",
        UNIT,
        Assignment,
        own(*UNANSWERED),
        "response_at",
        verbs=("first_response",),
    ),
    "unit_overdue": Queue(
        "work.unit_overdue",
        UNIT,
        Assignment,
        own(among(Assignment.state, OPEN_ASSIGNMENT), Assignment.overdue_for == Assignment.due_at),
        "due_at",
        verbs=("explain", "draft_explanation"),
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
        verbs=("feed_back", "draft_feedback"),
    ),
    "lapsed_articles": Queue(
        "work.lapsed_articles",
        UNIT,
        Article,
        lambda who, at: [Article.unit_id == (who.unit_id or 0), lapsed(at)],
        "made_at",
        "Articles",
    ),
    "drafts": Queue("work.drafts", UNIT, Draft, to_approve, "drafted_at"),
    "returned_drafts": Queue("work.returned_drafts", UNIT, Draft, sent_back, "returned_at"),
}
