"""The skip counter: the last line of a run, and the end of a CI run over a skip that nobody has
allowed."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.skips import allowed_prefixes

ROOT = Path(__file__).resolve().parents[1]
TESTS = """
import pytest

def test_runs(): pass

@pytest.mark.skip(reason="no browser")
def test_is_skipped(): pass

@pytest.mark.xfail(reason="known")
def test_fails_as_expected(): assert False
"""
MODULE = "import pytest\npytest.skip('no mail server', allow_module_level=True)\n"


BESIDE = pytest.param(("-n", "2"), marks=pytest.mark.long)
"""In two processes, as the tests themselves are run."""


def run(
    folder: Path, *options: str, ci: str = "true", allowed: str = ""
) -> subprocess.CompletedProcess[str]:
    """A pytest of its own over TESTS and MODULE."""
    (folder / "tests").mkdir()
    (folder / "pytest.ini").write_text("[pytest]\n")
    (folder / "tests" / "test_one.py").write_text(TESTS)
    (folder / "tests" / "test_two.py").write_text(MODULE)
    (folder / "tests" / "allowed_skips.txt").write_text(allowed)
    environ = {
        key: value for key, value in os.environ.items() if not key.startswith(("PYTEST_", "COV_"))
    }
    plugins = ["-p", "tests.skips", "-p", "no:valkey", "--import-mode=importlib"]
    return subprocess.run(
        [sys.executable, "-m", "pytest", *plugins, *options],
        cwd=folder,
        env={**environ, "PYTHONPATH": str(ROOT), "CI": ci},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("options", [(), BESIDE, ("-q",)])
def test_the_last_line_counts_the_skipped(tmp_path: Path, options: tuple[str, ...]) -> None:
    ran = run(tmp_path, *options, ci="")
    assert ran.stdout.splitlines()[-1] == "skipped: 2"
    assert ran.returncode == 0


@pytest.mark.parametrize("options", [(), BESIDE])
def test_ci_fails_over_a_skip_that_is_not_allowed(tmp_path: Path, options: tuple[str, ...]) -> None:
    ran = run(tmp_path, *options, allowed="tests/test_two.py  # no mail server here\n")
    assert ran.returncode == 1
    assert "tests/test_one.py::test_is_skipped was skipped" in ran.stdout
    assert "no browser" in ran.stdout
    assert "test_two.py was skipped" not in ran.stdout


@pytest.mark.long
def test_ci_passes_when_each_skip_is_allowed(tmp_path: Path) -> None:
    allowed = "# a remark\n\ntests/test_one.py::test_is  # no browser here\ntests/test_two.py  # no mail\n"
    ran = run(tmp_path, allowed=allowed)
    assert (ran.returncode, ran.stdout.splitlines()[-1]) == (0, "skipped: 2")


@pytest.mark.long
def test_ci_fails_when_everything_is_skipped(tmp_path: Path) -> None:
    assert run(tmp_path, "tests/test_two.py").returncode == 1


@pytest.mark.parametrize("line", ["tests/test_one.py", "tests/test_one.py  # ", "  # everything"])
def test_an_allowed_skip_says_which_and_why(tmp_path: Path, line: str) -> None:
    with pytest.raises(pytest.UsageError, match="nodeid-prefix"):
        allowed_prefixes(line)
    ran = run(tmp_path, allowed=line)
    assert ran.returncode == pytest.ExitCode.USAGE_ERROR
