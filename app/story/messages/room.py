"""The room's people after a replay: they play listed cases to sealed dossiers, on working days of
their own, with the bot's sweeps in between.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.database import Sessions, retried, transaction
from app.models import Run, Supervision, Unit
from app.papers.dossier import make_waiting
from app.rules.workdays import BEIJING, sweep_on
from app.stages.calendar import office_at
from app.story.theatre.cast import actor_named
from app.story.theatre.fillers import filled
from app.sweep import sweep
from app.verbs import perform

STEPS: tuple[tuple[int, str, str, str, dict[str, Any]], ...] = (
    (1, "09:00", "officer", "open_supervision", {}),
    (1, "15:00", "head", "feed_back", {}),
    (2, "09:00", "officer", "draft_finding", {"finding": "perfunctory"}),
    (2, "10:00", "supervision_head", "confirm_finding", {}),
    (2, "14:00", "head", "record_statement", {}),
    (2, "16:00", "officer", "conclude", {}),
    (3, "09:00", "officer", "complete_referral", {}),
    (3, "10:00", "supervision_head", "review_referral", {}),
    (3, "11:00", "leader", "open_paper", {}),
    (3, "11:30", "leader", "approve_referral", {}),
    (3, "15:00", "officer", "seal_referral", {}),
)
"""On which of the room's working days, when, who, what: `head` is the head of the unit; the bot
drafts on the third."""


@dataclass(frozen=True)
class _Item:
    """A candidate that was listed: its case, the unit's code and the ground."""

    case: int
    unit: str
    ground: str


def dossiers(sessions: Sessions, data: Path, n: int) -> list[Path]:
    """Play n listed cases to sealed dossiers, from the first working day after the last sweep on:
    the zips made below `data`. ValueError where fewer are listed and still undecided."""
    with transaction(sessions) as session:
        items = _listed(session, n)
        last = session.scalar(select(func.max(Run.looked_at)))
        for item in items:
            actor_named(session, f"head@{item.unit}")
        for who in ("officer", "supervision_head", "leader"):
            actor_named(session, who)
    if len(items) < n or last is None:
        raise ValueError(f"{len(items)} listed cases wait for the room, not {n}")
    now = last
    for day, worked in _days(sessions, last.date()):
        sweep(sessions, sweep_on(day))
        for nth, at, who, verb, fields in STEPS:
            if nth == worked:
                now = datetime.combine(day, time.fromisoformat(at), BEIJING)
                for item in items:
                    _do(sessions, now, who, verb, item, fields)
    return make_waiting(sessions, data, now)


def _listed(session: Session, n: int) -> list[_Item]:
    """The first n candidates that stand on a list, one of each case."""
    first = select(func.min(Supervision.id)).where(
        Supervision.state == "candidate",
        Supervision.listed_on.is_not(None),
        Supervision.struck_at.is_(None),
    )
    query = select(Supervision.case_id, Unit.code, Supervision.ground).join(
        Unit, Unit.id == Supervision.unit_id
    )
    query = (
        query.where(Supervision.id.in_(first.group_by(Supervision.case_id)))
        .order_by(Supervision.id)
        .limit(n)
    )
    return [_Item(*row) for row in session.execute(query)]


def _days(sessions: Sessions, last: date) -> Iterator[tuple[date, int]]:
    """The days after the last sweep to the third working day, each with its place among the working
    days (0: a rest day)."""
    worked, day = 0, last
    while worked < STEPS[-1][0]:
        day += timedelta(days=1)
        with transaction(sessions) as session:
            works = office_at(session, sweep_on(day)).calendar.is_workday(day)
        worked += works
        yield day, worked if works else 0


def _do(
    sessions: Sessions, now: datetime, who: str, verb: str, item: _Item, fields: dict[str, Any]
) -> None:
    """One verb of one of the room's people, or of the unit's head, about one item."""
    word = f"head@{item.unit}" if who == "head" else who
    given = filled(verb, f"工单{item.case}", {"as": word, **fields}, now)
    if verb == "draft_finding":
        given["persons"] = [f"{item.unit}_head"]
    if verb in ("open_supervision", "draft_finding"):
        given["ground"] = item.ground
    target: dict[str, Any] = {"case": item.case} | ({} if who == "head" else {"unit": item.unit})
    retried(
        sessions,
        lambda session: perform(session, now, actor_named(session, word), verb, **target, **given),
    )
