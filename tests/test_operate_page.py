"""What docs/operate.md says is so: its settings, wake-ups, findings and commands are those of the program."""

from __future__ import annotations

import ast
import re
from importlib.util import find_spec
from pathlib import Path

from app import cli
from app.views.health import FORWARDED
from app.web import READ_BYTES
from config import PORT, PROJECT, load
from jobs.advice import ADVICE
from jobs.timetable import TIMETABLE

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
    """The variables that config.py reads: `environ.get("NAME")` and `_path(environ, "NAME", ...)`."""
    tree = ast.parse((PROJECT / "config.py").read_text("utf-8"))
    found = set()
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        reads = isinstance(call.func, ast.Attribute) and getattr(call.func.value, "id", "") == "environ"
        if reads or getattr(call.func, "id", "") == "_path":
            found |= {one.value for one in call.args[: 1 if reads else 2] if isinstance(one, ast.Constant)}
    return {str(name) for name in found}


def test_the_table_of_settings_is_that_of_the_program() -> None:
    assert {"DESK_DATA", "DESK_ENV", "PORT"} < settings_read()
    assert set(table("variable")) == settings_read()


def test_the_defaults_are_those_of_the_program(tmp_path: Path) -> None:
    told, made = table("variable"), load({"DESK_DATA": str(tmp_path)})
    assert [told[name][1] for name in ("DESK_ENV", "DESK_BIND", "PORT")] == ["`demo`", f"`{made.bind}`", f"`{PORT}`"]
    assert made.env == "demo"


def test_the_table_of_wake_ups_is_the_timetable() -> None:
    assert {name: cells[0] for name, cells in table("wake-up").items()} == {
        wake.name: f"{wake.every} s" for wake in TIMETABLE
    }


def test_every_finding_of_the_check_is_told() -> None:
    assert set(table("code")) == set(ADVICE)


def test_the_web_server_before_the_panel_passes_on_who_asks_and_that_it_is_tls() -> None:
    """Without the one `/metrics` would be everybody's, without the other no browser would be told to stay with TLS."""
    lines = {line.strip() for line in PAGE.splitlines() if line.startswith("    ")}
    passed = {line.split()[1]: line.split()[2] for line in lines if line.startswith("proxy_set_header ")}
    assert passed == {
        "Host": "$host;", "X-Forwarded-For": "$proxy_add_x_forwarded_for;", "X-Forwarded-Proto": "$scheme;"
    }  # fmt: skip
    assert f"proxy_pass http://127.0.0.1:{PORT};" in lines
    assert set(passed) & set(FORWARDED)
    assert f"client_max_body_size {READ_BYTES // 2**20}m;" in lines


def test_the_commands_and_programs_named_are_there() -> None:
    parser = cli._parser()
    commands = set(re.findall(r"python -m app ([a-z-]+)", PAGE))
    assert commands == {"run", "init", "check", "sweep", "verify", "upgrade", "reset-second-factor"}
    for name in commands:
        assert parser.parse_args([name, *(["chief"] if name == "reset-second-factor" else [])]).command == name
    for module in re.findall(r"python -m (jobs\.\w+)|python:([\w.]+)", PAGE):
        assert find_spec("".join(module)) is not None
    for target in re.findall(r"make ([a-z-]+)", PAGE):
        assert f"\n{target}:" in (PROJECT / "Makefile").read_text("utf-8"), target
