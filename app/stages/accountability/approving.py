"""A dossier on its way to approval: completed, reviewed, approved, sent back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.ledger import move, note
from app.ledger.chain import canonical
from app.models import Case, Event, Referral
from app.models.columns import clock
from app.roles import Actor
from app.rules.office import Office
from app.rules.refusal import NotAllowed
from app.stages.accountability.referrals import refuse_unless_in
from app.stages.accountability.sealing import draft_contents
from app.stages.calendar import limits_of_case, office_at
from app.stages.duties import doers

DRAFTING = (
    "supervision.opened",
    "supervision.reissued",
    "supervision.found",
    "supervision.concluded",
)
"""What an officer writes of a dossier before it is one."""


def complete_referral(
    session: Session, now: datetime, actor: Actor, referral: Referral, report: str, proposal: str
) -> Referral:
    """An officer completes a drafted dossier: the report of the matter and what is proposed."""
    refuse_unless_in(referral, "drafted")
    if not report.strip() or not proposal.strip():
        raise NotAllowed("words_missing")
    own = office_at(session, now)
    due = own.calendar.run(
        now.date(), limits_of_case(session, own, referral).review_referral_workdays
    )
    columns = {
        "report": report,
        "proposal": proposal,
        "completed_at": now,
        "completed_by_id": actor.id,
        **clock("own", due),
    }
    note(session, now, actor, referral, "referral.completed", columns)
    return referral


def _limits(session: Session, office: Office, referral: Referral) -> Any:
    return office.kept(session.get_one(Case, referral.case_id).allocated_at)


def review_referral(session: Session, now: datetime, actor: Actor, referral: Referral) -> Referral:
    """The room's head reviews what somebody else completed."""
    refuse_unless_in(referral, "drafted")
    if referral.completed_by_id is None:
        raise NotAllowed("not_completed")
    if actor.id in doers(session, "referral", referral.id, "referral.completed"):
        raise NotAllowed("completed_it_himself")
    office = office_at(session, now)
    own = office.calendar.run(
        now.date(), limits_of_case(session, office, referral).approve_referral_workdays
    )
    columns = {"reviewed_by_id": actor.id, "opened_by_id": None, **clock("own", own)}
    move(session, now, actor, referral, "reviewed", "referral.reviewed", columns)
    return referral


def open_paper(session: Session, now: datetime, actor: Actor, referral: Referral) -> str:
    """Open a referral's paper, on the record: its facts as JSON, frozen once it is sealed, as they
    are now before. The room and leaders read it, a committee reader sealed ones only."""
    sealed_too = referral.sealed is not None and "sealed" in actor.scopes
    if not (actor.is_a("officer", "supervision_head") or "leader" in actor.scopes or sealed_too):
        raise NotAllowed("not_found")
    columns = {"opened_by_id": actor.id} if actor.is_a("leader") else {}
    note(session, now, actor, referral, "paper.opened", columns, {"paper": "referral"})
    return referral.sealed or canonical(draft_contents(session, now, referral))


def approve_referral(
    session: Session,
    now: datetime,
    actor: Actor,
    referral: Referral,
    leader: str = "",
    scan: str = "",
    with_identity: bool = False,
) -> Referral:
    """A leader approves, having opened the paper, in the account's own name. An approval on paper is
    entered, with the scan, by an officer who drafted nothing of it. Who completed, reviewed and
    approved are three persons."""
    refuse_unless_in(referral, "reviewed")
    before = ("referral.completed", "referral.reviewed")
    if actor.id in doers(session, "referral", referral.id, *before):
        raise NotAllowed("completed_or_reviewed_it_himself")
    on_paper = not actor.is_a("leader")
    if on_paper:
        _refuse_entry(session, actor, referral, leader, scan)
    elif not opened_since_review(session, actor, referral):
        raise NotAllowed("paper_not_opened")
    columns = {
        "approved_by_id": None if on_paper else actor.id,
        "approval_entered_by_id": actor.id if on_paper else None,
        "approval_scan": scan if on_paper else "",
        "with_identity": with_identity,
        "own_at": referral.send_by_at,
        "own_clock": referral.send_by_clock,
    }
    payload = {
        "on_paper": on_paper,
        "with_identity": with_identity,
        "leader": leader if on_paper else actor.name,
    }
    move(session, now, actor, referral, "approved", "referral.approved", columns, payload)
    return referral


def _refuse_entry(
    session: Session, actor: Actor, referral: Referral, leader: str, scan: str
) -> None:
    """NotAllowed where an approval on paper lacks its scan, or who enters it drafted part of it."""
    if not (leader.strip() and scan.strip()):
        raise NotAllowed("approval_without_scan")
    if actor.id in doers(session, "supervision", referral.supervision_id, *DRAFTING):
        raise NotAllowed("drafted_part_of_it")


def opened_since_review(session: Session, actor: Actor, referral: Referral) -> bool:
    """Whether the leader opened the paper since it was reviewed last: what is approved was read."""
    about = select(func.max(Event.id)).where(
        Event.subject == "referral", Event.subject_id == referral.id
    )
    reviewed = session.scalar(about.where(Event.kind == "referral.reviewed")) or 0
    opened = (
        session.scalar(about.where(Event.kind == "paper.opened", Event.actor == actor.word)) or 0
    )
    return opened > reviewed


def send_back_referral(
    session: Session, now: datetime, actor: Actor, referral: Referral, reason: str
) -> Referral:
    """The room's head sends back what was completed, the leader what was reviewed, who is both
    either: it is a draft again."""
    as_leader = ("reviewed",) if actor.is_a("leader") else ("drafted",)
    as_head = ("drafted",) if actor.is_a("supervision_head") else ()
    refuse_unless_in(referral, *as_leader, *as_head)
    if referral.completed_by_id is None:
        raise NotAllowed("not_completed")
    if not reason.strip():
        raise NotAllowed("reason_missing")
    columns = {
        "completed_by_id": None,
        "completed_at": None,
        "reviewed_by_id": None,
        "opened_by_id": None,
        "own_at": referral.send_by_at,
        "own_clock": referral.send_by_clock,
    }
    move(session, now, actor, referral, "drafted", "referral.sent_back", columns)
    return referral
