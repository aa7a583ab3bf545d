"""The lists of work of the supervision room."""

from __future__ import annotations

from sqlalchemy import or_

from app.models import (
    Referral,
    Supervision,
)
from app.models.supervision import TO_FEED_BACK, UNDER_WAY
from app.models.waiting import among, holds
from app.rules.workflow import STANDING
from app.worklists.conditions import (
    REFERRED,
    REVIEW_OPEN,
    ROOM,
)
from app.worklists.queue import Queue

OF_THE_ROOM: dict[str, Queue] = {
    "candidates": Queue(
        "work.candidates",
        ROOM,
        Supervision,
        lambda who, at: [holds(Supervision.state, "candidate")],
        "own_at",
        verbs=("open_supervision",),
        asks=("ground",),
        desk="Supervision.room",
    ),
    "items": Queue(
        "work.items",
        ROOM,
        Supervision,
        lambda who, at: [among(Supervision.state, UNDER_WAY)],
        "due_at",
        verbs=("clear", "conclude", "close_supervision"),
        asks=("ground",),
        awaited=TO_FEED_BACK,
        desk="Supervision.room",
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
        desk="Supervision.room",
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
        verbs=("confirm_finding",),
        asks=("finding", "finding_words", "found_by_id"),
        desk="Supervision.room",
    ),
    "reviews": Queue(
        "work.reviews",
        ("supervision_head",),
        Supervision,
        lambda who, at: [REVIEW_OPEN],
        "own_at",
        verbs=("rule_on_review",),
        asks=("review_words",),
        desk="Supervision.room",
    ),
    "referrals": Queue(
        "work.referrals",
        ROOM,
        Referral,
        lambda who, at: [among(Referral.state, REFERRED)],
        "send_by_at",
        "Referrals",
    ),
}
