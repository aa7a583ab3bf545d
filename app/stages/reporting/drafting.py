"""The bot drafts each report when its period is over, and marks what was not issued in time. [5]"""

from __future__ import annotations

from collections.abc import Collection, Container, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, Select, cast, exists, func, literal, null, select, union_all
from sqlalchemy.orm import Session

from app.ledger import note_office
from app.ledger.chain import canonical, content_hash
from app.models import Case, Report, ReportDraft
from app.models.columns import clock
from app.roles import BOT
from app.rules.office import Office
from app.rules.workdays import sweep_on
from app.stages.calendar import office_at
from app.stages.reporting.contents import Counted, counted
from app.stages.reporting.issue import lock_reports
from app.stages.reporting.kept import keep
from app.stages.reporting.period import MONTHS, Period, last_over

AT_ONCE = 6
"""How many reports are drafted in one transaction, which keeps others from issuing."""
_LATE, _BEGAN = "late", "began"
_UNISSUED = (ReportDraft.report_id.is_(None), ReportDraft.own_overdue_for.is_(None))


def _kinds(office: Office) -> Sequence[str]:
    """The kinds of which a draft may be due: on working days, from 08:30 on."""
    today = office.now.date()
    if not office.calendar.is_workday(today) or office.now < sweep_on(today):
        return ()
    return (*(("weekly",) if office.limits.weekly_reports else ()), *MONTHS)


def _missed(
    office: Office, kind: str, began: datetime, there: Container[tuple[str, date]]
) -> list[Period]:
    """The periods of a kind that are over and have neither draft nor report, the oldest first, back
    to that of the first case: the last one, and those that the bot missed. A week counts where the
    office had weekly reports then."""
    last = period = last_over(kind, office.now.date())
    found = []
    while began < period.end:
        wanted = kind != "weekly" or period is last or office.versions.at(period.end).weekly_reports
        if (kind, period.first) not in there and wanted:
            found.append(period)
        period = last_over(kind, period.first)
    return found[::-1]


@dataclass(frozen=True)
class Due:
    """What is to be drafted, counted already, and whether drafts are to be marked as late; `more`:
    there is more than is drafted at once."""

    drafts: Sequence[tuple[Period, Counted]] = ()
    late: bool = False
    more: bool = False

    def __bool__(self) -> bool:
        return bool(self.drafts) or self.late


def wanted_reports(session: Session, now: datetime) -> tuple[list[Period], bool]:
    """The periods to be drafted, and whether a draft is late: one statement. A period that was over
    before the first case was registered has no report; nor is one drafted that was issued
    already."""
    office = office_at(session, now)
    rows = session.execute(_begun_and_late(_kinds(office), now)).all()
    return _wanted(office, rows), any(row[0] == _LATE for row in rows)


def due_reports(session: Session, now: datetime) -> Due:
    """What is due, a few at once, counted: this only reads, so that nobody waits for it."""
    wanted, late = wanted_reports(session, now)
    moment = office_at(session, now).now
    drafts = [(period, counted(session, moment, period, {})) for period in wanted[:AT_ONCE]]
    return Due(drafts, late, len(wanted) > AT_ONCE)


def file_drafts(session: Session, now: datetime, due: Due) -> None:
    """Put on file what was counted, and mark what was not issued in time."""
    office = office_at(session, now)
    if due.late:
        _mark(session, now)
    for period, found in due.drafts:
        _draft(session, office, period, found)


def _begun_and_late(kinds: Collection[str], now: datetime) -> Any:
    """Asks when the first case was registered, whether a draft is late, and which periods of these
    kinds have a draft or a report."""
    late = select(literal(_LATE), null(), null()).where(
        exists().where(*_UNISSUED, ReportDraft.own_at <= now)
    )
    if not kinds:
        return late
    # Of the types that the union has, whatever the others leave empty.
    began = select(literal(_BEGAN), cast(null(), Date), func.min(Case.registered_at))
    there = [
        select(model.kind, model.first, null()).where(model.kind.in_(kinds))
        for model in (ReportDraft, Report)
    ]
    return union_all(began, late, *there)


def _wanted(office: Office, rows: Sequence[Any]) -> list[Period]:
    """The periods to be drafted, by what was asked; none before the first case."""
    start = next((row[2] for row in rows if row[0] == _BEGAN), None)
    if start is None:
        return []
    there = {(row[0], row[1]) for row in rows}
    return [period for kind in _kinds(office) for period in _missed(office, kind, start, there)]


def _due(period: Period) -> Select[str]:
    """Says the kind of a period that has neither draft nor report."""
    began = select(func.min(Case.registered_at)).scalar_subquery()
    there = (
        exists().where(model.kind == period.kind, model.first == period.first)
        for model in (ReportDraft, Report)
    )
    return select(literal(period.kind)).where(began < period.end, *(~made for made in there))


def _draft(session: Session, office: Office, period: Period, found: Counted) -> None:
    lock_reports(session)
    if session.scalar(_due(period)) is None:
        return
    told = canonical(found.figures)
    limits, today = office.limits, office.now.date()
    contest = office.calendar.run(today, limits.contest_workdays)
    own = office.calendar.run(contest.on, limits.issue_workdays)
    row = ReportDraft(
        kind=period.kind,
        first=period.first,
        last=period.last,
        figures=told,
        count_id=keep(session, office.now, found.rows),
        drafted_at=office.now,
        **clock("contest", contest),
        **clock("own", own),
    )
    session.add(row)
    session.flush()
    note_office(
        session, office.now, BOT, "report.drafted", {**named(row), "sha256": content_hash(told)}
    )


def named(row: ReportDraft) -> dict[str, object]:
    """A draft as events name it."""
    return {"draft": row.id, "kind": row.kind, "first": row.first.isoformat()}


def _mark(session: Session, now: datetime) -> None:
    """The centre's own overdue: a draft that was not issued in time, marked once."""
    lock_reports(session)
    query = (
        select(ReportDraft).where(*_UNISSUED, ReportDraft.own_at <= now).order_by(ReportDraft.id)
    )
    for row in session.scalars(query).all():
        row.own_overdue_for = row.own_at
        session.flush()
        payload = {**named(row), "task": "issue the report", "true_at": row.own_at.isoformat()}
        note_office(session, now, BOT, "centre.overdue", payload)
