"""The clocks that run on a case, as its page shows them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from app import words
from app.models import Assignment, Case
from app.rules.workflow import OPEN_ASSIGNMENT, STANDING
from app.views.actor import language, reader
from app.views.case.basis import (
    of_a_reminder,
    of_an_assignment,
    of_an_item,
    of_the_case,
    of_the_signing,
    of_the_unit,
)
from app.views.case.trace import Basis, trace_of
from app.views.pages.badge import badge_of
from app.views.pages.shown import term

Clock = dict[str, Any] | None
"""A clock as the page shows it; None where it does not run."""
_OF_THE_UNIT = {
    "opened": "case_page.clock.feedback",
    "reissued": "case_page.clock.feedback",
    "confirmed": "case_page.clock.hearing",
}
"""The states of an item in which its unit is awaited, each with what the unit owes."""


def _clock(label: str, at: datetime | None, basis: str | None, of: Basis | None = None) -> Clock:
    if at is None:
        return None
    provisional = bool(basis and '"provisional"' in basis)
    return {
        "label": label,
        "at": term(at),
        "ends": at,
        "provisional": provisional,
        "badge": badge_of(at),
        "trace": trace_of(at, basis, of),
    }


def _responses(case: Case, rows: dict[str, Sequence[Any]]) -> list[Clock]:
    """An emergency's first responses that are still to be given, missed ones marked. [procedure
    0]"""
    units = {
        assignment.id: assignment.unit
        for assignment in rows.get("assignment", ())
        if assignment.state in OPEN_ASSIGNMENT
    }
    if case.urgency != "emergency" or not units:
        return []
    query = select(Assignment.id, Assignment.response_at).where(
        Assignment.id.in_(units),
        Assignment.response_at.is_not(None),
        Assignment.first_response_at.is_(None),
    )
    label = words.word("case_page.first_response", language())
    return [
        _clock(f"{units[row.id]} {label}", row.response_at, None)
        for row in reader().execute(query.order_by(Assignment.id))
    ]


def _own(case: Case) -> Clock:
    """The centre's own clock on a case."""
    return _clock(
        words.word("clock.case.own", language()), case.own_at, case.own_clock, of_the_case(case)
    )


def _of_assignments(
    case: Case, assignments: Sequence[Any], requests: Sequence[Any]
) -> Iterator[Clock]:
    """The clocks of the units that handle a case, and of those that have not signed yet."""
    tongue = language()
    for assignment in assignments:
        unit, state = assignment.unit, assignment.state
        if state in OPEN_ASSIGNMENT:
            role = words.value("role_of_unit", assignment.kind, tongue)
            label = words.word("case_page.clock.due", tongue, unit=unit, role=role)
            basis = of_an_assignment(case, assignment, requests)
            yield _clock(label, assignment.due_at, assignment.due_clock, basis)
        if state == "allocated":
            label = words.word("case_page.clock.sign", tongue, unit=unit)
            yield _clock(label, assignment.own_at, assignment.own_clock, of_the_signing(case))


def _of_reminders(case: Case, reminders: Sequence[Any]) -> Iterator[Clock]:
    """The clocks of the reminders that are not answered."""
    for reminder in reminders:
        if reminder.state == "open":
            label = words.word("case_page.clock.reminder", language(), number=reminder.number)
            yield _clock(label, reminder.due_at, reminder.due_clock, of_a_reminder(case))


def _of_items(case: Case, items: Sequence[Any]) -> Iterator[Clock]:
    """The clocks of the items of supervision that stand: the unit's while it is awaited, and the
    room's."""
    tongue = language()
    for item in items:
        if item.state not in STANDING:
            continue
        name = item.number or words.value("ground", item.kind, tongue)
        if item.state in _OF_THE_UNIT:
            label = words.word(_OF_THE_UNIT[item.state], tongue, number=name)
            yield _clock(label, item.due_at, item.due_clock, of_the_unit(case, item))
        label = words.word("case_page.clock.room", tongue, number=name)
        yield _clock(label, item.own_at, item.own_clock, of_an_item(case, item))


def clocks(case: Case, rows: dict[str, Sequence[Any]]) -> list[dict[str, Any]]:
    """The clocks that run on a case, each with its last day and whether it has passed."""
    running = (
        _own(case),
        *_of_assignments(case, rows.get("assignment", ()), rows.get("request", ())),
        *_responses(case, rows),
        *_of_reminders(case, rows.get("reminder", ())),
        *_of_items(case, rows.get("supervision", ())),
    )
    return [clock for clock in running if clock is not None]
