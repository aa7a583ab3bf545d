"""(5) reporting. "Regularly classify and analyse calls, content and handling; comprehensively evaluate the organizers;
report suggestions to county leaders."

What counts, and on which day (days are Beijing's; a period runs from 00:00 of its first day to 24:00 of its last).
What happened is dated by its row; what is known of it - a return accepted, a reply refused, a visit amended, a unit
found not responsible - is as known when the report is issued. A case counts on the day it was registered, a contact
on the day it was entered, so that each is in exactly one report of a kind. Events come from the day's summary.

allocated: assignments (lead, assist, redo) allocated in the period; not those cancelled before anybody signed
  (recalled). `returned`: those of them whose return was accepted. Signed in time: signed before the signing clock ran
  out. `running`: not signed yet when the report is issued, and still in time or with a return pending.
fell due: the due moment lies after the first 00:00 and not after the last 24:00 - wherever it was moved to by then.
  Not those returned, nor those `ended` (cancelled) before that moment.
answered in time and not later refused: of those due, a final reply that is not late and not refused; an emergency is
  also met by an interim reply filed in time, unless refused.
on time, late, answered: final replies filed in the period and not refused, by the verdict frozen at filing.
open, overdue: at the end of the period allocated, not ended, without a final reply that is not refused; overdue
  where due by then.
rated, asked: visits that ended in the period, by the outcome of their newest record; a visit is the unit's whose
  lead assignment was accepted last before it was planned, else the centre's own (direct answers). `excluded`: the
  latest review of that round found the unit not responsible, under a code. Asked is every visit that was done.
redo ordered, refused and accepted returns, repeats, supervised (items opened), referred: events of the period.
reminders: issued in the period and not void; lapsed: lapsed in the period, not in error.
untrue: rounds of cases of which a visit of the period says untrue, not excluded.
leaks: identity leaks that the centre head names when issuing, by unit.
closed: cases closed in the period and still closed, by lead unit.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Date, Select, and_, case, distinct, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from app.ledger import note_office, take
from app.ledger.chain import canonical
from app.models import (
    OFFICE_CHAIN,
    Assignment,
    CalendarDay,
    Case,
    Category,
    Contact,
    DayCount,
    Event,
    Notice,
    OfficeHead,
    Referral,
    Reminder,
    Reply,
    Report,
    Request,
    Responsibility,
    Setting,
    Suggestion,
    Supervision,
    Unit,
    Visit,
)
from app.roles import Actor
from app.rules import evaluation
from app.rules.evaluation import Evaluation, Points, UnitCounts, evaluate, half_up, ranking, rate
from app.rules.events import COUNTED
from app.rules.office import Office
from app.rules.refusal import NotAllowed
from app.rules.workdays import BEIJING, last_day
from app.rules.workflow import LIVE
from app.stages.calendar import office_at

Counts = dict[int, dict[str, int]]
Query = Select[*tuple[Any, ...]]
Key = tuple[date, int, int, str]
CENTRE = 0
"""The unit number under which the centre's own answers are counted."""
HOT_TOPICS, PLACES, PLACE_CASES = 10, 30, 2
"""How many categories and places a report names, and from how many cases on a place; others are summed. [ours]"""
OWN_OVERDUE = ("centre.overdue", "room.overdue")


# --- the period ---


@dataclass(frozen=True)
class Period:
    """A week, month, quarter or year: its first and last day, and the two midnights between which it lies."""

    kind: str
    first: date
    last: date

    @property
    def start(self) -> datetime:
        """00:00 of the first day, inclusive."""
        return datetime.combine(self.first, time(0), BEIJING)

    @property
    def end(self) -> datetime:
        """24:00 of the last day, exclusive."""
        return datetime.combine(self.last + timedelta(days=1), time(0), BEIJING)

    def holds(self, moment: Any) -> ColumnElement[bool]:
        """A column's moment lies in the period."""
        return and_(moment >= self.start, moment < self.end)


MONTHS = {"monthly": 1, "quarterly": 3, "yearly": 12}
KINDS = ("weekly", *MONTHS)


def period_of(kind: str, first: date) -> Period:
    """The period of a kind that begins on a day: a Monday, or the first of a month, quarter or year."""
    if kind not in KINDS:
        raise NotAllowed("unknown_report", kind=kind)
    months = MONTHS.get(kind, 1)
    aligned = first.weekday() == 0 if kind == "weekly" else first.day == 1 and (first.month - 1) % months == 0
    if not aligned:
        raise NotAllowed("period_not_aligned", kind=kind, first=first.isoformat())
    if kind == "weekly":
        return Period(kind, first, first + timedelta(days=6))
    following = first.month - 1 + months
    return Period(kind, first, date(first.year + following // 12, following % 12 + 1, 1) - timedelta(days=1))


# --- counting: one statement each, whatever the number of rows ---


def _rows(session: Session, query: Query) -> Iterator[dict[str, Any]]:
    for row in session.execute(query, execution_options={"unscoped": True}):
        yield dict(row._mapping)


def _by_unit(session: Session, query: Query) -> Counts:
    """unit -> counts, of a query that is grouped by `unit_id`."""
    counts: Counts = {}
    for row in _rows(session, query):
        unit = row.pop("unit_id") or CENTRE
        counts[unit] = {name: int(n or 0) for name, n in row.items()}
    return counts


def _many(condition: ColumnElement[bool]) -> ColumnElement[int]:
    """How many rows of a group fulfil a condition."""
    return func.count().filter(condition)


def _answered(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    """The assignment has a final reply that is not refused, and more."""
    return exists().where(Reply.assignment_id == Assignment.id, Reply.state != "refused", *conditions)


def _interim(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    """An emergency met by an interim reply filed in time."""
    filed = exists().where(
        Request.assignment_id == Assignment.id, Request.kind == "interim", Request.filed_at < Assignment.due_at,
        Request.state.in_(("pending", "accepted")), *conditions,
    )  # fmt: skip
    return and_(Case.urgency == "emergency", Assignment.round == 1, filed)


def _allocated(session: Session, period: Period, now: datetime) -> Counts:
    signed = and_(Assignment.signed_at.is_not(None), func.coalesce(Assignment.sign_at > Assignment.signed_at, True))
    unsure = or_(Assignment.state == "return_pending", and_(Assignment.state == "allocated", Assignment.sign_at > now))
    recalled = and_(Assignment.state == "cancelled", Assignment.signed_at.is_(None))
    query = select(
        Assignment.unit_id,
        func.count().label("allocated"),
        _many(Assignment.state == "returned").label("returned"),
        _many(and_(Assignment.signed_at.is_(None), unsure)).label("running"),
        _many(and_(Assignment.state != "returned", signed)).label("signed_in_time"),
    ).where(period.holds(Assignment.allocated_at), ~recalled)
    return _by_unit(session, query.group_by(Assignment.unit_id))


def _due(session: Session, period: Period) -> Counts:
    ended = and_(Assignment.state == "cancelled", func.coalesce(Assignment.ended_at <= Assignment.due_at, True))
    in_time = or_(_answered(Reply.late.is_(False)), _interim())
    query = (
        select(
            Assignment.unit_id,
            _many(~ended).label("due"),
            _many(ended).label("ended"),
            _many(and_(~ended, in_time)).label("answered_in_time"),
        )
        .join(Case, Case.id == Assignment.case_id)
        .where(Assignment.due_at > period.start, Assignment.due_at <= period.end, Assignment.state != "returned")
    )
    return _by_unit(session, query.group_by(Assignment.unit_id))


def _answers(session: Session, period: Period) -> Counts:
    began, ended = aliased(CalendarDay), aliased(CalendarDay)
    taken = ended.ordinal - began.ordinal
    query = (
        select(
            Assignment.unit_id,
            func.count().label("answered"),
            _many(Reply.late.is_(False)).label("on_time"),
            _many(Reply.late.is_(True)).label("late"),
            func.sum(taken).label("workdays"),
            func.count(taken).label("timed"),
        )
        .select_from(Reply)
        .join(Assignment, Assignment.id == Reply.assignment_id)
        .outerjoin(began, began.day == func.date(Assignment.allocated_at, type_=Date))
        .outerjoin(ended, ended.day == func.date(Reply.filed_at, type_=Date))
        .where(period.holds(Reply.filed_at), Reply.state != "refused")
    )
    return _by_unit(session, query.group_by(Assignment.unit_id))


def _open_at(end: datetime) -> ColumnElement[bool]:
    return and_(
        Assignment.allocated_at < end,
        or_(Assignment.state.in_(LIVE), Assignment.ended_at >= end),
        ~_answered(Reply.filed_at < end),
    )


def _open(session: Session, period: Period) -> Counts:
    query = select(Assignment.unit_id, func.count().label("open")).where(_open_at(period.end))
    return _by_unit(session, query.group_by(Assignment.unit_id))


def _reminders(session: Session, period: Period) -> Counts:
    issued, void = period.holds(Reminder.issued_at), Reminder.state == "void"
    lapsed = and_(period.holds(Reminder.lapsed_at), Reminder.in_error.is_(False))
    query = select(
        Reminder.unit_id,
        _many(and_(issued, ~void)).label("reminders"),
        _many(and_(issued, void)).label("void"),
        _many(lapsed).label("lapsed"),
    ).where(or_(issued, period.holds(Reminder.lapsed_at)))
    return _by_unit(session, query.group_by(Reminder.unit_id))


def _lead_before(case_id: Any, moment: Any) -> Any:
    """The unit whose lead assignment of a case was accepted last before a moment; NULL where none was."""
    lead = aliased(Assignment)
    query = select(lead.unit_id).where(
        lead.case_id == case_id, lead.role == "lead", lead.state == "accepted", lead.ended_at <= moment
    )
    return query.order_by(lead.id.desc()).limit(1).scalar_subquery()


def _excluded() -> ColumnElement[bool]:
    """The latest review of the visit's round found the unit not responsible, under a code."""
    review, later = aliased(Responsibility), aliased(Responsibility)
    after = exists().where(later.case_id == review.case_id, later.round == review.round, later.id > review.id)
    reviewed = exists().where(
        review.case_id == Visit.case_id, review.round == Visit.round, review.excluded_as.is_not(None), ~after
    )
    return or_(reviewed, and_(Case.round == Visit.round, Case.excluded_as.is_not(None)))


def _visits(session: Session, period: Period) -> Counts:
    found = (
        select(
            Visit.case_id, Visit.round, Visit.state, Visit.truth, Visit.solved, Visit.satisfied,
            _lead_before(Visit.case_id, Visit.planned_at).label("unit_id"),
            case((_excluded(), 1), else_=0).label("excluded"),
        )
        .join(Case, Case.id == Visit.case_id)
        .where(period.holds(Visit.ended_at), Visit.state.in_(("done", "unreachable")))
        .subquery()
    )  # fmt: skip
    one = found.c
    done, counts = one.state == "done", one.excluded == 0
    rated = one.satisfied.in_(("satisfied", "basically", "dissatisfied"))
    untrue = and_(done, counts, one.truth == "untrue")
    query = select(
        one.unit_id,
        *(_many(and_(done, counts, one.satisfied == word)).label(word) for word in ("satisfied", "basically")),
        _many(and_(done, counts, one.satisfied == "dissatisfied")).label("dissatisfied"),
        _many(and_(done, one.satisfied == "declined")).label("declined"),
        _many(one.state == "unreachable").label("unreachable"),
        _many(and_(done, rated, one.excluded == 1)).label("excluded"),
        _many(and_(done, one.solved.is_not(None))).label("asked"),
        *(_many(and_(done, one.solved == word)).label(word) for word in ("solved", "partly", "unreasonable")),
        func.count(distinct(one.case_id * 1000 + one.round)).filter(untrue).label("untrue"),
    )
    return _by_unit(session, query.group_by(one.unit_id))


def _closed(session: Session, period: Period) -> Counts:
    query = (
        select(
            Case.lead_unit_id.label("unit_id"),
            func.count().label("closed"),
            _many(Case.closed_as == "anonymous").label("unrated"),
        )
        .where(Case.state == "closed", period.holds(Case.closed_at))
        .group_by(Case.lead_unit_id)
    )
    return _by_unit(session, query)


UNIT_WORDS = {
    "assignment.returned": "returns",
    "assignment.return_refused": "refused_returns",
    "case.redo_ordered": "redo_ordered",
    "case.repeated": "repeats",
    "supervision.opened": "supervised",
    "supervision.referred": "referred",
}
"""The events of the day's summary that are counted per unit, and what they are called in a report."""


def _events(session: Session, period: Period) -> tuple[Counts, dict[str, int]]:
    """From the summary: per unit what `UNIT_WORDS` names, and every word in all."""
    query = (
        select(DayCount.unit_id, DayCount.word, func.sum(DayCount.n).label("n"))
        .where(DayCount.day.between(period.first, period.last))
        .group_by(DayCount.unit_id, DayCount.word)
    )
    units: Counts = {}
    words: dict[str, int] = {}
    for row in _rows(session, query):
        words[row["word"]] = words.get(row["word"], 0) + int(row["n"])
        if row["word"] in UNIT_WORDS:
            units.setdefault(row["unit_id"], {})[UNIT_WORDS[row["word"]]] = int(row["n"])
    return units, words


def _own_overdue(session: Session, period: Period) -> dict[str, int]:
    """The centre's and the room's own overdue work: events of the period."""
    query = select(Event.kind, func.count().label("n")).where(Event.kind.in_(OWN_OVERDUE), period.holds(Event.at))
    found = {row["kind"]: int(row["n"]) for row in _rows(session, query.group_by(Event.kind))}
    return {kind.replace(".", "_"): found.get(kind, 0) for kind in OWN_OVERDUE}


# --- what a report contains ---


def _tally(rows: Iterable[Mapping[str, Any]], name: str) -> dict[str, int]:
    tally: dict[str, int] = {}
    for row in rows:
        word = str(row[name]) if row[name] not in (None, "") else "none"
        tally[word] = tally.get(word, 0) + int(row["n"])
    return tally


def _named(tally: Mapping[str, int], categories: Mapping[str, str]) -> dict[str, Any]:
    return {word: {"name": categories.get(word, ""), "n": n} for word, n in tally.items()}


def _categories(session: Session) -> dict[str, str]:
    above = aliased(Category)
    query = select(Category.id, Category.name, above.name.label("above"))
    query = query.outerjoin(above, above.id == Category.parent_id)
    return {
        str(row["id"]): f"{row['above']}/{row['name']}" if row["above"] else row["name"]
        for row in _rows(session, query)
    }


def _cases(session: Session, period: Period, categories: Mapping[str, str]) -> dict[str, Any]:
    """The cases registered in the period, by channel, kind, category, mode and place."""
    by = (Case.channel, Case.kind, Case.category_id, Case.mode)
    query = select(*by, func.count().label("n")).where(period.holds(Case.registered_at)).group_by(*by)
    rows = list(_rows(session, query))
    total = sum(int(row["n"]) for row in rows)
    return {
        "registered": total,
        **{f"by_{name}": _tally(rows, name) for name in ("channel", "kind", "mode")},
        "by_category": _named(_tally(rows, "category_id"), categories),
        "by_place": _places(session, period, total),
    }


def _places(session: Session, period: Period, total: int) -> dict[str, int]:
    """The places with most cases, the others summed: neither a confidential case's place nor a lone one is named."""
    spot = case((Case.confidential, ""), else_=Case.place).label("spot")
    inner = select(Case.id, spot).where(period.holds(Case.registered_at)).subquery()
    many = func.count().label("n")
    query = select(inner.c.spot, many).where(inner.c.spot != "").group_by(inner.c.spot)
    query = query.having(func.count() >= PLACE_CASES)
    rows = list(_rows(session, query.order_by(many.desc(), func.min(inner.c.id)).limit(PLACES)))
    places = _tally(rows, "spot")
    return places | {"other": total - sum(places.values())}


def _contacts(session: Session, period: Period, categories: Mapping[str, str]) -> tuple[dict[str, Any], list[Any]]:
    """The contacts entered in the period, by channel and kind; and the hot topics: categories with most of them."""
    by = (Contact.channel, Contact.kind, Case.category_id)
    query = select(*by, func.count().label("n")).outerjoin(Case, Case.id == Contact.case_id)
    rows = list(_rows(session, query.where(period.holds(Contact.entered_at)).group_by(*by)))
    volumes = {
        "total": sum(int(row["n"]) for row in rows),
        "by_channel": _tally(rows, "channel"),
        "by_kind": _tally(rows, "kind"),
    }
    topics = [row for row in rows if row["category_id"] is not None and row["kind"] != "invalid"]
    counts = _tally(topics, "category_id")
    again = _tally([row for row in topics if row["kind"] == "repeat"], "category_id")
    hottest = sorted(counts, key=lambda one: (-counts[one], int(one)))[:HOT_TOPICS]
    return volumes, [
        {"category": int(one), "name": categories[one], "contacts": counts[one], "repeats": again.get(one, 0)}
        for one in hottest
    ]


def _overdue(session: Session, period: Period, office: Office) -> dict[str, dict[str, Any]]:
    """What was overdue at the end of the period: case, unit and round -> due day and working days late."""
    query = (
        select(
            Case.number, Unit.code, Unit.name, Assignment.round, Assignment.role, Assignment.due_at,
            Assignment.leader_assigned,
        )
        .join(Case, Case.id == Assignment.case_id)
        .join(Unit, Unit.id == Assignment.unit_id)
        .where(_open_at(period.end), Assignment.due_at <= period.end, ~_interim(Request.promised_on >= period.last))
        .order_by(Assignment.id)
    )  # fmt: skip
    rows = {}
    for row in _rows(session, query):
        due = last_day(row["due_at"])
        rows[f"{row['number']}/{row['code']}/{row['round']}"] = {
            "case": row["number"], "unit": row["code"], "name": row["name"], "round": row["round"],
            "role": row["role"], "leader_assigned": bool(row["leader_assigned"]), "due_on": due.isoformat(),
            "workdays_late": office.calendar.between(due, period.last),
        }  # fmt: skip
    return rows


def _suggestions(session: Session, period: Period, categories: Mapping[str, str]) -> dict[str, Any]:
    """The digest 合理化建议汇编: what was kept in the period, by case number and relevance - no caller's words."""
    waiting = and_(Suggestion.marked_at < period.end, func.coalesce(Suggestion.screened_at >= period.end, True))
    screened = period.holds(Suggestion.screened_at)
    totals = select(
        _many(period.holds(Suggestion.marked_at)).label("marked"),
        _many(and_(screened, Suggestion.kept.is_(True))).label("kept"),
        _many(and_(screened, Suggestion.kept.is_(False))).label("dropped"),
        _many(waiting).label("waiting"),
    )
    kept = (
        select(Case.number, Case.category_id, Suggestion.words)
        .join(Case, Case.id == Suggestion.case_id)
        .where(screened, Suggestion.kept.is_(True))
        .order_by(Suggestion.id)
    )
    digest = {
        row["number"]: {"category": categories.get(str(row["category_id"]), ""), "relevance": row["words"]}
        for row in _rows(session, kept)
    }
    return {**next(_rows(session, totals)), "digest": digest}


# --- the units ---


def _percent(numerator: int, denominator: int) -> str | None:
    found = rate(numerator, denominator)
    return None if found is None else str(found)


def _volume(one: Mapping[str, int]) -> dict[str, Any]:
    """One unit's line of the table of volumes."""
    pleased, rated = one["satisfied"] + one["basically"], one["satisfied"] + one["basically"] + one["dissatisfied"]
    timed = one["timed"]
    plain = (
        "allocated", "on_time", "late", "open", "overdue", "returns", "reminders", "lapsed", "supervised", "repeats",
        "closed", "unrated", "asked", "partly", "unreasonable",
    )  # fmt: skip
    return {
        **{name: one[name] for name in plain},
        "redo": one["redo_ordered"],
        "rated": rated,
        "satisfaction": _percent(pleased, rated),
        "solved": _percent(one["solved"], one["asked"]),
        "average_workdays": str(half_up(Decimal(one["workdays"]) / timed)) if timed else None,
    }


def _direct(one: Mapping[str, int]) -> dict[str, Any]:
    """The centre's own line: what it answered itself, and how that was received."""
    line = _volume(one)
    return {name: line[name] for name in ("closed", "rated", "satisfaction", "asked", "solved", "repeats")}


def _evaluated(counts: UnitCounts, found: Evaluation) -> dict[str, Any]:
    """One unit's evaluation: numerators, denominators and exclusions shown; null stands for "—"."""
    items = {
        name: {
            "numerator": line.numerator, "denominator": line.denominator, "excluded": dict(line.excluded),
            "rate": _word(line.rate), "points": _word(line.points), "weight": _word(line.weight),
        }
        for name, line in found.items.items()
    }  # fmt: skip
    return {
        "counts": asdict(counts),
        "items": items,
        "deductions": {name: str(taken) for name, taken in found.deductions.items()},
        "deducted": str(found.deducted),
        "subtotal": _word(found.subtotal),
        "total": _word(found.total),
        "band": found.band,
        "ranked": found.ranked,
    }


def _word(number: Decimal | None) -> str | None:
    return None if number is None else str(number)


_COUNTED = tuple(one.name for one in fields(UnitCounts))
_SHOWN = (*_COUNTED, "on_time", "late", "open", "overdue", "returns", "repeats", "workdays", "timed", "unrated")


def _count_units(session: Session, period: Period, now: datetime) -> Counts:
    """Every count of every unit; `CENTRE` for what no unit did."""
    parts = (
        _allocated(session, period, now), _due(session, period), _answers(session, period), _open(session, period),
        _reminders(session, period), _visits(session, period), _closed(session, period),
    )  # fmt: skip
    whole: Counts = {}
    for part in parts:
        for unit, counts in part.items():
            whole.setdefault(unit, {}).update(counts)
    return whole


def _units(session: Session) -> dict[int, dict[str, Any]]:
    query = select(Unit.id, Unit.code, Unit.name, Unit.active).order_by(Unit.code)
    return {row["id"]: row for row in _rows(session, query)}


def _points(session: Session) -> Points:
    """The table of points as the office has set it."""
    query = select(Setting.name, Setting.value).where(Setting.name.startswith(evaluation.SETTING, autoescape=True))
    return evaluation.points_of({row["name"]: row["value"] for row in _rows(session, query)})


def _table(points: Points) -> dict[str, Any]:
    """The points in force, as a report shows them."""
    scales = {
        name: {"weight": str(one.weight), "full": str(one.full), "each": str(one.each), "least": str(one.least)}
        for name, one in points.items.items()
    }
    return {
        "items": scales,
        "deductions": {name: str(value) for name, value in asdict(points.deductions).items()},
        "bands": {word: str(least) for least, word in points.bands},
        "tiers": list(points.tiers),
    }


def _evaluation(
    units: Mapping[str, Mapping[str, Any]], counts: Mapping[str, Mapping[str, int]], points: Points, ranked_closed: int
) -> dict[str, Any]:
    """The evaluation of units: each one's, the ranking by tier of volume, and those listed without a rank."""
    own = {code: UnitCounts(**{name: one[name] for name in _COUNTED}) for code, one in counts.items()}
    found = {code: evaluate(one, points, ranked_closed) for code, one in own.items()}
    ranks = {
        str(tier): [
            {
                "rank": rank, "unit": code, "name": units[code]["name"], "closed": found[code].closed,
                "total": _word(found[code].total), "band": found[code].band,
            }
            for rank, code in places
        ]
        for tier, places in ranking(found, points).items()
    }  # fmt: skip
    return {
        "points": _table(points),
        "ranked_closed": ranked_closed,
        "units": {code: _evaluated(own[code], one) for code, one in found.items()},
        "ranking": ranks,
        "not_ranked": sorted(code for code, one in found.items() if not one.ranked),
    }


# --- figures, frozen ---


def figures(session: Session, now: datetime, period: Period, leaks: Mapping[str, int]) -> dict[str, Any]:
    """The figures of a period as known at `now`, in a constant number of statements: canonical JSON's types only."""
    office = office_at(session, now)
    categories, named = _categories(session), _units(session)
    events, words = _events(session, period)
    contacts, topics = _contacts(session, period, categories)
    overdue = _overdue(session, period, office)
    counted = _count_units(session, period, now)
    whole = {unit: dict.fromkeys(_SHOWN, 0) | counted.get(unit, {}) | events.get(unit, {}) for unit in (CENTRE, *named)}
    late = Counter(row["unit"] for row in overdue.values())
    by_code = {one["code"]: whole[unit] for unit, one in named.items()}
    for code, one in by_code.items():
        one["leaks"] = leaks.get(code, 0)
        one["overdue"] = late[code]
    units = {one["code"]: one for one in named.values()}
    shown = {code: one for code, one in by_code.items() if units[code]["active"] or any(one.values())}
    return {
        "period": {"kind": period.kind, "first": period.first.isoformat(), "last": period.last.isoformat()},
        "volumes": {"contacts": contacts, "cases": _cases(session, period, categories), "events": words},
        "hot_topics": topics,
        "centre": _own_overdue(session, period) | _direct(whole[CENTRE]),
        "units": {code: {"name": units[code]["name"], **_volume(one)} for code, one in shown.items()},
        "evaluation": _evaluation(units, shown, _points(session), office.limits.ranked_closed),
        "overdue": overdue,
        "suggestions": _suggestions(session, period, categories),
        "leaks": {code: n for code, n in leaks.items() if n},
    }


def changes(old: Any, new: Any, path: str = "") -> Iterator[dict[str, Any]]:
    """What differs between two sets of figures: path, old, new; a list is one thing, what is absent is null."""
    if isinstance(old, dict) and isinstance(new, dict):
        for name in sorted(old.keys() | new.keys()):
            yield from changes(old.get(name), new.get(name), f"{path}/{name}" if path else name)
    elif old != new:
        yield {"path": path, "old": old, "new": new}


# --- the verbs ---


def _newest(session: Session, period: Period) -> Report | None:
    query = select(Report).where(Report.kind == period.kind, Report.first == period.first)
    return session.scalars(query.order_by(Report.version.desc()).limit(1)).first()


def _lock(session: Session) -> None:
    """One report at a time: the office's chain is held from here on, so nobody issues the same one meanwhile."""
    session.execute(select(OfficeHead.id).where(OfficeHead.id == OFFICE_CHAIN).with_for_update())


def _leaks(session: Session, leaks: Mapping[str, int]) -> dict[str, int]:
    """Identity leaks as the centre head names them, by the unit's code."""
    known = set(session.scalars(select(Unit.code).where(Unit.code.in_(leaks)))) if leaks else set()
    for code, n in leaks.items():
        if code not in known:
            raise NotAllowed("unknown_unit", unit=code)
        if n < 0:
            raise NotAllowed("leaks_below_zero", unit=code)
    return dict(leaks)


def issue_report(
    session: Session, now: datetime, actor: Actor, kind: str, first: date, leaks: Mapping[str, int] | None = None
) -> Report:
    """Issue a report 工作通报 of a period that is over: its figures are frozen, it gets the next number of the year in
    which it is issued. `leaks`: identity leaks found in the period, by the unit's code."""
    period = period_of(kind, first)
    if now < period.end:
        raise NotAllowed("period_not_over", last=period.last.isoformat())
    _lock(session)
    if _newest(session, period) is not None:
        raise NotAllowed("report_issued", kind=kind, first=first.isoformat())
    office = office_at(session, now)
    found = figures(session, now, period, _leaks(session, leaks or {}))
    n = take(session, f"report.{kind}", now.year)
    number = f"{office.word(f'report.{kind}')}〔{now.year}〕第{n}期"
    row = Report(
        kind=kind, first=first, last=period.last, version=1, number=number, figures=canonical(found), reason="",
        issued_at=now, issued_by_id=actor.id,
    )  # fmt: skip
    return _file(session, now, actor, row, "report.issued")


def reissue_report(
    session: Session,
    now: datetime,
    actor: Actor,
    kind: str,
    first: date,
    reason: str,
    leaks: Mapping[str, int] | None = None,
) -> Report:
    """Issue a report again, as a new version that says what changed; the earlier ones stay as they are. `leaks` as
    in the version before where none are named."""
    period = period_of(kind, first)
    if not reason.strip():
        raise NotAllowed("reason_missing")
    _lock(session)
    before = _newest(session, period)
    if before is None:
        raise NotAllowed("report_not_issued", kind=kind, first=first.isoformat())
    old = json.loads(before.figures)
    new = figures(session, now, period, old["leaks"] if leaks is None else _leaks(session, leaks))
    changed = list(changes(old, new))
    if not changed:
        raise NotAllowed("nothing_changed")
    version = before.version + 1
    number = f"{before.number.partition('(')[0]}(第{version}版)"
    row = Report(
        kind=kind, first=first, last=period.last, version=version, number=number, figures=canonical(new),
        changes=canonical(changed), reason=reason, issued_at=now, issued_by_id=actor.id,
    )  # fmt: skip
    return _file(session, now, actor, row, "report.reissued")


def _file(session: Session, now: datetime, actor: Actor, row: Report, kind: str) -> Report:
    """Put a report on file, with its event in the office's chain, which seals the figures."""
    session.add(row)
    session.flush()
    payload = {
        "report": row.id, "kind": row.kind, "first": row.first.isoformat(), "version": row.version,
        "number": row.number, "sha256": hashlib.sha256(row.figures.encode()).hexdigest(),
    }  # fmt: skip
    note_office(session, now, actor, kind, payload)
    return row


# --- the summary, counted again ---


LED = ("case.closed", "visit.recorded")
"""Events about a case that are counted for the unit that leads it."""


def _payload_after(event: Any, kind: str, about: Any, of: Any, says: str) -> Any:
    """The payload of the first event of a kind after an event, about the same thing; NULL where there is none."""
    later = aliased(Event)
    query = select(later.payload).where(later.kind == kind, getattr(later, about) == of, later.id > event.id)
    return query.where(later.payload.contains(says, autoescape=True)).order_by(later.id).limit(1).scalar_subquery()


def _leading(event: Any, visit: Any) -> Any:
    """The unit that led the case when a case closed or a visit was recorded: by the case's rows, or - where another
    case has taken them over since - by the acceptance in the same chain."""
    accepted, lead = aliased(Event), aliased(Assignment)
    in_chain = (
        select(lead.unit_id)
        .join(accepted, and_(accepted.subject_id == lead.id, accepted.kind == "assignment.accepted"))
        .where(accepted.chain == event.chain, accepted.id < event.id, lead.role == "lead")
        .order_by(accepted.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    found = func.coalesce(_lead_before(func.coalesce(visit.case_id, event.chain), event.at), in_chain)
    alone = event.payload.contains('"because":', autoescape=True)
    return case((and_(event.kind.in_(LED), ~alone), found))


def _recorded(period: Period) -> Query:
    """The counted events of a period with what says whose they were: whom they told, their row's unit, the lead."""
    one = aliased(Event)
    rows = {subject: aliased(model) for subject, model in _WITH_UNIT.items()}
    visit = aliased(Visit)
    succeeded = _payload_after(one, "assignment.succeeded", "subject_id", rows["assignment"].id, '"from":')
    reclassified = _payload_after(one, "case.reclassified", "chain", one.chain, '"category_id":')
    inner = (
        select(
            func.date(one.at, type_=Date).label("day"), one.kind, Notice.recipient.label("told"),
            func.coalesce(*(row.unit_id for row in rows.values())).label("unit"),
            succeeded.label("succeeded"), reclassified.label("reclassified"), _leading(one, visit).label("lead"),
            Case.category_id.label("category"),
        )
        .outerjoin(Notice, and_(Notice.event_id == one.id, Notice.recipient.startswith("unit:")))
        .outerjoin(Case, Case.id == one.chain)
        .outerjoin(visit, and_(one.subject == "visit", visit.id == one.subject_id))
        .where(one.kind.in_(COUNTED), period.holds(one.at))
    )  # fmt: skip
    for subject, row in rows.items():
        inner = inner.outerjoin(row, and_(one.subject == subject, row.id == one.subject_id))
    found = inner.subquery()
    return select(*found.c, func.count().label("n")).group_by(*found.c)


_WITH_UNIT: dict[str, Any] = {
    "assignment": Assignment, "reminder": Reminder, "supervision": Supervision, "referral": Referral,
}  # fmt: skip


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
    """The day's summary counted again from the record, for the days first..last: (day, unit, category, word) -> n.

    Unit and category are those of the moment of the event: a unit's successor and a case's later category do not
    change what was counted."""
    counts: dict[Key, int] = {}
    for row in _rows(session, _recorded(Period("days", first, last))):
        key = (row["day"], _unit_then(row), _category_then(row), row["kind"])
        counts[key] = counts.get(key, 0) + int(row["n"])
    return counts


def drift(session: Session, first: date, last: date) -> dict[Key, tuple[int, int]]:
    """Where the summary and the record differ: (day, unit, category, word) -> (summary, record). Empty when whole."""
    query = select(DayCount.day, DayCount.unit_id, DayCount.category_id, DayCount.word, DayCount.n)
    kept = {
        (row["day"], row["unit_id"], row["category_id"], row["word"]): row["n"]
        for row in _rows(session, query.where(DayCount.day.between(first, last)))
    }
    found = recount(session, first, last)
    keys = sorted(kept.keys() | found.keys())
    return {key: (kept.get(key, 0), found.get(key, 0)) for key in keys if kept.get(key, 0) != found.get(key, 0)}
