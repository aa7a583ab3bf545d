"""The bot drafts each report when its period is over; units contest their figures, the centre head
issues it. [5]"""

from __future__ import annotations

from collections.abc import Collection, Container, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, Select, cast, exists, func, literal, null, select, union_all
from sqlalchemy.orm import Session

from app.ledger import note_office
from app.ledger.chain import canonical, content_hash
from app.models import Case, Report, ReportContest, ReportDraft
from app.models.columns import clock
from app.roles import BOT, Actor
from app.rules.office import Office
from app.rules.refusal import NotAllowed
from app.rules.workdays import sweep_on
from app.stages.calendar import office_at
from app.stages.reporting.contents import figures
from app.stages.reporting.issue import lock_reports
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


def draft_reports(session: Session, now: datetime) -> bool:
    """Draft what is due, a few at once, and mark what was not issued in time: one statement where
    there is neither. Gives whether more is due. A period that was over before the first case was
    registered has no report; nor is one drafted that was issued already."""
    office = office_at(session, now)
    rows = session.execute(_begun_and_late(_kinds(office), now)).all()
    if any(row[0] == _LATE for row in rows):
        _mark(session, now)
    wanted = _wanted(office, rows)
    # All are counted before anything is locked.
    counted = [
        (period, canonical(figures(session, office.now, period, {}))) for period in wanted[:AT_ONCE]
    ]
    for period, contents in counted:
        _draft(session, office, period, contents)
    return len(wanted) > AT_ONCE


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


def _draft(session: Session, office: Office, period: Period, found: str) -> None:
    lock_reports(session)
    if session.scalar(_due(period)) is None:
        return
    limits, today = office.limits, office.now.date()
    contest = office.calendar.run(today, limits.contest_workdays)
    own = office.calendar.run(contest.on, limits.issue_workdays)
    row = ReportDraft(
        kind=period.kind,
        first=period.first,
        last=period.last,
        figures=found,
        drafted_at=office.now,
        **clock("contest", contest),
        **clock("own", own),
    )
    session.add(row)
    session.flush()
    note_office(
        session, office.now, BOT, "report.drafted", {**_named(row), "sha256": content_hash(found)}
    )


def _named(row: ReportDraft) -> dict[str, object]:
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
        payload = {**_named(row), "task": "issue the report", "true_at": row.own_at.isoformat()}
        note_office(session, now, BOT, "centre.overdue", payload)


def contest_figures(
    session: Session, now: datetime, actor: Actor, id: int, words: str
) -> ReportContest:
    """A unit's head contests its figures in a draft: once, in words, until the clock of the draft
    runs out."""
    lock_reports(session)
    draft = session.get(ReportDraft, id)
    if draft is None or actor.unit_id is None:
        raise NotAllowed("not_found")
    if not words.strip():
        raise NotAllowed("words_missing")
    if draft.report_id is not None or now >= draft.contest_at:
        raise NotAllowed("contest_over")
    query = select(ReportContest.id).where(
        ReportContest.draft_id == id, ReportContest.unit_id == actor.unit_id
    )
    if session.scalar(query) is not None:
        raise NotAllowed("contested_already")
    row = ReportContest(draft_id=id, unit_id=actor.unit_id, at=now, by_id=actor.id, words=words)
    session.add(row)
    session.flush()
    payload = {
        **_named(draft),
        "contest": row.id,
        "unit": actor.unit_id,
        "sha256": content_hash(words),
    }
    note_office(session, now, actor, "report.contested", payload)
    return row
