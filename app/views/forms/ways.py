"""What has to be done first: every refusal of that kind, and what is seen to stand against a form before it is
sent, leads to where it is done - for who may do it, or look at it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for
from werkzeug.datastructures import MultiDict

from app import words
from app.models import Case, Draft, Referral
from app.rules.refusal import NotAllowed
from app.stages.accountability import opened_since_review
from app.verbs import VERBS, Verb
from app.verbs.offers import ACTS_ON, offer
from app.views.actor import actor, asked, key_typed, language, reader
from app.views.forms.row_choice import Which

DONE_BY: Mapping[str, str] = {
    "assist_open": "waive_assist",
    "closed_too_long": "register",
    "day_outside_calendar": "load_calendar",
    "explain_once_more": "contact",
    "lifting_undecided": "confirm_lifting",
    "no_liaison": "add_post",
    "not_completed": "complete_referral",
    "not_concluded": "conclude",
    "refusal_undecided": "confirm_refusal",
    "report_not_issued": "issue_report",
    "return_pending": "rule_on_return",
    "review_open": "rule_on_review",
}
"""refusal -> the verb that has to be done first."""
STANDS_ON: Mapping[str, str] = {
    "change_waits": "AccountChanges",
    "changed_since": "AccountChanges",
    "roster_waits": "Rosters",
    "substituted_already": "Substitutes",
}
"""refusal -> the page on which what has to be dealt with first stands."""
AGAINST: Mapping[str, str] = {
    "why.assists_open": "assist_open",
    "why.refusal_waits": "refusal_undecided",
}
"""What is seen to stand against a verb -> the refusal that it would come to."""


@dataclass(frozen=True)
class Way:
    """Where something is done: its address, and what it is called."""

    href: str
    label: str


@dataclass(frozen=True)
class First:
    """What a form says before it is sent: that something has to be done first, and where."""

    said: str
    ways: Sequence[Way]


def ways(msgid: str, case: Case | None, typed: MultiDict[str, str], meant: Which) -> list[Way]:
    """Where that is done which a refusal asks for first; nothing for another refusal, or for who may
    neither do it nor look at it."""
    if msgid in _OF_ROWS:
        return _OF_ROWS[msgid](typed, meant)
    page, verb = STANDS_ON.get(msgid, ""), DONE_BY.get(msgid, "")
    if page in actor().pages:
        return [Way(url_for(f"{page}.list"), words.page(page, language()))]
    if verb not in actor().rights:
        return []
    of_case = VERBS[verb].target != "none"
    if of_case and case is None:
        return []
    address: dict[str, Any] = {"case": case.id} if of_case and case is not None else {}
    return [Way(url_for(f"Verbs.{verb}", **address), words.title(verb, language()))]


def to_do_first(
    verb: Verb, case: Case | None, rows: Mapping[str, Sequence[Any]], meant: Which
) -> First | None:
    """What has to be done before a form is sent, as far as its page can see that."""
    who, none = actor(), MultiDict[str, str]()
    if verb.name == "approve_referral" and _unread(meant):
        no = NotAllowed("paper_not_opened")
        return First(words.said(no, language()), ways(no.msgid, case, none, meant))
    if not rows or verb.name not in ACTS_ON:
        return None
    against = offer(verb.name, rows, (who.unit_id or 0) if who.of_a_unit else None).against
    found = ways(AGAINST.get(against.msgid, ""), case, none, meant) if against else []
    return First("", found) if found else None


def _unread(meant: Which) -> bool:
    """Whether the leader who is to approve a referral has not read its paper yet."""
    row = meant.about
    if not isinstance(row, Referral) or not actor().is_a("leader"):
        return False
    return not opened_since_review(reader(), actor(), row)


def paper_of(row: Referral) -> list[Way]:
    """The paper of a referral, for who may open it."""
    if "Referrals" not in actor().pages or "open_paper" not in actor().rights:
        return []
    return [Way(url_for("Referrals.paper", pk=row.id), words.title("open_paper", language()))]


def _of_paper(typed: MultiDict[str, str], meant: Which) -> list[Way]:
    rows = [meant.about] if meant.about is not None else meant.rows
    return [way for row in rows if isinstance(row, Referral) for way in paper_of(row)]


def _of_successor(typed: MultiDict[str, str], meant: Which) -> list[Way]:
    """The draft that took the place of the one that was named."""
    row = asked(Draft, key_typed(typed.get("draft")))
    if row is None or row.successor_id is None or row.verb not in actor().rights:
        return []
    href = url_for(f"Verbs.{row.verb}", case=row.case_id, draft=row.successor_id)
    return [Way(href, words.title(row.verb, language()))]


_OF_ROWS: Mapping[str, Callable[[MultiDict[str, str], Which], list[Way]]] = {
    "paper_not_opened": _of_paper,
    "draft_replaced": _of_successor,
}
"""Refusals that lead to a row of their own."""
