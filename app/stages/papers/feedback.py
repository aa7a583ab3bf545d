"""The notices of a supervision item, each with the feedback that it got."""

from __future__ import annotations

import json

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.ledger.chain import canonical
from app.models import Event, Paper, Supervision
from app.stages.papers.facts import Facts, born, clean
from app.stages.papers.keeping import frozen, keep
from app.stages.papers.notices import supervision_facts


def keep_notice(session: Session, row: Supervision) -> None:
    """Freeze the notice that is about to be issued again, and the feedback that it got: both are
    written over."""
    notice = frozen(session, "supervision", row.id)
    event, payload = born(session, "supervision", row.id, "supervision.fed_back")
    facts = {
        "number": "",
        "words": row.feedback,
        "at": event.at.isoformat(),
        "late": payload["late"],
    }
    frozen_feedback = canonical(clean(session, row.case_id, facts))
    keep(session, f"feedback_{notice['n']}", row.id, "", frozen_feedback)


def notices_of(session: Session, row: Supervision) -> list[Facts]:
    """Every notice of an item in order, each with the feedback that it got (None: none yet)."""
    kinds = select(Paper.kind, Paper.facts).where(
        Paper.subject_id == row.id, Paper.kind.like("%\\_%", escape="\\")
    )
    facts = {paper.kind: json.loads(paper.facts) for paper in session.execute(kinds)}
    notices = []
    for n in range(1, row.reissues + 1):
        if f"supervision_{n}" in facts:
            notices.append({**facts[f"supervision_{n}"], "feedback": facts.get(f"feedback_{n}")})
    if row.number is None:
        return notices
    feedback = None
    if row.fed_back_at is not None and row.state not in ("opened", "reissued"):
        event, payload = born(session, "supervision", row.id, "supervision.fed_back")
        feedback = {"words": row.feedback, "at": event.at.isoformat(), "late": payload["late"]}
        feedback = feedback if payload_is_of(session, row, event) else None
    return [*notices, {**supervision_facts(session, row.id), "feedback": feedback}]


def payload_is_of(session: Session, row: Supervision, event: Event) -> bool:
    """Whether a feedback came after the newest notice."""
    notice, _ = born(session, "supervision", row.id, "supervision.opened", "supervision.reissued")
    return event.id > notice.id
