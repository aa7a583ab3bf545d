"""A draft until it is issued: whether it may be, and what is frozen of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Case, ReportContest, ReportDraft, Unit
from app.rules.covering import covered
from app.rules.gist import gist
from app.rules.refusal import NotAllowed
from app.rules.workdays import last_day
from app.stages.calendar import office_at
from app.stages.covers import hidden_of
from app.stages.reporting.contents import with_leaks
from app.stages.reporting.period import Period
from app.stages.reporting.queries import rows_of
from app.stages.reporting.volumes import category_names

OF_THE_DRAFT = ("edited", "contests", "typical")
"""What stands in a report beside what was counted."""


def draft_of(session: Session, period: Period) -> ReportDraft | None:
    """The draft of a period's report."""
    query = select(ReportDraft).where(
        ReportDraft.kind == period.kind, ReportDraft.first == period.first
    )
    return session.scalars(query).first()


def contests_of(session: Session, draft: ReportDraft) -> list[ReportContest]:
    """What units' heads said to a draft, in the order in which they did."""
    query = select(ReportContest).where(ReportContest.draft_id == draft.id)
    return list(session.scalars(query.order_by(ReportContest.id)))


def unanswered(said: list[ReportContest]) -> list[ReportContest]:
    """The notes that the centre head has not answered yet."""
    return [one for one in said if not one.agrees and one.accepted is None]


def all_agree(session: Session, draft: ReportDraft, said: list[ReportContest]) -> bool:
    """Whether the heads of all units that the draft shows say that there is nothing to object."""
    agree = {one.unit_id for one in said if one.agrees}
    shown = set(json.loads(draft.figures)["units"])
    ids = set(session.scalars(select(Unit.id).where(Unit.code.in_(shown))))
    return ids <= agree


def may_issue(session: Session, now: datetime, draft: ReportDraft) -> None:
    """Raises NotAllowed while a note is unanswered, or while units may still say something and not
    all of them said that there is nothing to object. [procedure 5]"""
    said = contests_of(session, draft)
    waiting = unanswered(said)
    if waiting:
        raise NotAllowed("contest_unanswered", n=len(waiting))
    if now < draft.contest_at and not all_agree(session, draft, said):
        raise NotAllowed("contest_open", till=last_day(draft.contest_at).isoformat())


def frozen_draft(
    session: Session, now: datetime, draft: ReportDraft, leaks: Mapping[str, int]
) -> dict[str, Any]:
    """The figures of a draft as its report has them: with the leaks that are named, what the centre
    head worded otherwise, the cases that he chose, and what was said and answered."""
    may_issue(session, now, draft)
    told: dict[str, Any] = json.loads(draft.figures)
    if leaks:
        told = with_leaks(session, told, leaks, office_at(session, now).limits.ranked_closed)
    edited = json.loads(draft.edited)
    return told | {
        "edited": edited.get("attention", {}),
        "typical": typical_cases(session, edited.get("typical", [])),
        "contests": _told(session, contests_of(session, draft)),
    }


def _told(session: Session, said: list[ReportContest]) -> list[dict[str, Any]]:
    """Notes and answers, as the annex has them."""
    query = select(Unit.id, Unit.code, Unit.name).where(Unit.id.in_([one.unit_id for one in said]))
    units = {row["id"]: row for row in rows_of(session, query)}
    return [
        {
            "unit": units[one.unit_id]["code"],
            "name": units[one.unit_id]["name"],
            "at": one.at.isoformat(),
            "agrees": one.agrees,
            "words": one.words,
            "accepted": one.accepted,
            "answer": one.answer,
            "changes": json.loads(one.changes or "[]"),
        }
        for one in said
    ]


def typical_cases(session: Session, numbers: list[str]) -> list[dict[str, Any]]:
    """The cases that the centre head chose, as a report tells them: what was asked, callers covered,
    and who dealt with it. Raises NotAllowed for a number that is no case's, and for a confidential
    one."""
    query = (
        select(
            Case.id,
            Case.number,
            Case.confidential,
            Case.category_id,
            Case.demand,
            Case.narrative,
            Case.closed_at,
            Unit.name.label("unit"),
        )
        .outerjoin(Unit, Unit.id == Case.lead_unit_id)
        .where(Case.number.in_(numbers))
    )
    rows = {row["number"]: row for row in rows_of(session, query)}
    for number in numbers:
        if number not in rows:
            raise NotAllowed("unknown_case", number=number)
        if rows[number]["confidential"]:
            raise NotAllowed("typical_confidential", number=number)
    hidden = hidden_of(session, {row["id"] for row in rows.values()}) if rows else {}
    names = category_names(session) if rows else {}
    return [_case(rows[number], hidden, names) for number in numbers]


def _case(
    row: Mapping[str, Any], hidden: Mapping[int, Any], names: Mapping[str, str]
) -> dict[str, Any]:
    words = covered(row["demand"] or row["narrative"], hidden[row["id"]])
    return {
        "number": row["number"],
        "category": names.get(str(row["category_id"]), ""),
        "unit": row["unit"] or "",
        "words": gist(words),
        "closed": row["closed_at"] is not None,
    }
