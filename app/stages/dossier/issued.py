"""The papers of a case as they were issued: which go into a dossier, their facts frozen."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Assignment, Case, InstructionNotice, Reminder, Supervision
from app.stages.dossier.as_text import Facts
from app.stages.papers import assignment_paper, frozen

_Meant = Iterator[tuple[str, int]]
"""(kind, id) of papers."""


def issued_papers(session: Session, case: Case, item: Supervision) -> list[Facts]:
    """The numbered papers of a case and of the item, in the order of time: kind, id, number, when.
    Their facts are frozen with this, so that whoever prints them later prints what was issued."""
    meant = [*_assigned(session, case), *_reminded(session, case), *_noticed(item)]
    found = []
    for kind, id in meant:
        facts = frozen(session, kind, id)
        found.append({"kind": kind, "id": id, "number": facts["number"], "at": facts["at"]})
    found.sort(key=lambda one: (one["at"], one["number"]))
    return [{"n": n, **one} for n, one in enumerate(found, 1)]


def _assigned(session: Session, case: Case) -> _Meant:
    rows = select(Assignment).where(Assignment.case_id == case.id, Assignment.number.is_not(None))
    for row in session.scalars(rows.order_by(Assignment.id)):
        yield assignment_paper(row), row.id
    notices = select(InstructionNotice.id).where(InstructionNotice.case_id == case.id)
    for id in session.scalars(notices.order_by(InstructionNotice.id)):
        yield "instruction", id


def _reminded(session: Session, case: Case) -> _Meant:
    rows = select(Reminder.id).where(Reminder.case_id == case.id)
    for id in session.scalars(rows.order_by(Reminder.id)):
        yield "reminder", id


def _noticed(item: Supervision) -> _Meant:
    if item.number is not None:
        for n in range(1, item.reissues + 2):
            yield f"supervision_{n}", item.id
    if item.concluded_at is not None:
        yield "conclusion", item.id
