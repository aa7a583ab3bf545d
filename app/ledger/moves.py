"""The one door: every state and every event is written here, for one row or for a batch alike.

Case locked first, then the event, then the state that names it, then what ends with it, then heads,
notices and counts. The edge commits.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.ledger.entries import Cell, Entry, allot_ids, born_tips, key_in, tips_of
from app.ledger.heads import look_soon, write_heads
from app.ledger.tips import Tip
from app.ledger.writing import append, hold_born
from app.models import OFFICE_CHAIN, SUBJECTS, Case
from app.roles import BOT, Actor
from app.rules.workflow import ENDS, End


def move_many(
    session: Session, now: datetime, actor: Actor, entries: Sequence[Entry]
) -> dict[int, Tip]:
    """Write entries and all that ends with them, in this transaction: the tips of the chains that
    they stand in. Raises Gone when a row moved on meanwhile, ValueError for a move that the
    procedure does not know."""
    # Ids after locks: of two who wait for one case, the second's events are the newer ones, as the
    # triggers ask.
    tips = tips_of(session, entries)
    allot_ids(session, entries)
    tips |= born_tips(entries)
    for chain, tip in tips.items():
        if chain != OFFICE_CHAIN:
            look_soon(tip, now)
    _with_its_head(entries, tips)
    append(session, now, actor, entries, tips)
    write_heads(session, tips)
    for entry in list(entries):
        if entry.to is not None:
            for end in ENDS.get((entry.subject, entry.to), ()):
                _end(session, now, actor, entry, end)
    return tips


def _with_its_head(entries: Sequence[Entry], tips: Mapping[int, Tip]) -> None:
    """The columns of a case that keeps its state go in the very row of the head that its event
    moves on."""
    alone = entries[0] if len(entries) == 1 else None
    if alone is not None and alone.subject == "case" and alone.to is None and alone.columns:
        alone.with_head = True
        tips[alone.chain].columns |= alone.columns


_PARENTS: dict[tuple[str, str], tuple[str, str]] = {
    ("assignment", "reminder"): ("id", "assignment_id"),
    ("assignment", "request"): ("id", "assignment_id"),
    ("assignment", "reply"): ("id", "assignment_id"),
    ("assignment", "assignment"): ("case_id", "case_id"),
    ("request", "reminder"): ("assignment_id", "assignment_id"),
    ("case", "assignment"): ("id", "case_id"),
    ("case", "supervision"): ("id", "case_id"),
    ("case", "visit"): ("id", "case_id"),
    ("supervision", "case"): ("case_id", "id"),
    ("supervision", "referral"): ("id", "supervision_id"),
    ("referral", "supervision"): ("supervision_id", "id"),
}
"""(what moved, what ends with it) -> the columns by which the two find each other."""


def _end(session: Session, now: datetime, actor: Actor, entry: Entry, end: End) -> None:
    by = session.get_one(SUBJECTS[entry.subject], entry.subject_id)
    ours, theirs = _PARENTS[entry.subject, end.subject]
    model = SUBJECTS[end.subject]
    query = (
        select(model)
        .where(getattr(model, theirs) == getattr(by, ours), model.state.in_(end.states))
        .order_by(model.id)
        .execution_options(populate_existing=True, unscoped=True)
    )
    ended = [row for row in session.scalars(query) if row is not by and end.when(row, by, now)]
    entries = [
        Entry(
            chain_of(row),
            end.event,
            end.subject,
            row.id,
            row.state,
            end.to,
            end.sets(row, by, now),
            {"because": entry.kind},
            _counted_for(row),
        )
        for row in ended
    ]
    if entries:
        move_many(session, now, BOT if end.by_bot else actor, entries)


def _counted_for(row: Any) -> int | None:
    """The unit for which an end is counted: the row's own; for a case the one that leads it."""
    return row.lead_unit_id if isinstance(row, Case) else getattr(row, "unit_id", None)


def chain_of(row: Any) -> int:
    """The chain in which a row's events stand: that of its case."""
    return int(row.id if isinstance(row, Case) else row.case_id)


def subject_of(row: Any) -> str:
    """The event word for a row's table."""
    return next(subject for subject, model in SUBJECTS.items() if isinstance(row, model))


def move(
    session: Session,
    now: datetime,
    actor: Actor,
    row: Any,
    to: str,
    kind: str,
    columns: Mapping[str, Cell] | None = None,
    payload: Mapping[str, Any] | None = None,
    unit_id: int | None = None,
) -> int:
    """Move one row to a state, with its event, other columns of it, and all that ends with it. The
    event's id."""
    unit = getattr(row, "unit_id", None) if unit_id is None else unit_id
    entry = Entry(
        chain_of(row),
        kind,
        subject_of(row),
        row.id,
        row.state,
        to,
        dict(columns or {}),
        dict(payload or {}),
        unit,
    )
    move_many(session, now, actor, [entry])
    return entry.event_id


def note(
    session: Session,
    now: datetime,
    actor: Actor,
    row: Any,
    kind: str,
    columns: Mapping[str, Cell] | None = None,
    payload: Mapping[str, Any] | None = None,
    unit_id: int | None = None,
    rows: Sequence[tuple[type[Any], dict[str, Any]]] = (),
) -> int:
    """Record an event about a row that leaves its state as it is, with new `rows` of tables without
    states. The event's id."""
    unit = getattr(row, "unit_id", None) if unit_id is None else unit_id
    entry = Entry(
        chain_of(row),
        kind,
        subject_of(row),
        row.id,
        None,
        None,
        dict(columns or {}),
        dict(payload or {}),
        unit,
    )
    entry.rows += rows
    move_many(session, now, actor, [entry])
    return entry.event_id


def bear(
    session: Session,
    now: datetime,
    actor: Actor,
    subject: str,
    state: str,
    kind: str,
    columns: Mapping[str, Cell],
    payload: Mapping[str, Any] | None = None,
    id: int | None = None,
) -> Any:
    """Make a new row with a state, and its event. The row. `id` is one that was allotted to it while
    its chain was locked, because something that the event seals names the row."""
    entry = Entry(
        key_in(columns, "case_id") or OFFICE_CHAIN,
        kind,
        subject,
        id,
        None,
        state,
        dict(columns),
        dict(payload or {}),
        key_in(columns, "unit_id"),
        key_in(columns, "category_id"),
    )
    return born(session, entry, move_many(session, now, actor, [entry]))


def born(session: Session, entry: Entry, tips: Mapping[int, Tip]) -> Any:
    """The row that an entry made, without reading what was just written."""
    held = session.identity_map.get(session.identity_key(SUBJECTS[entry.subject], entry.subject_id))
    return hold_born(session, entry, tips) if held is None else held


def note_office(
    session: Session, now: datetime, actor: Actor, kind: str, payload: Mapping[str, Any]
) -> int:
    """Record an event that belongs to no case, in the office's chain. The event's id."""
    entry = Entry(OFFICE_CHAIN, kind, payload=dict(payload))
    move_many(session, now, actor, [entry])
    return entry.event_id
