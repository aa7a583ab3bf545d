"""(1) acceptance. "Staff accept demands by phone, mayor's mailbox, WeChat, e-mail, record them
accurately, classify and register them, screen out reasonable suggestions and report them
regularly."
"""

from __future__ import annotations

from app.stages.acceptance.callers import area_code, of_number, spellings, typed_of
from app.stages.acceptance.contacts import (
    CONTACT_KINDS,
    COUNTED_CONTACTS,
    LONE_CONTACTS,
    contact,
    end_visits,
    lead_of,
    reopen,
)
from app.stages.acceptance.covering import cover
from app.stages.acceptance.leaders import instruct_on_file, leader_terms, name_leaders
from app.stages.acceptance.matters import fill_pairs, same_matter, since_when, unindexed
from app.stages.acceptance.merging import INHERITED, MOVES_ALONG, merge, merged_with, withdraw
from app.stages.acceptance.refusals import (
    LINES,
    REFUSALS,
    confirm_refusal,
    decided,
    hand_on,
    refuse,
)
from app.stages.acceptance.registration import (
    FACTS,
    edit_case,
    least_urgency,
    register,
    registered_anew,
    split,
)
from app.stages.acceptance.reveals import PURPOSES, REVEALS_AN_HOUR, reveal
from app.stages.acceptance.suggestions import (
    comment,
    mark_suggestion,
    refuse_comment,
    screen_suggestion,
)

__all__ = [
    "PURPOSES",
    "comment",
    "CONTACT_KINDS",
    "COUNTED_CONTACTS",
    "FACTS",
    "INHERITED",
    "LINES",
    "LONE_CONTACTS",
    "MOVES_ALONG",
    "REFUSALS",
    "REVEALS_AN_HOUR",
    "area_code",
    "confirm_refusal",
    "contact",
    "cover",
    "decided",
    "edit_case",
    "end_visits",
    "fill_pairs",
    "hand_on",
    "instruct_on_file",
    "lead_of",
    "leader_terms",
    "least_urgency",
    "mark_suggestion",
    "merge",
    "merged_with",
    "of_number",
    "refuse",
    "register",
    "registered_anew",
    "reopen",
    "reveal",
    "same_matter",
    "name_leaders",
    "refuse_comment",
    "screen_suggestion",
    "since_when",
    "spellings",
    "split",
    "typed_of",
    "unindexed",
    "withdraw",
]
