"""Drafts of the unit's staff: its head approves them or sends them back; both replace and discard
them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.ledger import note
from app.ledger.chain import content_hash
from app.models import Assignment, Draft, Supervision
from app.roles import UNIT_ROLES, Actor
from app.rules.reading import letters
from app.rules.refusal import NotAllowed
from app.rules.workdays import minute
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
    replaced: Draft | None = None,
) -> Draft:
    """Staff drafts what the head files with this verb: its fields, kept as they were typed; in the
    place of a draft that stood before, where one is `replaced`."""
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
    payload = {"verb": head.name, "draft": row.id}
    if replaced is None:
        note(session, now, actor, assignment, "draft.made", None, payload)
        return row
    _end(now, actor, replaced)
    replaced.successor_id = row.id
    session.flush()
    payload["replaced"] = replaced.id
    note(session, now, actor, assignment, "draft.replaced", None, payload)
    return row


def _end(now: datetime, actor: Actor, row: Draft) -> None:
    row.ended_at, row.ended_by_id = now, actor.id


def draft_meant(session: Session, assignment: Assignment, verb: str, draft_id: int) -> Draft:
    """The draft of a verb that is named, as it stands now; NotAllowed where there is none, or it is
    used, replaced or discarded."""
    row = session.get(Draft, draft_id, populate_existing=True)
    if row is None or row.assignment_id != assignment.id or row.verb != verb:
        raise NotAllowed("not_found")
    by, at = _by_whom(row)
    if row.state == "used":
        raise NotAllowed("draft_used", by=by, at=at)
    if row.state == "replaced":
        raise NotAllowed("draft_replaced", by=by, at=at)
    if row.state == "discarded":
        raise NotAllowed("draft_discarded", by=by, at=at)
    return row


def _by_whom(row: Draft) -> tuple[str, str]:
    """Who brought a draft to where it stands, and when."""
    at = minute(row.decided_at) if row.decided_at is not None else ""
    return f"user:{row.decided_by_id}", at


def _returned(row: Draft) -> NotAllowed:
    """The refusal of what the drafter has to do first."""
    by, at = _by_whom(row)
    return NotAllowed("draft_returned", by=by, at=at)


def draft_to_replace(
    session: Session, assignment: Assignment, verb: str, draft_id: int, stood: int | None
) -> Draft:
    """The draft that another one is to replace; NotAllowed where it was returned after it was shown
    (`stood` as it was then): what the head says has to be read first."""
    row = draft_meant(session, assignment, verb, draft_id)
    if stood is not None and stood != row.state_event_id:
        raise _returned(row)
    return row


def use_draft(
    session: Session,
    now: datetime,
    actor: Actor,
    assignment: Assignment,
    verb: str,
    draft_id: int,
    changed: bool = False,
) -> Draft:
    """The draft that the head approves, once: as it stands, or `changed`. What was returned is its
    drafter's until it comes again."""
    row = draft_meant(session, assignment, verb, draft_id)
    if row.state == "returned":
        raise _returned(row)
    row.used_at, row.ended_by_id = now, actor.id
    session.flush()
    payload = {"verb": verb, "draft": row.id, "changed": changed}
    note(session, now, actor, assignment, "draft.approved", None, payload)
    return row


def send_back_draft(
    session: Session, now: datetime, actor: Actor, draft: Draft, words: str
) -> Draft:
    """The head sends a draft back to who drafted it, with what is to be done otherwise."""
    of_it = session.get_one(Assignment, draft.assignment_id)
    row = draft_meant(session, of_it, draft.verb, draft.id)
    if row.state == "returned":
        raise _returned(row)
    if not letters(words):
        raise NotAllowed("words_missing")
    row.returned_at, row.returned_by_id, row.returned_words = now, actor.id, words
    session.flush()
    payload = {"verb": row.verb, "draft": row.id, "sha256": content_hash(words)}
    note(session, now, actor, of_it, "draft.sent_back", None, payload)
    return row


def discard_draft(session: Session, now: datetime, actor: Actor, draft: Draft) -> Draft:
    """A draft that nobody wants any more: it stays on file, and waits for nobody."""
    of_it = session.get_one(Assignment, draft.assignment_id)
    row = draft_meant(session, of_it, draft.verb, draft.id)
    _end(now, actor, row)
    session.flush()
    payload = {"verb": row.verb, "draft": row.id}
    note(session, now, actor, of_it, "draft.discarded", None, payload)
    return row


def drafting(head: Verb) -> Verb:
    """The verb with which staff drafts what the head files with another: the same fields, about the
    unit's assignment or about the same item."""

    def run(
        session: Session,
        now: datetime,
        actor: Actor,
        assignment: Assignment,
        replaced: Draft | None = None,
        **values: Any,
    ) -> Draft:
        return draft(session, now, actor, assignment, head, values, replaced)

    on = assignment(OPEN_ASSIGNMENT)
    if head.target == "item":
        on = assignment(head.states, about=head.on.subject)
    return Verb(
        head.draft,
        run=run,
        on=on,
        fields=head.fields,
        roles=UNIT_ROLES,
        event=("draft.made", "draft.replaced"),
        extends=head.extends,
    )
