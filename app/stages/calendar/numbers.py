"""The numbers of the procedure, changed by two persons."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from app.ledger import note_office
from app.models import SlaRule
from app.roles import Actor
from app.rules.limits import refusal
from app.rules.refusal import NotAllowed
from app.rules.workdays import BEIJING
from app.stages.proposals import proposed


def change_rule(
    session: Session,
    now: datetime,
    actor: Actor,
    name: str,
    value: Any,
    valid_from: date | None = None,
    reason: str = "",
) -> SlaRule:
    """An IT administrator proposes another value for a number, valid from a day (now, where none is
    named)."""
    wrong = refusal(name, value)
    if wrong:
        raise NotAllowed(wrong, name=name, value=str(value))
    since = (
        now
        if valid_from is None
        else datetime(valid_from.year, valid_from.month, valid_from.day, tzinfo=BEIJING)
    )
    if since < now:
        raise NotAllowed("rule_in_the_past", name=name)
    row = SlaRule(
        name=name,
        value=json.dumps(value),
        valid_from=since,
        reason=reason,
        changed_at=now,
        changed_by_id=actor.id,
    )
    session.add(row)
    session.flush()
    note_office(
        session,
        now,
        actor,
        "rule.proposed",
        {"rule": name, "value": value, "from": since.isoformat()},
    )
    return row


def approve_rule(
    session: Session, now: datetime, actor: Actor, accept: bool = True, proposal: int | None = None
) -> SlaRule:
    """The centre head approves a proposed number, or turns it down; cases allocated before keep
    theirs."""
    row: SlaRule = proposed(session, SlaRule, proposal)
    if row.changed_by_id == actor.id:
        raise NotAllowed("own_proposal")
    if not accept:
        row.refused_at = now
        note_office(session, now, actor, "rule.refused", {"rule": row.name})
        return row
    row.approved_at, row.approved_by_id = now, actor.id
    row.valid_from = max(row.valid_from, now)
    session.flush()
    session.info.pop("office", None)
    note_office(
        session, now, actor, "rule.changed", {"rule": row.name, "value": json.loads(row.value)}
    )
    return row
