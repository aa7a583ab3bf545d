"""The verbs of a person on a case, as buttons of its page, each with why it is not possible now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for

from app import words
from app.models import Case
from app.roles import Actor
from app.verbs import Verb, possible
from app.verbs.offers import ACTS_ON, Offer, offer
from app.views.actor import actor, language
from app.worklists import queues_of

TABLES = {
    "case": "hotline_case",
    "assignment": "assignment",
    "assist": "assignment",
    "request": "request",
    "reminder": "reminder",
    "supervision": "supervision",
    "visit": "visit",
    "referral": "referral",
    "reply": "reply",
    "draft": "draft",
}
"""subject of a verb -> the table whose word it is called by."""


@dataclass
class Button:
    """A verb on the page: where its form is, and why it is not possible now, in words."""

    verb: str
    label: str
    href: str
    why: str = ""


def why_not(verb: str, rows: dict[str, Sequence[Any]]) -> str:
    """Why a verb is not possible now, or nothing where it may be tried."""
    who = actor()
    offered = offer(verb, rows, (who.unit_id or 0) if who.of_a_unit else None)
    return "" if offered.open else _hindered(offered)


def _hindered(offered: Offer) -> str:
    """What stands against a verb: a rule, that there is no row for it, or the state of the row."""
    tongue, subject = language(), offered.subject
    if offered.against is not None:
        return words.told(offered.against, tongue)
    name = words.table(TABLES.get(subject, ""), tongue, otherwise=subject)
    if offered.missing:
        return words.word("case_page.there_is_none", tongue, name=name)
    stateful = "assignment" if subject == "assist" else subject
    state = words.state(stateful, offered.state or "", tongue)
    return words.word("case_page.state_now", tongue, name=name, state=state)


def buttons(
    who: Actor, case: Case, rows: dict[str, Sequence[Any]]
) -> list[tuple[str, list[Button]]]:
    """The verbs of a person on a case, by stage; those that are possible come first."""
    by_stage: dict[str, list[Button]] = {}
    for verb in possible(who):
        if _has_button(verb, who):
            by_stage.setdefault(verb.stage, []).append(_button(verb, case, rows))
    return [
        (
            words.word(f"stage.{stage}", language()),
            sorted(group, key=lambda button: bool(button.why)),
        )
        for stage, group in by_stage.items()
    ]


def primary(stages: Sequence[tuple[str, Sequence[Button]]], who: Actor) -> list[Button]:
    """The verbs that are possible now and with which this person answers a list of work: what the
    page offers first, in the order of the lists."""
    possible_now = {
        button.verb: button for _, group in stages for button in group if not button.why
    }
    wanted = dict.fromkeys(verb for queue in queues_of(who).values() for verb in queue.verbs)
    return [possible_now[verb] for verb in wanted if verb in possible_now]


def _has_button(verb: Verb, who: Actor) -> bool:
    """Whether a verb is a button of the page: a unit's paper is opened by the link in its row, and
    the verb alone is for who reads referrals."""
    return verb.name in ACTS_ON and (verb.name != "open_paper" or "Referrals" in who.pages)


def _button(verb: Verb, case: Case, rows: dict[str, Sequence[Any]]) -> Button:
    href = url_for(f"Verbs.{verb.name}", case=case.id)
    return Button(verb.name, words.title(verb.name, language()), href, why_not(verb.name, rows))
