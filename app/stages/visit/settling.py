"""What a visit makes of its case: closed, or under review."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.ledger import move, note
from app.models import Case, Responsibility, Visit
from app.models.columns import clock
from app.roles import Actor
from app.stages.visit.outcomes import bad


def settle(session: Session, now: datetime, actor: Actor, lead: Case, visit: Visit) -> None:
    """A bad outcome, whosever, sends the case to review; the case's own caller's good one closes
    it."""
    if bad(visit) and lead.state in ("visiting", "closed"):
        _dispute(session, now, actor, lead)
    elif lead.state == "visiting" and visit.caller_case_id == lead.id:
        close_case(session, now, actor, lead, "visited")


def close_case(session: Session, now: datetime, actor: Actor, lead: Case, how: str) -> None:
    """Close a case, as visited or as unreachable."""
    columns = {"closed_at": now, "closed_as": how, **clock("own", None)}
    move(
        session, now, actor, lead, "closed", "case.closed", columns, {"as": how}, lead.lead_unit_id
    )


def _dispute(session: Session, now: datetime, actor: Actor, lead: Case) -> None:
    columns = {
        "disputed_by": "visit",
        "closed_at": None,
        "closed_as": None,
        "excluded_as": None,
        **clock("own", None),
    }
    move(session, now, actor, lead, "reviewing", "case.disputed", columns)


def resettle(session: Session, now: datetime, actor: Actor, lead: Case, visit: Visit) -> None:
    """Move a case between closed and review after a record of its visit was amended."""
    if visit.round != lead.round or not _unreviewed(session, lead, [visit]):
        return
    how = "visited" if visit.state == "done" else "unreachable"
    if lead.state == "visiting" and _went_badly(visit):
        _dispute(session, now, actor, lead)
    elif lead.state == "closed" and lead.closed_as in _CLOSED_BY_VISIT:
        _resettle_closed(session, now, actor, lead, visit, how)
    elif _disputed_by_visit(lead) and not _any_bad(session, lead):
        close_case(session, now, actor, lead, how)


def _went_badly(visit: Visit) -> bool:
    """Whether a visit is done with a bad outcome."""
    return visit.state == "done" and bad(visit)


_CLOSED_BY_VISIT = ("visited", "unreachable", "anonymous")
"""How a case was closed whose visit may still move it."""


def _disputed_by_visit(lead: Case) -> bool:
    """Whether a visit brought a case to its review, and no failed redo keeps it there."""
    return lead.state == "reviewing" and lead.disputed_by == "visit" and not lead.redo_failed


def _resettle_closed(
    session: Session, now: datetime, actor: Actor, lead: Case, visit: Visit, how: str
) -> None:
    """A bad outcome disputes a closed case; another of its own caller's changes how it closed."""
    if bad(visit):
        _dispute(session, now, actor, lead)
    elif visit.caller_case_id == lead.id and how != lead.closed_as:
        note(session, now, actor, lead, "case.edited", {"closed_as": how}, {"as": how})


def _any_bad(session: Session, lead: Case) -> bool:
    query = select(Visit).where(
        Visit.case_id == lead.id, Visit.round == lead.round, Visit.state == "done"
    )
    return any(bad(visit) for visit in _unreviewed(session, lead, session.scalars(query)))


def _unreviewed(session: Session, lead: Case, visits: Iterable[Visit]) -> list[Visit]:
    """The visits of a round that ended after responsibility was last reviewed: those of before it
    move the case no more, however they are amended. [procedure 6]"""
    query = select(func.max(Responsibility.at)).where(
        Responsibility.case_id == lead.id, Responsibility.round == lead.round
    )
    at = session.scalar(query)
    return [
        visit for visit in visits if at is None or visit.ended_at is None or visit.ended_at > at
    ]
