"""Papers are frozen when they are first made."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.ledger import wrote
from app.ledger.chain import canonical
from app.models import Assignment, CalendarDay, Paper, Referral, Reminder, Supervision
from app.rules.refusal import NotAllowed
from app.stages.papers.assigned import allocation_facts, notice_of_instruction, redo_facts
from app.stages.papers.carried import handover_facts
from app.stages.papers.facts import Facts, row_of
from app.stages.papers.lists import list_facts, referral_facts
from app.stages.papers.notices import reminder_facts, supervision_facts

_ENDS = ("due_on", "reply_by", "send_by")
"""The keys of facts that tell on which day a clock runs out."""
_KEEP = text(
    "INSERT INTO paper (kind, subject_id, number, facts) VALUES (:kind, :subject_id, :number, :facts) "
    "ON CONFLICT (kind, subject_id) DO NOTHING RETURNING id"
)

_SUBJECTS: dict[str, Any] = {
    "allocation": Assignment,
    "redo": Assignment,
    "reminder": Reminder,
    "supervision": Supervision,
    "feedback": Supervision,
    "referral": Referral,
}
"""kind of a paper -> the table of the row that it is about, where that belongs to a case."""


def keep(session: Session, kind: str, id: int, number: str, facts: str) -> None:
    """Freeze a paper, unless it was meanwhile; it belongs to the case of the row that it is
    about."""
    row = {"kind": kind, "subject_id": id, "number": number, "facts": facts}
    made = session.execute(_KEEP, row).scalar()
    if made is not None:
        model = _SUBJECTS.get(kind.rpartition("_")[0] or kind)
        about = None if model is None else session.get(model, id)
        case_id = None if about is None else about.case_id
        wrote(session, Paper, [{"id": made, **row, "case_id": case_id}])


def frozen(session: Session, kind: str, id: int) -> Facts:
    """The facts of a paper, made at the first call and the same ever after. `kind` is allocation or
    redo (an assignment's id), instruction (a notice's id), reminder, supervision (an item's newest
    notice; supervision_1, _2 ... a certain one), list, or referral (the letter of one that was
    sent).

    Raises NotAllowed (not_found) where there is no such paper."""
    if kind == "supervision":
        kind = f"supervision_{row_of(session, Supervision, id).reissues + 1}"
    held = _held(session, kind, id)
    if held is None:
        made = _MAKERS.get(kind.rpartition("_")[0] or kind)
        if made is None:
            raise NotAllowed("not_found")
        facts = _guessed(session, made(session, id))
        if kind.startswith("supervision_") and kind != f"supervision_{facts['n']}":
            raise NotAllowed("not_found")
        keep(session, kind, id, facts["number"], canonical(facts))
        held = _held(session, kind, id)
    assert held is not None  # noqa: S101
    facts = json.loads(held)
    return dict(facts)


def _guessed(session: Session, facts: Facts) -> Facts:
    """The facts, with a mark where a clock that the paper tells of crosses days that are only
    guessed. [procedure 0]"""
    rows = [facts, *(row["facts"] for row in facts.get("rows", ()))]
    days = {date.fromisoformat(row[name]) for row in rows for name in _ENDS if row.get(name)}
    days.add(date.fromisoformat(facts["at"][:10]))
    crossed = CalendarDay.day.between(min(days), max(days)) & (CalendarDay.source == "provisional")
    known = session.scalar(select(CalendarDay.day).where(crossed).limit(1)) is None
    return facts if known else {**facts, "guessed": True}


def _held(session: Session, kind: str, id: int) -> str | None:
    return session.scalar(select(Paper.facts).where(Paper.kind == kind, Paper.subject_id == id))


_MAKERS: dict[str, Callable[[Session, int], Facts]] = {
    "allocation": allocation_facts,
    "redo": redo_facts,
    "instruction": notice_of_instruction,
    "reminder": reminder_facts,
    "supervision": supervision_facts,
    "list": list_facts,
    "referral": referral_facts,
    "handover": handover_facts,
}
