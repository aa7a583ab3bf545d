"""Drafts of the unit's staff, which its head approves."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.ledger import note
from app.models import Assignment, Draft, Supervision
from app.roles import UNIT_ROLES, Actor
from app.rules.refusal import NotAllowed
from app.rules.workflow import OPEN_ASSIGNMENT
from app.stages.verb import Verb, assignment


def _drafted_in_time(session: Session, assignment: Assignment, head: Verb) -> None:
    """Nothing is drafted that the head could not file any more: the assignment, or the item, still
    waits for it."""
    if head.target != "item":
        if assignment.state not in OPEN_ASSIGNMENT:
            raise NotAllowed("not_open", state=assignment.state)
        return
    query = select(Supervision.state).where(
        Supervision.case_id == assignment.case_id, Supervision.unit_id == assignment.unit_id
    )
    states = session.scalars(query.order_by(Supervision.id)).all()
    if not set(states) & set(head.states):
        msgid = "no_notice_open" if head.name == "feed_back" else "not_in_hearing"
        raise NotAllowed(msgid if states else "not_found", state=states[-1] if states else "")


def draft(
    session: Session,
    now: datetime,
    actor: Actor,
    assignment: Assignment,
    head: Verb,
    fields: Mapping[str, Any],
) -> Draft:
    """Staff drafts what the head files with this verb: its fields, kept as they were typed."""
    _drafted_in_time(session, assignment, head)
    if not any(str(value).strip() for value in fields.values() if value is not None):
        raise NotAllowed("draft_empty")
    typed = {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in fields.items()
    }
    row = Draft(
        case_id=assignment.case_id,
        assignment_id=assignment.id,
        unit_id=assignment.unit_id,
        verb=head.name,
        fields=json.dumps(typed, ensure_ascii=False),
        drafted_at=now,
        drafted_by_id=actor.id,
    )
    session.add(row)
    session.flush()
    note(session, now, actor, assignment, "draft.made", None, {"verb": head.name, "draft": row.id})
    return row


def use_draft(
    session: Session, now: datetime, assignment: Assignment, verb: str, draft_id: int
) -> Draft:
    """The draft that the head approves, once."""
    row = session.get(Draft, draft_id)
    if row is None or row.assignment_id != assignment.id or row.verb != verb:
        raise NotAllowed("not_found")
    if row.used_at is not None:
        raise NotAllowed("draft_used")
    row.used_at = now
    return row


def drafting(head: Verb) -> Verb:
    """The verb with which staff drafts what the head files with another: the same fields, about the
    unit's assignment or about the same item."""

    def run(
        session: Session, now: datetime, actor: Actor, assignment: Assignment, **values: Any
    ) -> Draft:
        return draft(session, now, actor, assignment, head, values)

    on = assignment(OPEN_ASSIGNMENT)
    if head.target == "item":
        on = assignment(head.states, about=head.on.subject)
    return Verb(
        head.draft, run=run, on=on, fields=head.fields, roles=UNIT_ROLES, event="draft.made"
    )
