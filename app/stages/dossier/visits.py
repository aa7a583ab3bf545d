"""What followed the replies: repeats, visits, the review of responsibility."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Case, Contact, Responsibility, Visit, VisitRecord
from app.stages.dossier.as_text import Facts, moment_of, name_of
from app.stages.extras import Printer


def repeats(session: Session, case: Case, prints: Printer) -> list[Facts]:
    """The contacts that raised the repeat count of a case."""
    query = (
        select(Contact)
        .where(Contact.counts_on_id == case.id)
        .order_by(Contact.received_at, Contact.id)
    )
    return [
        {
            "contact": row.id,
            "kind": row.kind,
            "channel": row.channel,
            "at": moment_of(row.received_at),
            "words": row.words,
            **prints.of("contact", row.extra),
        }
        for row in session.scalars(query)
    ]


def visits(session: Session, case: Case, prints: Printer) -> list[Facts]:
    """Every record of every visit; where it was and who was met is left out, because it leads to
    the caller."""
    query = select(VisitRecord, Visit.round, Visit.turn).join(
        Visit, Visit.id == VisitRecord.visit_id
    )
    records = session.execute(query.where(VisitRecord.case_id == case.id).order_by(VisitRecord.id))
    return [
        {
            "round": round,
            "attempt": row.attempt,
            "version": row.version,
            "at": moment_of(row.at),
            "by": name_of(session, row.by_id),
            "method": row.method,
            "reached": row.reached,
            "truth": row.truth,
            "solved": row.solved,
            "satisfied": row.satisfied,
            "why": row.why,
            "words": row.words,
            "contacted_by_unit": row.contacted_by_unit,
            "reason": row.reason,
            **prints.of("visit", row.extra),
        }
        for row, round, _ in records
    ]


def responsibility(session: Session, case: Case) -> list[Facts]:
    """The reviews of the unit's responsibility."""
    query = (
        select(Responsibility).where(Responsibility.case_id == case.id).order_by(Responsibility.id)
    )
    return [
        {
            "number": row.number,
            "round": row.round,
            "at": moment_of(row.at),
            "by": name_of(session, row.by_id),
            "unit_responsible": row.unit_responsible,
            "grounds": row.grounds,
            "excluded_as": row.excluded_as,
        }
        for row in session.scalars(query)
    ]
