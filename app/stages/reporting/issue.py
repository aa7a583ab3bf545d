"""The verbs: issue a report, and issue it again; its figures are frozen and sealed in the office's
chain."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.ledger import note_office, take, witness
from app.ledger.chain import canonical, content_hash
from app.models import OFFICE_CHAIN, OfficeHead, Report, Unit
from app.roles import Actor
from app.rules.office import Office
from app.rules.refusal import Gone, NotAllowed
from app.stages.calendar import office_at
from app.stages.papers import issue_as_it_stands
from app.stages.reporting.contents import changes, counted
from app.stages.reporting.draft import OF_THE_DRAFT, draft_of, frozen_draft
from app.stages.reporting.kept import keep
from app.stages.reporting.period import Period, period_of

WITNESS = "witness"
"""Where the figures of a report carry the first digits of the checkpoint that covers them."""


def _newest(session: Session, period: Period) -> Report | None:
    query = select(Report).where(Report.kind == period.kind, Report.first == period.first)
    return session.scalars(query.order_by(Report.version.desc()).limit(1)).first()


def _not_issued(session: Session, period: Period) -> None:
    """Raises NotAllowed where a period's report is out."""
    if _newest(session, period) is not None:
        raise NotAllowed("report_issued", kind=period.kind, first=period.first.isoformat())


def lock_reports(session: Session) -> None:
    """One report at a time: the office's chain is held from here on, so nobody issues the same one
    meanwhile."""
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
    session: Session,
    now: datetime,
    actor: Actor,
    kind: str,
    first: date,
    leaks: Mapping[str, int] | None = None,
) -> Report:
    """Issue a report 工作通报 of a period that is over: the figures of its draft are frozen with what
    was said to them, it gets the next number of the year in which it is issued. `leaks`: identity
    leaks found in the period, by the unit's code. One of a week that the bot does not draft is
    counted now."""
    period = period_of(kind, first)
    if now < period.end:
        raise NotAllowed("period_not_over", last=period.last.isoformat())
    _not_issued(session, period)
    office, digits = office_at(session, now), witness(session, now)
    told, count_id = _to_issue(session, now, period, office, _leaks(session, leaks or {}))
    n = take(session, f"report.{kind}", now.year)
    row = Report(
        kind=kind,
        first=first,
        last=period.last,
        version=1,
        number=f"{office.word(f'report.{kind}')}〔{now.year}〕第{n}期",
        figures=_witnessed(told, digits),
        reason="",
        issued_at=now,
        issued_by_id=actor.id,
        count_id=count_id,
    )
    return _file(session, now, actor, row, "report.issued")


def _to_issue(
    session: Session, now: datetime, period: Period, office: Office, leaks: Mapping[str, int]
) -> tuple[dict[str, Any], int | None]:
    """The figures that a report is issued with, and their counting; from here on nobody else issues
    one."""
    draft = draft_of(session, period)
    if draft is not None:
        lock_reports(session)
        _not_issued(session, period)
        session.refresh(draft)
        return frozen_draft(session, now, draft, leaks), draft.count_id
    if period.kind != "weekly" or office.limits.weekly_reports:
        raise NotAllowed("report_not_drafted")
    # Counted before anything is locked: it takes seconds, and whoever writes would wait so long.
    found = counted(session, now, period, leaks)
    lock_reports(session)
    _not_issued(session, period)
    return found.figures, keep(session, now, found.rows)


def reissue_report(
    session: Session,
    now: datetime,
    actor: Actor,
    kind: str,
    first: date,
    reason: str,
    leaks: Mapping[str, int] | None = None,
) -> Report:
    """Issue a report again, as a new version that says what changed; the earlier ones stay as they
    are. `leaks` as in the version before where none are named."""
    period = period_of(kind, first)
    if not reason.strip():
        raise NotAllowed("reason_missing")
    before = _newest(session, period)
    if before is None:
        raise NotAllowed("report_not_issued", kind=kind, first=first.isoformat())
    old = json.loads(before.figures)
    found = counted(session, now, period, old["leaks"] if leaks is None else _leaks(session, leaks))
    new = found.figures | {name: old[name] for name in OF_THE_DRAFT if name in old}
    digits = witness(session, now)
    lock_reports(session)
    newest = _newest(session, period)
    if newest is None or newest.version != before.version:
        raise Gone("another version was issued meanwhile")
    changed = list(changes({name: old[name] for name in old if name != WITNESS}, new))
    if not changed:
        raise NotAllowed("nothing_changed")
    version = before.version + 1
    number = f"{before.number.partition('(')[0]}(第{version}版)"
    row = Report(
        kind=kind,
        first=first,
        last=period.last,
        version=version,
        number=number,
        figures=_witnessed(new, digits),
        changes=canonical(changed),
        reason=reason,
        issued_at=now,
        issued_by_id=actor.id,
        count_id=keep(session, now, found.rows),
    )
    return _file(session, now, actor, row, "report.reissued")


def _witnessed(figures: Mapping[str, Any], digits: str) -> str:
    """Figures as they are kept, with the digits by which the report bears witness to the record; none
    in a rehearsal."""
    return canonical({**figures, WITNESS: digits} if digits else figures)


def _file(session: Session, now: datetime, actor: Actor, row: Report, kind: str) -> Report:
    """Put a report on file, with its event in the office's chain, which seals the figures."""
    session.add(row)
    session.flush()
    draft = draft_of(session, period_of(row.kind, row.first))
    if draft is not None:
        draft.report_id = row.id
        session.flush()
    calendar = office_at(session, now).calendar
    for paper in ("suggestions", "scores"):
        issue_as_it_stands(session, calendar, paper, [row.id])
    payload = {
        "report": row.id,
        "kind": row.kind,
        "first": row.first.isoformat(),
        "version": row.version,
        "number": row.number,
        "sha256": content_hash(row.figures),
    }
    note_office(session, now, actor, kind, payload)
    return row
