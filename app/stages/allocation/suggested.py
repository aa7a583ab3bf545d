"""(1, 5) What a leader makes of a suggestion that was kept: it is filed with his comment, or becomes a
matter that he assigns.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.ledger import note
from app.models import Case, Instruction, SuggestionComment
from app.models.sessions import UNSCOPED
from app.roles import Actor
from app.rules.refusal import NotAllowed
from app.rules.workflow import OPEN_CASE
from app.stages.acceptance import (
    comment,
    instruct_on_file,
    leader_terms,
    refuse_comment,
    registered_anew,
)
from app.stages.allocation.instructions import instruct

FILED, MATTER = "filed", "matter"
WITHOUT_UNIT = ("registered", "submitted")
"""The states of a case that no unit has yet: its leader's words go to the unit with its allocation."""


def comment_suggestion(
    session: Session,
    now: datetime,
    actor: Actor,
    case: Case,
    words: str,
    then: str | None = None,
    due_on: date | None = None,
) -> SuggestionComment:
    """A leader's comment on a suggestion that was kept. `then` it is filed, or his matter, with a date
    where he names one: its own case where that is open, else a new one in its words. Left out, the
    centre decides."""
    refuse_comment(session, case, words)
    if due_on is not None and then != MATTER:
        raise NotAllowed("date_of_no_matter")
    made = _made(session, now, actor, case, words, due_on) if then == MATTER else None
    return comment(session, now, actor, case, words, then, made)


def _made(
    session: Session, now: datetime, actor: Actor, case: Case, words: str, due_on: date | None
) -> Case:
    """The case that a suggestion becomes as a leader's matter."""
    leader: dict[str, Any] = {
        "level": _level(session, actor),
        "name": actor.name,
        "text": words,
        "due_on": due_on,
        "account": actor.id,
    }
    terms = leader_terms(leader, now.date())
    if case.state not in OPEN_CASE:
        return registered_anew(session, now, actor, case, terms)
    if case.state not in WITHOUT_UNIT:
        return instruct(session, now, actor, case, leader)
    row = instruct_on_file(session, now, actor, case, terms)
    columns = {"leader_assigned": True, "leader_due_on": row.due_on}
    payload = {"instruction": row.id, "leader": row.leader, "level": row.level}
    note(session, now, actor, case, "case.instructed", columns, payload, case.lead_unit_id)
    return case


def _level(session: Session, actor: Actor) -> str:
    """The level of a leader, as it stood on their last instruction; county where they gave none."""
    last = select(Instruction.level).where(Instruction.leader_id == actor.id)
    query = last.order_by(Instruction.id.desc()).limit(1).execution_options(**UNSCOPED)
    return session.scalar(query) or "county"
