"""What the bot will do next with a case and when, and why each of its rules catches it now or does
not: for the page of a case, in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from app import words
from app.models import Case
from app.models.facts import survey
from app.rules.workdays import minute
from app.rules.workflow import OPEN_CASE
from app.sweep.ahead import FOR_UNITS, Deed, ahead
from app.sweep.reasons import Fact, Reason, reasons
from app.views.actor import actor, language, now, office_here, reader
from app.views.pages.shown import term

AHEAD = timedelta(days=45)
"""How far the page looks ahead."""
MOST = 4
"""How many moments are told."""
_ENDS = ("due", "until", "since")
"""Facts that are ends of clocks."""
NEXT = {
    "sign": "case_page.next.sign",
    "warn": "case_page.next.warn",
    "overdue": "case_page.next.overdue",
    "remind": "case_page.next.remind",
    "lapse": "case_page.next.lapse",
    "reopen": "case_page.next.reopen",
    "watch": "case_page.next.watch",
    "repeated": "case_page.next.repeated",
    "silent": "case_page.next.silent",
    "leader": "case_page.next.leader",
    "redo_failed": "case_page.next.redo_failed",
    "by_hand": "case_page.next.by_hand",
    "feedback": "case_page.next.feedback",
    "hearing": "case_page.next.hearing",
    "draft": "case_page.next.draft",
    "centre": "case_page.next.centre",
    "room": "case_page.next.room",
}
"""rule of the bot -> what it will do by it, if nothing is done before."""
RULE_NAMES = {
    "remind": "case_page.rule.remind",
    "repeated": "case_page.rule.repeated",
    "silent": "case_page.rule.silent",
    "leader": "case_page.rule.leader",
    "redo_failed": "case_page.rule.redo_failed",
    "by_hand": "case_page.rule.by_hand",
    "watch": "case_page.rule.watch",
    "warn": "case_page.rule.warn",
    "lapse": "case_page.rule.lapse",
    "sign": "case_page.rule.sign",
}
"""rule of the bot -> what it is called."""


@dataclass(frozen=True)
class Why:
    """A rule on the page: what it is called, whom it is about, whether it catches now, the fact it
    rests on and what would have changed it."""

    rule: str
    unit: str
    catches: bool
    fact: str
    otherwise: str


@dataclass(frozen=True)
class Foresight:
    """What the bot will do, moment by moment, and why."""

    moments: Sequence[tuple[datetime, Sequence[str]]] = ()
    why: Sequence[Why] = ()


def foresight(case: Case, rows: Mapping[str, Sequence[Any]]) -> Foresight:
    """What the bot will do with a case, if nobody does anything before; one statement, and none for
    a case that has ended."""
    if case.look_again_at is None and case.state not in OPEN_CASE:
        return Foresight()
    found = survey(reader(), [case.id], now().date())
    if not found.cases:
        return Foresight()
    office, units = office_here(), units_in(rows)
    facts = found.cases[0]
    deeds = ahead(deepcopy(facts), office, now() + AHEAD, found.list_issued)
    told = [reason for reason in reasons(facts, office, found.list_issued) if _told_of(reason)]
    return Foresight(
        moments_of(deed for deed in deeds if may_read(deed)),
        [_why(reason, units) for reason in told],
    )


def units_in(rows: Mapping[str, Sequence[Any]]) -> dict[int, str]:
    """unit -> its name, of those that handle a case."""
    return {row.unit_id: row.unit for row in rows.get("assignment", ())}


def may_read(deed: Deed) -> bool:
    """Whether this person is told of what the bot will do: a unit of its own clocks; of dossiers who
    reads them."""
    who = actor()
    if who.of_a_unit:
        return deed.unit_id == who.unit_id and deed.rule in FOR_UNITS
    return deed.rule != "draft" or "Referrals" in who.pages


def _told_of(reason: Reason) -> bool:
    who = actor()
    return not who.of_a_unit or (reason.unit_id == who.unit_id and reason.rule in FOR_UNITS)


def moments_of(deeds: Iterable[Deed]) -> list[tuple[datetime, list[str]]]:
    """What will be done, by its moment, each said once."""
    moments: dict[datetime, list[str]] = {}
    for deed in deeds:
        if deed.rule not in NEXT:
            continue
        sentence = words.word(NEXT[deed.rule], language())
        told = moments.setdefault(deed.at, [])
        if sentence not in told:
            told.append(sentence)
    return list(moments.items())[:MOST]


_SETTLED = (
    "case_page.why.signed",
    "case_page.why.replied",
    "case_page.why.listed",
    "case_page.why.no_leader",
    "case_page.why.no_redo",
    "case_page.why.switched_off",
    "case_page.why.warned",
    "case_page.why.past_due",
    "case_page.why.emergency",
)
"""What stands against a rule for good: nothing more is said of it."""


def _why(reason: Reason, units: Mapping[int, str]) -> Why:
    tongue = language()
    fact = reason.against or reason.rests_on
    return Why(
        words.word(RULE_NAMES[reason.rule], tongue),
        units.get(reason.unit_id, ""),
        reason.catches,
        fact_told(fact),
        "" if fact.msgid in _SETTLED else fact_told(reason.otherwise),
    )


def fact_told(fact: Fact) -> str:
    """A fact in words."""
    return words.word(fact.msgid, language(), **{k: _shown(k, v) for k, v in fact.facts.items()})


def _shown(name: str, value: Any) -> Any:
    if name in _ENDS:
        return term(value)
    if name == "request":
        return words.value("request", value, language())
    return minute(value) if isinstance(value, datetime) else value
