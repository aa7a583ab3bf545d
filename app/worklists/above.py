"""The lists of work of the leaders and of the committee."""

from __future__ import annotations

from app.models import (
    Case,
    Instruction,
    Referral,
    Suggestion,
)
from app.models.waiting import holds
from app.worklists.conditions import (
    case_in,
)
from app.worklists.queue import Queue

OF_LEADERS: dict[str, Queue] = {
    "to_instruct": Queue(
        "work.to_instruct",
        ("leader",),
        Case,
        case_in("submitted"),
        "own_at",
        verbs=("instruct",),
    ),
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
