"""The page of rules: each sentence of the procedure has a row, and what a row names is there and
ran."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from app.verbs import VERBS
from tests.rules_page import (
    PROCEDURE,
    Row,
    did_not_run,
    found,
    is_unshown,
    keys,
    ran_as,
    resolve,
    rows,
    sentences,
)

ROOT = Path(__file__).resolve().parents[1]
SMALL = """# The procedure

This is one sentence. This is **another**, with 1.11.0 and e.g. `a_word` in it. [Civil Code 201]

## 0. Days
- A first bullet runs over
  two lines. It ends at 24:00 of the 3rd wd. `Then` more
- A second one: "immediate danger?" is asked, evidence (no., name) kept.
| clock | default |
|---|---|
| sign for | **1 wd**. A note |
After the table. Is it asked? Yes.
```
code. is. not. read.
```
## States
Case: `a` -> `b` | `c` once. Case: `a` -> `b` | `d` twice.
## Chinese terms
case 工单.
"""
TESTS = """
import pytest

def test_passes(): pass

@pytest.mark.parametrize("n", [1, 2])
def test_has_parameters(n): pass

@pytest.mark.skip(reason="no browser")
def test_is_skipped(): pass

@pytest.mark.long
def test_is_long(): pass
"""
PAGE = "| § | first words | verb | function | test |\n|---|---|---|---|---|\n"


def test_the_procedure_is_split_into_sentences_bullets_and_table_rows() -> None:
    assert sentences(SMALL) == {
        "preamble": [
            "This is one sentence.",
            "This is another, with 1.11.0 and e.g. a_word in it. [Civil Code 201]",
        ],
        "0": [
            "A first bullet runs over two lines.",
            "It ends at 24:00 of the 3rd wd.",
            "Then more",
            'A second one: "immediate danger?" is asked, evidence (no., name) kept.',
            "sign for 1 wd. A note",
            "After the table.",
            "Is it asked?",
            "Yes.",
        ],
        "States": ["Case: a -> b | c once.", "Case: a -> b | d twice."],
    }


def test_a_sentence_is_named_by_its_first_six_words_or_more_until_it_is_the_only_one() -> None:
    assert keys(SMALL)[1] == ("preamble", "This is another, with 1.11.0 and")
    assert keys(SMALL)[-2:] == [
        ("States", "Case: a -> b c once."),
        ("States", "Case: a -> b d twice."),
    ]
    same = "## 1. A\nOne two three four five six seven. One two three four five six eight.\n"
    assert keys(same) == [
        ("1", "One two three four five six seven."),
        ("1", "One two three four five six eight."),
    ]


def test_each_verb_of_a_row_is_in_the_table_of_verbs() -> None:
    named = {verb for row in rows() for verb in row.verbs} - {"-", "sweep"}
    assert named - set(VERBS) == set()


def test_each_function_of_a_row_is_there() -> None:
    for name in {function for row in rows() for function in row.functions} - {"-"}:
        assert name.startswith("app.")
        assert resolve(name) is not None


def test_each_test_of_a_row_is_there_or_is_said_to_come_later() -> None:
    named = {test for row in rows() for test in row.tests if not is_unshown(test)}
    assert {test for test in named if not found(test)} == set()


def test_each_row_names_a_function_unless_it_comes_later() -> None:
    bare = [
        row.key for row in rows() if row.functions == ("-",) and not any(map(is_unshown, row.tests))
    ]
    assert bare == []


def test_no_two_rows_are_about_one_sentence() -> None:
    named = [row.key for row in rows()]
    assert sorted({key for key in named if named.count(key) > 1}) == []


def test_each_sentence_has_its_row_and_each_row_its_sentence() -> None:
    if not PROCEDURE.exists():
        pytest.skip("the procedure does not stand beside the project")
    said, named = keys(PROCEDURE.read_text(encoding="utf-8")), {row.key for row in rows()}
    assert [key for key in said if key not in named] == [], "sentences without a row"
    assert sorted(named - set(said)) == [], "rows without a sentence"


def test_a_story_runs_as_its_file_and_a_parametrized_test_as_its_function() -> None:
    assert ran_as("tests/test_story.py::test_story[sqlite-redo-twice]") == "story:redo-twice"
    assert ran_as("tests/stages/test_x.py::test_y[postgres]") == "tests/stages/test_x.py::test_y"
    assert ran_as("tests/test_story.py::test_play") == "tests/test_story.py::test_play"


def test_a_name_that_is_not_there_does_not_resolve() -> None:
    for name in (
        "app.stages.reminder.decide_nothing",
        "app.stages.nothing.decide",
        "app.rules.limits.Limits.no",
    ):
        with pytest.raises((AttributeError, ModuleNotFoundError)):
            resolve(name)


def example(folder: Path, *tests: str) -> None:
    """A project with TESTS and a page that names these tests, each in a row."""
    (folder / "tests").mkdir()
    (folder / "docs" / "rules").mkdir(parents=True)
    (folder / "pytest.ini").write_text("[pytest]\ntestpaths = tests\nmarkers =\n    long: later\n")
    (folder / "tests" / "test_one.py").write_text(TESTS)
    lines = [f"| 0 | words {n} | - | - | {test} |" for n, test in enumerate(tests)]
    (folder / "docs" / "rules" / "1.md").write_text(PAGE + "\n".join(lines) + "\n")


def run(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """A pytest of its own over the example."""
    environ = {
        key: value for key, value in os.environ.items() if not key.startswith(("PYTEST_", "COV_"))
    }
    plugins = ["-p", "tests.rules_page", "-p", "no:valkey", "--import-mode=importlib"]
    return subprocess.run(
        [sys.executable, "-m", "pytest", *plugins, *options],
        cwd=folder,
        env={**environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )


BESIDE = pytest.param(("-n", "2"), marks=pytest.mark.long)
"""In two processes, as the tests themselves are run."""


def one(name: str) -> str:
    return f"tests/test_one.py::{name}"


@pytest.mark.parametrize(
    "options", [pytest.param((), marks=pytest.mark.long), BESIDE, ("-m", "not long")]
)
def test_a_full_run_in_which_all_named_tests_pass_is_green(
    tmp_path: Path, options: tuple[str, ...]
) -> None:
    example(
        tmp_path,
        one("test_passes"),
        f"{one('test_has_parameters')}<br>{one('test_is_long')}",
        "later: screens",
    )
    ran = run(tmp_path, *options)
    assert ran.returncode == 0, ran.stdout


@pytest.mark.parametrize(
    "options", [pytest.param((), marks=pytest.mark.long), BESIDE, ("-m", "not long", "-q")]
)
@pytest.mark.parametrize("name", ["test_is_skipped", "test_is_not_there"])
def test_a_full_run_fails_over_a_named_test_that_did_not_run(
    tmp_path: Path, options: tuple[str, ...], name: str
) -> None:
    example(tmp_path, one("test_passes"), one(name))
    ran = run(tmp_path, *options)
    assert ran.returncode == 1
    assert f"docs/rules names {one(name)}, which did not pass in this run." in ran.stdout
    assert one("test_passes") + "," not in ran.stdout


@pytest.mark.parametrize(
    "options", [("-k", "passes"), ("tests/test_one.py",), ("-m", "long"), ("--collect-only",)]
)
def test_a_run_of_some_tests_is_not_asked_for_the_others(
    tmp_path: Path, options: tuple[str, ...]
) -> None:
    example(tmp_path, one("test_is_skipped"))
    assert run(tmp_path, *options).returncode == 0


def test_a_named_story_that_was_not_played_did_not_run(tmp_path: Path) -> None:
    example(tmp_path, "story:made-up", one("test_is_long"))
    assert did_not_run(tmp_path, set()) == ["story:made-up"]
    assert did_not_run(tmp_path, {"story:made-up"}) == []


def test_a_row_has_five_cells(tmp_path: Path) -> None:
    example(tmp_path, one("test_passes"))
    (tmp_path / "docs" / "rules" / "2.md").write_text(PAGE + "| 0 | words | - | - |\n")
    with pytest.raises(ValueError, match="five cells"):
        rows(tmp_path)
    (tmp_path / "docs" / "rules" / "2.md").write_text(PAGE + "| 0 | a `b` | x<br>y | - | z |\n")
    assert rows(tmp_path)[-1] == Row("0", "a b", ("x", "y"), ("-",), ("z",), "2.md")


def test_the_procedures_words_name_the_stages_and_the_verbs() -> None:
    words = {
        "acceptance",
        "allocation",
        "handling",
        "reminder",
        "supervision",
        "reporting",
        "visit",
        "redo",
        "accountability",
    }
    for room in ("stages", "models"):
        assert words <= {path.stem for path in (ROOT / "app" / room).iterdir()}
    assert words <= {verb.stage for verb in VERBS.values()}
