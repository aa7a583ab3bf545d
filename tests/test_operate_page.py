"""What docs/operate.md says is so: its settings, wake-ups, findings and commands are those of the
program. And the two READMEs say the same."""

from __future__ import annotations

import ast
import os
import re
import subprocess
from importlib.util import find_spec
from pathlib import Path
from textwrap import dedent

import pytest
from sqlalchemy import select

from app import cli
from app.database import reading
from app.models import Person
from app.views.machines.health import FORWARDED
from app.web import READ_BYTES
from config import PORT, PROJECT, load
from jobs.advice import ADVICE
from jobs.timetable import TIMETABLE
from tests.databases import desk_at

APP = ".venv/bin/python -m app"
PAGE = (PROJECT / "docs" / "operate.md").read_text("utf-8")


def table(heading: str) -> dict[str, list[str]]:
    """The rows of the table whose first column has this heading, by their first cell."""
    rows: dict[str, list[str]] = {}
    inside = False
    for line in PAGE.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("|") and not inside:
            inside = cells[0] == heading
        elif line.startswith("|") and cells[0].strip("-"):
            rows[cells[0].strip("`")] = cells[1:]
        elif not line.startswith("|"):
            inside = False
    return rows


def settings_read() -> set[str]:
    """The variables that config.py reads: `environ.get("NAME")`, `_path(environ, "NAME", ...)` and
    `_token(environ, "NAME")`."""
    tree = ast.parse((PROJECT / "config.py").read_text("utf-8"))
    found = set()
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        reads = (
            isinstance(call.func, ast.Attribute) and getattr(call.func.value, "id", "") == "environ"
        )
        if reads or getattr(call.func, "id", "") in ("_path", "_token"):
            found |= {
                one.value for one in call.args[: 1 if reads else 2] if isinstance(one, ast.Constant)
            }
    return {str(name) for name in found}


def test_the_table_of_settings_is_that_of_the_program() -> None:
    assert {"DESK_DATA", "DESK_ENV", "PORT"} < settings_read()
    assert set(table("variable")) == settings_read()


def test_the_defaults_are_those_of_the_program(tmp_path: Path) -> None:
    told, made = table("variable"), load({"DESK_DATA": str(tmp_path)})
    assert [told[name][1] for name in ("DESK_ENV", "DESK_BIND", "PORT")] == [
        "`demo`",
        f"`{made.bind}`",
        f"`{PORT}`",
    ]
    assert made.env == "demo"


def test_the_table_of_wake_ups_is_the_timetable() -> None:
    assert {name: cells[0] for name, cells in table("wake-up").items()} == {
        wake.name: f"{wake.every} s" for wake in TIMETABLE
    }


def test_every_finding_of_the_check_is_told() -> None:
    assert set(table("code")) == set(ADVICE)


def test_the_web_server_before_the_panel_passes_on_who_asks_and_that_it_is_tls() -> None:
    """Without the one `/metrics` would be everybody's, without the other no browser would be told
    to stay with TLS."""
    lines = {line.strip() for line in PAGE.splitlines() if line.startswith("    ")}
    passed = {
        line.split()[1]: line.split()[2] for line in lines if line.startswith("proxy_set_header ")
    }
    assert passed == {
        "Host": "$host;",
        "X-Forwarded-For": "$proxy_add_x_forwarded_for;",
        "X-Forwarded-Proto": "$scheme;",
    }
    assert f"proxy_pass http://127.0.0.1:{PORT};" in lines
    assert set(passed) & set(FORWARDED)
    assert f"client_max_body_size {READ_BYTES // 2**20}m;" in lines


def blocks(heading: str) -> list[str]:
    """The indented blocks of a section, in order."""
    section = PAGE.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    return [
        dedent(one).strip("\n")
        for one in re.findall(r"(?:^    .*\n|^\n(?=    ))+", section, re.MULTILINE)
    ]


def test_a_password_in_the_address_of_the_database_is_one_that_its_user_was_given() -> None:
    told = "\n".join(blocks("PostgreSQL and services of their own"))
    assert re.search(r"^DATABASE_URL=postgresql://duban:…@127\.0\.0\.1/duban$", told, re.MULTILINE)
    assert "createuser --pwprompt duban" in told
    assert (
        told.index("createuser")
        < told.index("createdb")
        < told.index("DATABASE_URL")
        < told.index("[Service]")
    )


def test_who_runs_it_can_read_its_settings_and_nobody_else() -> None:
    told = "\n".join(blocks("Start in earnest"))
    user = re.search(r"^ *User=(\w+)$", PAGE, re.MULTILINE)
    assert user and f"# install -o {user[1]} -g {user[1]} -m 0600 /dev/null /etc/duban.env" in told
    assert f"# su {user[1]}\n" in told and "EnvironmentFile=/etc/duban.env\n" in PAGE


def test_the_desk_is_checked_after_it_was_started() -> None:
    """`check` of a desk that is stopped says that the bot is missing, whatever else is well."""
    told = "\n".join(blocks("Upgrade"))
    order = ["systemctl stop", "make install", "app upgrade", "systemctl start", "app check"]
    assert sorted(order, key=told.index) == order


@pytest.mark.long
def test_the_commands_of_the_page_work_on_the_database_of_its_settings(
    postgres_url: str, tmp_path: Path
) -> None:
    """In a shell that has read the file as the page says, and started anywhere."""
    settings, data = tmp_path / "duban.env", tmp_path / "lib"
    (file,) = [
        one for one in blocks("PostgreSQL and services of their own") if one.startswith("DESK_ENV=")
    ]
    values = {"/var/lib/duban": str(data), "postgresql://duban:…@127.0.0.1/duban": postgres_url}
    shell = next(one for one in blocks("Start in earnest") if "set -a" in one).replace(
        "# su duban\n", ""
    )
    for old, new in {
        **values,
        "REDIS_URL=redis://:…@127.0.0.1:6379/0": f"REDIS_URL=unix://{data}/none",
    }.items():
        assert old in file
        file = file.replace(old, new)
    settings.write_text(file, "utf-8")
    shell = shell.replace("/opt/duban", str(PROJECT)).replace("/etc/duban.env", str(settings))
    given = "DESK_ADMIN=chief DESK_ADMIN_PASSWORD='a river runs north'"
    lines = [shell, f"{given} {APP} init", f"{APP} upgrade", f"{APP} verify"]
    done = subprocess.run(
        ["sh", "-ec", "\n".join(lines)],
        env={"PATH": os.environ["PATH"]},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert (data / "ledger.key").exists() and "the record is whole" in done.stdout
    with desk_at(postgres_url) as desk, reading(desk.sessions) as session:
        assert session.scalars(select(Person.username)).all() == [
            "chief",
            "centre_head",
            "log_auditor",
        ]


def test_the_commands_and_programs_named_are_there() -> None:
    parser = cli._parser()
    commands = set(re.findall(r"python -m app ([a-z-]+)", PAGE))
    assert commands == {
        "run",
        "init",
        "check",
        "sweep",
        "verify",
        "upgrade",
        "reset-second-factor",
        "reset-password",
        "unlock",
        "keys",
        "config",
        "template",
        "reindex",
        "recall",
        "front",
        "backup",
        "restore",
        "move",
    }
    for name in commands:
        named = dict.fromkeys(("reset-second-factor", "reset-password", "unlock"), ["chief"])
        more = {**named, "recall": ["FILE.csv.gz"], "config": ["export"]}.get(name, [])
        more = {"restore": ["FOLDER"], "move": ["--to", "URL"]}.get(name, more)
        assert parser.parse_args([name, *more]).command == name
    for module in re.findall(r"python -m (jobs\.\w+)|python:([\w.]+)", PAGE):
        assert find_spec("".join(module)) is not None
    for target in re.findall(r"make ([a-z-]+)", PAGE):
        assert f"\n{target}:" in (PROJECT / "Makefile").read_text("utf-8"), target


def readme(name: str) -> dict[str, list[str]]:
    """What a README has in whatever language: sections, commands, links, the columns of its
    table."""
    text = (PROJECT / name).read_text("utf-8")
    return {
        "sections": ["##" for line in text.splitlines() if line.startswith("## ")],
        "commands": [
            re.split(r"\s+# ", line.strip())[0]
            for line in text.splitlines()
            if line.startswith("    ")
        ],
        "links": sorted(
            one for one in re.findall(r"\]\(([^)]+)\)", text) if not one.startswith("README")
        ),
        "rows": [str(line.count("|")) for line in text.splitlines() if line.startswith("|")],
        "steps": re.findall(r"^\d\. ", text, re.MULTILINE),
    }


def test_the_two_readmes_tell_the_same() -> None:
    english, chinese = readme("README.md"), readme("README.zh.md")
    for what, told in english.items():
        assert told == chinese[what], what
        assert told, what


def test_every_command_is_in_the_readme() -> None:
    (choices,) = [one.choices for one in cli._parser()._actions if one.choices]
    text = "\n".join(readme("README.md")["commands"])
    assert {
        name for name in choices if not re.search(rf"python -m app (\w+ \| )?{name}\b", text)
    } == set()
