"""Which visits are planned, and the one that a caller waits for."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.ledger import Columns, bear
from app.models import Case, Visit
from app.roles import Actor
from app.rules.refusal import NotAllowed
from app.stages.acceptance import lead_of, merged_with
from app.stages.visit.internet import ask_by_internet


def plan(session: Session, now: datetime, actor: Actor, case: Case) -> list[Visit]:
    """Plan a visit to every caller of a case - its own and those of the cases merged into it - who
    left a name."""
    callers = [caller for caller in (case, *merged_with(session, case)) if not caller.anonymous]
    return [_asked(session, now, actor, case, caller) for caller in callers]


def _plan(session: Session, now: datetime, actor: Actor, case: Case, caller: Case) -> Visit:
    turns = select(func.max(Visit.turn)).where(
        Visit.case_id == case.id, Visit.caller_case_id == caller.id, Visit.round == case.round
    )
    columns: Columns = {
        "case_id": case.id,
        "caller_case_id": caller.id,
        "round": case.round,
        "planned_at": now,
        "turn": (session.scalar(turns) or 0) + 1,
    }
    row: Visit = bear(session, now, actor, "visit", "pending", "visit.planned", columns)
    return row


def _asked(session: Session, now: datetime, actor: Actor, case: Case, caller: Case) -> Visit:
    """A planned visit whose caller is asked by internet, where the office does that."""
    row = _plan(session, now, actor, case, caller)
    ask_by_internet(session, now, actor, row, caller)
    return row


def visit_of(session: Session, now: datetime, actor: Actor, caller: Case) -> Visit:
    """The caller's pending visit in this round; one who was merged in later is visited as well, and
    so is the caller of a case that waits for its visit and has none pending (a sampled direct
    answer, an heir visited before)."""
    case = lead_of(session, caller)
    query = select(Visit).where(
        Visit.case_id == case.id, Visit.caller_case_id == caller.id, Visit.round == case.round
    )
    row = session.scalars(query.order_by(Visit.id.desc()).limit(1)).first()
    if row is not None and row.state == "pending":
        return row
    joined = (
        row is None
        and caller.state == "merged"
        and case.state in ("visiting", "reviewing", "closed")
    )
    direct = case.state == "visiting" and caller.id == case.id
    if not (joined or direct):
        raise NotAllowed("nothing_to_visit", state=case.state)
    return _plan(session, now, actor, case, caller)
