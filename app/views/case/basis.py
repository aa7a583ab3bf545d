"""Which number of the office each clock of a case rests on, in which edition, and what would have
changed it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from app.models import Case
from app.views.actor import now, office_here
from app.views.case.trace import Basis

_OF_CASES = {
    "registered": "allocate_workdays",
    "submitted": "instruction_alert_workdays",
    "examining": "examine_workdays",
    "visiting": "visit_workdays",
}
"""state of a case -> the number of the centre's own clock."""
_OF_ITEMS = {
    "candidate": "decide_workdays",
    "finding": "confirm_workdays",
    "heard": "conclude_workdays",
}
"""state of an item -> the number of the room's clock."""


def _basis(
    rule: str, kept_at: datetime | None, before: str = "", after: str = "", extends: bool = False
) -> Basis:
    """The number as the case keeps it, and its edition then."""
    office, at = office_here(), kept_at or now()
    limits = office.versions.at(at)
    return Basis(
        rule,
        office.versions.edition(rule, at),
        int(getattr(limits, rule)),
        extends,
        before,
        after,
        {"most": limits.extension_workdays},
    )


def _kept(case: Case) -> datetime | None:
    return case.allocated_at


def of_the_case(case: Case) -> Basis | None:
    """The centre's own clock on a case."""
    rule = _OF_CASES.get(case.state)
    return _basis(rule, _kept(case) or case.registered_at) if rule else None


def of_an_assignment(case: Case, assignment: Any, requests: Sequence[Any]) -> Basis:
    """The handling clock of a unit."""
    used = any(
        row.kind == "extension" and row.state == "accepted" and row.unit_id == assignment.unit_id
        for row in requests
    )
    before = "case_page.change.extended" if used else "case_page.change.due"
    rule = _handling_rule(case, assignment.round)
    return _basis(rule, _kept(case), before, "case_page.change.due_over", extends=used)


def _handling_rule(case: Case, round_: int) -> str:
    if round_ > 1:
        redo = case.kind == "consultation"
        return "redo_consultation_workdays" if redo else "redo_workdays"
    if case.urgency != "normal":
        return "emergency_hours" if case.urgency == "emergency" else "urgent_workdays"
    if case.leader_assigned:
        return "leader_workdays"
    return "complex_workdays" if case.complex else f"{case.kind}_workdays"


def of_the_signing(case: Case) -> Basis:
    """The clock to sign for an assignment."""
    return _basis("sign_workdays", _kept(case), "case_page.change.sign")


def of_a_reminder(case: Case) -> Basis:
    """The clock to answer a reminder."""
    both = ("case_page.change.reminder", "case_page.change.reminder_over")
    return _basis("reply_to_reminder_workdays", _kept(case), *both)


def of_the_unit(case: Case, item: Any) -> Basis:
    """The clock of a unit on an item of supervision."""
    if item.state == "confirmed":
        return _basis("hearing_workdays", _kept(case))
    return _basis("feedback_workdays", _kept(case), "case_page.change.feedback")


def of_an_item(case: Case, item: Any) -> Basis | None:
    """The room's clock on an item."""
    rule = _OF_ITEMS.get(item.state)
    return _basis(rule, _kept(case)) if rule else None
