"""`/metrics`: the desk in numbers, for whoever draws graphs and raises alarms. Counts and ages, no
word of a case."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import datetime

from prometheus_client import exposition
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from redis import RedisError
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.database import reading
from app.measures import registry
from app.models import CalendarDay, Case, Run, RunTotal
from app.models.sessions import UNSCOPED
from app.rules.workdays import beijing
from app.rules.workflow import OPEN_CASE
from app.views.actor import Desk
from jobs.advice import WARNING, WRONG
from jobs.crowd import crowd_of
from jobs.desk import NoRedis
from jobs.health import bot_findings, desk_findings, swept

CONTENT_TYPE = exposition.CONTENT_TYPE_PLAIN_0_0_4


def measured(desk: Desk) -> bytes:
    """All numbers in Prometheus' text format: what the processes of the panel counted, and what
    database, Redis and disk tell at this moment."""
    found = registry()
    found.register(_Asked(desk))
    text: bytes = exposition.generate_latest(found)
    return text


class _Asked:
    """What is looked up when somebody asks."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def describe(self) -> list[Metric]:
        """Nothing beforehand: its names are no other collector's."""
        return []

    def collect(self) -> Iterator[Metric]:
        """The families, one after the other."""
        desk, now = self._desk, self._desk.clock()
        with reading(desk.sessions) as session:
            yield from _runs(session)
            yield from _ages(session, now)
        yield from _findings(desk, now)
        yield from _queue(desk)
        disk = shutil.disk_usage(desk.settings.data)
        yield GaugeMetricFamily(
            "desk_disk_free_bytes", "Room left where DESK_DATA lies.", disk.free
        )
        yield GaugeMetricFamily(
            "desk_disk_used_ratio", "Share of it that is used.", disk.used / disk.total
        )


def _gauge(name: str, words: str, value: float | None) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, words, float("nan") if value is None else value)


def _runs(session: Session) -> Iterator[Metric]:
    query = select(Run.name, func.count(), func.sum(Run.failures), func.max(Run.id)).group_by(
        Run.name
    )
    runs = {name: (n, failures or 0, last) for name, n, failures, last in session.execute(query)}
    before = {row.name: (row.runs, row.failures) for row in session.scalars(select(RunTotal))}
    passes = CounterMetricFamily("desk_runs", "Passes of the bot, by name.", labels=["name"])
    failed = CounterMetricFamily(
        "desk_look_failures", "Looks at a case that failed, by name of the pass.", labels=["name"]
    )
    took = GaugeMetricFamily(
        "desk_pass_seconds", "How long the last pass took, by name.", labels=["name"]
    )
    for name in sorted(runs.keys() | before.keys()):
        n, failures, last = runs.get(name, (0, 0, None))
        passes.add_metric([name], n + before.get(name, (0, 0))[0])
        failed.add_metric([name], failures + before.get(name, (0, 0))[1])
        row = session.get(Run, last) if last is not None else None
        if row is not None and row.finished_at is not None:
            took.add_metric([name], (row.finished_at - row.started_at).total_seconds())
    yield from (passes, failed, took)


def _ages(session: Session, now: datetime) -> Iterator[Metric]:
    age = swept(session, now)
    due = select(func.min(Case.look_again_at)).where(Case.look_again_at <= now)
    since: datetime | None = session.scalar(due, execution_options=UNSCOPED)
    seconds = None if age is None else age.total_seconds()
    yield _gauge("desk_last_sweep_age_seconds", "Time since the last whole pass.", seconds)
    lag = (now - since).total_seconds() if since is not None else 0.0
    yield _gauge(
        "desk_due_lag_seconds", "How long the oldest case that is due waits to be looked at.", lag
    )
    cases = select(func.count()).select_from(Case).where(Case.state.in_(OPEN_CASE))
    yield _gauge(
        "desk_open_cases",
        "Cases that are not closed.",
        session.scalar(cases, execution_options=UNSCOPED),
    )
    last = session.scalar(select(func.max(CalendarDay.day)))
    ahead = None if last is None else (last - beijing(now).date()).days
    yield _gauge("desk_calendar_days_ahead", "How many days ahead the calendar reaches.", ahead)


def _findings(desk: Desk, now: datetime) -> Iterator[Metric]:
    found = [*desk_findings(desk.sessions, now, desk.settings.data), *bot_findings(desk.settings)]
    family = GaugeMetricFamily(
        "desk_findings", "What `check` finds, by how grave it is.", labels=["level"]
    )
    for level in (WRONG, WARNING):
        family.add_metric([level], sum(finding.level == level for finding in found))
    yield family


def _queue(desk: Desk) -> Iterator[Metric]:
    try:
        told = crowd_of(desk.settings)
        waiting, failed, live = [float(n) for n in (told.waiting, told.failed, told.live)]
    except (RedisError, NoRedis):
        waiting = failed = live = float("nan")
    yield _gauge("desk_queue_jobs", "Wake-ups that wait for a worker.", waiting)
    yield _gauge("desk_queue_failed_jobs", "Jobs that failed in the last seven days.", failed)
    yield _gauge("desk_workers", "Workers that said lately that they live.", live)
