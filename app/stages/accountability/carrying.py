"""A dossier is carried to the committee's own network, on a medium and with a slip 交接单: an officer
takes it out, on the record; nobody of IT sends it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.ledger import note
from app.models import Dossier, Handover, Referral
from app.roles import Actor
from app.rules.refusal import NotAllowed
from app.stages.accountability.referrals import refuse_unless_in

MEDIA = ("disc", "drive", "other_medium")
"""What a dossier is carried on."""


def carry_dossier(
    session: Session,
    now: datetime,
    actor: Actor,
    referral: Referral,
    carried_on: str,
    carrier: str,
    label: str = "",
) -> Referral:
    """Take the newest volume out for the committee's network: on which medium, what is written on it,
    and who carries it. Its slip is printed of the row that this writes."""
    refuse_unless_in(referral, "sent", "received")
    if carried_on not in MEDIA:
        raise NotAllowed("not_found")
    if not carrier.strip():
        raise NotAllowed("words_missing")
    newest = select(Dossier).where(Dossier.referral_id == referral.id)
    volume = session.scalars(newest.order_by(Dossier.version.desc()).limit(1)).first()
    if volume is None:
        raise NotAllowed("dossier_not_made")
    row = {
        "referral_id": referral.id,
        "dossier_id": volume.id,
        "at": now,
        "by_id": actor.id,
        "medium": carried_on,
        "label": label.strip(),
        "carrier": carrier.strip(),
    }
    payload = {"version": volume.version, "sha256": volume.sha256, "medium": carried_on}
    note(session, now, actor, referral, "referral.carried", None, payload, rows=[(Handover, row)])
    return referral
