"""From a reminder to a referral: how many working days lay between the steps."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models import Referral, Reminder, Supervision
from app.models.sessions import UNSCOPED
from app.rules.evaluation import half_up
from app.rules.workdays import Calendar, beijing
from app.stages.reporting.period import Period


def days_between(session: Session, period: Period, calendar: Calendar) -> dict[str, str | None]:
    """step -> the working days that it took since the step before, on average over those that
    reached it in the period, rounded half up to two decimals; null where none did. One statement
    a step."""
    return {
        step: _average(calendar, session.execute(query, execution_options=UNSCOPED))
        for step, query in _steps(period).items()
    }


def _steps(period: Period) -> dict[str, Any]:
    """step -> when it was reached, and when the one before it was."""
    lapsed = (
        select(func.max(Reminder.lapsed_at))
        .where(Reminder.assignment_id == Supervision.assignment_id)
        .where(Reminder.round == Supervision.round)
        .scalar_subquery()
    )
    listed = Supervision.listed_on.between(period.first, period.last)
    sent = select(Referral.sent_at, Supervision.confirmed_at).join(
        Supervision, Supervision.id == Referral.supervision_id
    )
    return {
        "lapsed": select(Reminder.lapsed_at, Reminder.issued_at).where(
            period.holds(Reminder.lapsed_at), Reminder.in_error.is_(False)
        ),
        "listed": select(Supervision.listed_on, lapsed).where(
            listed, Supervision.struck_at.is_(None)
        ),
        "supervised": select(Supervision.opened_at, Supervision.listed_on).where(
            period.holds(Supervision.opened_at)
        ),
        "found": select(Supervision.confirmed_at, Supervision.opened_at).where(
            period.holds(Supervision.confirmed_at)
        ),
        "referred": sent.where(period.holds(Referral.sent_at)),
    }


def _day(moment: date | datetime) -> date:
    return beijing(moment).date() if isinstance(moment, datetime) else moment


def _average(calendar: Calendar, rows: Iterable[Any]) -> str | None:
    taken = [calendar.between(_day(row[1]), _day(row[0])) for row in rows if row[1] is not None]
    return str(half_up(Decimal(sum(taken)) / len(taken))) if taken else None
