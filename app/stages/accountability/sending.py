"""A referral at the committee: sent, received, supplemented, answered; or abandoned before."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.ledger import move, note, paper, witness
from app.models import Referral, Supervision, Supplement
from app.models.columns import clock
from app.roles import Actor
from app.rules.refusal import NotAllowed
from app.stages.accountability.referrals import refuse_unless_in
from app.stages.accountability.sealing import dossier_of, sealed_contents
from app.stages.calendar import office_at
from app.stages.papers import Issue, issue, receipt_facts, referral_facts
from app.stages.supervision import review_open

OUTCOMES = ("accepted", "supplement", "forwarded", "no_jurisdiction", "result")
ENDING = ("forwarded", "no_jurisdiction", "result")


def send_referral(session: Session, now: datetime, actor: Actor, referral: Referral) -> Referral:
    """Send the sealed dossier with a numbered letter, once the time to ask for a review is over or
    it is ruled on."""
    refuse_unless_in(referral, "sealed")
    item = session.get_one(Supervision, referral.supervision_id)
    if review_open(item):
        raise NotAllowed("review_open")
    if item.review_asked_at is None and item.ask_at is not None and now < item.ask_at:
        raise NotAllowed("review_may_be_asked", until=item.ask_at.isoformat())
    if dossier_of(session, referral) is None:
        raise NotAllowed("dossier_not_made")
    office = office_at(session, now)
    late, digits = now >= referral.send_by_at, witness(session, now)
    number = paper(session, office, "referral")
    columns = {"number": number, "sent_at": now, "sent_by_id": actor.id, **clock("own", None)}
    payload = {"number": number, "late": late, "witness": digits}
    event = Issue(referral.case_id, now, payload)
    for kind, facts_of in (("referral", referral_facts), ("receipt", receipt_facts)):
        told = facts_of(session, referral.id, event, columns)
        issue(session, office.calendar, kind, referral.id, told)
    move(session, now, actor, referral, "sent", "referral.sent", columns, payload)
    return referral


def _last_supplement(session: Session, referral: Referral) -> Supplement | None:
    query = (
        select(Supplement)
        .where(Supplement.referral_id == referral.id)
        .order_by(Supplement.n.desc())
        .limit(1)
    )
    return session.scalars(query).first()


def record_receipt(session: Session, now: datetime, actor: Actor, referral: Referral) -> Referral:
    """The officer records the committee's receipt 接收回执, of the dossier and again of each
    supplement, in order."""
    supplement = None
    if referral.state != "sent":
        waiting = select(Supplement).where(
            Supplement.referral_id == referral.id, Supplement.received_at.is_(None)
        )
        supplement = session.scalars(waiting.order_by(Supplement.n).limit(1)).first()
        if referral.state != "received" or supplement is None:
            raise NotAllowed("nothing_to_receive", state=referral.state)
        supplement.received_at = now
    payload = {"supplement": supplement.n if supplement else None}
    move(
        session,
        now,
        actor,
        referral,
        "received",
        "referral.received",
        {"received_at": now},
        payload,
    )
    return referral


def record_outcome(
    session: Session,
    now: datetime,
    actor: Actor,
    referral: Referral,
    outcome: str,
    words: str = "",
    due_on: date | None = None,
) -> Referral:
    """The committee's outcome: accepted, a supplement asked for by a date, forwarded, no
    jurisdiction, a result."""
    refuse_unless_in(referral, "received")
    if outcome not in OUTCOMES:
        raise NotAllowed("unknown_outcome", outcome=outcome)
    columns: dict[str, Any] = {"outcome": outcome, "outcome_words": words}
    if outcome == "supplement":
        if due_on is None or due_on <= now.date():
            raise NotAllowed("date_not_after_today")
        due = office_at(session, now).calendar.name(due_on, now.date())
        columns |= {"supplement_due_at": due.at, **clock("own", due)}
    note(session, now, actor, referral, "referral.outcome", columns, {"outcome": outcome})
    if outcome in ENDING:
        move(
            session,
            now,
            actor,
            referral,
            "closed",
            "referral.closed",
            {"ended_at": now},
            {"outcome": outcome},
        )
    return referral


def supplement_referral(
    session: Session, now: datetime, actor: Actor, referral: Referral, words: str
) -> Supplement:
    """New facts make a supplementary volume; what was sealed stays as it is."""
    refuse_unless_in(referral, "received", "sent")
    if not words.strip():
        raise NotAllowed("words_missing")
    last = _last_supplement(session, referral)
    n = (last.n if last else 0) + 1
    whole = sealed_contents(session, now, actor, referral, n + 1, words=words)
    row = Supplement(
        referral_id=referral.id, n=n, sent_at=now, sent_by_id=actor.id, words=words, sealed=whole
    )
    session.add(row)
    session.flush()
    note(
        session,
        now,
        actor,
        referral,
        "referral.supplemented",
        clock("own", None),
        {"supplement": n},
    )
    return row


def abandon_referral(
    session: Session, now: datetime, actor: Actor, referral: Referral, reason: str
) -> Referral:
    """Abandon a referral before it is sent, with a reason; its item closes."""
    refuse_unless_in(referral, "drafted", "reviewed", "approved", "sealed")
    if not reason.strip():
        raise NotAllowed("reason_missing")
    columns = {"abandon_reason": reason, "ended_at": now, **clock("own", None)}
    move(session, now, actor, referral, "abandoned", "referral.abandoned", columns)
    return referral
