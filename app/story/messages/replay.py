"""Replays real messages through verbs, ledger and sweep: registered, allocated, signed for,
answered as they were."""

from __future__ import annotations

import csv
import gzip
import io
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.database import Sessions, transaction
from app.models import Event, Supervision
from app.rules.workdays import BEIJING, sweep_on
from app.stages.calendar import fill
from app.story.theatre.cast import actor_named, unit_named
from app.story.theatre.fillers import NEXT_STEP, OPINION
from app.story.theatre.record import COMPARED
from app.sweep import sweep
from app.verbs import perform

UNITS = (
    "WATER",
    "HOUSING",
    "TRANSPORT",
    "EDUCATION",
    "POLICE",
    "PLANNING",
    "HEALTH",
    "ENVIRONMENT",
)
_FORMATS = (
    "%Y-%m-%d %H:%M:%S",
    "%Y/%m/%d %H:%M:%S",
    "%Y-%m-%d %H:%M",
    "%Y/%m/%d %H:%M",
    "%Y-%m-%d",
    "%Y/%m/%d",
)


@dataclass(frozen=True)
class Message:
    """One message with the unit's answer; `answered_at` is None where nobody answered."""

    id: str
    user: str
    subject: str
    at: datetime
    body: str
    answer: str
    answered_at: datetime | None


def _moment(value: str) -> datetime | None:
    value = value.strip()
    if not value:
        return None
    for shape in _FORMATS:
        try:
            return datetime.strptime(value, shape).replace(tzinfo=BEIJING)
        except ValueError:
            continue
    raise ValueError(f"not a time: {value!r}")


def messages(path: Path, first: date | None = None, last: date | None = None) -> list[Message]:
    """The messages of a CSV (gzip or plain, UTF-8) in the order of their times, within Beijing
    dates, both included."""
    raw = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    found = []
    for row in csv.DictReader(io.StringIO(raw.decode("utf-8-sig"), newline="")):
        at = _moment(row["留言时间"])
        if at is None or (first and at.date() < first) or (last and at.date() > last):
            continue
        found.append(
            Message(
                row["留言编号"],
                row["留言用户"],
                row["留言主题"].strip(),
                at,
                row["留言详情"].strip(),
                row["答复意见"].strip(),
                _moment(row["答复时间"] or ""),
            )
        )
    return sorted(found, key=lambda message: message.at)


@dataclass(order=True)
class _Turn:
    """Something that happens at a moment: 0 a message, 1 an answer, 2 the day's sweep."""

    at: datetime
    what: int
    place: int


def _turns(found: Sequence[Message]) -> list[_Turn]:
    turns = [_Turn(message.at, 0, place) for place, message in enumerate(found)]
    answers = [
        (message.answered_at, place) for place, message in enumerate(found) if message.answered_at
    ]
    turns += [_Turn(at, 1, place) for at, place in answers]
    if turns:
        day, end = (
            found[0].at.date(),
            max((at for at, _ in answers), default=found[-1].at).date() + timedelta(days=1),
        )
        while day <= end:
            turns.append(_Turn(sweep_on(day), 2, 0))
            day += timedelta(days=1)
    return sorted(turns)


class _Desk:
    """The people of a replay, read once: an operator, an allocator, and each unit's staff and
    head."""

    def __init__(self, session: Session) -> None:
        self.operator = actor_named(session, "operator")
        self.allocator = actor_named(session, "allocator")
        self.staff, self.head = {}, {}
        for code in UNITS:
            unit_named(session, code)
            self.staff[code] = actor_named(session, f"staff@{code}")
            self.head[code] = actor_named(session, f"head@{code}")


def _take_in(sessions: Sessions, desk: _Desk, message: Message, unit: str) -> int:
    """Register a message as help by telephone, allocate it and sign for it, all at its own
    moment."""
    with transaction(sessions) as session:
        narrative = f"{message.subject}。{message.body}"
        case = perform(
            session,
            message.at,
            desk.operator,
            "register",
            kind="help",
            channel="phone",
            narrative=narrative if len(narrative) >= 10 else f"{narrative}（来电反映，详见记录）",
            caller={"name": message.user or f"诉求人{message.id}", "phone": ""},
            repeat_check="replay: none",
        )
        perform(session, message.at, desk.allocator, "allocate", case=case.id, unit=unit)
        perform(session, message.at, desk.staff[unit], "sign_for", case=case.id)
        return int(case.id)


def _answer(sessions: Sessions, desk: _Desk, message: Message, case: int, unit: str) -> None:
    assert message.answered_at is not None  # noqa: S101
    with transaction(sessions) as session:
        perform(
            session,
            message.answered_at,
            desk.head[unit],
            "reply",
            case=case,
            opinion=OPINION,
            next_step=NEXT_STEP,
            step_on=message.answered_at.date(),
            public_answer=message.answer or "（无文字）",
            contacted=True,
            handling=message.answer,
        )


def replay(sessions: Sessions, found: Sequence[Message]) -> Iterator[tuple[int, int]]:
    """Replay messages on an empty office; yields (done, all) as it goes on."""
    turns = _turns(found)
    if not turns:
        return
    with transaction(sessions) as session:
        fill(session, turns[-1].at)
        desk = _Desk(session)
    cases: dict[int, int] = {}
    for done, turn in enumerate(turns, 1):
        unit = UNITS[turn.place % len(UNITS)]
        if turn.what == 0:
            cases[turn.place] = _take_in(sessions, desk, found[turn.place], unit)
        elif turn.what == 1:
            _answer(sessions, desk, found[turn.place], cases[turn.place], unit)
        else:
            sweep(sessions, turn.at)
        yield done, len(turns)


def counts(session: Session, n: int, started: float) -> dict[str, Any]:
    """What the bot did, read back from the event table, and the seconds it took."""
    query = select(Event.kind, func.count()).where(Event.kind.in_(COMPARED)).group_by(Event.kind)
    events: dict[str, Any] = dict.fromkeys(COMPARED, 0) | {
        row[0]: row[1] for row in session.execute(query)
    }
    grounds = (
        select(Supervision.ground, func.count())
        .join(Event, (Event.subject_id == Supervision.id) & (Event.subject == "supervision"))
        .where(Event.kind == "supervision.listed")
        .group_by(Supervision.ground)
    )
    events["supervision.listed"] = {
        row[0]: row[1] for row in session.execute(grounds.order_by(Supervision.ground))
    }
    return {
        "messages": n,
        "events": dict(sorted(events.items())),
        "seconds": round(time.monotonic() - started, 1),
    }
