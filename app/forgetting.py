"""What the desk does not keep for ever: answers to forms, the access log, the rows of the bot's
passes. No record."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import CursorResult, delete, func, select
from sqlalchemy.orm import Session

from app.database import Sessions, transaction
from app.models import Run, RunTotal, SentForm
from app.rules.limits import FORM_DAYS
from app.stages.access import forget_access
from app.stages.calendar import numbers_known

RUN_DAYS = 90
"""How long the row of a pass is kept; what it counted stays in the totals."""


def forget(sessions: Sessions, now: datetime) -> int:
    """Delete the answers to forms whose keys are too old to be taken again, what the access log is
    not to keep any longer, and passes of long ago; how many answers there were."""
    with transaction(sessions) as session:
        forget_access(session, now, numbers_known(session, now).access_days)
    with transaction(sessions) as session:
        _forget_runs(session, now)
    old = delete(SentForm).where(SentForm.at < now - timedelta(days=FORM_DAYS + 1))
    with transaction(sessions) as session:
        done: CursorResult[Any] = session.execute(old)  # type: ignore[assignment]
        return done.rowcount


def _forget_runs(session: Session, now: datetime) -> None:
    """Delete old passes and add them to their totals; the last one of each name stays."""
    last = select(func.max(Run.id)).group_by(Run.name)
    old = (Run.started_at < now - timedelta(days=RUN_DAYS), Run.id.not_in(last))
    gone = select(Run.name, func.count(), func.sum(Run.failures)).where(*old).group_by(Run.name)
    for name, runs, failures in session.execute(gone).all():
        total = session.get(RunTotal, name, with_for_update=True) or RunTotal(
            name=name, runs=0, failures=0
        )
        total.runs += runs
        total.failures += failures or 0
        session.add(total)
    session.execute(delete(Run).where(*old))
