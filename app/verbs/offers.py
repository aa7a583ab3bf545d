"""Which verbs a case lets a person do now, and for the others why not, in words: the states a verb acts on, as data.

The stage behind a verb decides; this only tells a person beforehand. `None` in a row stands for "whatever it is".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.rules.workflow import LIVE, OPEN_ASSIGNMENT, OPEN_CASE, UNSENT

_PENDING = ("pending",)
_ANSWERABLE = ("allocated", "signed", "reply_refused")
_RETURNABLE = ("allocated", "signed")
_UNALLOCATED = ("registered",)

ACTS_ON: dict[str, tuple[str, tuple[str, ...] | None]] = {
    "edit_case": ("case", _UNALLOCATED),
    "contact": ("case", (*OPEN_CASE, "closed", "merged")),
    "merge": ("case", OPEN_CASE),
    "split": ("case", OPEN_CASE),
    "refuse": ("case", _UNALLOCATED),
    "confirm_refusal": ("case", _UNALLOCATED),
    "hand_on": ("case", _UNALLOCATED),
    "withdraw": ("case", OPEN_CASE),
    "screen_suggestion": ("case", None),
    "reveal": ("case", None),
    "attach": ("case", None),
    "answer_directly": ("case", _UNALLOCATED),
    "allocate": ("case", _UNALLOCATED),
    "submit": ("case", _UNALLOCATED),
    "instruct": ("case", OPEN_CASE),
    "reclassify": ("case", OPEN_CASE),
    "recall": ("assignment", ("allocated", "return_pending")),
    "reassign": ("case", ("handling",)),
    "rule_on_return": ("request:return", _PENDING),
    "rule_on_extension": ("request:extension", _PENDING),
    "rule_on_explanation": ("request:explanation", _PENDING),
    "rule_on_interim": ("request:interim", _PENDING),
    "waive_assist": ("assist", OPEN_ASSIGNMENT),
    "sign_for": ("assignment", ("allocated",)),
    "first_response": ("assignment", OPEN_ASSIGNMENT),
    "request_return": ("assignment", _RETURNABLE),
    "request_extension": ("assignment", _ANSWERABLE),
    "explain": ("assignment", _ANSWERABLE),
    "reply_interim": ("assignment", _ANSWERABLE),
    "reply": ("assignment", _ANSWERABLE),
    "draft_return": ("assignment", OPEN_ASSIGNMENT),
    "draft_extension": ("assignment", OPEN_ASSIGNMENT),
    "draft_explanation": ("assignment", OPEN_ASSIGNMENT),
    "draft_interim": ("assignment", OPEN_ASSIGNMENT),
    "draft_reply": ("assignment", OPEN_ASSIGNMENT),
    "draft_feedback": ("supervision", ("opened", "reissued")),
    "draft_statement": ("supervision", ("confirmed",)),
    "remind": ("assignment", OPEN_ASSIGNMENT),
    "void_reminder": ("reminder", ("open", "satisfied", "lapsed")),
    "propose": ("assignment", (*LIVE, "accepted")),
    "open_supervision": ("case", None),
    "decline": ("supervision", ("candidate",)),
    "defer": ("supervision", ("candidate",)),
    "strike_row": ("supervision", None),
    "feed_back": ("supervision", ("opened", "reissued")),
    "clear": ("supervision", ("opened", "reissued", "fed_back")),
    "reissue": ("supervision", ("fed_back",)),
    "draft_finding": ("supervision", ("fed_back", "opened", "reissued")),
    "confirm_finding": ("supervision", ("finding",)),
    "record_statement": ("supervision", ("confirmed",)),
    "conclude": ("supervision", ("confirmed", "heard")),
    "ask_review": ("supervision", ("concluded",)),
    "rule_on_review": ("supervision", ("concluded",)),
    "close_supervision": ("supervision", ("concluded",)),
    "record_visit": ("case", ("visiting", "merged", "reviewing", "closed")),
    "amend_visit": ("case", ("visiting", "merged", "reviewing", "closed")),
    "examine": ("assignment", ("replied",)),
    "review_responsibility": ("case", ("reviewing",)),
    "complete_referral": ("referral", ("drafted",)),
    "review_referral": ("referral", ("drafted",)),
    "open_paper": ("referral", None),
    "approve_referral": ("referral", ("reviewed",)),
    "send_back_referral": ("referral", ("reviewed", "drafted")),
    "seal_referral": ("referral", ("approved",)),
    "send_referral": ("referral", ("sealed",)),
    "record_receipt": ("referral", ("sent", "received")),
    "record_outcome": ("referral", ("received",)),
    "supplement_referral": ("referral", ("received", "sent")),
    "abandon_referral": ("referral", UNSENT),
}  # fmt: skip
"""verb -> what it acts on, and the states in which it does."""


@dataclass(frozen=True)
class Offer:
    """A verb on a case page: `state` is where its subject stands instead, `missing` that there is no such subject; both
    None where it may be tried."""

    verb: str
    subject: str
    state: str | None = None
    missing: bool = False

    @property
    def open(self) -> bool:
        """Whether nothing that the page knows stands against it."""
        return self.state is None and not self.missing


def _states(subject: str, rows: Mapping[str, Sequence[Any]]) -> Iterable[str]:
    name, _, kind = subject.partition(":")
    if name == "assist":
        return [row.state for row in rows.get("assignment", ()) if row.kind == "assist"]
    return [row.state for row in rows.get(name, ()) if not kind or row.kind == kind]


def offer(verb: str, rows: Mapping[str, Sequence[Any]]) -> Offer:
    """Whether a verb can be done on what a case page shows: subject -> its rows."""
    subject, wanted = ACTS_ON[verb]
    found = list(_states(subject, rows))
    name = subject.partition(":")[0]
    if not found:
        return Offer(verb, name, missing=True)
    if wanted is None or any(state in wanted for state in found):
        return Offer(verb, name)
    return Offer(verb, name, state=found[-1])
