"""What is counted: sources of rows, and the flags that say which counts a row is in. Every figure of
the desk is counted from these, and every list behind a figure is made of the same rows.

A source gives rows (`id`, `case_id`, `unit_id`, `day`, perhaps `channel`) and a column of 0 or 1 for
each of its flags. Which day counts, and what is left out, is said in the package.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Date, Integer, Select, and_, case, func, literal, or_, select

from app.models import (
    Assignment,
    Case,
    Contact,
    Referral,
    Reminder,
    Reply,
    Request,
    Suggestion,
    Supervision,
    Visit,
)
from app.stages.reporting.conditions import (
    answered,
    contacted,
    excluded,
    lead_before,
    met_by_interim,
    on_day_before,
    open_at,
)
from app.stages.reporting.period import Period

Rows = Select[Any]
Flags = Mapping[str, ColumnElement[bool] | None]
RATED = ("satisfied", "basically", "dissatisfied")
"""What a caller may say who is counted among those who judged."""
TRANSIENT = ("running", "to_sign")
"""The flags that time alone moves, without an event."""


@dataclass(frozen=True)
class Source:
    """Rows of one table that are counted on one day each. `of_days`: what is counted of days may be
    added up; else it is what stands at the end of a period."""

    name: str
    rows: type[Any]
    select: Callable[[Period, datetime], Rows]
    flags: tuple[str, ...]
    of_days: bool = True


def _day(moment: Any) -> Any:
    return func.date(moment, type_=Date)


def _rows(model: type[Any], unit: Any, day: Any, flags: Flags, case_id: Any = None) -> Rows:
    """Rows of a table with their flags; a flag without a condition is every row's."""
    return select(
        model.id.label("id"),
        (model.case_id if case_id is None else case_id).label("case_id"),
        unit.label("unit_id"),
        day.label("day"),
        *(
            (literal(1, Integer) if holds is None else case((holds, 1), else_=0)).label(name)
            for name, holds in flags.items()
        ),
    ).select_from(model)


def _cases(period: Period, now: datetime) -> Rows:
    rows = _rows(Case, Case.lead_unit_id, _day(Case.registered_at), {"registered": None}, Case.id)
    return rows.where(period.holds(Case.registered_at))


def _contacts(period: Period, now: datetime) -> Rows:
    about = func.coalesce(Contact.counts_on_id, Contact.case_id)
    flags = {"contacts": None, "repeats": Contact.counts_on_id.is_not(None)}
    rows = _rows(Contact, Case.lead_unit_id, _day(Contact.entered_at), flags, about)
    rows = rows.add_columns(Contact.channel.label("channel"))
    return rows.outerjoin(Case, Case.id == about).where(period.holds(Contact.entered_at))


def _allocated(period: Period, now: datetime) -> Rows:
    returned = Assignment.state == "returned"
    signed = and_(
        Assignment.signed_at.is_not(None),
        func.coalesce(Assignment.sign_at > Assignment.signed_at, True),
    )
    unsure = or_(
        Assignment.state == "return_pending",
        and_(Assignment.state == "allocated", Assignment.sign_at > now),
    )
    running = and_(Assignment.signed_at.is_(None), unsure)
    flags = {
        "allocated": None,
        "returned": returned,
        "running": running,
        "to_sign": and_(~returned, ~running),
        "signed_in_time": and_(~returned, signed),
    }
    recalled = and_(Assignment.state == "cancelled", Assignment.signed_at.is_(None))
    rows = _rows(Assignment, Assignment.unit_id, _day(Assignment.allocated_at), flags)
    return rows.where(period.holds(Assignment.allocated_at), ~recalled)


def _due(period: Period, now: datetime) -> Rows:
    ended = and_(
        Assignment.state == "cancelled",
        func.coalesce(Assignment.ended_at <= Assignment.due_at, True),
    )
    in_time = or_(answered(Reply.late.is_(False)), met_by_interim())
    flags = {
        "due": ~ended,
        "ended": ended,
        "answered_in_time": and_(~ended, in_time),
        "unmet": and_(~ended, ~in_time),
    }
    rows = _rows(Assignment, Assignment.unit_id, on_day_before(Assignment.due_at), flags)
    return rows.join(Case, Case.id == Assignment.case_id).where(
        Assignment.due_at > period.start,
        Assignment.due_at <= min(period.end, now),
        Assignment.state != "returned",
    )


def _answers(period: Period, now: datetime) -> Rows:
    late = Reply.late.is_(True)
    flags = {"answered": None, "on_time": ~late, "late": late}
    rows = _rows(Reply, Assignment.unit_id, _day(Reply.filed_at), flags)
    rows = rows.join(Assignment, Assignment.id == Reply.assignment_id)
    return rows.where(period.holds(Reply.filed_at), Reply.state != "refused")


def _reminders(period: Period, now: datetime) -> Rows:
    void = Reminder.state == "void"
    flags = {"reminders": ~void, "void": void}
    rows = _rows(Reminder, Reminder.unit_id, _day(Reminder.issued_at), flags)
    return rows.where(period.holds(Reminder.issued_at))


def _lapsed(period: Period, now: datetime) -> Rows:
    rows = _rows(Reminder, Reminder.unit_id, _day(Reminder.lapsed_at), {"lapsed": None})
    return rows.where(period.holds(Reminder.lapsed_at), Reminder.in_error.is_(False))


def _visits(period: Period, now: datetime) -> Rows:
    done, counts = Visit.state == "done", ~excluded()
    says = {word: and_(done, counts, Visit.satisfied == word) for word in RATED}
    flags = {
        **says,
        "content": or_(says["satisfied"], says["basically"]),
        "rated": or_(*says.values()),
        "declined": and_(done, Visit.satisfied == "declined"),
        "unreachable": Visit.state == "unreachable",
        "excluded": and_(done, Visit.satisfied.in_(RATED), ~counts),
        "asked": and_(done, Visit.solved.is_not(None)),
        **{word: and_(done, Visit.solved == word) for word in ("solved", "partly", "unreasonable")},
        "contact_asked": and_(done, contacted().is_not(None)),
        "contacted": and_(done, contacted().is_(True)),
    }
    unit = lead_before(Visit.case_id, Visit.planned_at)
    rows = _rows(Visit, unit, _day(Visit.ended_at), flags)
    return rows.join(Case, Case.id == Visit.case_id).where(
        period.holds(Visit.ended_at), Visit.state.in_(("done", "unreachable"))
    )


def _closed(period: Period, now: datetime) -> Rows:
    flags = {"closed": None, "unrated": func.coalesce(Case.closed_as, "") == "anonymous"}
    rows = _rows(Case, Case.lead_unit_id, _day(Case.closed_at), flags, Case.id)
    return rows.where(Case.state == "closed", period.holds(Case.closed_at))


def _rulings(period: Period, now: datetime) -> Rows:
    flags = {"returns": Request.state == "accepted", "refused_returns": Request.state == "refused"}
    rows = _rows(Request, Request.unit_id, _day(Request.ruled_at), flags)
    ruled = Request.state.in_(("accepted", "refused"))
    return rows.where(Request.kind == "return", ruled, period.holds(Request.ruled_at))


def _redo(period: Period, now: datetime) -> Rows:
    rows = _rows(
        Assignment, Assignment.unit_id, _day(Assignment.allocated_at), {"redo_ordered": None}
    )
    again = and_(Assignment.round > 1, Assignment.role == "lead")
    return rows.where(again, period.holds(Assignment.allocated_at))


def _listed(period: Period, now: datetime) -> Rows:
    rows = _rows(Supervision, Supervision.unit_id, Supervision.listed_on, {"listed": None})
    stands = Supervision.struck_at.is_(None)
    return rows.where(Supervision.listed_on.between(period.first, period.last), stands)


def _supervision(column: str, flag: str) -> Callable[[Period, datetime], Rows]:
    """Items by the day on which something was done with them."""

    def found(period: Period, now: datetime) -> Rows:
        moment = getattr(Supervision, column)
        rows = _rows(Supervision, Supervision.unit_id, _day(moment), {flag: None})
        return rows.where(period.holds(moment))

    return found


def _referred(period: Period, now: datetime) -> Rows:
    rows = _rows(Referral, Referral.unit_id, _day(Referral.sent_at), {"referred": None})
    return rows.where(period.holds(Referral.sent_at))


def _suggested(period: Period, now: datetime) -> Rows:
    rows = _rows(
        Suggestion, Case.lead_unit_id, _day(Suggestion.screened_at), {"suggestions_kept": None}
    )
    rows = rows.join(Case, Case.id == Suggestion.case_id)
    return rows.where(Suggestion.kept.is_(True), period.holds(Suggestion.screened_at))


def _standing(period: Period, now: datetime) -> Rows:
    late = and_(
        Assignment.due_at <= period.end, ~met_by_interim(Request.promised_on >= period.last)
    )
    day = literal(period.last, Date)
    rows = _rows(Assignment, Assignment.unit_id, day, {"open": None, "overdue": late})
    return rows.join(Case, Case.id == Assignment.case_id).where(open_at(period.end))


SOURCES: dict[str, Source] = {
    one.name: one
    for one in (
        Source("registered", Case, _cases, ("registered",)),
        Source("contacts", Contact, _contacts, ("contacts", "repeats")),
        Source(
            "allocated",
            Assignment,
            _allocated,
            ("allocated", "returned", "running", "to_sign", "signed_in_time"),
        ),
        Source("due", Assignment, _due, ("due", "ended", "answered_in_time", "unmet")),
        Source("answers", Reply, _answers, ("answered", "on_time", "late")),
        Source("reminders", Reminder, _reminders, ("reminders", "void")),
        Source("lapsed", Reminder, _lapsed, ("lapsed",)),
        Source(
            "visits",
            Visit,
            _visits,
            (
                *(*RATED, "content", "rated", "declined", "unreachable", "excluded"),
                *("asked", "solved", "partly", "unreasonable", "contact_asked", "contacted"),
            ),
        ),
        Source("closed", Case, _closed, ("closed", "unrated")),
        Source("rulings", Request, _rulings, ("returns", "refused_returns")),
        Source("redo", Assignment, _redo, ("redo_ordered",)),
        Source("listed", Supervision, _listed, ("listed",)),
        Source("opened", Supervision, _supervision("opened_at", "supervised"), ("supervised",)),
        Source("found", Supervision, _supervision("confirmed_at", "found"), ("found",)),
        Source("referred", Referral, _referred, ("referred",)),
        Source("suggested", Suggestion, _suggested, ("suggestions_kept",)),
        Source("standing", Assignment, _standing, ("open", "overdue"), of_days=False),
    )
}
"""Every source, by name."""
SOURCE_OF: dict[str, Source] = {flag: one for one in SOURCES.values() for flag in one.flags}
"""flag -> the source that has it."""
