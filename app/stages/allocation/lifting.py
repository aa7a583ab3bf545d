"""Confidentiality that is no longer asked for: lifted by two persons. [procedure 1]"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.ledger import note
from app.ledger.chain import content_hash
from app.models import Case, Lifting
from app.roles import Actor
from app.rules.refusal import NotAllowed
from app.rules.workflow import OPEN_CASE


def undecided(session: Session, case: Case) -> Lifting | None:
    """The proposal to lift a case's confidentiality that waits for the centre head."""
    query = select(Lifting).where(Lifting.case_id == case.id, Lifting.decided_at.is_(None))
    return session.scalars(query.order_by(Lifting.id)).first()


def propose_lifting(session: Session, now: datetime, actor: Actor, case: Case, reason: str) -> None:
    """Propose that a case be confidential no more: nothing is shown to anybody until it is
    confirmed."""
    if undecided(session, case) is not None:
        raise NotAllowed("lifting_undecided")
    row = {
        "event_id": None,
        "case_id": case.id,
        "at": now,
        "by_id": actor.id,
        "reason": reason,
        "words": "",
    }
    payload = {"sha256": content_hash(reason)}
    note(session, now, actor, case, "case.lifting_proposed", None, payload, rows=[(Lifting, row)])


def confirm_lifting(
    session: Session, now: datetime, actor: Actor, case: Case, accept: bool, words: str = ""
) -> Case:
    """A centre head, who is not the proposer, lifts a case's confidentiality or turns that down
    with words."""
    row = undecided(session, case)
    if row is None:
        raise NotAllowed("nothing_proposed")
    if case.state not in OPEN_CASE:
        raise NotAllowed("case_ended", state=case.state)
    if row.by_id == actor.id:
        raise NotAllowed("own_proposal")
    if not accept and not words.strip():
        raise NotAllowed("words_missing")
    row.accepted, row.words, row.decided_at, row.decided_by_id = accept, words, now, actor.id
    session.flush()
    kind, columns = (
        ("case.lifted", {"confidential": False}) if accept else ("case.lifting_refused", None)
    )
    payload = {"proposal": row.event_id, "sha256": content_hash(words)}
    note(session, now, actor, case, kind, columns, payload, case.lead_unit_id)
    return case
