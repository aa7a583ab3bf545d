"""Applies the examples of `docs/examples` to a copy of the tree and runs a script there.

An example says in its headings where each piece goes: a new file, or after or instead of a line
that stands in one. `HEAD` in it is the newest migration of the tree.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from alembic.script import ScriptDirectory

from migrations.upgrade import alembic_config

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "docs" / "examples"
MOST_LINES = 60
_PIECE = re.compile(
    r"^### `(?P<path>[^`]+)`"
    r"(?: \(new\)|, after `(?P<after>[^`]+)`|, instead of `(?P<instead>[^`]+)`)"
    r"\n+```\w*\n(?P<code>.*?)^```",
    re.MULTILINE | re.DOTALL,
)
_TREE = ("app", "jobs", "migrations", "tests", "docs")


@dataclass(frozen=True)
class Piece:
    """One piece of an example: the file, the line behind which or instead of which it goes (neither:
    the file is new), and its lines."""

    path: str
    after: str | None
    instead: str | None
    code: str


def pieces(name: str) -> list[Piece]:
    """The pieces of an example."""
    text = (FOLDER / f"{name}.md").read_text("utf-8")
    found = [Piece(**one.groupdict()) for one in _PIECE.finditer(text)]
    assert len(found) == text.count("\n### "), f"{name}: a heading that says no place"
    return found


def touched(name: str) -> set[str]:
    """The files that an example touches."""
    return {piece.path for piece in pieces(name)}


def copy_of_the_tree(folder: Path) -> Path:
    """A copy of what an office has."""
    for part in _TREE:
        skipped = shutil.ignore_patterns("__pycache__", "pictures")
        shutil.copytree(ROOT / part, folder / part, ignore=skipped)
    for file in ("config.py", "pyproject.toml"):
        shutil.copyfile(ROOT / file, folder / file)
    return folder


def apply(name: str, folder: Path, without: str = "") -> None:
    """Apply an example to a copy, but for the pieces of one file."""
    head = ScriptDirectory.from_config(alembic_config()).get_current_head()
    for piece in pieces(name):
        if piece.path == without:
            continue
        file, code = folder / piece.path, piece.code.replace("HEAD", str(head))
        line = piece.after or piece.instead
        if line is None:
            assert not file.exists(), f"{name}: {piece.path} is there already"
            file.write_text(code, "utf-8")
            continue
        text = file.read_text("utf-8")
        lines = text.split("\n")
        places = [n for n, text_of in enumerate(lines) if text_of.strip() == line]
        assert len(places) == 1, f"{name}: {piece.path} has {len(places)} lines `{line}`"
        empty = "\n" if piece.path.endswith(".po") else ""
        at = places[0] if piece.instead else _behind(lines, places[0])
        lines[at : at + bool(piece.instead)] = [code.rstrip("\n") + empty]
        file.write_text("\n".join(lines), "utf-8")


def _behind(lines: list[str], place: int) -> int:
    """Where a piece goes behind a line: of an entry of a catalogue, behind its text and the empty
    line that ends it."""
    return lines.index("", place) + 1 if lines[place].startswith("msgid ") else place + 1


def run(folder: Path, script: str) -> subprocess.CompletedProcess[str]:
    """Run a script in a copy."""
    return subprocess.run(
        [sys.executable, "-W", "error::SyntaxWarning", "-c", script, str(folder / "data")],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=200,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(folder), "DESK_DATA": str(folder / "data")},
    )


OFFICE = """
import sys
from contextlib import contextmanager
from pathlib import Path

from tests.databases import desk_at, lay, sqlite_url
from tests.people import People
from tests.views.panel import panel_over


@contextmanager
def office():
    folder = Path(sys.argv[1])
    folder.mkdir()
    url = sqlite_url(folder / "desk.db")
    lay(url)
    with desk_at(url) as desk:
        people = People(desk).hire("WATER", "HOUSING")
        with panel_over(desk, folder / "files", people.now) as panel:
            yield people, panel
"""
"""What makes an office with two units in a copy, and a panel over it."""
