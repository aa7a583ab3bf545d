"""What is not accepted, and what is handed on to an emergency line."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.ledger import move, note
from app.ledger.chain import content_hash
from app.models import Case, TurnedDown
from app.models.columns import clock
from app.roles import Actor
from app.rules.refusal import NotAllowed

REFUSALS = (
    "court",
    "arbitration",
    "discipline",
    "reconsideration",
    "disclosure",
    "petition",
    "territory",
    "secret",
    "no_new_fact",
)
LINES = ("110", "119", "120", "122")


def refuse(
    session: Session,
    now: datetime,
    actor: Actor,
    case: Case,
    reason: str,
    words: str,
    re_explained: bool = False,
) -> Case:
    """Not accepted: a reason code and the words told to the caller. An operator's is a proposal,
    and the only one until it is decided: nobody confirms another than was shown."""
    if case.state != "registered":
        raise NotAllowed("not_registered", state=case.state)
    if reason not in REFUSALS:
        raise NotAllowed("unknown_reason", reason=reason)
    if not words.strip():
        raise NotAllowed("words_missing")
    if reason == "no_new_fact" and not re_explained:
        raise NotAllowed("explain_once_more")
    columns: dict[str, Any] = {"refusal_reason": reason, "told_caller": words}
    if actor.is_a("allocator", "centre_head"):
        _refused(session, now, actor, case, columns)
    else:
        decided(case)
        columns["refusal_proposed_by_id"] = actor.id
        note(session, now, actor, case, "case.refusal_proposed", columns, {"reason": reason})
    return case


def _refused(
    session: Session, now: datetime, actor: Actor, case: Case, columns: Mapping[str, Any]
) -> None:
    ends = {**columns, **clock("own", None), "closed_at": now, "closed_as": "refused"}
    move(
        session,
        now,
        actor,
        case,
        "refused",
        "case.refused",
        ends,
        {"reason": ends.get("refusal_reason", "")},
    )


def confirm_refusal(
    session: Session, now: datetime, actor: Actor, case: Case, accept: bool = True
) -> Case:
    """An allocator confirms an operator's proposal to refuse, or lets the case go on: the words of
    what is turned down stay in the record only."""
    if case.state != "registered" or case.refusal_reason is None:
        raise NotAllowed("nothing_proposed")
    if case.refusal_proposed_by_id == actor.id:
        raise NotAllowed("own_proposal")
    if accept:
        _refused(session, now, actor, case, {"refusal_reason": case.refusal_reason})
    else:
        _turned_down(session, now, actor, case)
    return case


def _turned_down(session: Session, now: datetime, actor: Actor, case: Case) -> None:
    """The caller was told nothing: what was proposed leaves the case, and is kept beside the
    event."""
    reason, words, proposed_by = (
        case.refusal_reason or "",
        case.told_caller,
        case.refusal_proposed_by_id,
    )
    payload = {"refusal": "not confirmed", "reason": reason, "sha256": content_hash(reason, words)}
    gone = {"refusal_reason": None, "refusal_proposed_by_id": None, "told_caller": ""}
    kept = {
        "event_id": None,
        "case_id": case.id,
        "at": now,
        "by_id": actor.id,
        "reason": reason,
        "words": words,
        "proposed_by_id": proposed_by,
    }
    note(session, now, actor, case, "case.edited", gone, payload, rows=[(TurnedDown, kept)])


def decided(case: Case) -> None:
    """NotAllowed while a proposal to refuse the case is undecided: it holds allocation. [procedure
    1]"""
    if case.refusal_proposed_by_id is not None:
        raise NotAllowed("refusal_undecided")


def hand_on(session: Session, now: datetime, actor: Actor, case: Case, line: str) -> Case:
    """A matter of 110, 119, 120 or 122 is handed on at once; no case goes on and nobody need
    confirm."""
    if case.state != "registered":
        raise NotAllowed("not_registered", state=case.state)
    if line not in LINES:
        raise NotAllowed("unknown_line", line=line)
    columns = {"line": line, **clock("own", None), "closed_at": now, "closed_as": "handed_on"}
    move(
        session,
        now,
        actor,
        case,
        "transferred",
        "case.handed_on",
        columns,
        {"line": line, "at": now.isoformat()},
    )
    return case
