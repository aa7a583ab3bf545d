"""The bot's one pass: claim due cases, load their facts, decide, write. The same for jobs, command line and stories.

A batch of a thousand cases is one transaction: one claim, one SELECT of facts, pure decisions in the procedure's
order, one grouped write per table, numbers last. A case that raises is pushed an hour on, counted and shown.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from app.database import Sessions, retried, transaction
from app.ledger import Entry, Tip, allot_ids, append, take, worded, write_births, write_heads
from app.ledger.chain import Head
from app.models import Case, Run
from app.models.facts import load
from app.roles import BOT
from app.rules.facts import (
    AssignmentFacts,
    CaseFacts,
    Effect,
    ReferralFacts,
    ReminderFacts,
    SupervisionFacts,
)
from app.rules.office import Office
from app.stages.accountability import decide_draft, decide_referral_overdue, snapshots
from app.stages.calendar import office_at
from app.stages.handling import decide_signing
from app.stages.office import decide_own_overdue, gate_key, issue_list, list_issued, next_look
from app.stages.reminder import decide_lapse, decide_overdue, decide_reminder, decide_warning
from app.stages.supervision import decide_feedback_overdue, decide_hearing_over, decide_listing

BATCH = 1000
STEPS = ("marks", "list", "drafts")
"""What a pass may be restricted to: all that is marked and issued, the supervision list, the drafting of dossiers."""
PUSHED = timedelta(hours=1)
log = logging.getLogger("duban.sweep")

_IMAGE: dict[str, tuple[str, ...]] = {
    "case": ("own_overdue_for",),
    "assignment": ("signed_at", "signed_by", "warned_for", "overdue_for", "watched"),
    "request": ("own_overdue_for",),
    "reminder": ("satisfied_by_request_id", "lapsed_at", "ended_at"),
    "supervision": ("listed_on", "own_at", "own_clock", "own_overdue_for", "overdue_for"),
    "referral": ("own_overdue_for",),
}
"""subject -> the columns that a sweep writes, always all of them, so that one statement serves all rows."""
_BORN: dict[str, tuple[type[Any], str]] = {
    "reminder": (ReminderFacts, "reminders"),
    "supervision": (SupervisionFacts, "supervision"),
    "referral": (ReferralFacts, "referrals"),
}


@dataclass
class Pass:
    """What a pass did: cases taken, cases that failed, and the error of the last one."""

    cases: int = 0
    failures: int = 0
    error: str | None = None


@dataclass
class Decided:
    """One case with what was decided about it; `was` are the states before, by the row's identity."""

    case: CaseFacts
    effects: list[Effect] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)


def _born(effect: Effect) -> Any:
    """A new row as later decisions of the same sweep see it; its id is not known yet."""
    kind, _ = _BORN[effect.subject]
    blank = {one.name: False if str(one.type) == "bool" else None for one in fields(kind)}
    given = {name: value for name, value in effect.sets.items() if name in blank}
    return kind(**{**blank, **given, "id": 0, "state": effect.to})


def _apply(decided: Decided, effects: Sequence[Effect]) -> None:
    """Let later steps see what earlier ones decided, and note each as an entry for the ledger."""
    case = decided.case
    for effect in effects:
        row = effect.row
        entry = Entry(
            case.id, effect.kind, effect.subject, None if row is None else row.id, None, effect.to, {}, effect.payload,
            effect.unit_id, case.category_id,
        )  # fmt: skip
        if row is None:
            entry.columns = effect.sets
            getattr(case, _BORN[effect.subject][1]).append(_born(effect))
        else:
            entry.was = row.state if effect.to is not None else None
            for name, value in effect.sets.items():
                setattr(row, name, value)
            if effect.to is not None:
                row.state = effect.to
        decided.effects.append(effect)
        decided.entries.append(entry)


def _assignment_steps(
    decided: Decided, one: AssignmentFacts, office: Office, steps: Sequence[str], closed: bool
) -> None:
    """The order inside one sweep of one assignment. [procedure, States]"""
    case = decided.case
    if "marks" in steps:
        for decide in (decide_signing, decide_warning, decide_overdue, decide_lapse, decide_reminder):
            _apply(decided, decide(case, one, office))
    if "list" in steps:
        _apply(decided, decide_listing(case, one, office, closed))
    for item in case.supervision_of(one):
        if item.id and "marks" in steps:
            _apply(decided, decide_feedback_overdue(case, item, office))
            _apply(decided, decide_hearing_over(case, item, office))
        if item.id and "drafts" in steps:
            _apply(decided, decide_draft(case, item, office))


def decide_case(case: CaseFacts, office: Office, steps: Sequence[str] = STEPS, closed: bool = False) -> Decided:
    """All that the bot should do with a case now; `closed`: the day's list is out already."""
    decided = Decided(case)
    for one in list(case.assignments):
        _assignment_steps(decided, one, office, steps, closed)
    if "marks" in steps:
        for referral in list(case.referrals):
            _apply(decided, decide_referral_overdue(case, referral, office) if referral.id else [])
        _apply(decided, decide_own_overdue(case, office))
    for effect, entry in zip(decided.effects, decided.entries, strict=True):
        if effect.row is not None:
            entry.columns = {name: getattr(effect.row, name) for name in _IMAGE[effect.subject]}
    return decided


_CLAIM = """SELECT k.id, k.look_again_at FROM {gate}hotline_case k WHERE k.look_again_at <= :now
AND (k.look_again_at > :at OR (k.look_again_at = :at AND k.id > :id))
ORDER BY k.look_again_at, k.id LIMIT :n {lock}"""
_GATE = "(SELECT pg_advisory_xact_lock_shared(:gate)) AS gate, "


@dataclass
class Cursor:
    """How far a pass has come through the index of due cases."""

    at: str = "0001-01-01 00:00:00.000000"
    id: int = 0


def _claim(session: Session, office: Office, cursor: Cursor, n: int, wait: bool) -> list[int]:
    """Lock the next due cases. Another sweep's are skipped, or waited for in the last pass. On PostgreSQL the lock on
    the day's list is shared from here on, so that nobody issues it while rows are added."""
    postgres = session.get_bind().dialect.name == "postgresql"
    lock = ("FOR UPDATE OF k" if wait else "FOR UPDATE OF k SKIP LOCKED") if postgres else ""
    query = text(_CLAIM.format(gate=_GATE if postgres else "", lock=lock))
    given: dict[str, Any] = {"now": _stored(office.now), "at": cursor.at, "id": cursor.id, "n": n}
    if postgres:
        given["gate"] = gate_key(office.now.date())
    rows = session.execute(query, given).all()
    if rows:
        last = rows[-1].look_again_at
        cursor.at = last if isinstance(last, str) else _stored(last)
        cursor.id = rows[-1].id
    return [row.id for row in rows]


def _stored(moment: datetime) -> str:
    return moment.replace(tzinfo=None).strftime("%Y-%m-%d %H:%M:%S.%f")


def _decide(session: Session, office: Office, ids: Sequence[int], steps: Sequence[str]) -> list[Decided]:
    """Decide about claimed cases; where rows are added to the day's list, only if it is not out yet."""
    decided = [decide_case(case, office, steps) for case in load(session, ids)]
    listed = any(entry.kind == "supervision.listed" for one in decided for entry in one.entries)
    if listed and list_issued(session, office.now.date()):
        decided = [decide_case(case, office, steps, closed=True) for case in load(session, ids)]
    return decided


def _tip(decided: Decided, office: Office, whole: bool) -> Tip:
    case = decided.case
    look = next_look(case, office) if whole else case.look_again_at
    return Tip(Head(case.id, case.head_seq, case.head_hash), case.category_id, look)


def _write(session: Session, office: Office, decided: Sequence[Decided], whole: bool) -> None:
    """Everything of a batch: ids, events, rows, heads, notices, counts; numbers and numbered rows last."""
    entries = [entry for one in decided for entry in one.entries]
    tips = {one.case.id: _tip(one, office, whole) for one in decided}
    drafts = [entry for entry in entries if entry.kind == "referral.drafted"]
    if drafts:
        frozen = snapshots(session, [entry.columns["supervision_id"] for entry in drafts])
        for entry in drafts:
            entry.columns["snapshot"] = frozen[entry.chain]
    if entries:
        allot_ids(session, entries)
        append(session, office.now, BOT, entries, tips, births_last=True)
    write_heads(session, tips)
    reminders = [entry for entry in entries if entry.kind == "reminder.issued"]
    if reminders:
        year = office.now.year
        first = take(session, "reminder", year, len(reminders))
        for n, entry in enumerate(reminders, first):
            entry.columns["number"] = worded(office, "reminder", year, n)
    write_births(session, entries, tips)


def _batch(
    session: Session, office: Office, cursor: Cursor, steps: Sequence[str], wait: bool, n: int
) -> list[int]:
    session.info["office"] = office
    ids = _claim(session, office, cursor, n, wait)
    if ids:
        _write(session, office, _decide(session, office, ids, steps), set(steps) == set(STEPS))
    return ids


def _one(session: Session, office: Office, id: int, steps: Sequence[str]) -> None:
    """One case alone, after its batch failed; what meanwhile is no longer due is left."""
    session.info["office"] = office
    query = select(Case.id).where(Case.id == id, Case.look_again_at <= office.now).with_for_update()
    if session.scalar(query) is not None:
        _write(session, office, _decide(session, office, [id], steps), set(steps) == set(STEPS))


def _push(session: Session, office: Office, id: int, error: str) -> None:
    """Push a case that raised an hour on, and count it."""
    pushed = update(Case).where(Case.id == id).values(
        look_again_at=office.now + PUSHED, look_failures=Case.look_failures + 1, look_error=error
    )  # fmt: skip
    session.execute(pushed)


def _row_by_row(sessions: Sessions, office: Office, ids: Sequence[int], steps: Sequence[str], done: Pass) -> None:
    for id in ids:
        try:
            retried(sessions, _bound(_one, office, id, steps))
            done.cases += 1
        except Exception as error:
            log.exception("case %s could not be looked at", id)
            done.failures += 1
            done.error = f"case {id}: {type(error).__name__}: {error}"[:500]
            retried(sessions, _bound(_push, office, id, done.error))


def _bound(work: Callable[..., Any], *given: Any) -> Callable[[Session], Any]:
    return lambda session: work(session, *given)


def _pass(sessions: Sessions, office: Office, steps: Sequence[str], wait: bool, n: int, done: Pass) -> None:
    cursor = Cursor()
    while True:
        start = Cursor(cursor.at, cursor.id)
        claimed: list[int] = []

        def work(session: Session, start: Cursor = start, claimed: list[int] = claimed) -> Cursor:
            moved = Cursor(start.at, start.id)
            claimed[:] = []
            claimed[:] = _batch(session, office, moved, steps, wait, n)
            return moved

        try:
            cursor = retried(sessions, work)
            done.cases += len(claimed)
        except Exception as error:
            log.warning("a batch failed and is taken row by row: %s", error)
            with transaction(sessions) as session:
                session.info["office"] = office
                moved = Cursor(start.at, start.id)
                claimed[:] = _claim(session, office, moved, n, wait)
            _row_by_row(sessions, office, claimed, steps, done)
            cursor = moved
        if not claimed:
            return


def sweep(
    sessions: Sessions, now: datetime, steps: Sequence[str] = STEPS, name: str = "sweep", n: int = BATCH
) -> Pass:
    """One pass at `now` over every case that is due, in batches of `n`; then the day's list, where it is asked for.

    Idempotent: run again, or twice at once, it writes nothing more than its own run row."""
    with transaction(sessions) as session:
        run = Run(name=name, looked_at=now, started_at=now, cases=0, failures=0)
        session.add(run)
        office = office_at(session, now)
        postgres = session.get_bind().dialect.name == "postgresql"
    done = Pass()
    _pass(sessions, office, steps, not postgres, n, done)
    if postgres:
        _pass(sessions, office, steps, True, n, done)
    if "list" in steps:
        retried(sessions, lambda session: issue_list(session, now))
    with transaction(sessions) as session:
        row = session.get_one(Run, run.id)
        row.finished_at, row.cases, row.failures, row.error = now, done.cases, done.failures, done.error
    return done
