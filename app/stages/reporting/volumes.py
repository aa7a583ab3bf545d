"""What a report tells of the office as a whole: cases, contacts, hot topics, events, overdue work,
suggestions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import and_, case, func, select
from sqlalchemy.orm import Session, aliased

from app.models import (
    Assignment,
    Case,
    Category,
    Contact,
    DayCount,
    Event,
    Request,
    Suggestion,
    Unit,
)
from app.models.acceptance import path_of
from app.rules.covering import covered
from app.rules.limits import Limits
from app.rules.office import Office
from app.rules.workdays import last_day
from app.stages.covers import hidden_of
from app.stages.reporting.conditions import met_by_interim, open_at
from app.stages.reporting.period import Period
from app.stages.reporting.queries import how_many, rows_of, tallied

OWN_OVERDUE = ("centre.overdue", "room.overdue")
"""The events of the centre's and the room's own overdue work."""


def counted_events(session: Session, period: Period) -> dict[str, int]:
    """How often each event word fell, from the day's summary."""
    query = (
        select(DayCount.word, func.sum(DayCount.n).label("n"))
        .where(DayCount.day.between(period.first, period.last))
        .group_by(DayCount.word)
    )
    return {row["word"]: int(row["n"]) for row in rows_of(session, query)}


def own_overdue(session: Session, period: Period) -> dict[str, int]:
    """The centre's and the room's own overdue work: events of the period."""
    query = select(Event.kind, func.count().label("n")).where(
        Event.kind.in_(OWN_OVERDUE), period.holds(Event.at)
    )
    found = {row["kind"]: int(row["n"]) for row in rows_of(session, query.group_by(Event.kind))}
    return {kind.replace(".", "_"): found.get(kind, 0) for kind in OWN_OVERDUE}


def _named(tally: Mapping[str, int], categories: Mapping[str, str]) -> dict[str, Any]:
    return {word: {"name": categories.get(word, ""), "n": n} for word, n in tally.items()}


def category_names(session: Session) -> dict[str, str]:
    """Category id -> its name, below that of the one above it."""
    above = aliased(Category)
    query = select(Category.id, Category.name, above.name.label("above"))
    query = query.outerjoin(above, above.id == Category.parent_id)
    return {str(row["id"]): path_of(row["name"], row["above"]) for row in rows_of(session, query)}


def case_volumes(
    session: Session, period: Period, categories: Mapping[str, str], limits: Limits
) -> dict[str, Any]:
    """The cases registered in the period, by channel, kind, category, mode and place."""
    by = (Case.channel, Case.kind, Case.category_id, Case.mode)
    query = (
        select(*by, func.count().label("n")).where(period.holds(Case.registered_at)).group_by(*by)
    )
    rows = list(rows_of(session, query))
    total = sum(int(row["n"]) for row in rows)
    return {
        "registered": total,
        **{f"by_{name}": tallied(rows, name) for name in ("channel", "kind", "mode")},
        "by_category": _named(tallied(rows, "category_id"), categories),
        "by_place": _places(session, period, total, limits),
    }


def _places(session: Session, period: Period, total: int, limits: Limits) -> dict[str, int]:
    """The places with most cases, the others summed: neither a confidential case's place nor a lone
    one is named."""
    spot = case((Case.confidential, ""), else_=Case.place).label("spot")
    inner = select(Case.id, spot).where(period.holds(Case.registered_at)).subquery()
    many = func.count().label("n")
    query = select(inner.c.spot, many).where(inner.c.spot != "").group_by(inner.c.spot)
    query = query.having(func.count() >= limits.place_cases)
    rows = list(
        rows_of(session, query.order_by(many.desc(), func.min(inner.c.id)).limit(limits.places))
    )
    places = tallied(rows, "spot")
    return places | {"other": total - sum(places.values())}


def contact_volumes(
    session: Session, period: Period, categories: Mapping[str, str], limits: Limits
) -> tuple[dict[str, Any], list[Any]]:
    """The contacts entered in the period, by channel and kind; and the hot topics: categories with
    most of them."""
    by = (Contact.channel, Contact.kind, Case.category_id)
    query = select(*by, func.count().label("n")).outerjoin(Case, Case.id == Contact.case_id)
    rows = list(rows_of(session, query.where(period.holds(Contact.entered_at)).group_by(*by)))
    volumes = {
        "total": sum(int(row["n"]) for row in rows),
        "by_channel": tallied(rows, "channel"),
        "by_kind": tallied(rows, "kind"),
    }
    topics = [row for row in rows if row["category_id"] is not None and row["kind"] != "invalid"]
    counts = tallied(topics, "category_id")
    again = tallied([row for row in topics if row["kind"] == "repeat"], "category_id")
    hottest = sorted(counts, key=lambda one: (-counts[one], int(one)))[: limits.hot_topics]
    return volumes, [
        {
            "category": int(one),
            "name": categories[one],
            "contacts": counts[one],
            "repeats": again.get(one, 0),
        }
        for one in hottest
    ]


def overdue_list(session: Session, period: Period, office: Office) -> dict[str, dict[str, Any]]:
    """What was overdue at the end of the period: case, unit and round -> due day and working days
    late."""
    query = (
        select(
            Case.number,
            Unit.code,
            Unit.name,
            Assignment.round,
            Assignment.role,
            Assignment.due_at,
            Assignment.leader_assigned,
        )
        .join(Case, Case.id == Assignment.case_id)
        .join(Unit, Unit.id == Assignment.unit_id)
        .where(open_at(period.end), Assignment.due_at <= period.end)
        .where(~met_by_interim(Request.promised_on >= period.last))
        .order_by(Assignment.id)
    )
    rows = {}
    for row in rows_of(session, query):
        due = last_day(row["due_at"])
        rows[f"{row['number']}/{row['code']}/{row['round']}"] = {
            "case": row["number"],
            "unit": row["code"],
            "name": row["name"],
            "round": row["round"],
            "role": row["role"],
            "leader_assigned": bool(row["leader_assigned"]),
            "due_on": due.isoformat(),
            "due_at": row["due_at"].isoformat(),
            "workdays_late": office.calendar.between(due, period.last),
        }
    return rows


def suggestion_digest(
    session: Session, period: Period, categories: Mapping[str, str]
) -> dict[str, Any]:
    """The digest 合理化建议汇编: what was kept in the period, by case number: its own words, callers
    covered, and its relevance, in which they are covered too."""
    waiting = and_(
        Suggestion.marked_at < period.end, func.coalesce(Suggestion.screened_at >= period.end, True)
    )
    screened = period.holds(Suggestion.screened_at)
    totals = select(
        how_many(period.holds(Suggestion.marked_at)).label("marked"),
        how_many(and_(screened, Suggestion.kept.is_(True))).label("kept"),
        how_many(and_(screened, Suggestion.kept.is_(False))).label("dropped"),
        how_many(waiting).label("waiting"),
    )
    kept = (
        select(Case.id, Case.number, Case.category_id, Case.narrative, Suggestion.words)
        .join(Case, Case.id == Suggestion.case_id)
        .where(screened, Suggestion.kept.is_(True))
        .order_by(Suggestion.id)
    )
    rows = list(rows_of(session, kept))
    hidden = hidden_of(session, {row["id"] for row in rows}) if rows else {}
    digest = {
        row["number"]: {
            "category": categories.get(str(row["category_id"]), ""),
            "relevance": covered(row["words"] or "", hidden[row["id"]]),
            "words": covered(row["narrative"], hidden[row["id"]]),
        }
        for row in rows
    }
    return {**next(rows_of(session, totals)), "digest": digest}
