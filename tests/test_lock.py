"""The locks: exact, complete, and what is installed - nothing less, nothing more."""

import ast
import hashlib
import json
import re
import runpy
import shutil
import subprocess
import sys
import threading
import zipfile
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import distributions, packages_distributions, requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[1]
LOCKS = ["requirements.txt", "requirements-dev.txt"]
PIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*==[A-Za-z0-9.+!]+")
ASKED_FOR = ["flask-appbuilder", "sqlalchemy", "rq", "redis", "requests", "pytest"]
# `python -m venv` brings these itself.
OF_THE_VENV = {"pip", "setuptools"}


def lines(lock: str) -> list[str]:
    """What the lock says, without its remarks and hashes."""
    return [line for line, _ in hashed(lock)]


def hashed(lock: str) -> list[tuple[str, list[str]]]:
    """Each line of a lock with what stands indented below it."""
    found: list[tuple[str, list[str]]] = []
    for line in (ROOT / lock).read_text(encoding="utf-8").splitlines():
        if line.startswith(" "):
            found[-1][1].append(line)
        elif line and not line.startswith("#"):
            found.append((line.removesuffix(" \\"), []))
    return found


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


@pytest.mark.parametrize("lock", LOCKS)
def test_each_version_has_the_hashes_of_its_files_and_no_other_word(lock: str) -> None:
    """In order, each once, the last without the sign that a line goes on."""
    for pin, below in hashed(lock):
        told = [line.removesuffix(" \\").strip() for line in below]
        assert all(re.fullmatch(r"--hash=sha256:[0-9a-f]{64}", one) for one in told), pin
        assert told == sorted({*told}) and (bool(told) or pin.startswith("-r ")), pin
        assert [line.endswith(" \\") for line in below] == [True] * (len(below) - 1) + [
            False
        ] * bool(below), pin


def test_no_package_is_locked_twice() -> None:
    names = [same_spelling(pin.split("==")[0]) for lock in LOCKS for pin in pins(lock)]
    assert sorted(names) == sorted(set(names))


def test_the_development_lock_stands_on_the_runtime_lock() -> None:
    assert lines("requirements-dev.txt")[0] == "-r requirements.txt"


def test_the_six_packages_asked_for_stand_at_the_top() -> None:
    first = [same_spelling(pin.split("==")[0]) for pin in pins("requirements.txt")[:6]]
    assert first == ASKED_FOR


STARTED = {
    "gunicorn": ("app/supervisor/panel.py", '"gunicorn"'),
    "psycopg": ("config.py", "postgresql+psycopg"),
    "psycopg-binary": ("config.py", "postgresql+psycopg"),
    "django-htmx": ("app/views/kits.py", '"django_htmx"'),
    "django-tomselect": ("app/views/kits.py", '"django_tomselect"'),
}
"""What is run by its name, loaded by it, or read by browsers from where it lies: package -> where
that name stands. `psycopg-binary` is psycopg in machine code."""
LACKING = {
    "django-htmx 1.29.0 requires asgiref, which is not installed.",
    "django-htmx 1.29.0 requires django, which is not installed.",
    "django-tomselect 2026.6.2 requires django, which is not installed.",
}
"""All that pip may find missing: what packages of files ask for, and nothing here needs."""
PYTHONS = ("3.11.0", "3.11.2", "3.11.9", "3.12.3", "3.13.0")
"""The interpreters that Duban is said to run on: some packages are needed on the older ones
only."""


def imported() -> set[str]:
    """The top-level modules that the running product imports, wherever in it."""
    found: set[str] = set()
    paths = [
        *(
            path
            for folder in ("app", "jobs", "migrations")
            for path in (ROOT / folder).rglob("*.py")
        )
    ]
    for path in [*paths, ROOT / "config.py"]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                found |= {name.name.partition(".")[0] for name in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                found.add(node.module.partition(".")[0])
    return found


def needed_by(name: str) -> set[str]:
    """What a package says that it needs, on any of the interpreters."""
    needs = map(Requirement, requires(name) or ())
    worlds = [
        {"python_full_version": one, "python_version": one.rpartition(".")[0], "extra": ""}
        for one in PYTHONS
    ]
    return {
        same_spelling(one.name)
        for one in needs
        if one.marker is None or any(one.marker.evaluate(world) for world in worlds)
    }


def test_every_package_of_the_runtime_lock_is_imported_or_needed_by_one_that_is() -> None:
    """By the running product; beside what its user asked for by name. What a package only declares
    stays: `pip check` ends the install, and tells of a lock that is not complete."""
    for name, (place, word) in STARTED.items():
        assert word in (ROOT / place).read_text(encoding="utf-8"), name
    lock = {same_spelling(pin.split("==")[0]) for pin in pins("requirements.txt")}
    modules = packages_distributions()
    reached = {
        same_spelling(package) for module in imported() for package in modules.get(module, ())
    } & lock
    reached |= {*STARTED, *ASKED_FOR}
    waiting = [*reached]
    while waiting:
        more = needed_by(waiting.pop()) & lock - reached
        reached |= more
        waiting += more
    assert sorted(lock - reached) == []


_WHEEL = "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"


def test_a_package_that_was_changed_on_its_way_is_not_installed(tmp_path: Path) -> None:
    """By the very line of the install, from a folder of wheels as an office without a network has
    it."""
    install = (ROOT / ".ci" / "install").read_text(encoding="utf-8")
    assert "--no-deps --require-hashes" in install
    wheel = tmp_path / "wheels" / "duban_sample-1.0-py3-none-any.whl"
    wheel.parent.mkdir()
    told = "Metadata-Version: 2.1\nName: duban-sample\nVersion: 1.0\n"
    with zipfile.ZipFile(wheel, "w") as packed:
        packed.writestr("duban_sample.py", "")
        packed.writestr("duban_sample-1.0.dist-info/METADATA", told)
        packed.writestr("duban_sample-1.0.dist-info/WHEEL", _WHEEL)
        packed.writestr("duban_sample-1.0.dist-info/RECORD", "")
    right, lock = hashlib.sha256(wheel.read_bytes()).hexdigest(), tmp_path / "lock.txt"
    pip = [
        sys.executable,
        "-m",
        "pip",
        "--disable-pip-version-check",
        "install",
        "--no-deps",
        "--require-hashes",
    ]
    where = [
        "--no-index",
        f"--find-links={wheel.parent}",
        f"--target={tmp_path / 'there'}",
        "-r",
        str(lock),
    ]
    for sha256, code in ((right, 0), ("0" * 64, 1), ("", 1)):
        lock.write_text(
            "duban-sample==1.0" + (f" --hash=sha256:{sha256}" if sha256 else "") + "\n",
            encoding="utf-8",
        )
        shutil.rmtree(tmp_path / "there", ignore_errors=True)
        done = subprocess.run([*pip, *where], capture_output=True, text=True, check=False)
        assert done.returncode == code, done.stderr
        assert (tmp_path / "there" / "duban_sample.py").exists() is (code == 0)


def test_the_hashes_of_a_version_are_those_of_all_its_files(tmp_path: Path) -> None:
    """As an index lists them: of wheels for every system and of the source, not of other versions,
    nor of what was taken back."""
    listed = [
        ("a_b-1.0-cp311-cp311-manylinux_2_28_x86_64.whl", "1", False),
        ("a_b-1.0-cp313-cp313-win_amd64.whl", "2", False),
        ("a-b-1.0.tar.gz", "3", False),
        ("a_b-1.0.1-py3-none-any.whl", "4", False),
        ("a_b-1.0-py2-none-any.whl", "5", True),
        ("a_b-01.0.zip", "6", False),
        ("a_b-1.0.exe", "7", False),
    ]
    files = [
        {"filename": name, "hashes": {"sha256": sha}, "yanked": back} for name, sha, back in listed
    ]
    (tmp_path / "a-b").mkdir()
    (tmp_path / "a-b" / "index.html").write_text(json.dumps({"files": files}), encoding="utf-8")
    serving = partial(SimpleHTTPRequestHandler, directory=str(tmp_path))
    with ThreadingHTTPServer(("127.0.0.1", 0), serving) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            upgrade = runpy.run_path(str(ROOT / ".ci" / "upgrade.py"))
            assert upgrade["hashes"](f"http://127.0.0.1:{server.server_port}", "A.b", "1.0") == [
                "1",
                "2",
                "3",
                "6",
            ]
            with pytest.raises(SystemExit, match="lists no file"):
                upgrade["hashes"](f"http://127.0.0.1:{server.server_port}", "A.b", "2.0")
        finally:
            server.shutdown()
            thread.join(10)


def test_what_is_installed_is_what_the_locks_say() -> None:
    there = {name: version for name, version in installed().items() if name not in OF_THE_VENV}
    assert there == locked()


def test_pip_finds_no_conflict_and_nothing_missing_but_what_files_do_not_need() -> None:
    """The install allows the same lines, and no other."""
    allowed = (ROOT / ".ci" / "lacking.txt").read_text(encoding="utf-8").splitlines()
    assert {*allowed} == LACKING | {"No broken requirements found."}
    check = subprocess.run(
        [sys.executable, "-m", "pip", "check"], capture_output=True, text=True, check=False
    )
    assert {*check.stdout.splitlines()} == LACKING
