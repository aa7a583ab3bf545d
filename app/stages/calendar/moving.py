"""Open deadlines worked out anew: which move, and to when."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, false, func, select, union_all
from sqlalchemy.orm import Session, aliased

from app.ledger import Entry
from app.models import SUBJECTS, Assignment, Case, Reminder
from app.models.columns import clock
from app.models.sessions import UNSCOPED
from app.rules.office import Office
from app.rules.workdays import Calendar, Deadline, deadline_from, last_day
from app.rules.workflow import CLOCKS, LIVE, STANDS
from app.stages.calendar.assists import assist_anew, marked


def moving(session: Session, office: Office) -> list[Entry]:
    """What working every open deadline out anew would change: the later ones, and those whose basis
    is another by now; nothing is written. It looks at all cases, whoever asks."""
    whole_days = office.calendar.to_midnight()
    entries: list[Entry] = []
    for subject, (names, states) in CLOCKS.items():
        model: Any = SUBJECTS[subject]
        running = model.state.in_(states) | _still_running(model, office.now)
        for row in session.scalars(
            select(model).where(running).order_by(model.id), execution_options=UNSCOPED
        ):
            later = {
                name: _later(whole_days if name == "heard" else office.calendar, row.deadline(name))
                for name in names
                if name not in STANDS.get((subject, getattr(row, "role", row.state)), ())
            }
            moved = {name: deadline for name, deadline in later.items() if deadline}
            if moved:
                entries.append(_moved(subject, row, moved, office.now))
    _assists(session, office, entries)
    return entries


def longest_open(session: Session) -> date | None:
    """The last day on which an open clock runs out; None where none runs."""
    latest = [
        select(func.max(getattr(SUBJECTS[subject], f"{name}_at"))).where(
            SUBJECTS[subject].state.in_(states)
        )
        for subject, (names, states) in CLOCKS.items()
        for name in names
    ]
    rows = session.execute(union_all(*latest).execution_options(unscoped=True)).scalars()
    days = [last_day(at) for at in rows if at is not None]
    return max(days, default=None)


def _still_running(one: Any, now: datetime) -> ColumnElement[bool]:
    """What has ended and whose clocks run: an answered reminder may open again, a closed item have
    its review, a suggestion be screened."""
    if one is Reminder:
        held = select(Assignment.id).where(Assignment.state.in_(LIVE))
        return (Reminder.state == "satisfied") & Reminder.assignment_id.in_(held)
    if one is SUBJECTS["case"]:
        waits: ColumnElement[bool] = one.screen_at.is_not(None)
        return waits
    if one is SUBJECTS["supervision"]:
        asked = one.review_asked_at.is_not(None) & one.review_accepted.is_(None)
        closed: ColumnElement[bool] = (one.state == "closed") & ((one.ask_at > now) | asked)
        return closed
    return false()


def alike(entries: list[Entry]) -> list[list[Entry]]:
    """Entries grouped by what they change, so that each group is a few statements."""
    groups: dict[tuple[str, ...], list[Entry]] = {}
    for entry in entries:
        groups.setdefault((entry.subject, *sorted(entry.columns)), []).append(entry)
    return list(groups.values())


def _later(calendar: Calendar, old: Deadline | None) -> Deadline | None:
    """The deadline anew, where that is later or rests on known days by now; else None."""
    if old is None:
        return None
    new = calendar.again(old)
    return new if new.at > old.at or new.basis != old.basis else None


def _moved(subject: str, row: Any, moved: Mapping[str, Deadline], now: datetime) -> Entry:
    columns: dict[str, Any] = {}
    payload: dict[str, Any] = {}
    for name, deadline in moved.items():
        columns |= clock(name, deadline)
        payload[name] = {"told": row.deadline(name).at.isoformat(), "new": deadline.at.isoformat()}
    if "due" in moved and subject == "assignment":
        columns |= marked(row, moved["due"], now)
    chain = row.id if isinstance(row, Case) else row.case_id
    return Entry(
        chain,
        "clock.moved",
        subject,
        row.id,
        None,
        None,
        columns,
        payload,
        getattr(row, "unit_id", None),
    )


def _assists(session: Session, office: Office, entries: list[Entry]) -> None:
    """Open assists move with their leads' due, and where working days come in between though the
    lead's date stands as named; never earlier than they were told."""
    leads: dict[int | None, Mapping[str, Any]] = {
        e.subject_id: e.columns
        for e in entries
        if e.subject == "assignment" and "due_at" in e.columns
    }
    lead = aliased(Assignment)
    query = (
        select(Assignment, lead)
        .join(lead, lead.case_id == Assignment.case_id)
        .where(
            Assignment.role == "assist",
            Assignment.state.in_(LIVE),
            Assignment.round == lead.round,
            lead.role == "lead",
            lead.state.in_(LIVE),
        )
        .order_by(Assignment.id)
    )
    for assist, its_lead in session.execute(query, execution_options=UNSCOPED).all():
        moved = leads.get(its_lead.id)
        new = (
            deadline_from(moved["due_at"], moved["due_clock"])
            if moved
            else its_lead.deadline("due")
        )
        due = assist_anew(office.calendar, assist, new)
        own = assist.deadline("due")
        if due.at > assist.due_at or (
            own is not None and due.at == own.at and due.basis != own.basis
        ):
            entries.append(_moved("assignment", assist, {"due": due}, office.now))
