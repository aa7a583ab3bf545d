"""A machine on which Duban cannot be installed is told so in one sentence, before anything is
made."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.commands import ROOT

VERSIONS = ("3.11", "3.12", "3.13")


def _install(python: Path | str, venv: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHON": str(python), "VENV": str(venv), "PIP_FROM": ""}
    return subprocess.run(
        ["sh", ".ci/install", "requirements.txt"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
    )


def _refused(done: subprocess.CompletedProcess[str], venv: Path) -> str:
    """The one sentence of a refusal that made nothing."""
    assert done.returncode == 2, done.stderr
    assert not venv.exists() and not done.stdout
    (said,) = done.stderr.splitlines()
    return said


def _interpreter(folder: Path, version: str, modules: bool = True) -> Path:
    """An interpreter that says it is of a version, and whose module for environments may be
    lacking."""
    path = folder / f"python-{version}"
    lacking = "" if modules else 'case "$2" in *ensurepip*) exit 1 ;; esac\n'
    told = f'case "$2" in *version_info*) echo {version} ;; *sys.version*) echo "{version}.0" ;; *) exit 0 ;; esac\n'
    path.write_text(f"#!/bin/sh\n{lacking}{told}", "utf-8")
    path.chmod(0o755)
    return path


def test_an_interpreter_that_is_missing_is_named_with_how_to_get_it(tmp_path: Path) -> None:
    said = _refused(_install("python3.99", tmp_path / "venv"), tmp_path / "venv")
    assert "python3.99 is not installed" in said and "apt-get install" in said


@pytest.mark.parametrize("version", ["2.7", "3.9", "3.10", "3.14"])
def test_an_interpreter_of_another_version_is_refused(tmp_path: Path, version: str) -> None:
    said = _refused(_install(_interpreter(tmp_path, version), tmp_path / "venv"), tmp_path / "venv")
    assert f"Python {version}" in said and all(one in said for one in VERSIONS)


@pytest.mark.parametrize("version", VERSIONS)
def test_an_interpreter_that_cannot_make_environments_is_refused(
    tmp_path: Path, version: str
) -> None:
    """Debian parts `venv` from the interpreter."""
    python = _interpreter(tmp_path, version, modules=False)
    assert f"python{version}-venv" in _refused(
        _install(python, tmp_path / "venv"), tmp_path / "venv"
    )


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    """/proc takes no file from anybody, root either."""
    done = _install(sys.executable, Path("/proc/venv"))
    assert "/proc cannot be written" in _refused(done, Path("/proc/venv"))


def test_an_environment_that_is_another_ones_is_left_as_it_is(tmp_path: Path) -> None:
    """Seen failing: making it anew empties the one that the link leads to."""
    (tmp_path / "used").mkdir()
    (tmp_path / "used" / "python").touch()
    (tmp_path / "venv").symlink_to(tmp_path / "used")
    done = _install(sys.executable, tmp_path / "venv")
    assert done.returncode == 2 and "call make where it is" in done.stderr
    assert (tmp_path / "used" / "python").exists()


def test_make_takes_the_first_interpreter_that_is_there(tmp_path: Path) -> None:
    """`make install` on a machine that has only 3.13."""
    made = tmp_path / "bin"
    made.mkdir()
    shutil.copy(_interpreter(tmp_path, "3.13", modules=False), made / "python3.13")
    for tool in ("sh", "make", "sed", "dirname", "cat", "cmp", "wc"):
        (made / tool).symlink_to(str(shutil.which(tool)))
    asked = ["make", "install", f"VENV={tmp_path / 'venv'}"]
    done = subprocess.run(asked, cwd=ROOT, env={"PATH": str(made)}, capture_output=True, text=True)
    assert done.returncode and "python3.13-venv" in done.stderr


@pytest.mark.long
@pytest.mark.parametrize("version", VERSIONS[1:])
def test_a_story_plays_on_each_version_that_is_named(tmp_path: Path, version: str) -> None:
    """Installed from the runtime lock, in an environment of its own."""
    python = shutil.which(f"python{version}")
    if python is None or subprocess.run([python, "-V"], capture_output=True).returncode:
        pytest.skip(f"no Python {version} on this machine")
    venv = tmp_path / "venv"
    done = _install(python, venv)
    assert done.returncode == 0, done.stderr
    story = next(iter(sorted((ROOT / "tests" / "stories").glob("*.yaml"))))
    played = subprocess.run(
        [str(venv / "bin" / "python"), "-m", "app", "play", str(story)],
        cwd=ROOT,
        env={**os.environ, "DESK_DATA": str(tmp_path / "data")},
        capture_output=True,
        text=True,
    )
    assert played.returncode == 0 and re.match("ok ", played.stdout), played.stderr


def test_the_readme_says_on_which_versions_it_runs() -> None:
    for name in ("README.md", "README.zh.md"):
        said = (ROOT / name).read_text("utf-8")
        assert all(version in said for version in VERSIONS), name
