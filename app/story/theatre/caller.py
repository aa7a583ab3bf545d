"""What a caller of a story does by himself: he answers a visit with the code that he was sent."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.database import Sessions, retried
from app.models import Caller, Case, Visit
from app.rules.codes import SIGNS
from app.rules.refusal import NotAllowed
from app.stages.visit.internet import LAST, Rated, code_of, looked, rate

RATE = "rate"
"""What a caller does: no verb of the table, which are those of accounts."""
GOOD = {"truth": "proven", "solved": "solved", "satisfied": "satisfied"}
_NOT_ANSWERS = ("at", "as", "do", "case", "refused", "code", "last_four")


def answered(sessions: Sessions, now: datetime, case: int, step: Mapping[str, Any]) -> None:
    """A caller's answer to the newest visit about his case; NotAllowed where it is refused. A step
    may say with `code: another` that a sign of it is wrong, and other `last_four` digits."""
    answers = {**GOOD, **{k: v for k, v in step.items() if k not in _NOT_ANSWERS}}

    def work(session: Session) -> Rated:
        code, four = _sent(session, case)
        if step.get("code") == "another":
            code = code[:-1] + next(sign for sign in SIGNS if sign != code[-1])
        elif not step.get("refused"):
            looked(session, now, code)
        return rate(session, now, code, str(step.get("last_four", four)), **answers)

    refused = retried(sessions, work).refused
    if refused is not None:
        raise refused


def _sent(session: Session, case: int) -> tuple[str, str]:
    """The code that a caller was sent last, and the last four digits of his number."""
    visits = select(Visit.id).where(Visit.caller_case_id == case).order_by(Visit.id.desc())
    visit = session.scalars(visits.limit(1)).first()
    code = code_of(session, visit) if visit is not None else None
    if code is None:
        raise NotAllowed("code_not_good")
    number = select(Caller.number).join(Case, Case.caller_id == Caller.id).where(Case.id == case)
    return code, session.scalars(number).one()[-LAST:]
