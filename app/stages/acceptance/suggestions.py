"""Reasonable suggestions: the pool, its screening by the centre head, and what leaders say to those
that were kept."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.ledger import note
from app.models import Case, Suggestion, SuggestionComment
from app.models.columns import clock
from app.roles import Actor
from app.rules.refusal import NotAllowed
from app.stages.acceptance.entering import to_screen
from app.stages.calendar import office_at


def put_in_pool(session: Session, now: datetime, actor: Actor, case: Case) -> None:
    """Put a case in the pool of suggestions, once."""
    if session.scalar(select(Suggestion.id).where(Suggestion.case_id == case.id)) is None:
        session.add(Suggestion(case_id=case.id, marked_at=now, words=""))
        screen = to_screen(now, office_at(session, now))
        note(session, now, actor, case, "suggestion.marked", clock("screen", screen))


def mark_suggestion(session: Session, now: datetime, actor: Actor, case: Case) -> None:
    """Mark a case as a suggestion that may be reasonable, for the centre head to screen."""
    case.suggestion = True
    put_in_pool(session, now, actor, case)


def screen_suggestion(
    session: Session, now: datetime, actor: Actor, case: Case, keep: bool, words: str
) -> Suggestion:
    """The centre head screens a suggestion: kept with its relevance, or dropped with a reason."""
    row = session.scalars(select(Suggestion).where(Suggestion.case_id == case.id)).first()
    if row is None:
        raise NotAllowed("not_a_suggestion")
    if row.kept is not None:
        raise NotAllowed("screened_already")
    if not words.strip():
        raise NotAllowed("reason_missing")
    row.kept, row.words, row.screened_at, row.screened_by_id = keep, words, now, actor.id
    note(session, now, actor, case, "suggestion.screened", clock("screen", None), {"kept": keep})
    return row


def comment(
    session: Session,
    now: datetime,
    actor: Actor,
    case: Case,
    words: str,
    then: str | None,
    made: Case | None = None,
) -> SuggestionComment:
    """Put a leader's comment on a suggestion that was kept on file, with what is to become of it;
    the centre is told."""
    comment = SuggestionComment(
        case_id=case.id,
        words=words,
        at=now,
        by_id=actor.id,
        then=then,
        made_case_id=made and made.id,
    )
    session.add(comment)
    session.flush()
    said = {"comment": comment.id, "then": then, "case": made and made.id}
    payload = {name: value for name, value in said.items() if value is not None}
    note(session, now, actor, case, "suggestion.commented", None, payload)
    return comment


def refuse_comment(session: Session, case: Case, words: str) -> None:
    """NotAllowed where a suggestion was not kept, or nothing is said to it."""
    row = session.scalars(select(Suggestion).where(Suggestion.case_id == case.id)).first()
    if row is None or not row.kept:
        raise NotAllowed("not_kept")
    if not words.strip():
        raise NotAllowed("words_missing")
