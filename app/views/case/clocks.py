"""The clocks that run on a case, as its page shows them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from app import words
from app.models import Assignment, Case
from app.rules.workflow import OPEN_ASSIGNMENT, STANDING
from app.views.actor import language, reader
from app.views.pages.shown import term


def _clock(
    label: str, at: datetime | None, basis: str | None, moment: datetime
) -> dict[str, Any] | None:
    if at is None:
        return None
    provisional = bool(basis and '"provisional"' in basis)
    return {"label": label, "at": term(at), "passed": moment >= at, "provisional": provisional}


def _responses(
    case: Case, rows: dict[str, Sequence[Any]], moment: datetime
) -> list[dict[str, Any] | None]:
    """An emergency's first responses that are still to be given, missed ones marked. [procedure
    0]"""
    units = {one.id: one.unit for one in rows.get("assignment", ()) if one.state in OPEN_ASSIGNMENT}
    if case.urgency != "emergency" or not units:
        return []
    query = select(Assignment.id, Assignment.response_at).where(
        Assignment.id.in_(units),
        Assignment.response_at.is_not(None),
        Assignment.first_response_at.is_(None),
    )
    label = words.word("case_page.first_response", language())
    return [
        _clock(f"{units[row.id]} {label}", row.response_at, None, moment)
        for row in reader().execute(query.order_by(Assignment.id))
    ]


def clocks(case: Case, rows: dict[str, Sequence[Any]], moment: datetime) -> list[dict[str, Any]]:
    """The clocks that run on a case, each with its last day and whether it has passed."""
    tongue = language()
    found = []
    if case.own_at is not None:
        found.append(
            _clock(words.word("clock.case.own", tongue), case.own_at, case.own_clock, moment)
        )
    for one in rows.get("assignment", ()):
        if one.state in OPEN_ASSIGNMENT:
            role = words.value("role_of_unit", one.kind, tongue)
            label = words.word("case_page.clock.due", tongue, unit=one.unit, role=role)
            found.append(_clock(label, one.due_at, one.due_clock, moment))
            if one.state == "allocated":
                label = words.word("case_page.clock.sign", tongue, unit=one.unit)
                found.append(_clock(label, one.own_at, one.own_clock, moment))
    found += _responses(case, rows, moment)
    for row in rows.get("reminder", ()):
        if row.state == "open":
            label = words.word("case_page.clock.reminder", tongue, number=row.number)
            found.append(_clock(label, row.due_at, row.due_clock, moment))
    for item in rows.get("supervision", ()):
        if item.state in STANDING:
            name = item.number or words.value("ground", item.kind, tongue)
            heard = item.state == "confirmed"
            clock = "case_page.clock.hearing" if heard else "case_page.clock.feedback"
            label = words.word(clock, tongue, number=name)
            if heard or item.state in ("opened", "reissued"):
                found.append(_clock(label, item.due_at, item.due_clock, moment))
            label = words.word("case_page.clock.room", tongue, number=name)
            found.append(_clock(label, item.own_at, item.own_clock, moment))
    return [one for one in found if one is not None]
