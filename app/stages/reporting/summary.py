"""The day's summary, counted again from the record: where the two differ, something was changed
behind the ledger."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import Boolean, Date, and_, case, func, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session, aliased
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from app.models import (
    Assignment,
    Case,
    DayCount,
    Event,
    Notice,
    Referral,
    Reminder,
    Supervision,
    Visit,
)
from app.rules.events import COUNTED
from app.stages.reporting.conditions import lead_before
from app.stages.reporting.period import Period
from app.stages.reporting.queries import CENTRE, Query, rows_of

Key = tuple[date, int, int, str]
"""Day, unit, category, word."""
LED = ("case.closed", "visit.recorded")
"""Events about a case that are counted for the unit that leads it."""


class _Says(FunctionElement[bool]):
    """Whether a payload says something of a name: it is read as JSON, whatever else stands in
    it."""

    type = Boolean()
    inherit_cache = True


@compiles(_Says, "postgresql")
def _says_postgres(element: _Says, compiler: SQLCompiler, **given: Any) -> str:
    payload, name = (compiler.process(clause, **given) for clause in element.clauses)
    return f"(CAST({payload} AS json) -> CAST({name} AS text)) IS NOT NULL"


@compiles(_Says, "sqlite")
def _says_sqlite(element: _Says, compiler: SQLCompiler, **given: Any) -> str:
    payload, name = (compiler.process(clause, **given) for clause in element.clauses)
    return f"json_type({payload}, '$.' || {name}) IS NOT NULL"


def _payload_after(event: Any, kind: str, about: Any, of: Any, says: str) -> Any:
    """The payload of the first event of a kind after an event, about the same thing, that says
    something of a name; NULL where there is none."""
    later = aliased(Event)
    query = select(later.payload).where(
        later.kind == kind, getattr(later, about) == of, later.id > event.id
    )
    return query.where(_Says(later.payload, says)).order_by(later.id).limit(1).scalar_subquery()


def _leading(event: Any, visit: Any) -> Any:
    """The assignment that led the case when a case closed or a visit was recorded: by the case's
    rows, or - where another case has taken them over since - by the acceptance in the same
    chain."""
    accepted, lead = aliased(Event), aliased(Assignment)
    in_chain = (
        select(lead.id)
        .join(
            accepted, and_(accepted.subject_id == lead.id, accepted.kind == "assignment.accepted")
        )
        .where(accepted.chain == event.chain, accepted.id < event.id, lead.role == "lead")
        .order_by(accepted.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    found = func.coalesce(
        lead_before(func.coalesce(visit.case_id, event.chain), event.at, "id"), in_chain
    )
    return case((event.kind.in_(LED), found))


def _recorded(period: Period) -> Query:
    """The counted events of a period with what says whose they were: whom they told, their row's
    unit, the lead."""
    one = aliased(Event)
    rows = {subject: aliased(model) for subject, model in _WITH_UNIT.items()}
    visit = aliased(Visit)
    succeeded = _payload_after(
        one, "assignment.succeeded", "subject_id", rows["assignment"].id, "from"
    )
    reclassified = _payload_after(one, "case.reclassified", "chain", one.chain, "category_id")
    inner = (
        select(
            func.date(one.at, type_=Date).label("day"),
            one.kind,
            Notice.recipient.label("told"),
            func.coalesce(*(row.unit_id for row in rows.values())).label("unit"),
            succeeded.label("succeeded"),
            reclassified.label("reclassified"),
            _leading(one, visit).label("lead_id"),
            one.id,
            Case.category_id.label("category"),
        )
        .outerjoin(Notice, and_(Notice.event_id == one.id, Notice.recipient.startswith("unit:")))
        .outerjoin(Case, Case.id == one.chain)
        .outerjoin(visit, and_(one.subject == "visit", visit.id == one.subject_id))
        .where(one.kind.in_(COUNTED), period.holds(one.at))
    )
    for subject, row in rows.items():
        inner = inner.outerjoin(row, and_(one.subject == subject, row.id == one.subject_id))
    told, lead = inner.subquery(), aliased(Assignment)
    led = _payload_after(told.c, "assignment.succeeded", "subject_id", told.c.lead_id, "from")
    names = ("day", "kind", "told", "unit", "reclassified", "category")
    found = (
        select(
            *(told.c[name] for name in names),
            lead.unit_id.label("lead"),
            func.coalesce(told.c.succeeded, led).label("succeeded"),
        )
        .outerjoin(lead, lead.id == told.c.lead_id)
        .subquery()
    )
    return select(*found.c, func.count().label("n")).group_by(*found.c)


_WITH_UNIT: dict[str, Any] = {
    "assignment": Assignment,
    "reminder": Reminder,
    "supervision": Supervision,
    "referral": Referral,
}


def _unit_then(row: Mapping[str, Any]) -> int:
    if row["told"]:
        return int(row["told"].removeprefix("unit:"))
    if row["succeeded"]:
        return int(json.loads(row["succeeded"])["from"])
    return int(row["unit"] or row["lead"] or CENTRE)


def _category_then(row: Mapping[str, Any]) -> int:
    if row["reclassified"]:
        return int(json.loads(row["reclassified"])["category_id"][0] or 0)
    return int(row["category"] or 0)


def recount(session: Session, first: date, last: date) -> dict[Key, int]:
    """The day's summary counted again from the record, for the days first..last: (day, unit,
    category, word) -> n.

    Unit and category are those of the moment of the event: a unit's successor and a case's later
    category do not change what was counted."""
    counts: dict[Key, int] = {}
    for row in rows_of(session, _recorded(Period("days", first, last))):
        key = (row["day"], _unit_then(row), _category_then(row), row["kind"])
        counts[key] = counts.get(key, 0) + int(row["n"])
    return counts


def drift(session: Session, first: date, last: date) -> dict[Key, tuple[int, int]]:
    """Where the summary and the record differ: (day, unit, category, word) -> (summary, record).
    Empty when whole."""
    query = select(DayCount.day, DayCount.unit_id, DayCount.category_id, DayCount.word, DayCount.n)
    stored = {
        (row["day"], row["unit_id"], row["category_id"], row["word"]): row["n"]
        for row in rows_of(session, query.where(DayCount.day.between(first, last)))
    }
    recounted = recount(session, first, last)
    keys = sorted(stored.keys() | recounted.keys())
    return {
        key: (stored.get(key, 0), recounted.get(key, 0))
        for key in keys
        if stored.get(key, 0) != recounted.get(key, 0)
    }
