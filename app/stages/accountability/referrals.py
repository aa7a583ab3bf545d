"""The referrals of a case, and the one that a form means."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Case, Referral, Unit
from app.roles import Actor
from app.rules.refusal import NotAllowed
from app.stages.named import id_of, unit_id_of


def refuse_unless_in(referral: Referral, *states: str) -> None:
    """NotAllowed where a referral is in none of these states."""
    if referral.state not in states:
        raise NotAllowed("referral_state", state=referral.state)


def referral_of(session: Session, case_id: int, id: int) -> Referral:
    """A referral of a case by its id; NotAllowed where it is not one of that case."""
    referral = session.scalars(
        select(Referral).where(Referral.id == id, Referral.case_id == case_id)
    ).first()
    if referral is None:
        raise NotAllowed("not_found")
    return referral


def referrals(session: Session, case_id: int, unit_id: int | None = None) -> Sequence[Referral]:
    """The referrals of a case (of a unit), the newest last."""
    query = select(Referral).where(Referral.case_id == case_id)
    if unit_id is not None:
        query = query.where(Referral.unit_id == unit_id)
    return session.scalars(query.order_by(Referral.id)).all()


def referral_meant(
    session: Session,
    actor: Actor,
    case: Case,
    unit: Unit | None,
    states: Sequence[str],
    item: int | None = None,
) -> Referral:
    """The referral meant: of the item that is named, else the only one in a state that the verb is
    about, else the newest."""
    rows = referrals(session, case.id, unit_id_of(actor, unit))
    if item is not None:
        rows = [row for row in rows if row.supervision_id == id_of(item)]
    if not rows:
        raise NotAllowed("not_found")
    fitting = [row for row in rows if row.state in states]
    if len(fitting) > 1:
        raise NotAllowed("name_one", n=len(fitting))
    return fitting[0] if fitting else rows[-1]
