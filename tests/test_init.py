"""The first day of a real office: its first three accounts, the roles, the calendar - and nothing
else."""

from __future__ import annotations

import os
import re
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

import pytest
from flask_appbuilder.security.sqla.models import Role
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.security import check_password_hash

from app.database import reading, retried, transaction
from app.models import Person
from app.rules.passwords import COMMON, PASSWORD_LENGTH, password_flaw
from app.stages.founding import SetupRefused, actor_of, first_accounts, lay_roles, make_account
from app.stages.rights import RIGHTS
from app.story.theatre.cast import actor_named, unit_named
from app.words import worded
from config import load
from tests.commands import ROOT, command
from tests.databases import Desk
from tests.office import moment

GOOD = "a river runs north"
EMPTY = ("unit", "unit_post", "hotline_case", "category", "caller", "contact", "notice", "run")


def tables(data: Path) -> dict[str, int]:
    """How many rows each table of a data folder's database holds."""
    connection = sqlite3.connect(data / "desk.db")
    names = [
        row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
    ]
    found = {
        name: int(connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0])
        for name in names
    }
    connection.close()
    return found


@pytest.mark.parametrize("env", ["demo", "production"])
def test_init_makes_three_accounts_roles_calendar_and_keys(tmp_path: Path, env: str) -> None:
    done = command(tmp_path, "init", DESK_ADMIN="chief", DESK_ADMIN_PASSWORD=GOOD, DESK_ENV=env)
    assert done.returncode == 0, done.stderr
    assert "chief" in done.stdout and GOOD not in done.stdout + done.stderr
    found = tables(tmp_path)
    assert {name: found[name] for name in EMPTY} == dict.fromkeys(EMPTY, 0)
    assert (found["ab_user"], found["ab_role"], found["calendar_day"] > 8000) == (
        3,
        len(RIGHTS),
        True,
    )
    for key in ("ledger.key", "secret.key", "signing.key"):
        assert (tmp_path / key).stat().st_mode & 0o777 == 0o600
    connection = sqlite3.connect(tmp_path / "desk.db")
    wanted = "SELECT username, active, unit_id, password, slip_until FROM ab_user ORDER BY id"
    rows = connection.execute(wanted).fetchall()
    marks = connection.execute("SELECT count(*) FROM setting WHERE name LIKE 'sample%'").fetchone()
    connection.close()
    assert [row[:3] for row in rows] == [
        (name, 1, None) for name in ("chief", "centre_head", "log_auditor")
    ]
    assert marks == (0,) and all(row[4] for row in rows)
    slips = re.findall(r"\t(?:centre_head|log_auditor)\t(\S+)", done.stdout)
    for row, first in zip(rows, (GOOD, *slips), strict=True):
        assert check_password_hash(row[3], first), row[0]


def test_the_first_three_may_be_named_and_are_three(tmp_path: Path) -> None:
    named = {"DESK_ADMIN": "chief", "DESK_CENTRE_HEAD": "wang.gang", "DESK_LOG_AUDITOR": "zhao.min"}
    done = command(tmp_path / "a", "init", **named)
    assert done.returncode == 0, done.stderr
    assert len(re.findall(r"\t([\w.]+)\t([a-z2-9]{4}-[a-z2-9-]+)", done.stdout)) == 3
    twice = command(tmp_path / "b", "init", "--username", "chief", "--centre-head", "Chief")
    assert (
        twice.returncode == 2
        and worded("username_taken", "zh", {"username": "chief"}) in twice.stderr
    )
    assert not (tmp_path / "b" / "desk.db").exists()


def test_name_and_password_come_from_the_call(tmp_path: Path) -> None:
    words = tmp_path / "password.txt"
    words.write_text(f"{GOOD}\n", "utf-8")
    done = command(tmp_path / "d", "init", "--username", "it.chief", "--password-file", str(words))
    assert done.returncode == 0, done.stderr
    connection = sqlite3.connect(tmp_path / "d" / "desk.db")
    row = connection.execute("SELECT username, password FROM ab_user").fetchone()
    connection.close()
    assert row[0] == "it.chief" and check_password_hash(row[1], GOOD)


def test_an_office_of_before_gets_the_two_that_it_lacks(tmp_path: Path) -> None:
    """It has an IT administrator and nobody who could confirm what he proposes; `check` says so."""
    given = {"DESK_ADMIN": "chief", "DESK_ADMIN_PASSWORD": GOOD}
    assert command(tmp_path, "init", **given).returncode == 0
    with sqlite3.connect(tmp_path / "desk.db") as connection:
        connection.execute("UPDATE ab_user SET active = 0 WHERE username <> 'chief'")
    connection.close()
    said = command(tmp_path, "check", DESK_ENV="production").stdout
    assert "centre_head" in said and "log_auditor" in said and "python -m app init" in said
    done = command(tmp_path, "init", "--centre-head", "wang.gang", "--log-auditor", "zhao.min")
    assert done.returncode == 0 and "chief" not in done.stdout, done.stderr
    connection = sqlite3.connect(tmp_path / "desk.db")
    active = [
        row[0]
        for row in connection.execute("SELECT username FROM ab_user WHERE active ORDER BY id")
    ]
    told = connection.execute(
        "SELECT count(*) FROM event WHERE kind = 'user.added_from_shell'"
    ).fetchone()
    connection.close()
    assert active == ["chief", "wang.gang", "zhao.min"] and told == (2,)
    again = command(tmp_path, "init", "--centre-head", "li.si", "--log-auditor", "wu.liu")
    assert again.returncode == 2 and worded("accounts_there", "zh", {"accounts": 5}) in again.stderr


def test_a_second_init_refuses_with_a_sentence(tmp_path: Path) -> None:
    given = {"DESK_ADMIN": "chief", "DESK_ADMIN_PASSWORD": GOOD}
    assert command(tmp_path, "init", **given).returncode == 0
    again = command(tmp_path, "init", **{**given, "DESK_ADMIN": "another"})
    assert again.returncode == 2 and "Traceback" not in again.stderr
    assert worded("accounts_there", "zh", {"accounts": 3}) in again.stderr
    assert tables(tmp_path)["ab_user"] == 3
    assert command(tmp_path, "demo").returncode == 2


@pytest.mark.parametrize(
    ("name", "password", "msgid"),
    [
        ("chief", "short words", "password_too_short"),
        ("chief", "password1234", "password_too_common"),
        ("administrator1", "administrator1", "password_is_the_name"),
        ("no name", GOOD, "username_wrong"),
    ],
)
def test_what_would_not_hold_is_refused_and_nothing_is_made(
    tmp_path: Path, name: str, password: str, msgid: str
) -> None:
    done = command(tmp_path, "init", DESK_ADMIN=name, DESK_ADMIN_PASSWORD=password)
    assert done.returncode == 2 and "Traceback" not in done.stderr
    assert worded(msgid, "zh") in done.stderr and worded(msgid, "en") in done.stderr
    assert not (tmp_path / "desk.db").exists()


def test_without_a_name_it_says_how_to_give_it(tmp_path: Path) -> None:
    for given in ({}, {"DESK_ADMIN_PASSWORD": GOOD}):
        done = command(tmp_path, "init", **given)
        assert done.returncode == 2
        assert "DESK_ADMIN_PASSWORD" in done.stderr and "--username" in done.stderr
    missing = command(
        tmp_path, "init", "--username", "chief", "--password-file", str(tmp_path / "none")
    )
    assert missing.returncode == 2 and "Traceback" not in missing.stderr


def test_the_administrators_password_never_shows_in_the_settings(tmp_path: Path) -> None:
    settings = load(
        {"DESK_DATA": str(tmp_path), "DESK_ADMIN": "chief", "DESK_ADMIN_PASSWORD": GOOD}
    )
    assert (settings.admin, settings.admin_password) == ("chief", GOOD)
    assert GOOD not in repr(settings)
    unset = load({"DESK_DATA": str(tmp_path), "DESK_ADMIN": "", "DESK_ADMIN_PASSWORD": ""})
    assert (unset.admin, unset.admin_password) == (None, None)


CALLED = (
    ("name of the office", "某市12345热线中心"),
    ("short word with which numbers begin", "某"),
    ("name of the supervision room", "某市人民政府督查室"),
    ("name of the supervisory committee", "某市监察委员会"),
    ("area code (0912)", "0913"),
)
"""What a terminal is asked about the office, and what is said."""
TERMINAL = "import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))"


@pytest.mark.parametrize(("second", "code"), [(GOOD, 0), ("something else entirely", 2)])
def test_at_a_terminal_it_asks(tmp_path: Path, second: str, code: int) -> None:
    environment = {**os.environ, "DATABASE_URL": "", "DESK_DATA": str(tmp_path)}
    call = [sys.executable, "-c", TERMINAL, sys.executable, "-m", "app", "init"]
    asked = subprocess.Popen(
        call, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT
    )
    assert asked.stdin is not None and asked.stdout is not None
    with asked:
        seen = b""
        prompts = [("user name: ", "chief"), ("password: ", GOOD), ("once more: ", second)]
        for prompt, answer in prompts + [
            ("[centre_head]: ", ""),
            ("[log_auditor]: ", "auditor1"),
            *((f"{text}: ", said) for text, said in CALLED),
        ] * (code == 0):
            while not seen.endswith(prompt.encode()):
                letter = asked.stdout.read(1)
                assert letter, seen.decode()
                seen += letter
            asked.stdin.write(f"{answer}\n".encode())
            asked.stdin.flush()
        seen += asked.stdout.read()
    assert asked.returncode == code, seen.decode()
    assert GOOD.encode() not in seen
    assert (tmp_path / "desk.db").exists() == (code == 0)
    if code == 0:
        assert set_in(tmp_path)["series.supervision"] == "某政督"


def set_in(data: Path) -> dict[str, str]:
    """The settings of an office."""
    with closing(sqlite3.connect(data / "desk.db")) as connection:
        return dict(connection.execute("SELECT name, value FROM setting").fetchall())


def test_an_office_is_called_by_its_own_names_or_check_is_red(tmp_path: Path) -> None:
    given = {"DESK_ADMIN": "chief", "DESK_ADMIN_PASSWORD": GOOD, "DESK_ENV": "production"}
    assert command(tmp_path / "a", "init", **given).returncode == 0
    red = command(tmp_path / "a", "check", DESK_ENV="production")
    assert red.returncode == 1 and "[red] office_unnamed" in red.stdout
    flags = ("--office", "某市12345热线中心", "--short", "某", "--room", "某市政府督查室")
    flags = (*flags, "--committee", "某市监察委员会", "--area-code", "0913")
    done = command(tmp_path / "b", "init", *flags, **given)
    assert done.returncode == 0, done.stderr
    told = set_in(tmp_path / "b")
    assert (told["office"], told["area_code"]) == ("某市12345热线中心", "0913")
    assert (told["series.reminder"], told["series.referral"]) == ("某热线催", "某政督函")
    assert "office_unnamed" not in command(tmp_path / "b", "check", DESK_ENV="production").stdout
    wrong = command(tmp_path / "c", "init", "--area-code", "12", **given)
    assert wrong.returncode == 2 and "Traceback" not in wrong.stderr
    assert not (tmp_path / "c" / "desk.db").exists()


@pytest.mark.parametrize(
    ("password", "username", "flaw"),
    [
        ("a river runs north", "chief", None),
        ("群山万壑赴荆门生长明妃尚有村", "chief", None),
        ("x" * 5 + "yz and 12", "chief", None),
        ("elevenchars", "chief", "password_too_short"),
        ("           a", "chief", "password_too_short"),
        ("longusername", "longusername", "password_is_the_name"),
        ("LongUserName", "longusername", "password_is_the_name"),
        ("emanresugnol", "longusername", "password_is_the_name"),
        ("chief1234567", "chief", "password_is_the_name"),
        ("chiefchief!!", "chief", "password_is_the_name"),
        ("chief of the river", "chief", None),
        ("Password1234", "chief", "password_too_common"),
        ("aaaaaaaaaaaaa", "chief", "password_too_common"),
    ],
)
def test_a_password_is_long_not_the_name_and_not_a_common_one(
    password: str, username: str, flaw: str | None
) -> None:
    assert password_flaw(password, username) == flaw


def test_every_common_password_would_otherwise_do() -> None:
    assert all(len(one) >= PASSWORD_LENGTH and one == one.casefold() for one in COMMON)
    assert {password_flaw(one, "") for one in COMMON} == {"password_too_common"}


def test_roles_are_made_once_and_accounts_hold_them(desk: Desk) -> None:
    with transaction(desk.sessions) as session:
        unit = unit_named(session, "WATER")
        roles = lay_roles(session)
        assert set(roles) == set(RIGHTS) and lay_roles(session).keys() == roles.keys()
        head = make_account(session, "somebody", [roles["unit_head"]], None, "李建国", unit.id)
        assert (
            actor_of(head).rights >= set(RIGHTS["unit_head"]) and actor_of(head).unit_id == unit.id
        )
        actor_named(session, "visitor")
        for held, unit_id in ((roles["unit_staff"], None), (roles["operator"], unit.id)):
            with pytest.raises(ValueError, match="belong to a unit"):
                make_account(session, "nobody", [held], None, unit_id=unit_id)
    with reading(desk.sessions) as session:
        assert session.scalar(select(func.count()).select_from(Role)) == len(RIGHTS)


def test_of_two_at_once_one_sets_the_office_up(desk: Desk) -> None:
    """Each finds the office empty before the other is done; still there are three accounts."""
    together, refused = threading.Barrier(2), []

    def work(name: str) -> None:
        def set_up(session: Session) -> str:
            names = {
                "it_admin": name,
                "centre_head": f"{name}.head",
                "log_auditor": f"{name}.auditor",
            }
            return first_accounts(session, moment("2025-06-09 09:00"), names, GOOD)["it_admin"][0]

        together.wait(30)
        try:
            retried(desk.sessions, set_up)
        except SetupRefused as no:
            refused.append(no.msgid)

    hands = [threading.Thread(target=work, args=(name,)) for name in ("chief", "other")]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join(60)
    with reading(desk.sessions) as session:
        assert session.scalar(select(func.count()).select_from(Person)) == 3
    assert refused == ["accounts_there"]
