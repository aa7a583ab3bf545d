"""The papers of the reminders that one sweep issues: frozen with them, in one question for however
many."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.ledger import Entry
from app.ledger.chain import canonical
from app.models import Assignment, Case, Paper, Unit
from app.rules.office import Office
from app.stages.papers.facts import Issue, said_in
from app.stages.papers.keeping import marked
from app.stages.papers.notices import reminder_said

ISSUED = "reminder.issued"


def blank_papers(entries: Sequence[Entry]) -> None:
    """Give the entry of each reminder the row of its paper, before ids are allotted."""
    for entry in entries:
        if entry.kind == ISSUED:
            blank = {"kind": "reminder", "subject_id": 0, "number": "", "facts": ""}
            entry.rows.append((Paper, blank))


def fill_papers(session: Session, office: Office, entries: Sequence[Entry]) -> None:
    """Write what each reminder says into the row of its paper, now that both have their ids and the
    reminder its number."""
    issued = [entry for entry in entries if entry.kind == ISSUED]
    if not issued:
        return
    named = _named(session, [entry.key("assignment_id") for entry in issued])
    head = said_in(office.words, "reminder", "office")
    for entry in issued:
        about = named[entry.key("assignment_id")]
        number, event = str(entry.columns["number"]), Issue(entry.chain, office.now, entry.payload)
        facts = {
            **head,
            "to": about.name,
            "case_number": about.case_number or "",
            **reminder_said(event, number, about.number),
        }
        told = canonical(marked(office.calendar, facts))
        row = next(row for model, row in entry.rows if model is Paper)
        row |= {"subject_id": entry.subject_id, "number": number, "facts": told}


def _named(session: Session, assignments: Sequence[int]) -> dict[int, Any]:
    """assignment -> its number, its case's, and the name of the unit that holds it."""
    query = (
        select(Assignment.id, Assignment.number, Case.number.label("case_number"), Unit.name)
        .join(Case, Case.id == Assignment.case_id)
        .join(Unit, Unit.id == Assignment.unit_id)
        .where(Assignment.id.in_(assignments))
    )
    return {row.id: row for row in session.execute(query)}
