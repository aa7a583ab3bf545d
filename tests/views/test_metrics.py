"""The desk in numbers, as a graph asks for them."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

from sqlalchemy import select, update

from app.database import transaction
from app.forgetting import RUN_DAYS, forget
from app.models import Case, Run, RunTotal
from app.sweep import sweep
from tests.commands import ROOT
from tests.views.panel import Panel

FAMILIES = {
    "desk_runs_total",
    "desk_look_failures_total",
    "desk_pass_seconds",
    "desk_last_sweep_age_seconds",
    "desk_due_lag_seconds",
    "desk_open_cases",
    "desk_calendar_days_ahead",
    "desk_findings",
    "desk_queue_jobs",
    "desk_queue_failed_jobs",
    "desk_workers",
    "desk_disk_free_bytes",
    "desk_disk_used_ratio",
    "desk_responses_total",
    "desk_request_seconds",
}


def _told(panel: Panel) -> dict[str, float]:
    lines = panel.browser().get("/metrics").text.splitlines()
    return {
        name: float(value)
        for name, _, value in (line.rpartition(" ") for line in lines if line[0] != "#")
    }


def test_every_family_is_there_with_what_it_means(panel: Panel) -> None:
    sweep(panel.desk.sessions, panel.now)
    panel.browser().get("/login/")
    lines = panel.browser().get("/metrics").text.splitlines()
    types = {line.split()[2] for line in lines if line.startswith("# TYPE desk_")}
    assert types == FAMILIES
    assert types == {
        line.split()[2]
        for line in lines
        if line.startswith("# HELP desk_") and len(line.split()) > 4
    }


def test_requests_are_counted_by_how_they_ended_and_timed_by_where_they_went(
    sqlite_panel: Panel,
) -> None:
    before = _told(sqlite_panel)
    for _ in range(3):
        sqlite_panel.browser().get("/nowhere-at-all")
    after = _told(sqlite_panel)
    for name in ('desk_responses_total{code="404"}', 'desk_request_seconds_count{endpoint="none"}'):
        assert after[name] - before.get(name, 0) == 3, name


def test_what_is_due_and_not_looked_at_is_a_lag_in_seconds(panel: Panel) -> None:
    sweep(panel.desk.sessions, panel.now)
    assert _told(panel)["desk_due_lag_seconds"] == 0
    with transaction(panel.desk.sessions) as session:
        one = session.scalars(select(Case.id).where(Case.look_again_at.is_not(None)).limit(1)).one()
        look = session.get_one(Case, one).look_again_at
    assert look is not None
    panel.now = look + timedelta(minutes=5)
    assert _told(panel)["desk_due_lag_seconds"] >= 300


def test_findings_are_counted_by_how_grave_they_are(sqlite_panel: Panel) -> None:
    """The desk of a test has no bot, which is one that does not work."""
    red = _told(sqlite_panel)['desk_findings{level="red"}']
    assert red >= 1
    panel = sqlite_panel
    panel.now += timedelta(days=365 * 3)
    assert _told(panel)['desk_findings{level="red"}'] > red, "and a calendar that has ended"
    assert _told(panel)["desk_calendar_days_ahead"] < 0


def test_passes_of_long_ago_are_forgotten_and_stay_counted(panel: Panel) -> None:
    """The last one of each name stays: it says when the bot looked. Seen failing with no totals
    kept."""
    began = panel.now
    for day in (0, 1, 2):
        sweep(panel.desk.sessions, began + timedelta(days=day))
        sweep(panel.desk.sessions, began + timedelta(days=day), ("drafts",), "drafting")
    with transaction(panel.desk.sessions) as session:
        session.execute(update(Run).where(Run.name == "sweep").values(failures=2))
    counted = {name: n for name, n in _told(panel).items() if "_total{name=" in name}
    panel.now = began + timedelta(days=RUN_DAYS + 2)
    for _ in range(2):
        forget(panel.desk.sessions, panel.now)
        assert {name: n for name, n in _told(panel).items() if "_total{name=" in name} == counted
    with transaction(panel.desk.sessions) as session:
        left = session.execute(select(Run.name, Run.looked_at).order_by(Run.id)).all()
        assert [tuple(row) for row in left][-2:] == [
            ("sweep", began + timedelta(days=2)),
            ("drafting", began + timedelta(days=2)),
        ]
        assert (
            len(left)
            < counted['desk_runs_total{name="sweep"}'] + counted['desk_runs_total{name="drafting"}']
        )
        assert session.get_one(RunTotal, "sweep").failures > 0
    panel.now += timedelta(days=365)
    forget(panel.desk.sessions, panel.now)
    with transaction(panel.desk.sessions) as session:
        names = session.scalars(select(Run.name)).all()
    assert sorted(names) == sorted(set(names)), "one of each"


def test_what_several_processes_counted_is_added_up(tmp_path: Path) -> None:
    code = "from app.measures import RESPONSES, registry; RESPONSES.labels('200').inc({})"
    environment = {**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(tmp_path)}
    for n in (2, 3):
        subprocess.run(
            [sys.executable, "-c", code.format(n)], env=environment, cwd=ROOT, check=True
        )
    asked = (
        "from prometheus_client import generate_latest; from app.measures import registry;"
        "print(generate_latest(registry()).decode())"
    )
    done = subprocess.run(
        [sys.executable, "-c", asked],
        env=environment,
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    assert 'desk_responses_total{code="200"} 5.0' in done.stdout
