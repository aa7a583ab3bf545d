"""The second summary: how much each measure counts on each day, by unit, category, township and
channel. Counted from the record, never kept in step by hand: of the days that events touched it is
counted anew, and all open months each night."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import delete, func, insert, select, tuple_
from sqlalchemy.orm import Session

from app.ledger.chain import canonical
from app.models import Case, FigureCount, FigureState, ReportDraft
from app.models.sessions import UNSCOPED
from app.rules.workdays import beijing
from app.stages.reporting.cells import NOTHING, Cell, count_all
from app.stages.reporting.period import Period
from app.stages.reporting.sources import TRANSIENT
from app.stages.reporting.touched import last_event, touched_days

STATE, FILLING = 1, 2
"""The row that says up to which event the figures are counted; and, while all days are counted for
the first time, that of the event with which this began and (`checked_at`) up to when it came."""
LATE = timedelta(minutes=15)
"""How long after it happened an event may be committed."""
AT_ONCE, OUT_AT_ONCE = 5_000, 1_000
"""How many rows are written in one statement, and how many are taken out."""
CELL, ALL = "cell", "all"


class Key(NamedTuple):
    """What a number of the summary is of; `by` as in its table."""

    by: str
    day: date
    unit_id: int
    category_id: int
    township_id: int
    channel: str
    measure: str


Numbers = dict[Key, int]
_COLUMNS = tuple(getattr(FigureCount, name) for name in Key._fields)


@dataclass(frozen=True)
class Survey:
    """What a look found: how the numbers of some days stand in the summary and how they are by the
    record, up to which event."""

    event_id: int
    at: datetime
    days: Sequence[date]
    stood: Numbers
    counted: Numbers

    def differing(self, *but: date) -> dict[Key, tuple[int, int]]:
        """key -> (what stood, what was counted) where the two differ, in their order; not of days
        that are named."""
        keys = sorted(self.stood.keys() | self.counted.keys())
        pairs = {key: (self.stood.get(key, 0), self.counted.get(key, 0)) for key in keys}
        return {
            key: pair for key, pair in pairs.items() if pair[0] != pair[1] and key.day not in but
        }


def _keys(cell: Cell, flag: str) -> Iterable[Key]:
    """The cell itself, and its part in each sum."""
    day = cell.day or date.min
    yield Key(CELL, day, cell.unit, cell.category, cell.township, cell.channel, flag)
    yield Key("unit", day, cell.unit, NOTHING, NOTHING, "", flag)
    yield Key("category", day, NOTHING, cell.category, NOTHING, "", flag)
    yield Key("township", day, NOTHING, NOTHING, cell.township, "", flag)
    yield Key("channel", day, NOTHING, NOTHING, NOTHING, cell.channel, flag)
    yield Key(ALL, day, NOTHING, NOTHING, NOTHING, "", flag)


def recounted(session: Session, first: date, last: date, now: datetime) -> Numbers:
    """The numbers of the days first..last by the record: one statement a source."""
    period = Period("days", first, last)
    numbers: Numbers = {}
    for found in count_all(session, period, now, of_days=True, by_day=True).values():
        for cell in found:
            for flag in cell.flags:
                for key in _keys(cell, flag):
                    numbers[key] = numbers.get(key, 0) + cell.n
    return numbers


def _stood(session: Session, first: date, last: date) -> Numbers:
    query = select(*_COLUMNS, FigureCount.n).where(FigureCount.day.between(first, last))
    return {Key(*row[:-1]): row.n for row in session.execute(query)}


def _runs(days: Iterable[date]) -> list[tuple[date, date]]:
    """Days as runs of days that follow one another: (first, last)."""
    runs: list[tuple[date, date]] = []
    for day in sorted(set(days)):
        if runs and day - runs[-1][1] == timedelta(days=1):
            runs[-1] = (runs[-1][0], day)
        else:
            runs.append((day, day))
    return runs


def look(session: Session, now: datetime, days: Iterable[date]) -> Survey:
    """How the numbers of some days stand, and how they are; nothing is written, nothing locked."""
    event_id = last_event(session)
    found: list[date] = sorted(set(days))
    stood: Numbers = {}
    counted: Numbers = {}
    for first, last in _runs(found):
        stood |= _stood(session, first, last)
        counted |= recounted(session, first, last, now)
    return Survey(event_id, now, found, stood, counted)


def state_of(session: Session, lock: bool = False) -> FigureState | None:
    """How far the figures are counted; None where they never were. `lock`: nobody else writes them
    until the transaction ends."""
    return session.get(FigureState, STATE, populate_existing=True, with_for_update=lock)


def pending(session: Session, now: datetime, again: bool = False) -> list[date]:
    """The days whose numbers may have changed since they were counted; none where they never were.
    `again`: also those of what happened just before that."""
    state = state_of(session)
    if state is None:
        return []
    since = beijing(state.counted_at).date() - timedelta(days=1)
    today = beijing(now).date()
    lately = [since + timedelta(days=n) for n in range((today - since).days + 1)]
    from_then = state.counted_at - LATE if again else None
    return sorted({*lately, *touched_days(session, state.event_id, today, from_then)})


def first_day(session: Session) -> date | None:
    """The day on which the first case was registered."""
    first = session.scalar(select(func.min(Case.registered_at)), execution_options=UNSCOPED)
    return None if first is None else beijing(first).date()


def filling(session: Session) -> FigureState | None:
    """How far the first counting of all days came; None where it has not begun, or is done."""
    return session.get(FigureState, FILLING, populate_existing=True)


def fill(session: Session, found: Survey, until: datetime) -> int:
    """Write the numbers of some days of the first counting, up to a moment."""
    row = filling(session)
    if row is None:
        row = FigureState(id=FILLING, event_id=found.event_id, counted_at=found.at)
    row.checked_at = until
    session.add(row)
    return _write(session, found)


def filled(session: Session) -> None:
    """Say that all days are counted, up to what happened when that began."""
    row = filling(session)
    if row is not None:
        state = FigureState(id=STATE, event_id=row.event_id, counted_at=row.counted_at)
        session.delete(row)
        session.add(state)
        session.flush()


def write(session: Session, found: Survey, differs: str | None = None, whole: bool = False) -> int:
    """Write what differs, and up to where it was counted; how many numbers changed. `whole`: all
    open months were looked at, and `differs` says what was found wrong in them."""
    state = state_of(session, lock=True) or FigureState(id=STATE, event_id=0)
    if state.event_id > found.event_id:
        return 0  # somebody who looked later was faster
    changed = _write(session, found)
    state.event_id, state.counted_at = found.event_id, found.at
    if whole:
        state.checked_at, state.differs = found.at, differs
    session.add(state)
    session.flush()
    return changed


def _write(session: Session, found: Survey) -> int:
    """Write what differs; how many numbers changed."""
    changed = found.differing()
    for part in _parts([key for key, (was, _) in changed.items() if was], OUT_AT_ONCE):
        session.execute(delete(FigureCount).where(tuple_(*_COLUMNS).in_(part)))
    rows = [{**key._asdict(), "n": now} for key, (_, now) in changed.items() if now]
    for lines in _parts(rows, AT_ONCE):
        session.execute(insert(FigureCount), lines)
    session.flush()
    return len(changed)


def _parts(rows: Sequence[Any], n: int) -> Iterable[Sequence[Any]]:
    return (rows[place : place + n] for place in range(0, len(rows), n))


def wrong_of(found: Survey, but: Iterable[date]) -> Mapping[Key, tuple[int, int]]:
    """What stood otherwise than it is, though nothing touched its day: somebody changed rows behind
    the ledger, or the summary itself. What time alone moves is no difference."""
    return {
        key: pair
        for key, pair in found.differing(*but).items()
        if key.by == CELL and key.measure not in TRANSIENT
    }


def open_since(session: Session, latest: Period) -> date:
    """The first day of the open months: that of the oldest draft that is not issued, at the latest
    that of a month which is always looked at."""
    query = select(func.min(ReportDraft.first)).where(
        ReportDraft.report_id.is_(None), ReportDraft.kind == "monthly"
    )
    drafted = session.scalar(query)
    return latest.first if drafted is None else min(drafted, latest.first)


def told_of(wrong: Mapping[Key, tuple[int, int]]) -> str | None:
    """The first row that was wrong, in canonical JSON, and how many were; None where all is well."""
    if not wrong:
        return None
    key, (stood, counted) = next(iter(wrong.items()))
    told = {**key._asdict(), "day": key.day.isoformat(), "stood": stood, "counted": counted}
    return canonical({**told, "n": len(wrong)})


def difference(session: Session) -> dict[str, Any] | None:
    """What the last whole recount found: `day`, `measure`, what `stood` and what was `counted` of the
    first row, and how many (`n`) differed; None where all was well."""
    state = state_of(session)
    if state is None or state.differs is None:
        return None
    told = json.loads(state.differs)
    return {name: told[name] for name in ("day", "measure", "stood", "counted", "n")}
