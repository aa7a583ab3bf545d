"""The papers that stay within the centre and go to leaders: a submission, the record of a visit, the
review of responsibility."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from app.models import Case, Person, Responsibility, Submission, Unit, VisitRecord
from app.stages.extras import Printer
from app.stages.papers.facts import Facts, clean, row_of, said_in, words_of

_OUTCOME = ("attempt", "version", "method", "reached", "contacted_by_unit", "truth", "solved")
_SAID = ("satisfied", "why", "words", "reason")


def submission_facts(session: Session, id: int) -> Facts:
    """呈批件: why a case goes to a leader, with the matter and room for the instruction."""
    row: Submission = row_of(session, Submission, id)
    facts = {
        **_head(session, "submission", row),
        "number": row.number or "",
        "at": row.submitted_at.isoformat(),
        "to": name_of(session, row.leader_id),
        "reason": row.reason,
        "by": name_of(session, row.submitted_by_id),
        **matter_of(session, row.case_id),
        **Printer(session, row.submitted_at.date()).of("case", _extra(session, row.case_id)),
    }
    return clean(session, row.case_id, facts)


def visit_facts(session: Session, id: int) -> Facts:
    """回访记录表: one attempt at a visit, or a corrected version of one, as it was put on record. Where
    it was and who was met is left out, because it leads to the caller. It carries the number of its
    case."""
    row: VisitRecord = row_of(session, VisitRecord, id)
    case: Case = row_of(session, Case, row.case_id)
    facts = {
        **_head(session, "visit", row),
        "number": "",
        "at": row.at.isoformat(),
        "unit": _unit_of(session, case),
        "by": name_of(session, row.by_id),
        **{name: getattr(row, name) for name in (*_OUTCOME, *_SAID)},
        **matter_of(session, row.case_id),
        **Printer(session, row.at.date()).of("visit", row.extra),
    }
    return clean(session, row.case_id, facts)


def responsibility_facts(session: Session, id: int) -> Facts:
    """责任认定表: whether the unit is responsible that a round was not good enough, on which grounds."""
    row: Responsibility = row_of(session, Responsibility, id)
    case: Case = row_of(session, Case, row.case_id)
    facts = {
        **_head(session, "responsibility", row),
        "number": row.number or "",
        "at": row.at.isoformat(),
        "unit": _unit_of(session, case),
        "by": name_of(session, row.by_id),
        "round": row.round,
        "unit_responsible": row.unit_responsible,
        "grounds": row.grounds,
        "excluded_as": row.excluded_as,
        **matter_of(session, row.case_id),
    }
    return clean(session, row.case_id, facts)


def matter_of(session: Session, case_id: int) -> Facts:
    """The demand of a case, as it stands."""
    case: Case = row_of(session, Case, case_id)
    return {
        "channel": case.channel,
        "received_at": case.received_at.isoformat(),
        "place": case.place,
        "narrative": case.narrative,
        "demand": case.demand,
    }


def _extra(session: Session, case_id: int) -> str:
    case: Case = row_of(session, Case, case_id)
    return case.extra


def name_of(session: Session, id: int | None) -> str:
    """The name of an account; nothing where there is none."""
    row = session.get(Person, id) if id is not None else None
    return str(row.first_name or row.username) if row is not None else ""


def _head(session: Session, kind: str, row: Any) -> Facts:
    case: Case = row_of(session, Case, row.case_id)
    return {**said_in(words_of(session), kind, "office"), "case_number": case.number or ""}


def _unit_of(session: Session, case: Case) -> str:
    """The unit that leads a case; nothing where the centre answered it."""
    unit = session.get(Unit, case.lead_unit_id) if case.lead_unit_id else None
    return unit.name if unit is not None else ""
