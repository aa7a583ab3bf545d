"""The bot's one pass: claim due cases, load their facts, decide, write. The same for jobs, command
line and stories.

A batch of a thousand cases is one transaction: one claim, one SELECT of facts, pure decisions in
the procedure's order, one grouped write per table, numbers last. A case that raises is pushed an
hour on, counted and shown; the rest of its batch is done.
"""

from __future__ import annotations

import gc
import logging
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from app.database import Sessions, reading, retried, transaction
from app.models import Run
from app.rules.office import Office
from app.stages.calendar import office_at
from app.stages.deciding import STEPS
from app.stages.inbox import mark_overdue
from app.stages.office import issue_list
from app.stages.reporting import due_reports, file_drafts, wanted_reports
from app.sweep.batch import halved, take
from app.sweep.claims import Cursor, Job, claim
from app.sweep.figures import count_figures

BATCH = 1000
log = logging.getLogger("duban.sweep")


@dataclass
class Pass:
    """The result of a pass: cases taken, cases that failed, and the error of the last one."""

    cases: int = 0
    failures: int = 0
    error: str | None = None


@dataclass
class Batch:
    """The cases that one transaction took: how many are done, and why others could not be."""

    ids: list[int]
    cursor: Cursor
    errors: dict[int, str] = field(default_factory=dict)


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
        batch.ids, batch.cursor = claim(session, job, cursor, wait)
        return take(session, job, batch.ids) if batch.ids else {}

    try:
        with _uncollected():
            batch.errors = retried(sessions, work)
    except Exception as error:
        if not batch.ids:
            raise
        log.exception("a batch of %s cases could not be written", len(batch.ids))
        batch.errors = halved(sessions, job, batch.ids, error)
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


def _reports(sessions: Sessions, office: Office) -> bool:
    """Draft the reports that are due, a few at once: they are counted while nobody waits, with the
    figures of earlier days brought up to date first. Gives whether more is due."""

    def filed(session: Session) -> None:
        session.info["office"] = office
        file_drafts(session, office.now, due)

    with reading(sessions) as session:
        session.info["office"] = office
        wanted, late = wanted_reports(session, office.now)
    if not wanted and not late:
        return False
    if wanted:
        count_figures(sessions, office.now)
    with reading(sessions) as session:
        session.info["office"] = office
        due = due_reports(session, office.now)
    retried(sessions, filed)
    return due.more


def _drafted(sessions: Sessions, office: Office) -> str | None:
    """Draft the reports that are due; what stopped it, which stops nothing else."""
    try:
        while _reports(sessions, office):
            pass
    except Exception as error:
        log.exception("the reports could not be drafted")
        return f"reports: {type(error).__name__}: {error}"[:500]
    return None


def _marked(sessions: Sessions, office: Office) -> str | None:
    """Mark the messages that wait too long; what stopped it, which stops nothing else."""
    try:
        while retried(sessions, lambda session: mark_overdue(session, office.now)):
            pass
    except Exception as error:
        log.exception("the messages could not be marked")
        return f"messages: {type(error).__name__}: {error}"[:500]
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
        done.error = _marked(sessions, job.office) or done.error
    with transaction(sessions) as session:
        row = session.get_one(Run, run.id)
        row.finished_at = now + timedelta(seconds=time.monotonic() - began)
        row.cases, row.failures, row.error = done.cases, done.failures, done.error
    return done
