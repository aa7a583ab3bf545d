"""Which verbs a case lets a person do now, and for the others why not, in words: the states a verb
acts on, as data.

The stage behind a verb decides; this only tells a person beforehand. `None` in a row stands for
"whatever it is".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.rules.workflow import LIVE, OPEN_ASSIGNMENT, OPEN_CASE, UNSENT
from app.words import Message

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
    "comment_suggestion": ("case", None),
    "reveal": ("case", None),
    "cover": ("case", None),
    "attach": ("case", None),
    "answer_directly": ("case", _UNALLOCATED),
    "allocate": ("case", _UNALLOCATED),
    "submit": ("case", _UNALLOCATED),
    "instruct": ("case", OPEN_CASE),
    "reclassify": ("case", OPEN_CASE),
    "confirm_lifting": ("case", OPEN_CASE),
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
    "void_reminder": ("reminder", ("open",)),
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
    "ask_review": ("supervision", ("concluded", "closed")),
    "rule_on_review": ("supervision", ("concluded", "closed")),
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
}
"""verb -> what it acts on, and the states in which it does."""


Rows = Mapping[str, Sequence[Any]]
TO_RESPOND = "to_respond"
"""The mark of an assignment whose first response is still to be given."""
REVIEWABLE, REVIEW_ASKED = "reviewable", "review_asked"
"""The marks of an item whose conclusion may be reviewed, and of one whose review waits for the
ruling."""


def _no_proposal(found: Sequence[Any], rows: Rows) -> Message | None:
    proposed = any(row.refusal_reason is not None for row in found)
    return None if proposed else Message("why.no_refusal")


def _no_lifting(found: Sequence[Any], rows: Rows) -> Message | None:
    return None if rows.get("lifting") else Message("why.no_lifting")


def _proposal_undecided(found: Sequence[Any], rows: Rows) -> Message | None:
    waits = all(row.refusal_proposed_by_id is not None for row in found)
    return Message("why.refusal_waits") if waits else None


def _no_review_asked(found: Sequence[Any], rows: Rows) -> Message | None:
    waits = any(row.mark == REVIEW_ASKED for row in found)
    return None if waits else Message("why.no_review")


def _not_reviewable(found: Sequence[Any], rows: Rows) -> Message | None:
    may = any(row.mark == REVIEWABLE for row in found)
    return None if may else Message("why.reviewed")


def _no_suggestion(found: Sequence[Any], rows: Rows) -> Message | None:
    return None if any(row.suggestion for row in found) else Message("why.no_suggestion")


def _none_to_respond(found: Sequence[Any], rows: Rows) -> Message | None:
    waits = any(row.mark == TO_RESPOND for row in found)
    return None if waits else Message("why.no_emergency")


def _assists_open(found: Sequence[Any], rows: Rows) -> Message | None:
    """A lead replies after its assists: their rows are shown to it beside its own. A unit that
    holds an assist as well answers that first."""
    if any(row.kind == "assist" for row in found):
        return None
    rounds = {row.round for row in found if row.kind == "lead"}
    waits = [
        row.unit
        for row in rows.get("assignment", ())
        if row.kind == "assist" and row.state in OPEN_ASSIGNMENT and row.round in rounds
    ]
    names = "、".join(waits)
    return Message("why.assists_open", {"names": names}) if waits else None


AGAINST: dict[str, Callable[[Sequence[Any], Rows], Message | None]] = {
    "comment_suggestion": _no_suggestion,
    "confirm_refusal": _no_proposal,
    "confirm_lifting": _no_lifting,
    **dict.fromkeys(("allocate", "answer_directly", "submit"), _proposal_undecided),
    "first_response": _none_to_respond,
    "reply": _assists_open,
    "ask_review": _not_reviewable,
    "rule_on_review": _no_review_asked,
}
"""verb -> what else stands against it, in words, where its subject is in a state for it."""


@dataclass(frozen=True)
class Offer:
    """A verb on a case page: `state` is where its subject stands instead, `missing` that there is
    no such subject, `against` what else stands against it; all None where it may be tried."""

    verb: str
    subject: str
    state: str | None = None
    missing: bool = False
    against: Message | None = None

    @property
    def open(self) -> bool:
        """Whether nothing that the page knows stands against it."""
        return self.state is None and not self.missing and self.against is None


def _about(subject: str, rows: Rows, unit: int | None) -> list[Any]:
    """The rows that a verb may be about; a unit's people act on their own assignment, whatever
    their page shows."""
    name, _, kind = subject.partition(":")
    if name == "assist":
        return [row for row in rows.get("assignment", ()) if row.kind == "assist"]
    own = unit if name == "assignment" else None
    return [
        row
        for row in rows.get(name, ())
        if (not kind or row.kind == kind) and (own is None or row.unit_id == own)
    ]


def offer(verb: str, rows: Rows, unit: int | None = None) -> Offer:
    """Whether a verb can be done on what a case page shows: subject -> its rows. `unit`: whose
    people ask."""
    subject, wanted = ACTS_ON[verb]
    found = _about(subject, rows, unit)
    name = subject.partition(":")[0]
    if not found:
        return Offer(verb, name, missing=True)
    fitting = [row for row in found if wanted is None or row.state in wanted]
    if not fitting:
        return Offer(verb, name, state=found[-1].state)
    return Offer(verb, name, against=AGAINST[verb](fitting, rows) if verb in AGAINST else None)
