"""The locks: exact, complete, and what is installed - nothing less, nothing more."""

import re
import subprocess
import sys
from importlib.metadata import distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
LOCKS = ["requirements.txt", "requirements-dev.txt"]
PIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*==[A-Za-z0-9.+!]+")
ASKED_FOR = ["flask-appbuilder", "sqlalchemy", "rq", "redis", "requests", "pytest"]
# `python -m venv` brings these itself.
OF_THE_VENV = {"pip", "setuptools"}


def lines(lock: str) -> list[str]:
    """What the lock says, without its remarks."""
    text = (ROOT / lock).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def pins(lock: str) -> list[str]:
    return [line for line in lines(lock) if line != "-r requirements.txt"]


def same_spelling(name: str) -> str:
    """PEP 503: case, dots, dashes and underscores make no difference."""
    return re.sub(r"[-_.]+", "-", name).lower()


def locked() -> dict[str, str]:
    pairs = [pin.split("==") for lock in LOCKS for pin in pins(lock)]
    return {same_spelling(name): version for name, version in pairs}


def installed() -> dict[str, str]:
    return {same_spelling(found.name): found.version for found in distributions()}


@pytest.mark.parametrize("lock", LOCKS)
def test_each_line_is_one_exact_version(lock: str) -> None:
    assert [line for line in pins(lock) if not PIN.fullmatch(line)] == []


def test_no_package_is_locked_twice() -> None:
    names = [same_spelling(pin.split("==")[0]) for lock in LOCKS for pin in pins(lock)]
    assert sorted(names) == sorted(set(names))


def test_the_development_lock_stands_on_the_runtime_lock() -> None:
    assert lines("requirements-dev.txt")[0] == "-r requirements.txt"


def test_the_six_packages_asked_for_stand_at_the_top() -> None:
    first = [same_spelling(pin.split("==")[0]) for pin in pins("requirements.txt")[:6]]
    assert first == ASKED_FOR


def test_what_is_installed_is_what_the_locks_say() -> None:
    there = {name: version for name, version in installed().items() if name not in OF_THE_VENV}
    assert there == locked()


def test_pip_finds_nothing_missing_and_no_conflict() -> None:
    check = subprocess.run(
        [sys.executable, "-m", "pip", "check"], capture_output=True, text=True, check=False
    )
    assert (check.returncode, check.stdout.strip()) == (0, "No broken requirements found.")
