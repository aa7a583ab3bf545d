"""(4) supervision. "Action slow, time limit delayed, no clear handling opinion, causing repeated
complaints - and matters assigned by leaders of city and county governments not implemented
effectively - are supervised by the county government supervision room." The bot lists candidates,
people open items.
"""

from __future__ import annotations

from app.stages.supervision.candidates import decline, defer, propose, strike_row
from app.stages.supervision.findings import (
    FINDINGS,
    confirm_finding,
    draft_finding,
    fault_on,
    named,
)
from app.stages.supervision.grounds import held_to, relisted_from, silent_from
from app.stages.supervision.hearings import (
    conclude,
    decide_hearing_over,
    heard_columns,
    record_statement,
)
from app.stages.supervision.items import items, named_deadline
from app.stages.supervision.listing import RULES, decide_listing, list_facts
from app.stages.supervision.notices import (
    clear,
    decide_feedback_overdue,
    feed_back,
    open_by_hand,
    open_candidate,
    reissue,
)
from app.stages.supervision.persons import post_of, told_apart
from app.stages.supervision.reviews import (
    OUTCOMES,
    REVIEWED_IN,
    ask_review,
    close_supervision,
    review_open,
    rule_on_review,
)

__all__ = [
    "FINDINGS",
    "OUTCOMES",
    "REVIEWED_IN",
    "RULES",
    "ask_review",
    "clear",
    "close_supervision",
    "conclude",
    "confirm_finding",
    "decide_feedback_overdue",
    "decide_hearing_over",
    "decide_listing",
    "decline",
    "defer",
    "draft_finding",
    "fault_on",
    "feed_back",
    "heard_columns",
    "held_to",
    "items",
    "list_facts",
    "named",
    "named_deadline",
    "open_by_hand",
    "open_candidate",
    "post_of",
    "told_apart",
    "propose",
    "record_statement",
    "reissue",
    "relisted_from",
    "review_open",
    "rule_on_review",
    "silent_from",
    "strike_row",
]
