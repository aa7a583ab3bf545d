"""The bot drafts each report when its period is over; units contest their figures, the centre head issues it. [5]"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import Select, exists, func, literal, select, union_all
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

_LATE = "late"
_UNISSUED = (ReportDraft.report_id.is_(None), ReportDraft.own_overdue_for.is_(None))


def _periods(office: Office) -> Iterator[Period]:
    """The periods of which a draft may be due: on working days, from 08:30 on."""
    today = office.now.date()
    if office.calendar.is_workday(today) and office.now >= sweep_on(today):
        for kind in (*(("weekly",) if office.limits.weekly_reports else ()), *MONTHS):
            yield last_over(kind, today)


def draft_reports(session: Session, now: datetime) -> None:
    """Draft what is due, and mark what was not issued in time: one statement where there is neither. A period that was
    over before the first case was registered has no report; nor is one drafted that was issued already."""
    office = office_at(session, now)
    late = select(literal(_LATE)).where(exists().where(*_UNISSUED, ReportDraft.own_at <= now))
    wanted = {one.kind: one for one in _periods(office)}
    due = {name for (name,) in session.execute(union_all(late, *map(_due, wanted.values())))}
    if _LATE in due:
        _mark(session, now)
    for kind, period in wanted.items():
        if kind in due:
            _draft(session, office, period)


def _due(period: Period) -> Select[str]:
    """Says the kind of a period that has neither draft nor report."""
    began = select(func.min(Case.registered_at)).scalar_subquery()
    there = (
        exists().where(model.kind == period.kind, model.first == period.first) for model in (ReportDraft, Report)
    )
    return select(literal(period.kind)).where(began < period.end, *(~one for one in there))


def _draft(session: Session, office: Office, period: Period) -> None:
    found = canonical(figures(session, office.now, period, {}))
    lock_reports(session)
    if session.scalar(_due(period)) is None:
        return
    limits, today = office.limits, office.now.date()
    contest = office.calendar.run(today, limits.contest_workdays)
    own = office.calendar.run(contest.on, limits.issue_workdays)
    row = ReportDraft(
        kind=period.kind, first=period.first, last=period.last, figures=found, drafted_at=office.now,
        **clock("contest", contest), **clock("own", own),
    )  # fmt: skip
    session.add(row)
    session.flush()
    note_office(session, office.now, BOT, "report.drafted", {**_named(row), "sha256": content_hash(found)})


def _named(row: ReportDraft) -> dict[str, object]:
    return {"draft": row.id, "kind": row.kind, "first": row.first.isoformat()}


def _mark(session: Session, now: datetime) -> None:
    """The centre's own overdue: a draft that was not issued in time, marked once."""
    lock_reports(session)
    query = select(ReportDraft).where(*_UNISSUED, ReportDraft.own_at <= now).order_by(ReportDraft.id)
    for row in session.scalars(query).all():
        row.own_overdue_for = row.own_at
        session.flush()
        payload = {**_named(row), "task": "issue the report", "true_at": row.own_at.isoformat()}
        note_office(session, now, BOT, "centre.overdue", payload)


def contest_figures(session: Session, now: datetime, actor: Actor, id: int, words: str) -> ReportContest:
    """A unit's head contests its figures in a draft: once, in words, until the clock of the draft runs out."""
    lock_reports(session)
    draft = session.get(ReportDraft, id)
    if draft is None or actor.unit_id is None:
        raise NotAllowed("not_found")
    if not words.strip():
        raise NotAllowed("words_missing")
    if draft.report_id is not None or now >= draft.contest_at:
        raise NotAllowed("contest_over")
    query = select(ReportContest.id).where(ReportContest.draft_id == id, ReportContest.unit_id == actor.unit_id)
    if session.scalar(query) is not None:
        raise NotAllowed("contested_already")
    row = ReportContest(draft_id=id, unit_id=actor.unit_id, at=now, by_id=actor.id, words=words)
    session.add(row)
    session.flush()
    payload = {**_named(draft), "contest": row.id, "unit": actor.unit_id, "sha256": content_hash(words)}
    note_office(session, now, actor, "report.contested", payload)
    return row
