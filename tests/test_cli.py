"""The command line, run as an office's IT people run it."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, text
from werkzeug.security import check_password_hash

from app.database import transaction
from app.models import AccountChange, Event, Person
from app.rules.workdays import BEIJING
from app.stages.people import WRONG_PASSWORDS, login_failed
from app.story.theatre.cast import actor_named
from app.words import both, worded
from migrations import triggers
from tests.commands import ROOT, command
from tests.databases import SIGNING, Desk
from tests.office import moment


def _key(data: Path, desk: Desk) -> None:
    """Put the key of a desk's record into a data folder."""
    (data / "ledger.key").write_bytes(desk.key)
    (data / "signing.key").write_bytes(SIGNING)
    (data / "ledger.key").chmod(0o600)


def test_python_m_app_is_the_command_line(tmp_path: Path) -> None:
    """A process of its own from the first line on; the tests after it begin theirs from one that
    read the program."""
    call = [sys.executable, "-m", "app"]
    environment = {**os.environ, "DATABASE_URL": "", "DESK_DATA": str(tmp_path)}
    for arguments, code in ((["--help"], 0), (["verify"], 3), (["no-such-command"], 2)):
        line = [*call, *arguments]
        done = subprocess.run(
            line, env=environment, capture_output=True, text=True, cwd=ROOT, check=False
        )
        copied = command(tmp_path, *arguments)
        assert (done.returncode, done.stdout, done.stderr) == (code, copied.stdout, copied.stderr)
        assert copied.returncode == code


def test_upgrade_makes_the_database_and_fills_its_calendar(tmp_path: Path) -> None:
    done = command(tmp_path, "upgrade", DESK_CLOCK="2026-11-24T09:00:00")
    assert done.returncode == 0, done.stderr
    assert command(tmp_path, "upgrade", DESK_CLOCK="2026-11-24T09:00:00").returncode == 0
    with sqlite3.connect(tmp_path / "desk.db") as connection:
        days = connection.execute("SELECT min(day), max(day) FROM calendar_day").fetchone()
    connection.close()
    assert days == ("2004-01-01", "2027-12-31")


@pytest.mark.parametrize(("name", "code"), [("sweep", 2), ("verify", 3)])
def test_a_database_behind_its_migrations_is_said_so(tmp_path: Path, name: str, code: int) -> None:
    command(tmp_path, "sweep")
    done = command(tmp_path, name)
    assert done.returncode == code
    assert "python -m app upgrade" in done.stderr and "Traceback" not in done.stderr


def test_a_sweep_needs_no_redis_and_says_what_it_did(tmp_path: Path) -> None:
    command(tmp_path, "upgrade")
    done = command(tmp_path, "sweep", "--at", "2025-10-09 08:30", REDIS_URL="redis://127.0.0.1:1/0")
    assert (done.returncode, done.stdout) == (
        0,
        f"{both('shell.sweep.done', cases=0, failures=0)}\n",
    ), done.stderr


def test_a_sweep_of_a_moment_to_come_is_refused_in_production_and_changes_nothing(
    tmp_path: Path,
) -> None:
    command(tmp_path, "upgrade")
    tomorrow = (datetime.now(BEIJING) + timedelta(days=1)).strftime("%Y-%m-%d %H:%M")
    done = command(tmp_path, "sweep", "--at", tomorrow, DESK_ENV="production")
    assert (done.returncode, done.stdout) == (2, "") and "Traceback" not in done.stderr
    assert "--at" in done.stderr and "production" in done.stderr
    with closing(sqlite3.connect(tmp_path / "desk.db")) as connection:
        assert connection.execute("SELECT count(*) FROM run").fetchone() == (0,)
    for at, env in (("2025-10-09 08:30", "production"), (tomorrow, "demo")):
        assert command(tmp_path, "sweep", "--at", at, DESK_ENV=env).returncode == 0, (at, env)


def test_settings_that_make_no_sense_are_refused_with_a_sentence(tmp_path: Path) -> None:
    done = command(tmp_path, "sweep", DATABASE_URL="mysql://nowhere")
    assert done.returncode == 2
    assert "DATABASE_URL" in done.stderr and "Traceback" not in done.stderr


def test_a_story_that_cannot_be_read_is_refused_with_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "no.yaml").write_text("title: nobody", "utf-8")
    done = command(tmp_path, "play", str(tmp_path / "no.yaml"))
    assert done.returncode == 2
    assert "no.yaml" in done.stderr and "Traceback" not in done.stderr


def test_verify_exits_1_and_names_the_broken_row(desk: Desk, tmp_path: Path) -> None:
    from app.story.theatre.cast import actor_named
    from app.verbs import perform
    from tests.databases import FILLED_AT

    _key(tmp_path, desk)
    with transaction(desk.sessions) as session:
        who = actor_named(session, "operator")
        form = {"kind": "help", "narrative": "路灯不亮，夜间出行不便，请修复。", "anonymous": True}
        case = perform(session, FILLED_AT, who, "register", **form)
    assert command(tmp_path, "verify", DATABASE_URL=desk.url).returncode == 0
    with desk.engine.begin() as connection:
        triggers.drop(connection)
        connection.execute(text("UPDATE event SET actor = 'user:999' WHERE seq = 1 AND chain > 0"))
    done = command(tmp_path, "verify", DATABASE_URL=desk.url)
    assert done.returncode == 1
    assert done.stdout == (
        f"工单{case.id}台账第1条：内容与哈希值不符"
        f" case {case.id}, event 1: its contents do not match its hash\n"
    )
    assert (
        command(tmp_path, "verify", "--case", str(case.id), DATABASE_URL=desk.url).returncode == 1
    )


def test_who_owns_the_data_resets_the_second_factor_of_an_account_and_it_is_on_record(
    desk: Desk, tmp_path: Path
) -> None:
    from app.stages.factors import begin_factor
    from app.story.theatre.cast import actor_named

    _key(tmp_path, desk)
    with transaction(desk.sessions) as session:
        admin = actor_named(session, "it_admin")
        begin_factor(session, admin.id or 0)
    done = command(tmp_path, "reset-second-factor", admin.name.upper(), DATABASE_URL=desk.url)
    assert done.returncode == 0 and admin.name in done.stdout, done.stderr
    with transaction(desk.sessions) as session:
        row = session.get_one(Person, admin.id)
        assert (row.factor_sealed, row.session_version) == (None, 1)
        told = session.scalars(
            select(Event).where(Event.kind == "user.factor_reset_from_shell")
        ).one()
    assert told.payload == f'{{"user":{admin.id}}}'
    for name in (admin.name, "nobody-there"):
        again = command(tmp_path, "reset-second-factor", name, DATABASE_URL=desk.url)
        assert again.returncode == 2 and "Traceback" not in again.stderr and again.stderr, name
    assert command(tmp_path, "verify", DATABASE_URL=desk.url).returncode == 0


def test_the_shell_resets_a_password_by_a_slip_and_ends_a_lock(desk: Desk, tmp_path: Path) -> None:
    """Of the only administrator at once; of somebody else it proposes."""
    _key(tmp_path, desk)
    with transaction(desk.sessions) as session:
        admin, other = actor_named(session, "it_admin"), actor_named(session, "operator")
        session.get_one(Person, admin.id).password = "as it was"
        for _ in range(WRONG_PASSWORDS):
            login_failed(session, moment("2025-06-09 09:00"), admin.id or 0)
    at = {"DATABASE_URL": desk.url, "DESK_CLOCK": "2025-06-09T09:01:00"}
    assert command(tmp_path, "unlock", admin.name, **at).returncode == 0
    again = command(tmp_path, "unlock", admin.name, **at)
    assert again.returncode == 2 and worded("nothing_changed", "zh") in again.stderr
    done = command(tmp_path, "reset-password", admin.name, **at)
    slip = done.stdout.split()[-1]
    proposed = command(tmp_path, "reset-password", other.name, **at)
    assert proposed.returncode == 0 and "中心主任" in proposed.stdout
    with transaction(desk.sessions) as session:
        now = session.get_one(Person, admin.id)
        assert check_password_hash(now.password, slip) and now.locked_until is None
        assert not session.get_one(Person, other.id).password
        [waits] = session.scalars(select(AccountChange))
        assert (waits.person_id, waits.proposed_by_id) == (other.id, None)
        kinds = set(session.scalars(select(Event.kind)))
    assert {
        "user.unlocked_from_shell",
        "user.password_reset_from_shell",
        "account.proposed",
    } <= kinds
    assert command(tmp_path, "verify", **at).returncode == 0


@pytest.mark.parametrize(
    "call",
    [
        ["reset-password", "--username", "it_admin", "--password", "another phrase 12"],
        pytest.param(
            [
                "create-admin",
                "--username",
                "me",
                "--firstname",
                "a",
                "--lastname",
                "b",
                "--email",
                "m@e.x",
                "--password",
                "another phrase 12",
            ],
            marks=pytest.mark.long,
        ),
        pytest.param(["security-cleanup"], marks=pytest.mark.long),
        pytest.param(["import-roles", "--path", "roles.json"], marks=pytest.mark.long),
    ],
)
def test_flask_appbuilders_commands_change_no_account(
    sqlite_desk: Desk, tmp_path: Path, call: list[str]
) -> None:
    """They pass every rule and leave no event. Seen failing with the security manager as
    Flask-AppBuilder has it."""
    _key(tmp_path, sqlite_desk)
    (tmp_path / "roles.json").write_text("[]", "utf-8")
    with transaction(sqlite_desk.sessions) as session:
        actor_named(session, "it_admin")
        before = session.execute(select(Person.username, Person.password)).all()
    environment = {
        **os.environ,
        "DATABASE_URL": sqlite_desk.url,
        "DESK_DATA": str(tmp_path),
        "PYTHONPATH": str(ROOT),
    }
    flask = [sys.executable, "-m", "flask", "--app", "app.web:from_environment", "fab", *call]
    done = subprocess.run(
        flask, env=environment, capture_output=True, text=True, timeout=120, cwd=tmp_path
    )
    assert done.returncode != 0 and "python -m app reset-password" in done.stderr, done.stderr
    with transaction(sqlite_desk.sessions) as session:
        assert session.execute(select(Person.username, Person.password)).all() == before
