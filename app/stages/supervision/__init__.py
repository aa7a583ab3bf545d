"""(4) supervision. "Action slow, time limit delayed, no clear handling opinion, causing repeated complaints - and
matters assigned by leaders of city and county governments not implemented effectively - are supervised by the county
government supervision room." The bot lists candidates, people open items.
"""

from __future__ import annotations

from app.stages.supervision.findings import (
    FINDINGS,
    OUTCOMES,
    REVIEWED_IN,
    ask_review,
    close_supervision,
    conclude,
    confirm_finding,
    decide_hearing_over,
    draft_finding,
    fault_on,
    heard_columns,
    named,
    post_of,
    record_statement,
    review_open,
    rule_on_review,
    told_apart,
)
from app.stages.supervision.grounds import RULES, decide_listing, held_to, list_facts, relisted_from, silent_from
from app.stages.supervision.items import (
    clear,
    decide_feedback_overdue,
    decline,
    defer,
    feed_back,
    items,
    named_deadline,
    open_by_hand,
    open_candidate,
    propose,
    reissue,
    strike_row,
)

__all__ = [
    "FINDINGS", "OUTCOMES", "REVIEWED_IN", "RULES", "ask_review", "clear", "close_supervision", "conclude",
    "confirm_finding", "decide_feedback_overdue", "decide_hearing_over", "decide_listing", "decline", "defer",
    "draft_finding", "fault_on",
    "feed_back", "heard_columns", "held_to", "items", "list_facts", "named", "named_deadline", "open_by_hand",
    "open_candidate", "post_of", "told_apart", "propose", "record_statement", "reissue", "relisted_from", "review_open",
    "rule_on_review", "silent_from", "strike_row",
]  # fmt: skip
