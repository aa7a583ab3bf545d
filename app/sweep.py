"""The bot's one pass: claim due cases, load their facts, decide, write. The same for jobs, command
line and stories.

A batch of a thousand cases is one transaction: one claim, one SELECT of facts, pure decisions in
the procedure's order, one grouped write per table, numbers last. A case that raises is pushed an
hour on, counted and shown; the rest of its batch is done.
"""

from __future__ import annotations

import gc
import json
import logging
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import TextClause, select, text
from sqlalchemy.orm import Session

from app.database import Sessions, retried, transaction
from app.faults import fault
from app.ledger import Entry, Tip, allot_ids, append, look_at, take, worded, write_heads
from app.ledger.bulk import is_postgres
from app.ledger.chain import Head
from app.models import Case, Run
from app.models.facts import survey
from app.roles import BOT
from app.rules.facts import CaseFacts
from app.rules.office import Office
from app.stages.accountability import snapshots
from app.stages.calendar import office_at
from app.stages.deciding import STEPS, WRITTEN, Decided, decide_case
from app.stages.office import gate_key, issue_list, next_look
from app.stages.reporting import draft_reports

BATCH = 1000
PUSHED = timedelta(hours=1)
log = logging.getLogger("duban.sweep")

_HEALED = {"look_failures": 0, "look_error": None}
"""What a case loses that could be looked at again."""


@dataclass
class Pass:
    """What a pass did: cases taken, cases that failed, and the error of the last one."""

    cases: int = 0
    failures: int = 0
    error: str | None = None


_CLAIM = """SELECT k.id, k.look_again_at FROM {gate}hotline_case k WHERE k.look_again_at <= :now
AND (k.look_again_at, k.id) > (:at, :id) ORDER BY k.look_again_at, k.id LIMIT :n {lock}"""
_NAMED = """SELECT k.id FROM {gate}hotline_case k WHERE k.look_again_at <= :now
AND k.id IN (SELECT {id} FROM {ids} w) ORDER BY k.id {lock}"""
_GATE = "(SELECT pg_advisory_xact_lock_shared(:gate)) AS gate, "


@dataclass(frozen=True)
class Job:
    """What a pass is to do: as of which office, which steps, and in batches of how many cases."""

    office: Office
    steps: Sequence[str]
    n: int

    @property
    def whole(self) -> bool:
        """Whether nothing is left out: only a whole pass says when a case is looked at again."""
        return set(self.steps) == set(STEPS)


@dataclass(frozen=True)
class Cursor:
    """How far a pass has come through the index of due cases."""

    at: str = "0001-01-01 00:00:00.000000"
    id: int = 0


@dataclass
class Batch:
    """What became of the cases that one transaction took: how many are done, and why others could
    not be."""

    ids: list[int]
    cursor: Cursor
    errors: dict[int, str] = field(default_factory=dict)


def _stored(moment: datetime) -> str:
    return moment.replace(tzinfo=None).strftime("%Y-%m-%d %H:%M:%S.%f")


def _given(job: Job, query: str, lock: str, postgres: bool) -> tuple[TextClause, dict[str, Any]]:
    """A claim for one of the databases. On PostgreSQL the lock on the day's list is shared from
    here on, so that nobody issues it while rows are added."""
    if postgres:
        source = {"id": "CAST(w AS bigint)", "ids": "json_array_elements_text(CAST(:ids AS json))"}
        made = text(query.format(gate=_GATE, lock=lock, **source))
        return made, {"now": _stored(job.office.now), "gate": gate_key(job.office.now.date())}
    made = text(query.format(gate="", lock="", id="w.value", ids="json_each(:ids)"))
    return made, {"now": _stored(job.office.now)}


def _claim(session: Session, job: Job, cursor: Cursor, wait: bool) -> tuple[list[int], Cursor]:
    """Lock the next due cases. Those that another sweep or a person holds are skipped, or waited
    for."""
    lock = "FOR UPDATE OF k" if wait else "FOR UPDATE OF k SKIP LOCKED"
    query, given = _given(job, _CLAIM, lock, is_postgres(session))
    rows = session.execute(query, {**given, "at": cursor.at, "id": cursor.id, "n": job.n}).all()
    if not rows:
        return [], cursor
    last = rows[-1].look_again_at
    return [row.id for row in rows], Cursor(
        last if isinstance(last, str) else _stored(last), rows[-1].id
    )


def _claim_named(session: Session, job: Job, ids: Sequence[int]) -> list[int]:
    """Lock those of some cases that are still due."""
    query, given = _given(job, _NAMED, "FOR UPDATE OF k", is_postgres(session))
    return list(session.scalars(query, {**given, "ids": json.dumps(list(ids))}))


def _decided(case: CaseFacts, job: Job, closed: bool) -> tuple[Decided, Tip]:
    """What is decided about a case, and its head with the moment at which it is looked at again."""
    head = Head(case.id, case.head_seq, case.head_hash, case.head_at)
    tip = Tip(head, case.category_id, case.look_again_at)
    decided = decide_case(case, job.office, job.steps, closed)
    if job.whole:
        tip.look_again_at = next_look(case, job.office, closed)
        tip.columns = dict(_HEALED)
    return decided, tip


def _decide(
    session: Session, job: Job, ids: Sequence[int]
) -> tuple[list[tuple[Decided, Tip]], dict[int, str]]:
    """Decide about locked cases, by what is on file after they were locked; and why it failed for
    some of them. Rows are added to the day's list only if it is not out yet."""
    found = survey(session, ids, job.office.now.date())
    errors = {id: _worded(id, error) for id, error in found.unreadable.items()}
    decided = []
    for case in found.cases:
        try:
            decided.append(_decided(case, job, found.list_issued))
        except Exception as error:
            log.exception("case %s could not be decided about", case.id)
            errors[case.id] = _worded(case.id, error)
    return decided, errors


def _worded(id: int, error: Exception) -> str:
    return f"case {id}: {type(error).__name__}: {error}"[:500]


def _freeze(session: Session, entries: Sequence[Entry]) -> None:
    """Give drafted dossiers the timeline of their case as it stood before this sweep."""
    drafts = [entry for entry in entries if entry.kind == "referral.drafted"]
    if drafts:
        frozen = snapshots(session, [entry.columns["supervision_id"] for entry in drafts])
        for entry in drafts:
            entry.columns["snapshot"] = frozen[entry.chain]


def _number(session: Session, office: Office, entries: Sequence[Entry]) -> None:
    """Give reminders their numbers: as late as their events can seal them, because the counter is
    held until the transaction ends."""
    reminders = [entry for entry in entries if entry.kind == "reminder.issued"]
    if reminders:
        year = office.now.year
        for n, entry in enumerate(reminders, take(session, "reminder", year, len(reminders))):
            entry.columns["number"] = worded(office, "reminder", year, n)
        _cite(
            entries,
            {entry.columns["assignment_id"]: entry.columns["number"] for entry in reminders},
        )


def _cite(entries: Sequence[Entry], numbers: Mapping[int, str]) -> None:
    """A list row of the sweep that issued its reminder was decided before that had a number, and
    cites it too."""
    for entry in entries:
        if (
            entry.kind == "supervision.listed"
            and entry.birth
            and entry.columns["assignment_id"] in numbers
        ):
            cited = json.loads(entry.columns["facts"]) | {
                "reminder": numbers[entry.columns["assignment_id"]]
            }
            entry.columns["facts"] = json.dumps(cited, ensure_ascii=False)


def _with_heads(decided: Sequence[tuple[Decided, Tip]]) -> None:
    """What is written on cases themselves goes in the statement that moves their heads on."""
    if any(entry.subject == "case" for one, _ in decided for entry in one.entries):
        for one, tip in decided:
            tip.columns |= {name: getattr(one.case, name) for name in WRITTEN["case"]}
            for entry in one.entries:
                if entry.subject == "case":
                    entry.columns = {}


def _write(session: Session, office: Office, decided: Sequence[tuple[Decided, Tip]]) -> None:
    """Everything of a batch: ids, numbers, events, rows, notices, counts, heads."""
    entries = [entry for one, _ in decided for entry in one.entries]
    tips = {one.case.id: tip for one, tip in decided}
    if entries:
        _freeze(session, entries)
        _with_heads(decided)
        allot_ids(session, entries)
        _number(session, office, entries)
        append(session, office.now, BOT, entries, tips)
    write_heads(
        session, {one.case.id: tip for one, tip in decided if one.entries or _moved(one, tip)}
    )


def _moved(one: Decided, tip: Tip) -> bool:
    return tip.look_again_at != one.case.look_again_at


def _push(session: Session, office: Office, errors: Mapping[int, str]) -> None:
    """Push cases that raised an hour on, count it and keep why."""
    if not errors:
        return
    query = select(Case.id, Case.head_seq, Case.look_failures).where(Case.id.in_(errors))
    for row in session.execute(query).all():
        failed = {"look_failures": row.look_failures + 1, "look_error": errors[row.id]}
        look_at(session, {row.id: row.head_seq}, office.now + PUSHED, **failed)


def _take(session: Session, job: Job, ids: Sequence[int]) -> dict[int, str]:
    """Decide about locked cases and write it down; those that could not be decided about are pushed
    on."""
    session.info["office"] = job.office
    decided, errors = _decide(session, job, ids)
    _write(session, job.office, decided)
    _push(session, job.office, errors)
    return errors


def _take_named(session: Session, job: Job, ids: Sequence[int]) -> dict[int, str]:
    return _take(session, job, _claim_named(session, job, ids))


def _halved(sessions: Sessions, job: Job, ids: Sequence[int], why: Exception) -> dict[int, str]:
    """A batch that could not be written is halved, until the case that stops it is alone and is
    pushed on."""
    if fault(why):  # no case is to blame
        raise why
    if len(ids) == 1:
        errors = {ids[0]: _worded(ids[0], why)}
        retried(sessions, lambda session: _push(session, job.office, errors))
        return errors
    errors = {}
    for half in (ids[: len(ids) // 2], ids[len(ids) // 2 :]):
        try:
            errors |= retried(sessions, partial(_take_named, job=job, ids=half))
        except Exception as error:
            log.exception("%s cases could not be written", len(half))
            errors |= _halved(sessions, job, half, error)
    return errors


@contextmanager
def _uncollected() -> Iterator[None]:
    """A batch's rows are many, live shortly and hold no cycles: to look for garbage among them
    costs a sixth of it."""
    on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if on:
            gc.enable()


def _next(sessions: Sessions, job: Job, cursor: Cursor, wait: bool) -> Batch:
    """Claim the next cases and do them, in one transaction; where it fails, in smaller ones."""
    batch = Batch([], cursor)

    def work(session: Session) -> dict[int, str]:
        batch.ids, batch.cursor = [], cursor
        batch.ids, batch.cursor = _claim(session, job, cursor, wait)
        return _take(session, job, batch.ids) if batch.ids else {}

    try:
        with _uncollected():
            batch.errors = retried(sessions, work)
    except Exception as error:
        if not batch.ids:
            raise
        log.exception("a batch of %s cases could not be written", len(batch.ids))
        batch.errors = _halved(sessions, job, batch.ids, error)
    return batch


def _pass(sessions: Sessions, job: Job, wait: bool, done: Pass) -> None:
    """Batch after batch until nothing is due. What a whole pass waited for may have become due at
    another moment, so it starts from the beginning each time; a restricted one leaves what it did
    where it was, so it must go on."""
    cursor = Cursor()
    while True:
        batch = _next(sessions, job, cursor, wait)
        if not batch.ids:
            return
        done.cases += len(batch.ids) - len(batch.errors)
        done.failures += len(batch.errors)
        done.error = next(reversed(batch.errors.values()), done.error)
        cursor = Cursor() if wait and job.whole else batch.cursor


def _issue(session: Session, office: Office) -> None:
    session.info["office"] = office
    issue_list(session, office.now)


def _report(session: Session, office: Office) -> bool:
    session.info["office"] = office
    return draft_reports(session, office.now)


def _drafted(sessions: Sessions, office: Office) -> str | None:
    """Draft the reports that are due; what stopped it, which stops nothing else."""
    try:
        while retried(sessions, lambda session: _report(session, office)):
            pass
    except Exception as error:
        log.exception("the reports could not be drafted")
        return f"reports: {type(error).__name__}: {error}"[:500]
    return None


def sweep(
    sessions: Sessions,
    now: datetime,
    steps: Sequence[str] = STEPS,
    name: str = "sweep",
    n: int = BATCH,
) -> Pass:
    """One pass at `now` over every case that is due, in batches of `n`; then the day's list, where
    it is asked for.

    Idempotent: run again, or twice at once, it writes nothing more than its own run row."""
    began = time.monotonic()
    with transaction(sessions) as session:
        run = Run(name=name, looked_at=now, started_at=now, cases=0, failures=0)
        session.add(run)
        job = Job(office_at(session, now), steps, n)
    done = Pass()
    for wait in (False, True):
        _pass(sessions, job, wait, done)
    if "list" in steps:
        retried(sessions, lambda session: _issue(session, job.office))
        done.error = _drafted(sessions, job.office) or done.error
    with transaction(sessions) as session:
        row = session.get_one(Run, run.id)
        row.finished_at = now + timedelta(seconds=time.monotonic() - began)
        row.cases, row.failures, row.error = done.cases, done.failures, done.error
    return done
