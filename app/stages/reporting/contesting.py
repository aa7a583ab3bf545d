"""What units say to their figures in a draft, and what the centre head answers to it. [5]"""

from __future__ import annotations

import json
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.ledger import Entry, move_many
from app.ledger.chain import canonical, content_hash
from app.models import OFFICE_CHAIN, ReportContest, ReportDraft
from app.roles import Actor
from app.rules.refusal import NotAllowed
from app.stages.reporting.contents import changes, counted
from app.stages.reporting.drafting import named
from app.stages.reporting.issue import lock_reports
from app.stages.reporting.kept import keep
from app.stages.reporting.period import period_of


def contest_figures(
    session: Session, now: datetime, actor: Actor, id: int, words: str
) -> ReportContest:
    """A unit's head contests its figures in a draft: once, in words, until the clock of the draft
    runs out."""
    if not words.strip():
        raise NotAllowed("words_missing")
    return _said(session, now, actor, id, words, agrees=False)


def agree_figures(session: Session, now: datetime, actor: Actor, id: int) -> ReportContest:
    """A unit's head says that there is nothing to object to its figures in a draft 无异议."""
    return _said(session, now, actor, id, "", agrees=True)


def _said(
    session: Session, now: datetime, actor: Actor, id: int, words: str, agrees: bool
) -> ReportContest:
    lock_reports(session)
    draft = session.get(ReportDraft, id)
    if draft is None or actor.unit_id is None:
        raise NotAllowed("not_found")
    if draft.report_id is not None or now >= draft.contest_at:
        raise NotAllowed("contest_over")
    query = select(ReportContest.id).where(
        ReportContest.draft_id == id, ReportContest.unit_id == actor.unit_id
    )
    if session.scalar(query) is not None:
        raise NotAllowed("contested_already")
    row = ReportContest(
        draft_id=id, unit_id=actor.unit_id, at=now, by_id=actor.id, words=words, agrees=agrees
    )
    session.add(row)
    word = "report.agreed" if agrees else "report.contested"
    _told(session, now, actor, word, draft, row)
    return row


def answer_contest(
    session: Session, now: datetime, actor: Actor, id: int, accept: bool, words: str
) -> ReportContest:
    """The centre head answers a note. Accepted, the draft is counted again and what changed stands
    beside the note; the days to issue it stay."""
    row = session.get(ReportContest, id)
    draft = session.get(ReportDraft, row.draft_id) if row is not None else None
    if row is None or draft is None or row.agrees:
        raise NotAllowed("not_found")
    if not words.strip():
        raise NotAllowed("words_missing")
    # Counted before anything is locked.
    found = counted(session, now, period_of(draft.kind, draft.first), {}) if accept else None
    lock_reports(session)
    session.refresh(row)
    session.refresh(draft)
    if draft.report_id is not None:
        raise NotAllowed("report_issued", kind=draft.kind, first=draft.first.isoformat())
    if row.accepted is not None:
        raise NotAllowed("contest_answered")
    if found is not None:
        row.changes = canonical(list(changes(json.loads(draft.figures), found.figures)))
        draft.figures = canonical(found.figures)
        draft.count_id = keep(session, now, found.rows)
    row.accepted, row.answer = accept, words
    row.answered_at, row.answered_by_id = now, actor.id
    _told(session, now, actor, "report.contest_answered", draft, row)
    return row


def _told(
    session: Session, now: datetime, actor: Actor, word: str, draft: ReportDraft, row: ReportContest
) -> None:
    """The event of what was said, in the office's chain; its unit is told where the word says so."""
    session.flush()
    payload = {
        **named(draft),
        "contest": row.id,
        "unit": row.unit_id,
        "sha256": content_hash(row.words if row.answer is None else row.answer),
    }
    if row.accepted is not None:
        payload |= {"accepted": row.accepted, "figures": content_hash(draft.figures)}
    move_many(
        session, now, actor, [Entry(OFFICE_CHAIN, word, payload=payload, unit_id=row.unit_id)]
    )
