"""The verbs of accountability."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.models import Case, Referral, Unit
from app.roles import AT_THE_CENTRE, ROOM, UNIT_ROLES, Actor
from app.rules.refusal import NotAllowed
from app.rules.workflow import UNSENT
from app.stages.accountability.approving import (
    approve_referral,
    complete_referral,
    open_paper,
    review_referral,
    send_back_referral,
)
from app.stages.accountability.carrying import MEDIA, carry_dossier
from app.stages.accountability.referrals import referral_meant, referral_of, referrals
from app.stages.accountability.sealing import seal_referral
from app.stages.accountability.sending import (
    OUTCOMES,
    abandon_referral,
    record_outcome,
    record_receipt,
    send_referral,
    supplement_referral,
)
from app.stages.delivery import NOTICES, open_notice
from app.stages.named import unit_id_of
from app.stages.verb import PAPER, REASON, WORDS, Verb, choice, field, only, referral, resting


def _to_read(
    session: Session, actor: Actor, case: Case, unit: Unit | None, item: int | None
) -> Referral:
    """The referral whose paper is meant: the one that waits for its approval, else the only one."""
    meant = referral_meant(session, actor, case, unit, ("reviewed",), item)
    others = referrals(session, case.id, unit_id_of(actor, unit))
    if meant.state != "reviewed" and item is None and len(others) > 1:
        raise NotAllowed("name_one", n=len(others))
    return meant


def _open_paper(
    session: Session,
    now: datetime,
    actor: Actor,
    case: Case,
    unit: Unit | None,
    paper: str = "referral",
    referral: int | None = None,
    notice: int | None = None,
    item: int | None = None,
) -> Any:
    """Open a paper of a case: one that went to a unit, or a referral's - of the row or the item
    that is named, else of the one meant."""
    if paper != "referral":
        return open_notice(session, now, actor, case, paper, unit_id_of(actor, unit), notice)
    if referral is not None:
        return open_paper(session, now, actor, referral_of(session, case.id, referral))
    return open_paper(session, now, actor, _to_read(session, actor, case, unit, item))


_HEADS = ("supervision_head", "leader")

VERBS = (
    Verb(
        "complete_referral",
        run=complete_referral,
        on=referral(("drafted",)),
        fields=(field("report!"), field("proposal!")),
        roles=ROOM,
        event="referral.completed",
        recuses=True,
    ),
    Verb(
        "review_referral",
        run=review_referral,
        on=resting(referral(("drafted",)), "referral.completed"),
        roles=("supervision_head",),
        event="referral.reviewed",
        recuses=True,
    ),
    Verb(
        "open_paper",
        run=_open_paper,
        on=PAPER,
        fields=(
            choice("paper", ("referral", *NOTICES)),
            field("referral", "id"),
            field("notice", "id"),
        ),
        roles=(*AT_THE_CENTRE, *UNIT_ROLES, *ROOM, "leader", "committee"),
        event="paper.opened",
    ),
    Verb(
        "approve_referral",
        run=approve_referral,
        on=referral(("reviewed",)),
        fields=(field("leader"), field("scan"), field("with_identity", "bool")),
        roles=(*ROOM, "leader"),
        event="referral.approved",
        recuses=True,
    ),
    Verb(
        "send_back_referral",
        run=send_back_referral,
        on=resting(referral(("reviewed", "drafted")), "referral.completed"),
        fields=(REASON,),
        roles=_HEADS,
        event="referral.sent_back",
        recuses=True,
    ),
    Verb(
        "seal_referral",
        run=seal_referral,
        on=referral(("approved",)),
        roles=ROOM,
        event="referral.sealed",
        recuses=True,
    ),
    Verb(
        "send_referral",
        run=send_referral,
        on=referral(("sealed",)),
        roles=ROOM,
        event="referral.sent",
    ),
    Verb(
        "carry_dossier",
        run=carry_dossier,
        on=referral(("sent", "received")),
        fields=(
            choice("carried_on!", MEDIA),
            field("carrier!", most=80),
            field("label", most=80),
        ),
        roles=ROOM,
        event="referral.carried",
    ),
    Verb(
        "record_receipt",
        run=record_receipt,
        on=referral(("sent", "received")),
        roles=ROOM,
        event="referral.received",
    ),
    Verb(
        "record_outcome",
        run=record_outcome,
        on=resting(referral(("received",)), "referral.outcome", "referral.supplemented"),
        fields=(
            choice("outcome!", OUTCOMES),
            field("words"),
            only(field("due_on", "date"), "outcome", "supplement"),
        ),
        roles=(*ROOM, "committee"),
        event="referral.outcome",
    ),
    Verb(
        "supplement_referral",
        run=supplement_referral,
        on=resting(referral(("received", "sent")), "referral.outcome", "referral.supplemented"),
        fields=(WORDS,),
        roles=ROOM,
        event="referral.supplemented",
        recuses=True,
    ),
    Verb(
        "abandon_referral",
        run=abandon_referral,
        on=resting(referral(UNSENT), "referral.completed"),
        fields=(REASON,),
        roles=ROOM,
        event="referral.abandoned",
        recuses=True,
    ),
)
