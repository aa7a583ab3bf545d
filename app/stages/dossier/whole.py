"""All facts of a dossier, in the order of its pages."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from app.models import Assignment, Case, Referral, Supervision, Unit
from app.rules.articles import articles
from app.rules.covering import without_caller
from app.rules.office import Office
from app.stages.covers import hidden_in
from app.stages.delivery import of_cases
from app.stages.dossier.approval import approval, evidence
from app.stages.dossier.as_text import Facts, day_of, name_of, service_facts
from app.stages.dossier.issued import issued_papers
from app.stages.dossier.item import item_facts, person_facts
from app.stages.dossier.late import late_steps
from app.stages.dossier.matter import (
    assignments,
    instructions,
    matter_facts,
    reminders,
    replies,
    requests,
)
from app.stages.dossier.visits import repeats, responsibility, visits
from app.stages.extras import Printer
from app.stages.papers import SPARED
from app.stages.supervision import fault_on, named

_UNTOUCHED = (
    *SPARED,
    "persons",
    "approval",
    "rules",
    "chains",
    "actors",
    "formed_by",
    "by",
    "examined_by",
    "found_by",
    "opened_by",
    "witness",
    "signed_with",
)
"""What holds no words of a caller: officials keep their names, though one may be called as the
caller is."""


def contents(
    session: Session,
    office: Office,
    referral: Referral,
    timeline: Sequence[Sequence[Any]],
    **more: Any,
) -> Facts:
    """All facts of a dossier, canonical JSON's types only. `timeline` holds the events of the case
    and of those it took over, as (chain, seq, at, kind, actor, hash)."""
    item = session.get_one(Supervision, referral.supervision_id)
    chains = sorted({int(row[0]) for row in timeline} | {referral.case_id})
    case = session.get_one(Case, referral.case_id)
    services = of_cases(session, office.calendar, chains)
    served = {key: service_facts(session, office, service) for key, service in services.items()}
    prints = Printer(session, office.now.date())
    facts = {
        "format": 1,
        "case": case.id,
        "case_number": case.number or "",
        "unit": referral.unit_id,
        "unit_name": session.get_one(Unit, referral.unit_id).name,
        "offices": _offices(office),
        "chains": {str(id): session.get_one(Case, id).number or "" for id in chains},
        "matter": matter_facts(session, case, prints),
        "instructions": instructions(session, case),
        "assignments": assignments(session, case, served),
        "requests": requests(session, case),
        "reminders": reminders(session, case, served),
        "replies": replies(session, case, prints),
        **item_facts(session, item, served),
        "persons": [person_facts(session, row) for row in named(session, item)],
        "report": referral.report,
        "proposal": referral.proposal,
        "timeline": _with_workdays(office, case, timeline),
        "actors": _actors(session, timeline),
        "heard": _heard(timeline),
        "repeats": repeats(session, case, prints),
        "visits": visits(session, case, prints),
        "responsibility": responsibility(session, case),
        "approval": approval(session, referral),
        "with_identity": referral.with_identity,
        "send_by": json.loads(referral.send_by_clock),
        "rules": _rules(session, office, item),
        "evidence": evidence(session, referral, chains),
        "papers": issued_papers(session, case, item),
        "late_steps": late_steps(session, chains),
        "fault_on": _fault_on(session, office, item).isoformat(),
        **more,
    }
    cleaned: Facts = without_caller(facts, hidden_in(session, chains), _UNTOUCHED)
    return cleaned


def _rules(session: Session, office: Office, item: Supervision) -> list[Facts]:
    """The rules that were in force on the date of the fault, with their days."""
    day = _fault_on(session, office, item)
    held = [article for article in articles(office.word("dossier.rules")) if article.in_force(day)]
    return [
        {"words": article.words, "from": day_of(article.first), "to": day_of(article.last)}
        for article in held
    ]


def _fault_on(session: Session, office: Office, item: Supervision) -> date:
    """The date of the fault: whose posts and which rules count."""
    confirmed = item.confirmed_at or office.now
    return fault_on(session.get_one(Assignment, item.assignment_id), confirmed.date())


def _offices(office: Office) -> Facts:
    words = ("office", "room", "committee", "series.referral")
    return {name: office.word(name) for name in words}


def _with_workdays(
    office: Office, case: Case, timeline: Sequence[Sequence[Any]]
) -> list[list[Any]]:
    """Each event with the number of working days since the allocation (None before it)."""
    start = case.allocated_at.date() if case.allocated_at else None
    rows = []
    for row in timeline:
        day = datetime.fromisoformat(str(row[2])).date()
        counted = (
            office.calendar.between(start, day) if start is not None and day >= start else None
        )
        rows.append([*row, counted])
    return rows


def _heard(timeline: Sequence[Sequence[Any]]) -> str | None:
    """When the last hearing was over, as the record has it."""
    heard = [
        datetime.fromisoformat(str(row[2])).isoformat()
        for row in timeline
        if row[3] == "supervision.heard"
    ]
    return heard[-1] if heard else None


def _actors(session: Session, timeline: Sequence[Sequence[Any]]) -> Facts:
    """The accounts behind the record's words `user:7`."""
    words = sorted({str(row[4]) for row in timeline if str(row[4]).startswith("user:")})
    return {word: name_of(session, int(word.partition(":")[2])) for word in words}
