"""What leaders write on cases: their words checked, with whose account they are. [procedure 1, 2]"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from flask_appbuilder.security.sqla.models import Role
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.ledger import note
from app.models import Case, Instruction, Person
from app.models.sessions import UNSCOPED
from app.roles import BOT, Actor
from app.rules.refusal import NotAllowed


def leader_terms(leader: Mapping[str, Any], today: date) -> dict[str, Any]:
    """A leader's words, checked: level, name, text, and a date that lies after today where one is
    given."""
    if leader.get("level") not in ("city", "county"):
        raise NotAllowed("leader_level")
    if not leader.get("name") or not leader.get("text"):
        raise NotAllowed("leader_words")
    due_on = leader.get("due_on")
    if due_on is not None and due_on <= today:
        raise NotAllowed("leader_date_not_after_today", due_on=due_on.isoformat())
    return {
        "leader": leader["name"],
        "level": leader["level"],
        "words": leader["text"],
        "due_on": due_on,
        "instructed_on": leader.get("date") or today,
        "document": leader.get("document", ""),
        "scan": leader.get("scan", ""),
        "leader_id": leader.get("account"),
    }


def _of_a_leader(session: Session, terms: Mapping[str, Any]) -> None:
    """Raises NotAllowed (unknown_leader) where the account that is named is not one of a leader."""
    if terms["leader_id"] is None:
        return
    if session.scalar(_leaders().where(Person.id == terms["leader_id"])) is None:
        raise NotAllowed("unknown_leader", leader=terms["leader"])


def _leaders() -> Select[int]:
    """A query for the accounts of leaders."""
    return select(Person.id).join(Person.roles).where(Role.name == "leader")


def with_account(session: Session, terms: Mapping[str, Any]) -> dict[str, Any]:
    """A leader's words with the account of that leader: the one that is named, which has to be one of
    a leader (NotAllowed, unknown_leader), else the only one that goes by the leader's name."""
    _of_a_leader(session, terms)
    if terms["leader_id"] is not None:
        return dict(terms)
    return {**terms, "leader_id": _account_of(session, terms["leader"])}


def _account_of(session: Session, leader: str) -> int | None:
    """The account of the only leader who goes by a name; None where none does, or several."""
    named = _leaders().where(Person.first_name == leader.strip())
    found = session.scalars(named.limit(2)).all()
    return found[0] if len(found) == 1 else None


def instruct_on_file(
    session: Session, now: datetime, actor: Actor, case: Case, terms: Mapping[str, Any]
) -> Instruction:
    """Put a leader's instruction on the case's file."""
    terms = with_account(session, terms)
    row = Instruction(case_id=case.id, entered_at=now, entered_by_id=actor.id, **terms)
    session.add(row)
    session.flush()
    return row


def name_leaders(session: Session, now: datetime) -> int:
    """Find the accounts of the leaders of whose instructions only a name was kept, where one goes by
    it: each with its event, of the bot's. How many."""
    query = select(Instruction).where(Instruction.leader_id.is_(None)).order_by(Instruction.id)
    named = 0
    for row in session.scalars(query.execution_options(**UNSCOPED)).all():
        found = _account_of(session, row.leader)
        if found is not None:
            row.leader_id = found
            case = session.get_one(Case, row.case_id)
            note(session, now, BOT, case, "instruction.named", None, {"instruction": row.id})
            named += 1
    return named
