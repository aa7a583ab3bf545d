"""The example of a verb, `docs/examples/verb/mark_danger.diff`, applied to a copy of the tree: it
does what it says, and a step that is left out is named in a sentence."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
EXAMPLE = ROOT / "docs" / "examples" / "verb" / "mark_danger.diff"
COPIED = ("app", "docs", "jobs", "migrations", "tests", "config.py", "pyproject.toml")
STAGE = "app/stages/handling/verbs.py"
STEP = "app/stages/handling/danger.py"
LIST = "tests/walk/model.py"
WORDS = "app/translations/"

Tree = Callable[..., Path]


def run(tree: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """A command of Python in a tree."""
    command = [sys.executable, *words]
    return subprocess.run(command, cwd=tree, capture_output=True, text=True, timeout=250)


@pytest.fixture
def copied(tmp_path: Path) -> Tree:
    """Makes a copy of the tree with the example, but for the files that are left out."""

    def copy(*without: str) -> Path:
        left_out = shutil.ignore_patterns("__pycache__", "node_modules")
        for name in COPIED:
            place = ROOT / name
            if place.is_dir():
                shutil.copytree(place, tmp_path / name, ignore=left_out)
            else:
                shutil.copyfile(place, tmp_path / name)
        leave = [f"--exclude={place}" for place in without]
        subprocess.run(["git", "apply", *leave, str(EXAMPLE)], cwd=tmp_path, check=True)
        return tmp_path

    return copy


def test_the_example_is_short_and_touches_a_stage_the_words_and_the_list() -> None:
    text = EXAMPLE.read_text("utf-8")
    assert len(text.splitlines()) <= 90
    touched = re.findall(r"^--- a/(.*)$", text, re.MULTILINE)
    places = {"the words" if one.startswith(WORDS) else one for one in touched}
    assert places == {STAGE, "the words", LIST}
    assert {path for path in touched if path.startswith("app/")} == {STAGE, *CATALOGUES}


@pytest.mark.long
def test_the_verb_of_the_example_is_offered_shown_done_and_recorded(copied: Tree) -> None:
    tree = copied()
    assert run(tree, "-m", "tests.verbs").stdout == ""
    shown = ("tests/examples/mark_danger.py", "tests/test_story.py", "tests/test_verbs.py")
    chosen = "mark_danger or sqlite-handling-a-danger or belongs_to_the_roles"
    done = run(tree, "-m", "pytest", "-q", "-p", "no:cacheprovider", *shown, "-k", chosen)
    assert done.returncode == 0, done.stdout
    assert "4 passed" in done.stdout


CATALOGUES = [f"{WORDS}{language}/LC_MESSAGES/duban.po" for language in ("zh", "en")]
SAID = [
    "mark_danger: nobody says who may do it; write its roles into WHO_MAY of tests/walk/model.py.",
    *(f"mark_danger: it has no title; write verb.mark_danger into {file}." for file in CATALOGUES),
    *(
        "mark_danger: its event 'case.endangered' has no words; write event.case.endangered into"
        f" {file}."
        for file in CATALOGUES
    ),
]
"""The sentences about what is left out of the example."""


def test_each_step_that_is_left_out_is_named_with_its_file(copied: Tree) -> None:
    done = run(copied(LIST, *CATALOGUES), "-m", "tests.verbs")
    assert (done.stdout.splitlines(), done.returncode) == (SAID, 1)


@pytest.mark.long
def test_a_verb_that_no_test_does_is_named(copied: Tree) -> None:
    tree = copied("tests/stories/handling-a-danger-is-marked.yaml")
    done = run(tree, "-m", "pytest", "-q", "tests/test_rooms.py", "-k", "done_in_a_test")
    assert "mark_danger: no test does it; tell a story in tests/stories." in done.stdout


BROKEN = {
    STEP: (
        'Word("case.endangered", tells=("allocator",))',
        '"case.endangered"',
        "mark_danger (app.stages.handling.danger): no event is called 'case.endangered';",
    ),
    STAGE: (
        "        event=ENDANGERED,\n",
        "",
        "mark_danger (app.stages.handling.danger): it records nothing; name its event in its row.",
    ),
}
"""file of the example -> what is changed in it, to what, and what the start says."""


@pytest.mark.parametrize("file", BROKEN)
def test_a_row_that_cannot_stand_is_refused_at_the_start_by_name(copied: Tree, file: str) -> None:
    tree = copied()
    place, (was, now, sentence) = tree / file, BROKEN[file]
    text = place.read_text("utf-8")
    assert was in text
    place.write_text(text.replace(was, now), "utf-8")
    done = run(tree, "-m", "app", "--help")
    assert done.returncode != 0
    assert sentence in done.stderr
