"""What the bot does with one case: every stage is asked, in the procedure's order, and sees what
those before it decided. Nothing is written here. [procedure, States: "Order inside one sweep of one
assignment"]"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from typing import Any

from app.ledger import Entry
from app.rules.facts import (
    AssignmentFacts,
    CaseFacts,
    Effect,
    ReferralFacts,
    ReminderFacts,
    SupervisionFacts,
)
from app.rules.office import Office
from app.stages.accountability import decide_draft, decide_referral_overdue
from app.stages.handling import decide_signing
from app.stages.office import decide_own_overdue
from app.stages.reminder import decide_lapse, decide_overdue, decide_reminder, decide_warning
from app.stages.supervision import decide_feedback_overdue, decide_hearing_over, decide_listing

STEPS = ("marks", "list", "drafts")
"""What a pass may be restricted to: all that is marked and issued, the supervision list, the
drafting of dossiers."""

WRITTEN: dict[str, tuple[str, ...]] = {
    "case": ("own_overdue_for", "screen_overdue_for"),
    "assignment": ("signed_at", "signed_by", "warned_for", "overdue_for", "watched"),
    "request": ("own_overdue_for",),
    "reply": ("own_overdue_for",),
    "reminder": ("satisfied_by_request_id", "lapsed_at", "ended_at"),
    "supervision": ("listed_on", "own_at", "own_clock", "own_overdue_for", "overdue_for"),
    "referral": ("own_overdue_for",),
}
"""subject -> the columns that a sweep writes, always all of them, so that one statement serves all
rows."""
_BORN: dict[str, tuple[type[Any], str]] = {
    "reminder": (ReminderFacts, "reminders"),
    "supervision": (SupervisionFacts, "supervision"),
    "referral": (ReferralFacts, "referrals"),
}
_BLANK: dict[type[Any], dict[str, Any]] = {
    kind: {column.name: False if str(column.type) == "bool" else None for column in fields(kind)}
    for kind, _ in _BORN.values()
}
"""What is not known of a new row."""


@dataclass
class Decided:
    """One case with what was decided about it; `was` are the states before, by the row's
    identity."""

    case: CaseFacts
    effects: list[Effect] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)


def _born(effect: Effect) -> Any:
    """A new row as later decisions of the same sweep see it; its id is not known yet."""
    kind, _ = _BORN[effect.subject]
    row = kind(**_BLANK[kind])
    for name in _BLANK[kind].keys() & effect.sets.keys():
        setattr(row, name, effect.sets[name])
    row.id, row.state = 0, effect.to
    return row


def _apply(decided: Decided, effects: Sequence[Effect]) -> None:
    """Let later steps see what earlier ones decided, and note each as an entry for the ledger."""
    case = decided.case
    for effect in effects:
        row = effect.row
        entry = Entry(
            case.id,
            effect.kind,
            effect.subject,
            None if row is None else row.id,
            None,
            effect.to,
            {},
            effect.payload,
            effect.unit_id,
            case.category_id,
        )
        if row is None:
            entry.columns = effect.sets
            getattr(case, _BORN[effect.subject][1]).append(_born(effect))
        else:
            entry.was = row.state if effect.to is not None else None
            for name, value in effect.sets.items():
                setattr(row, name, value)
            if effect.to is not None:
                row.state = effect.to
        decided.effects.append(effect)
        decided.entries.append(entry)


def _assignment_steps(
    decided: Decided, one: AssignmentFacts, office: Office, steps: Sequence[str], closed: bool
) -> None:
    """The order inside one sweep of one assignment. [procedure, States]"""
    case = decided.case
    if "marks" in steps:
        for decide in (
            decide_signing,
            decide_warning,
            decide_overdue,
            decide_lapse,
            decide_reminder,
        ):
            if effects := decide(case, one, office):
                _apply(decided, effects)
    if "list" in steps:
        _apply(decided, decide_listing(case, one, office, closed))
    for item in case.supervision_of(one):
        if item.id and "marks" in steps:
            _apply(decided, decide_feedback_overdue(case, item, office))
            _apply(decided, decide_hearing_over(case, item, office))
        if item.id and "drafts" in steps:
            _apply(decided, decide_draft(case, item, office))


def decide_case(
    case: CaseFacts, office: Office, steps: Sequence[str] = STEPS, closed: bool = False
) -> Decided:
    """All that the bot should do with a case now; `closed`: the day's list is out already."""
    decided = Decided(case)
    for assignment in list(case.assignments):
        _assignment_steps(decided, assignment, office, steps, closed)
    if "marks" in steps:
        for referral in list(case.referrals):
            _apply(decided, decide_referral_overdue(case, referral, office) if referral.id else [])
        _apply(decided, decide_own_overdue(case, office))
    for effect, entry in zip(decided.effects, decided.entries, strict=True):
        if effect.row is not None:
            entry.columns = {name: getattr(effect.row, name) for name in WRITTEN[effect.subject]}
            entry.settles = effect.sets
    return decided
