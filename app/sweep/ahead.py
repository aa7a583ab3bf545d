"""What the bot will do and when, if nobody does anything until then: the pass itself, played forward
over what is on file. Nothing is written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from app.models.facts import Survey
from app.rules.facts import CaseFacts, Effect
from app.rules.office import Office
from app.rules.workdays import NoCalendar
from app.stages.deciding import decide_case
from app.stages.office import next_look

MOST_LOOKS = 60
"""How often a case is looked at at most while it is played forward."""
_RULES = {
    "assignment.auto_signed": "sign",
    "assignment.warned": "warn",
    "assignment.overdue": "overdue",
    "reminder.issued": "remind",
    "reminder.lapsed": "lapse",
    "reminder.reopened": "reopen",
    "supervision.watched": "watch",
    "supervision.overdue": "feedback",
    "supervision.heard": "hearing",
    "referral.drafted": "draft",
    "centre.overdue": "centre",
    "room.overdue": "room",
}
"""event of the bot -> the rule by which it acts."""
RULES = (
    "remind",
    "repeated",
    "silent",
    "leader",
    "redo_failed",
    "by_hand",
    "watch",
    "warn",
    "lapse",
    "sign",
)
"""The rules by which the bot reminds and lists, and what leads there: those that a preview shows."""
FOR_UNITS = ("sign", "warn", "overdue", "remind", "lapse", "reopen", "feedback", "hearing")
"""The rules of which a unit is told what they will do."""


@dataclass(frozen=True)
class Deed:
    """What the bot would do: to which case, when, by which rule, about which unit, with the facts of
    its event."""

    case_id: int
    at: datetime
    rule: str
    kind: str
    unit_id: int | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)


def rule_of(kind: str, payload: Mapping[str, Any]) -> str:
    """The rule by which the bot did something; a listing is by its ground."""
    return str(payload.get("ground", "")) if kind == "supervision.listed" else _RULES.get(kind, "")


def ahead(case: CaseFacts, office: Office, until: datetime, issued: bool = False) -> Iterator[Deed]:
    """What the bot would do with a case from now to a moment, in its order; `issued`: today's list is
    out. The facts are changed as the bot would change them."""
    moment, looks = case.look_again_at, 0
    while moment is not None and moment <= until and looks < MOST_LOOKS:
        then = replace(office, now=max(moment, office.now))
        closed = issued and then.now.date() == office.now.date()
        try:
            decided = decide_case(case, then, closed=closed)
            moment = next_look(case, then, closed)
        except NoCalendar:
            return
        _number(case)
        yield from (deed_of(case.id, effect, then.now) for effect in decided.effects)
        looks += 1


def deed_of(case_id: int, effect: Effect, at: datetime) -> Deed:
    """What a decision comes to, as a deed."""
    rule = rule_of(effect.kind, effect.payload)
    return Deed(case_id, at, rule, effect.kind, effect.unit_id, effect.payload)


def ahead_of_all(found: Survey, office: Office, until: datetime) -> Sequence[Deed]:
    """The same of many cases, the earliest first."""
    deeds = [deed for case in found.cases for deed in ahead(case, office, until, found.list_issued)]
    return sorted(deeds, key=lambda deed: (deed.at, deed.case_id))


def _number(case: CaseFacts) -> None:
    """Let the rows that were born have ids as stored ones have: later looks act on them."""
    for rows in (case.reminders, case.supervision, case.referrals):
        for row in rows:
            if not row.id:
                row.id = -1 - sum(one.id < 0 for one in rows)
