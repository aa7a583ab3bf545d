"""Figures of days: those of touched days every few minutes, all open months each night."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from sqlalchemy.orm import Session

from app.database import Sessions, reading
from app.rules.workdays import beijing
from app.stages.reporting.daily import difference, state_of
from app.sweep.figures import check_figures, count_figures
from app.words import Message
from jobs.advice import WRONG, Finding, finding
from jobs.desk import desk
from jobs.files import NIGHT


def count_touched() -> dict[str, int]:
    """Count the days anew that were touched; once a night all open months."""
    here = desk()
    now = beijing(here.now())
    changed = count_figures(here.sessions, now)
    if now.hour not in NIGHT or _checked(here.sessions, now.date()):
        return {"numbers": changed, "wrong": 0}
    return {"numbers": changed, "wrong": check_figures(here.sessions, now)}


def _checked(sessions: Sessions, today: date) -> bool:
    """Whether all open months were looked at today."""
    with reading(sessions) as session:
        state = state_of(session)
        checked: datetime | None = None if state is None else state.checked_at
        return checked is not None and beijing(checked).date() == today


def figures_findings(session: Session) -> Iterator[Finding]:
    """Where the last night found another number than stood there."""
    told = difference(session)
    if told is not None:
        measure = Message(f"flag.{told['measure']}")
        yield finding("figures_differ", WRONG, **{**told, "measure": measure})
