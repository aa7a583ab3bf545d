"""What is wrong with a desk is said, with what to do about it; a desk that is well has nothing to
say."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from redis import Redis
from sqlalchemy import delete, select, update

import config
from app import VERSION
from app.clock import clock_from
from app.database import engine_from, sessions_from, transaction
from app.models import CalendarDay, Case, Unit, UnitPost
from app.rules.workdays import sweep_on
from app.stages.calendar import set_days
from app.story.theatre.cast import unit_named
from app.sweep import sweep
from app.views.machines import health as machines
from app.views.machines.health import blueprint
from app.words.catalogue import CATALOGUES
from jobs import figures, health, key_health, reach_health, room
from jobs.advice import ADVICE, WARNING, WRONG, Finding
from jobs.keeping import told as keeping
from jobs.queue import TICKED, note_tick, queue_on
from jobs.worker import worker
from migrations.upgrade import upgrade
from tests import seed
from tests.commands import command
from tests.databases import SIGNING, Desk
from tests.people import fingerprint
from tests.supervised import Duban, sqlite_data, waited

NOW = seed.NOW


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.long)])
def desk(request: pytest.FixtureRequest) -> Desk:
    """An empty desk: on PostgreSQL in the long run."""
    made: Desk = request.getfixturevalue(f"{request.param}_desk")
    return made


@pytest.fixture
def settings(desk: Desk, redis_url: str, tmp_path: Path) -> Iterator[config.Config]:
    """The settings of a desk that is well: swept just now, with one worker alive and a ticker that
    ticks."""
    made = config.load(
        {"DESK_DATA": str(tmp_path / "data"), "DATABASE_URL": desk.url, "REDIS_URL": redis_url}
    )
    sweep(desk.sessions, NOW)
    with Redis.from_url(redis_url) as redis:
        alive = worker(redis, "worker-1")
        alive.register_birth()
        note_tick(redis)
        yield replace(made, ledger_key=desk.key, signing_keys=(SIGNING,), clock=NOW)
        alive.register_death()


def found(settings: config.Config, now: Any = NOW) -> list[tuple[str, str]]:
    return [(one.code, one.level) for one in health.findings(settings, now)]


def sole(settings: config.Config, now: Any = NOW) -> Finding:
    (one,) = health.findings(settings, now)
    return one


def test_a_desk_that_is_well_has_nothing_to_say(settings: config.Config) -> None:
    assert found(settings) == []


def test_a_last_pass_of_more_than_thirty_minutes_ago_is_wrong(settings: config.Config) -> None:
    assert found(settings, NOW + timedelta(minutes=30)) == []
    late = sole(settings, NOW + timedelta(minutes=31))
    assert (late.code, late.level) == ("sweep_late", WRONG)
    assert "31分钟" in late.said("zh") and "31 minutes" in late.said("en")


def test_the_partial_passes_are_not_the_whole_one(desk: Desk, settings: config.Config) -> None:
    later = NOW + timedelta(minutes=40)
    sweep(desk.sessions, later, ("marks", "list"), "supervision-list")
    sweep(desk.sessions, later, ("drafts",), "drafting")
    assert found(settings, later) == [("sweep_late", WRONG)]
    sweep(desk.sessions, later)
    assert found(settings, later) == []


def test_passes_of_a_clock_that_was_set_back_do_not_count(
    desk: Desk, settings: config.Config
) -> None:
    sweep(desk.sessions, NOW + timedelta(hours=2))
    assert found(settings, NOW + timedelta(minutes=45)) == [("sweep_late", WRONG)]


def test_a_pass_as_of_a_moment_long_past_does_not_make_the_last_one_late(
    desk: Desk, settings: config.Config
) -> None:
    """`python -m app sweep --at` beside a bot that runs."""
    sweep(desk.sessions, NOW - timedelta(days=100))
    assert found(settings, NOW + timedelta(minutes=5)) == []


def test_a_bot_that_never_looked_is_wrong(desk: Desk, settings: config.Config) -> None:
    assert found(settings, NOW - timedelta(days=1)) == [("never_swept", WRONG)]


def test_a_ticker_that_is_dead_and_one_of_several_workers_are_missed_under_separate_services(
    settings: config.Config, redis_url: str
) -> None:
    """Within three minutes: what it last said is a minute and a half old at most."""
    assert sole(replace(settings, workers=2)).code == "worker_missing"
    with Redis.from_url(redis_url) as redis:
        for last in (datetime.now(UTC) - timedelta(seconds=100), None):
            redis.delete(TICKED)
            if last is not None:
                redis.set(TICKED, last.isoformat())
            assert found(settings) == [("ticker_missing", WRONG)]
        note_tick(redis)
    assert found(settings) == []


def test_a_unit_without_a_liaison_is_named(desk: Desk, settings: config.Config) -> None:
    with transaction(desk.sessions) as session:
        unit = unit_named(session, "ROADS")
        post = select(UnitPost).where(UnitPost.unit_id == unit.id, UnitPost.post == "liaison")
        session.scalars(post).one().to_on = NOW.date() - timedelta(days=1)
    one = sole(settings)
    assert (one.code, one.level) == ("unit_without_liaison", WRONG)
    assert "ROADS单位没有联络员" in one.said("zh")
    assert found(settings, NOW - timedelta(days=1)) == [("never_swept", WRONG)]
    with transaction(desk.sessions) as session:
        session.execute(update(Unit).where(Unit.code == "ROADS").values(active=False))
    assert found(settings) == []


def test_a_calendar_that_ends_within_sixty_days_is_wrong(
    desk: Desk, settings: config.Config
) -> None:
    with transaction(desk.sessions) as session:
        session.execute(
            delete(CalendarDay).where(CalendarDay.day > NOW.date() + timedelta(days=60))
        )
    assert found(settings) == []
    with transaction(desk.sessions) as session:
        session.execute(
            delete(CalendarDay).where(CalendarDay.day > NOW.date() + timedelta(days=59))
        )
    assert found(settings) == [("calendar_short", WRONG)]


@pytest.mark.parametrize(
    ("day", "level"),
    [
        (date(2026, 10, 31), None),
        (date(2026, 11, 1), WARNING),
        (date(2026, 12, 9), WARNING),
        (date(2026, 12, 10), WRONG),
    ],
)
def test_a_missing_next_year_is_a_warning_from_november_and_wrong_from_the_tenth_of_december(
    desk: Desk, settings: config.Config, day: date, level: str | None
) -> None:
    now = sweep_on(day)
    sweep(desk.sessions, now)
    assert found(settings, now) == ([] if level is None else [("calendar_missing", level)])
    with transaction(desk.sessions) as session:
        year = [date(2027, 1, 1) + timedelta(days=n) for n in range(365)]
        set_days(session, {one: one.weekday() < 5 for one in year})
    assert found(settings, now) == []


def test_a_case_that_could_not_be_looked_at_is_named_until_it_is_mended(
    desk: Desk, settings: config.Config
) -> None:
    seed.overdue(desk, 3)
    with transaction(desk.sessions) as session:
        case = session.scalars(select(Case).order_by(Case.id).limit(1)).one()
        case.head_seq -= 1
    with transaction(desk.sessions) as session:  # the seeded units have no liaison
        session.execute(update(Unit).values(active=False))
    sweep(desk.sessions, NOW)
    (one,) = (
        told
        for told in health.findings(settings, NOW)
        if told.code not in ("pairs_behind", "telling_behind")
    )  # seeded past the index; nobody tells anybody here
    assert (one.code, one.level) == ("look_failed", WRONG)
    assert str(case.number) in one.said("zh") and "1次" in one.said("zh")
    with transaction(desk.sessions) as session:
        session.execute(update(Case).where(Case.id == case.id).values(head_seq=Case.head_seq + 1))
    sweep(desk.sessions, NOW + timedelta(hours=1))
    assert "look_failed" not in dict(found(settings, NOW + timedelta(hours=1)))


def test_a_worker_that_does_not_live_is_missed(settings: config.Config, redis_url: str) -> None:
    with Redis.from_url(redis_url) as redis:
        redis.flushall()
    assert found(settings) == [("worker_missing", WRONG), ("ticker_missing", WRONG)]


def test_a_redis_that_does_not_answer_is_named(settings: config.Config, tmp_path: Path) -> None:
    for url in (f"unix://{tmp_path}/none", "redis://127.0.0.1:1/0"):
        assert found(replace(settings, redis_url=url)) == [("redis_unreachable", WRONG)]


def test_without_supervisor_and_redis_the_bot_does_not_run(settings: config.Config) -> None:
    assert found(replace(settings, redis_url=None)) == [("bot_not_running", WRONG)]


def test_a_failed_job_is_a_warning_with_its_error(settings: config.Config, redis_url: str) -> None:
    with Redis.from_url(redis_url) as redis:
        queue_on(redis).enqueue("jobs.sweeps.no_such_job", job_id="sweep-60-1", failure_ttl=600)
        worker(redis, "worker-2").work(burst=True, logging_level="CRITICAL")
    one = sole(settings)
    assert (one.code, one.level) == ("jobs_failed", WARNING)
    assert "sweep-60-1" in one.said("en") and "no_such_job" in one.said("en")


def test_a_database_that_cannot_be_reached_is_named_without_its_password(
    settings: config.Config,
) -> None:
    one = sole(replace(settings, database_url="postgresql+psycopg://u:hunter2@127.0.0.1:1/none"))
    assert (one.code, one.level) == ("database_unreachable", WRONG)
    assert "hunter2" not in repr(one)


def test_a_database_behind_its_migrations_is_named(desk: Desk, settings: config.Config) -> None:
    with desk.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0001'")
    assert found(settings) == [("database_behind", WRONG)]


def test_a_database_that_is_newer_than_the_program_is_named(
    desk: Desk, settings: config.Config
) -> None:
    with desk.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    assert found(settings) == [("database_newer", WRONG)]


def test_a_guard_of_the_record_that_is_missing_is_named_and_an_upgrade_puts_it_back(
    desk: Desk, settings: config.Config
) -> None:
    on = "" if desk.sqlite else " ON event"
    with desk.engine.begin() as connection:
        connection.exec_driver_sql(
            f"DROP TRIGGER guard_{'event_update' if desk.sqlite else 'event_change'}{on}"
        )
    one = sole(settings)
    assert (one.code, one.level) == ("guards_missing", WRONG)
    assert (
        "guard_event_" in one.said("zh")
        and "1" in one.said("en")
        and "python -m app verify" in one.todo("en")
    )
    upgrade(desk.engine)
    assert found(settings) == []


def test_a_check_writes_nothing(desk: Desk, settings: config.Config) -> None:
    before = fingerprint(desk)
    health.findings(settings, NOW + timedelta(days=400))
    assert fingerprint(desk) == before


CHECKERS = (health, room, reach_health, figures, key_health, keeping)
"""What has findings to tell."""


def test_every_finding_says_what_to_do_in_both_languages() -> None:
    source = "".join(Path(str(one.__file__)).read_text("utf-8") for one in CHECKERS)
    for code in ADVICE:
        assert f'"{code}"' in source, code
        for language, ends in (("zh", "。"), ("en", ".")):
            messages = CATALOGUES.of(language).messages
            assert messages[f"finding.{code}.said"][0][-1] in f"{ends}}}"
            assert messages[f"finding.{code}.todo"][0][-1] == ends


# `python -m app check`


def test_check_prints_what_to_do_and_exits_1_when_something_is_wrong(
    sqlite_template: Path, tmp_path: Path
) -> None:
    data = tmp_path / "data"
    with sqlite_data(sqlite_template, data) as desk:
        config.load({"DESK_DATA": str(data)})
        sweep(desk.sessions, NOW)
    done = command(data, "check", DESK_CLOCK=NOW.isoformat())
    assert done.returncode == 1, done.stderr
    assert done.stdout.startswith("[red] bot_not_running\n") and "make run" in done.stdout


@pytest.mark.long
def test_check_exits_0_on_a_desk_that_runs_and_1_when_a_child_is_down(
    sqlite_template: Path, tmp_path: Path
) -> None:
    data, clock = tmp_path / "data", {"DESK_CLOCK": "2026-03-12T09:00:00"}
    with sqlite_data(sqlite_template, data) as desk, transaction(desk.sessions) as session:
        unit_named(session, "WATER")
    with Duban(data, **clock) as duban:
        duban.at_work()
        waited(lambda: _all_well(command(data, "check", **clock)), 60, f"all well\n{duban.said}")
        duban.process.kill()
    assert command(data, "check", **clock).returncode == 1


def _all_well(done: subprocess.CompletedProcess[str]) -> bool:
    assert "Traceback" not in done.stderr
    return done.returncode == 0 and "Nothing is wrong" in done.stdout


@pytest.mark.parametrize("env", ["demo", "production"])
def test_check_makes_nothing_where_nothing_is(tmp_path: Path, env: str) -> None:
    """Neither the folder, nor keys, nor a database: it says what is missing."""
    data = tmp_path / "none" / "data"
    done = command(data, "check", DESK_ENV=env)
    assert (done.returncode, done.stdout) == (1, "") and str(data) in done.stderr
    assert "Traceback" not in done.stderr and list(tmp_path.iterdir()) == []
    data.mkdir(parents=True, mode=0o700)
    done = command(data, "check", DESK_ENV=env)
    assert done.returncode == 1 and str(data / "ledger.key") in done.stderr
    assert list(data.iterdir()) == []
    config.load({"DESK_DATA": str(data)})
    done = command(data, "check", DESK_ENV=env)
    assert (
        done.returncode == 1
        and "[red] database_unreachable" in done.stdout
        and str(data) in done.stdout
    )
    assert sorted(one.name for one in data.iterdir()) == ["ledger.key", "secret.key", "signing.key"]


def test_check_says_so_of_a_database_that_is_none(tmp_path: Path) -> None:
    config.load({"DESK_DATA": str(tmp_path)})
    (tmp_path / "desk.db").write_text(
        "not a database, but long enough to be looked at as one. " * 30
    )
    done = command(tmp_path, "check")
    assert done.returncode == 1
    assert "database_unreachable" in done.stdout and "Traceback" not in done.stderr


# /healthz, /readyz, /metrics


@pytest.fixture
def client(desk: Desk, settings: config.Config) -> FlaskClient:
    """The three addresses in an app of their own: they ask nothing of the panel but
    `extensions["desk"]`."""
    app = Flask("health")
    app.extensions["desk"] = SimpleNamespace(
        settings=settings, sessions=desk.sessions, clock=clock_from(NOW)
    )
    app.register_blueprint(blueprint)
    return app.test_client()


def test_healthz_asks_nothing_but_the_process(client: FlaskClient) -> None:
    assert client.get("/healthz").get_json() == {"status": "ok", "version": VERSION}


def test_readyz_is_200_when_database_redis_bot_and_calendar_are_well(client: FlaskClient) -> None:
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.get_json() == {"status": "ready", "findings": [], "last_sweep_seconds": 0}


def test_readyz_writes_once_in_some_seconds_however_often_it_is_asked(
    client: FlaskClient, settings: config.Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Seen failing without the pause: anybody could keep the disk busy."""

    def written_at() -> int:
        assert client.get("/readyz").status_code == 200
        return settings.data.stat().st_mtime_ns

    first = written_at()
    assert {written_at() for _ in range(5)} == {first}
    later = time.monotonic() + machines.PROBED_SECONDS
    monkeypatch.setattr(machines.time, "monotonic", lambda: later)
    assert written_at() > first


def test_readyz_is_503_when_something_is_wrong_and_names_it(
    client: FlaskClient, redis_url: str
) -> None:
    with Redis.from_url(redis_url) as redis:
        redis.flushall()
    answer = client.get("/readyz")
    assert (answer.status_code, answer.get_json()["status"]) == (503, "not ready")
    missing = ("worker_missing", "ticker_missing")
    assert answer.get_json()["findings"] == [{"code": code, "level": WRONG} for code in missing]


def test_readyz_is_503_when_the_database_is_behind(desk: Desk, client: FlaskClient) -> None:
    with desk.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0001'")
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.get_json()["findings"] == [{"code": "database_behind", "level": WRONG}]


def test_readyz_says_so_when_the_database_is_away(
    client: FlaskClient, settings: config.Config
) -> None:
    engine = engine_from("postgresql+psycopg://u:hunter2@127.0.0.1:1/none")
    client.application.extensions["desk"].sessions = sessions_from(engine, settings.ledger_key)
    answer = client.get("/readyz")
    assert answer.status_code == 503 and "hunter2" not in answer.text
    assert answer.get_json()["findings"] == [{"code": "database_unreachable", "level": WRONG}]


def test_metrics_count_passes_open_cases_and_the_age_of_the_last_pass(
    desk: Desk, client: FlaskClient
) -> None:
    seed.overdue(desk, 5)
    lines = client.get("/metrics").text.splitlines()
    told = dict(line.rsplit(" ", 1) for line in lines if not line.startswith("#"))
    assert told['desk_runs_total{name="sweep"}'] == "1.0"
    assert told["desk_open_cases"] == "5.0"
    assert 0 <= float(told["desk_last_sweep_age_seconds"]) < 60
    counted = {
        "desk_request_seconds",
        "desk_responses_total",
    }  # by the panel, where somebody asked it something
    for name in {line.split()[2] for line in lines if line.startswith("# TYPE")} - counted:
        assert any(key.startswith(name) for key in told), name


def test_metrics_are_for_this_machine_itself_only(client: FlaskClient) -> None:
    assert client.get("/metrics").status_code == 200
    assert client.get("/metrics", environ_base={"REMOTE_ADDR": "10.0.0.9"}).status_code == 403
    # A proxy on this machine brings everybody.
    assert client.get("/metrics", headers={"X-Forwarded-For": "10.0.0.9"}).status_code == 403


@pytest.mark.parametrize(
    ("host", "code"),
    [
        ("127.0.0.1:8080", 200),
        ("localhost:8080", 200),
        ("[::1]:8080", 200),
        ("LOCALHOST", 200),
        ("duban.example", 403),
        ("10.0.0.2:8080", 403),
        ("127.0.0.1.example", 403),
        ("[::1", 403),
    ],
)
def test_a_proxy_that_names_nobody_brings_nobody_to_the_metrics(
    client: FlaskClient, host: str, code: int
) -> None:
    """It passes on the name that the browser asked for, and comes from this machine itself."""
    assert client.get("/metrics", headers={"Host": host}).status_code == code


def test_with_a_token_metrics_are_for_who_has_it(
    client: FlaskClient, settings: config.Config
) -> None:
    client.application.extensions["desk"].settings = replace(settings, metrics_token="t" * 20)
    assert client.get("/metrics").status_code == 403
    assert client.get("/metrics", headers={"Authorization": "Bearer wrong"}).status_code == 403
    assert client.get("/metrics", headers={"Authorization": "Bearer ünicode"}).status_code == 403
    far = {"REMOTE_ADDR": "10.0.0.9"}
    headers = {"Authorization": f"Bearer {'t' * 20}"}
    assert client.get("/metrics", headers=headers, environ_base=far).status_code == 200
