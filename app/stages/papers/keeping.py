"""Papers are frozen in the transaction of the event that issues them; one that was issued before papers
were, when it is first asked for."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.ledger import wrote
from app.ledger.chain import canonical
from app.models import (
    Assignment,
    CalendarDay,
    InstructionNotice,
    Paper,
    Referral,
    Reminder,
    Responsibility,
    Submission,
    Supervision,
    VisitRecord,
)
from app.rules.refusal import NotAllowed
from app.rules.workdays import PROVISIONAL, Calendar
from app.stages.papers.assigned import allocation_facts, notice_of_instruction, redo_facts
from app.stages.papers.carried import handover_facts
from app.stages.papers.facts import Facts, row_of
from app.stages.papers.lists import list_facts, receipt_facts, referral_facts
from app.stages.papers.matters import responsibility_facts, submission_facts, visit_facts
from app.stages.papers.notices import conclusion_facts, reminder_facts, supervision_facts
from app.stages.papers.reports import scores_facts, suggestions_facts

_ENDS = ("due_on", "reply_by", "send_by", "ask_by")
"""The keys of facts that tell on which day a clock runs out."""
_KEEP = text(
    "INSERT INTO paper (kind, subject_id, number, facts) VALUES (:kind, :subject_id, :number, :facts) "
    "ON CONFLICT (kind, subject_id) DO NOTHING RETURNING id"
)

SUBJECTS: dict[str, Any] = {
    "allocation": Assignment,
    "redo": Assignment,
    "instruction": InstructionNotice,
    "reminder": Reminder,
    "supervision": Supervision,
    "feedback": Supervision,
    "conclusion": Supervision,
    "referral": Referral,
    "receipt": Referral,
    "submission": Submission,
    "visit": VisitRecord,
    "responsibility": Responsibility,
    "service": Paper,
}
"""kind of a paper -> the table of the row that it is about, where that belongs to a case."""


def keep(
    session: Session, kind: str, id: int, number: str, facts: str, case_id: int | None = None
) -> None:
    """Freeze a paper, unless it was meanwhile; it belongs to the case of the row that it is
    about."""
    row = {"kind": kind, "subject_id": id, "number": number, "facts": facts}
    made = session.execute(_KEEP, row).scalar()
    if made is not None:
        case_id = case_id or case_of(session, kind, id)
        wrote(session, Paper, [{"id": made, **row, "case_id": case_id}])
        session.info.setdefault(FROZEN, []).append(made)


FROZEN = "papers"
"""Where a session names the papers that it froze, for whoever asks what a verb would issue."""


def case_of(session: Session, kind: str, id: int) -> int | None:
    """The case of the row that a paper is about; None where it belongs to none."""
    model = SUBJECTS.get(base_of(kind))
    about = None if model is None else session.get(model, id)
    if isinstance(about, Paper):
        return case_of(session, about.kind, about.subject_id)
    return None if about is None else int(about.case_id)


def base_of(kind: str) -> str:
    """The kind of a paper without the number of the notice: supervision of supervision_2."""
    return kind.rpartition("_")[0] or kind


def issue(
    session: Session,
    calendar: Calendar,
    kind: str,
    id: int,
    facts: Facts,
    case_id: int | None = None,
) -> None:
    """Freeze a paper with what it says, before the event that issues it: that one seals it."""
    kind = f"supervision_{facts['n']}" if kind == "supervision" else kind
    told = marked(calendar, facts)
    keep(session, kind, id, str(told["number"]), canonical(told), case_id)


def issue_as_it_stands(session: Session, calendar: Calendar, kind: str, ids: Iterable[int]) -> None:
    """The same of papers whose rows and events are there already."""
    for id in ids:
        issue(session, calendar, kind, id, _MAKERS[kind](session, id))


def frozen(session: Session, kind: str, id: int) -> Facts:
    """The facts of a paper, the same ever after. `kind` is allocation or redo (an assignment's id),
    instruction (a notice's id), reminder, supervision (an item's newest notice; supervision_1, _2
    ... a certain one), conclusion, submission, visit (a record's id), responsibility, list,
    referral and receipt (of one that was sent), suggestions and scores (a report's id), service
    (the id of the paper that was served).

    Raises NotAllowed (not_found) where there is no such paper."""
    if kind == "supervision":
        kind = f"supervision_{row_of(session, Supervision, id).reissues + 1}"
    held = _held(session, kind, id)
    if held is None:
        made = _MAKERS.get(base_of(kind))
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


def marked(calendar: Calendar, facts: Facts) -> Facts:
    """The facts, with a mark where a clock that the paper tells of crosses days that are only
    guessed. [procedure 0]"""
    first, last = _span(facts)
    crossed = calendar.basis(first - timedelta(days=1), last) == PROVISIONAL
    return {**facts, "guessed": True} if crossed else facts


def _guessed(session: Session, facts: Facts) -> Facts:
    """The same by the days on file."""
    first, last = _span(facts)
    crossed = CalendarDay.day.between(first, last) & (CalendarDay.source == "provisional")
    known = session.scalar(select(CalendarDay.day).where(crossed).limit(1)) is None
    return facts if known else {**facts, "guessed": True}


def _span(facts: Facts) -> tuple[date, date]:
    """From the day of a paper, or the first that a clock of it ends on, to the last one."""
    rows = [facts, *(row["facts"] for row in facts.get("rows", ()) if "facts" in row)]
    days = {date.fromisoformat(row[name]) for row in rows for name in _ENDS if row.get(name)}
    days.add(date.fromisoformat(facts["at"][:10]))
    return min(days), max(days)


def _held(session: Session, kind: str, id: int) -> str | None:
    return session.scalar(select(Paper.facts).where(Paper.kind == kind, Paper.subject_id == id))


_MAKERS: dict[str, Callable[[Session, int], Facts]] = {
    "allocation": allocation_facts,
    "redo": redo_facts,
    "instruction": notice_of_instruction,
    "reminder": reminder_facts,
    "supervision": supervision_facts,
    "conclusion": conclusion_facts,
    "submission": submission_facts,
    "visit": visit_facts,
    "responsibility": responsibility_facts,
    "list": list_facts,
    "referral": referral_facts,
    "handover": handover_facts,
    "receipt": receipt_facts,
    "suggestions": suggestions_facts,
    "scores": scores_facts,
}
