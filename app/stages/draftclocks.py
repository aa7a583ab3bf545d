"""The clocks of what has no case worked out anew, when days arrive late: of drafts of reports, until
when units contest their figures and then until when the report is issued; of messages, until when
the centre has done something with them. [procedure 0, 1, 5]"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.ledger import note_office
from app.models import Message, ReportDraft
from app.models.columns import clock
from app.models.sessions import UNSCOPED
from app.roles import Actor
from app.rules.workdays import Calendar, Deadline, deadline_from

Moved = tuple[ReportDraft, Mapping[str, tuple[Deadline, Deadline]]]
"""A draft, and which of its clocks end when by now and when then."""


def drafts_moving(session: Session, calendar: Calendar) -> Sequence[Moved]:
    """The drafts not issued yet whose clocks run longer, or rest on other days by now; nothing is
    written."""
    query = select(ReportDraft).where(ReportDraft.report_id.is_(None)).order_by(ReportDraft.id)
    found = (
        (row, _anew(calendar, row)) for row in session.scalars(query, execution_options=UNSCOPED)
    )
    return [(row, moved) for row, moved in found if moved]


def _anew(calendar: Calendar, row: ReportDraft) -> Mapping[str, tuple[Deadline, Deadline]]:
    told = {
        "contest": deadline_from(row.contest_at, row.contest_clock),
        "own": deadline_from(row.own_at, row.own_clock),
    }
    contest = calendar.again(told["contest"])
    # The report is issued within so many days after the units could contest: from the new last day
    # of that on.
    issued = calendar.run(contest.on, told["own"].n)
    own = max(issued, calendar.again(told["own"]), key=lambda one: one.at)
    new = {"contest": contest, "own": own}
    return {
        name: (old, new[name])
        for name, old in told.items()
        if new[name].at > old.at or new[name].basis != old.basis
    }


def move_drafts(session: Session, now: datetime, actor: Actor, calendar: Calendar) -> None:
    """Let the clocks of drafts run as long as the days say now; both values are on record."""
    for row, moved in drafts_moving(session, calendar):
        told = {
            name: {"told": old.at.isoformat(), "new": new.at.isoformat()}
            for name, (old, new) in moved.items()
        }
        for name, (_, new) in moved.items():
            for column, value in clock(name, new).items():
                setattr(row, column, value)
        session.flush()
        payload = {"draft": row.id, "kind": row.kind, "first": row.first.isoformat(), **told}
        note_office(session, now, actor, "clock.moved", payload)


def move_messages(session: Session, now: datetime, actor: Actor, calendar: Calendar) -> None:
    """Let the clocks of messages that wait run as long as the days say now, never shorter."""
    query = select(Message).where(Message.ended_at.is_(None), Message.own_at > now)
    for row in session.scalars(query.order_by(Message.id), execution_options=UNSCOPED).all():
        if row.own_at is None or row.own_clock is None:
            continue
        old = deadline_from(row.own_at, row.own_clock)
        new = calendar.again(old)
        if new.at <= old.at and new.basis == old.basis:
            continue
        for column, value in clock("own", new).items():
            setattr(row, column, value)
        session.flush()
        told = {"own": {"told": old.at.isoformat(), "new": new.at.isoformat()}}
        note_office(session, now, actor, "clock.moved", {"message": row.id, **told})
