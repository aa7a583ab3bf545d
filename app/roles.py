"""Roles and rights as data: which role may use which verb, and who is acting."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

_FILES = ("attach", "open_file")
CENTRE_RULES = ("rule_on_return", "rule_on_extension", "rule_on_explanation", "rule_on_interim")
_ALLOCATOR = (
    "allocate", "answer_directly", "merge", "submit", "withdraw", "reclassify", "recall", "split", "waive_assist",
    "refuse", "confirm_refusal", "contact", "reveal", "open_paper", *CENTRE_RULES, *_FILES,
)  # fmt: skip
_EXAMINER = ("examine", "review_responsibility", *_FILES)
_OFFICER = (
    "open_supervision", "decline", "defer", "strike_row", "clear", "reissue", "draft_finding", "conclude",
    "record_statement", "close_supervision", "complete_referral", "seal_referral", "send_referral",
    "supplement_referral", "abandon_referral", "record_receipt", "record_outcome", "record_visit", "reveal",
    "open_paper", "approve_referral", *_FILES,
)  # fmt: skip
_UNIT_HEAD = (
    "sign_for", "first_response", "request_return", "request_extension", "explain", "reply_interim", "reply",
    "feed_back", "record_statement", "ask_review", "open_paper", "reveal", *_FILES,
)  # fmt: skip
DRAFTED = {
    "draft_return": "request_return", "draft_extension": "request_extension", "draft_explanation": "explain",
    "draft_interim": "reply_interim", "draft_reply": "reply", "draft_feedback": "feed_back",
    "draft_statement": "record_statement",
}  # fmt: skip
"""What staff of a unit drafts -> the verb with which the unit's head approves it."""

RIGHTS: dict[str, tuple[str, ...]] = {
    "operator": ("register", "contact", "answer_directly", "refuse", "hand_on", "open_paper", *_FILES),
    "allocator": _ALLOCATOR,
    "centre_head": (
        *_ALLOCATOR, *_EXAMINER, "register", "hand_on", "reassign", "void_reminder", "remind", "screen_suggestion",
        "propose", "amend_visit", "record_visit", "instruct", "approve_calendar", "approve_rule", "issue_report",
        "reissue_report",
    ),
    "examiner": (*_EXAMINER, "open_paper"),
    "visitor": ("record_visit", "reveal", "open_paper", *_FILES),
    "unit_staff": ("sign_for", "first_response", "open_paper", "reveal", *_FILES, *DRAFTED),
    "unit_head": (*_UNIT_HEAD, *DRAFTED),
    "officer": _OFFICER,
    "supervision_head": (*_OFFICER, "confirm_finding", "rule_on_review", "review_referral", "send_back_referral"),
    "leader": ("instruct", "approve_referral", "send_back_referral", "open_paper", "open_file"),
    "committee": ("record_outcome", "open_paper"),
    "it_admin": ("load_calendar", "change_rule", "succeed_unit"),
    "log_auditor": (),
}  # fmt: skip
"""role -> the verbs it has a right to. [procedure, Who may do what]"""

NO_CASE_CONTENT = ("it_admin", "log_auditor")
UNIT_ROLES = ("unit_staff", "unit_head")


@dataclass(frozen=True)
class Actor:
    """Who acts: a person with his roles and, for unit people, his unit; or the bot."""

    id: int | None
    name: str
    roles: frozenset[str] = field(default_factory=frozenset)
    unit_id: int | None = None
    rights: frozenset[str] = field(default_factory=frozenset)

    @property
    def word(self) -> str:
        """How the record names him: `bot`, or `user:7`."""
        return "bot" if self.id is None else f"user:{self.id}"

    def is_a(self, *roles: str) -> bool:
        """Whether he has any of these roles."""
        return not self.roles.isdisjoint(roles)


BOT = Actor(None, "bot")


def person(id: int, name: str, roles: Iterable[str], unit_id: int | None = None) -> Actor:
    """An actor with the rights of his roles; an IT administrator holds no other role with it."""
    held = frozenset(roles)
    if "it_admin" in held:
        held = frozenset(["it_admin"])
    rights = frozenset(right for role in held for right in RIGHTS.get(role, ()))
    return Actor(id, name, held, unit_id, rights)
