"""What the facts of all papers share: who writes to whom, without the caller."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Assignment, Case, Event, Setting, Unit
from app.rules.covering import without_caller
from app.rules.office import SETTINGS
from app.rules.refusal import NotAllowed
from app.rules.wording import PREFIX, VERSION, WORDINGS
from app.stages.covers import hidden_in

Facts = dict[str, Any]
SPARED = ("sha256", "hash", "timeline", "number", "case_number")
"""The keys of facts that hold digits of ours, which are nobody's number."""
_OF_THE_OFFICE = (*SPARED, "contact", "wording")
"""The same with what the office says of itself."""


@dataclass(frozen=True)
class Issue:
    """The event that issues a paper: the case in whose chain it stands, when, and what it says."""

    chain: int
    at: datetime
    payload: Facts


def row_of(session: Session, model: type[Any], id: int) -> Any:
    """The row with an id; NotAllowed where there is none."""
    row = session.get(model, id)
    if row is None:
        raise NotAllowed("not_found")
    return row


def words_of(session: Session) -> Mapping[str, str]:
    """The names of the offices and the words of the series, as they are set."""
    return SETTINGS | {
        row.name: row.value for row in session.execute(select(Setting.name, Setting.value))
    }


def born(session: Session, subject: str, id: int, *kinds: str) -> tuple[Event, Facts]:
    """The newest event with one of these words about a row, and its payload."""
    query = select(Event).where(
        Event.subject == subject, Event.subject_id == id, Event.kind.in_(kinds)
    )
    row = session.scalars(query.order_by(Event.id.desc()).limit(1)).first()
    if row is None:
        raise NotAllowed("not_found")
    return row, json.loads(row.payload)


def issue_of(session: Session, subject: str, id: int, *kinds: str) -> Issue:
    """The newest event with one of these words about a row, which issued its paper."""
    event, payload = born(session, subject, id, *kinds)
    return Issue(event.chain, event.at, payload)


def said_in(words: Mapping[str, str], kind: str, issuer: str) -> Facts:
    """What the office's words say on a paper: who issues it, who is asked about it, and its wording
    with the number of its version (0: that of the desk)."""
    name = f"{PREFIX}{kind}"
    said: Facts = {
        "issuer": words[issuer],
        "office": words["office"],
        "contact": words.get(f"contact.{issuer}", ""),
    }
    if name in WORDINGS:
        version = int(words.get(f"{name}{VERSION}") or 0)
        said["wording"] = {"version": version, "text": words.get(name) or WORDINGS[name]}
    return said


def head_of(session: Session, kind: str, case_id: int, unit_id: int, issuer: str) -> Facts:
    """Who writes to whom, about which case, in which wording."""
    case, unit = row_of(session, Case, case_id), row_of(session, Unit, unit_id)
    return {
        **said_in(words_of(session), kind, issuer),
        "to": unit.name,
        "case_number": case.number or "",
    }


def clean(session: Session, case_id: int, facts: Facts) -> Facts:
    """Facts of a case without its callers."""
    cleaned: Facts = without_caller(facts, hidden_in(session, [case_id]), _OF_THE_OFFICE)
    return cleaned


def first_unit(session: Session, one: Assignment) -> int:
    """The unit that an assignment was given to, whatever unit succeeded it."""
    query = select(Event.payload).where(
        Event.subject == "assignment",
        Event.subject_id == one.id,
        Event.kind == "assignment.succeeded",
    )
    payload = session.scalars(query.order_by(Event.id).limit(1)).first()
    return int(json.loads(payload)["from"]) if payload else one.unit_id
