"""Showing a caller, with a reason, on the record."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import case as sql_case
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.ledger import note, note_office
from app.models import Assignment, Caller, Case, Event, Reveal, ToldAs, Visit, VisitRecord
from app.roles import Actor
from app.rules.refusal import NotAllowed
from app.rules.workflow import LIVE
from app.stages.acceptance.contacts import lead_of
from app.stages.covers import withheld_from

OTHER, OFTEN = "other", "caller.revealed_often"


def _to_visit(session: Session, case: Case) -> bool:
    """Whether a visitor has a caller to visit: not of a leader's matter, which is the room's.
    [procedure 6]"""
    lead = lead_of(session, case)
    waiting = (
        select(Visit.id).where(Visit.caller_case_id == case.id, Visit.state == "pending").limit(1)
    )
    return not lead.leader_assigned and (
        lead.state == "visiting" or session.scalar(waiting) is not None
    )


PURPOSES = ("contact", "answer", "visit", "on_site", "verify", "safety", "inquiry", OTHER)
"""What a caller may be shown for: to ask back, to answer, to visit, to come to the place, to tell
who called, danger to life or limb, the room's inquiry, another."""


def reveal(
    session: Session, now: datetime, actor: Actor, case: Case, purpose: str, reason: str = ""
) -> Caller | ToldAs:
    """Show a caller's name and number as they were typed at their case: for a purpose of the list,
    which stands in the event, and with a reason in words, without which `other` says nothing."""
    if purpose not in PURPOSES:
        raise NotAllowed("field_wrong", field="purpose")
    if purpose == OTHER and not reason.strip():
        raise NotAllowed("reason_missing")
    if case.caller_id is None:
        raise NotAllowed("no_caller")
    _refuse_reveal(session, actor, case)
    why = {
        "event_id": None,
        "case_id": case.id,
        "at": now,
        "by_id": actor.id,
        "reason": reason.strip(),
    }
    payload = {"caller": f"caller:{case.caller_id}", "purpose": purpose}
    note(session, now, actor, case, "caller.revealed", None, payload, rows=[(Reveal, why)])
    _alarm(session, now, actor)
    typed = select(ToldAs).where(ToldAs.case_id == case.id).limit(1)
    return session.scalars(typed).first() or session.get_one(Caller, case.caller_id)


def _refuse_reveal(session: Session, actor: Actor, case: Case) -> None:
    """NotAllowed where the caller of a case is not for this person to see."""
    if case.confidential and actor.of_a_unit:
        raise NotAllowed("confidential")
    if actor.of_a_unit and withheld_from(session, case, actor.unit_id):
        raise NotAllowed("withheld")
    if actor.unit_id is not None and not _held_by_unit(session, case, actor.unit_id):
        raise NotAllowed("not_found")
    if actor.is_a("visitor") and not _to_visit(session, case):
        raise NotAllowed("not_found")


def _held_by_unit(session: Session, case: Case, unit_id: int) -> bool:
    """Whether a unit holds an assignment of a case, or one of its was accepted."""
    held = select(Assignment.id).where(
        Assignment.case_id == case.id,
        Assignment.unit_id == unit_id,
        Assignment.state.in_((*LIVE, "accepted")),
    )
    return session.scalar(held.limit(1)) is not None


REVEALS_AN_HOUR, VISITS_AN_HOUR = 20, 60
"""How many callers one account is shown in an hour before the log auditor is alarmed: without a visit
to them [trust, The caller], and in all, as many as the quickest can call."""


def _alarm(session: Session, now: datetime, actor: Actor) -> None:
    """Alarm the log auditor when an account goes beyond what it is shown in an hour, once an hour
    for as long as it does."""
    since = now - timedelta(hours=1)
    idle, shown = _shown(session, actor, since)
    if idle <= REVEALS_AN_HOUR and shown <= VISITS_AN_HOUR:
        return
    told = select(Event.id).where(Event.kind == OFTEN, Event.at > since, Event.actor == actor.word)
    if session.scalar(told.limit(1)) is None:
        most = REVEALS_AN_HOUR if idle > REVEALS_AN_HOUR else VISITS_AN_HOUR
        note_office(session, now, actor, OFTEN, {"user": actor.id, "most": most})


def _shown(session: Session, actor: Actor, since: datetime) -> tuple[int, int]:
    """How many callers an account was shown since a moment: those whose visit it did not put down
    afterwards, and all."""
    visited = (
        select(VisitRecord.id)
        .join(Visit, Visit.id == VisitRecord.visit_id)
        .where(
            VisitRecord.by_id == Reveal.by_id,
            Visit.caller_case_id == Reveal.case_id,
            VisitRecord.at >= Reveal.at,
        )
        .exists()
    )
    query = select(func.count(), func.coalesce(func.sum(sql_case((visited, 0), else_=1)), 0))
    shown, idle = session.execute(query.where(Reveal.by_id == actor.id, Reveal.at > since)).one()
    return int(idle), int(shown)
