"""Writes the newest versions that go together into the two locks, and the hashes of all their
files. Called by `make upgrade`; with `--keep` the versions stay and only the hashes are written
anew.

A fresh environment takes every locked name without its version, pip's resolver chooses, and the
choice replaces the versions in place. Bounds that no package declares for itself stand in
`.ci/bounds.txt`. The hashes are those that the index lists, of wheels for every system and of
sources, so that one lock serves all of them.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.request import Request, urlopen

ROOT = Path(__file__).resolve().parents[1]
LOCKS = [ROOT / "requirements.txt", ROOT / "requirements-dev.txt"]
BOUNDS = ROOT / ".ci" / "bounds.txt"
PIN = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)==(\S+)((?: \\\n    --hash=\S+)*)$", re.MULTILINE)
INDEX, LISTING = "https://pypi.org/simple", "application/vnd.pypi.simple.v1+json"
"""The index where pip is told no other, and how it is asked for a list of files."""
SECONDS = 60
_SOURCES = (".tar.gz", ".zip")


def spelling(name: str) -> str:
    """PEP 503: case, dots, dashes and underscores make no difference."""
    return re.sub(r"[-_.]+", "-", name).lower()


def resolved(names: list[str]) -> dict[str, str]:
    """The newest version of each name, and of what they need, that pip finds to go together."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        pip = [f"{folder}/bin/python", "-m", "pip", "--disable-pip-version-check", "--no-input"]
        subprocess.run(
            [*pip, "install", "--quiet", "--upgrade", "-c", str(BOUNDS), *names], check=True
        )
        frozen = subprocess.run([*pip, "freeze"], check=True, capture_output=True, text=True).stdout
    return {spelling(name): version for name, version, _ in PIN.findall(frozen)}


def index() -> str:
    """The index that pip uses."""
    told = subprocess.run(
        [sys.executable, "-m", "pip", "config", "get", "global.index-url"],
        capture_output=True,
        text=True,
        check=False,
    )
    return (os.environ.get("PIP_INDEX_URL") or told.stdout.strip() or INDEX).rstrip("/")


def same_version(one: str, other: str) -> bool:
    """Whether two spellings are one version: zeros before a number make no difference."""
    return re.sub(r"\b0+(?=\d)", "", one) == re.sub(r"\b0+(?=\d)", "", other)


def version_of(file: str, name: str) -> str:
    """The version in a file's name, or nothing where it is neither a wheel nor a source."""
    if file.endswith(".whl"):
        return file.split("-")[1]
    ending = next((one for one in _SOURCES if file.endswith(one)), None)
    stem = file[: -len(ending)] if ending else ""
    return stem[len(name) + 1 :] if spelling(stem[: len(name)]) == spelling(name) else ""


def hashes(base: str, name: str, version: str) -> list[str]:
    """The SHA-256 of every file of a version that the index lists, in order. Raises SystemExit
    where it lists none."""
    request = Request(f"{base}/{spelling(name)}/", headers={"Accept": LISTING})
    with urlopen(request, timeout=SECONDS) as answer:
        files = json.load(answer)["files"]
    found = {
        one["hashes"]["sha256"]
        for one in files
        if not one.get("yanked") and same_version(version_of(one["filename"], name), version)
    }
    if not found:
        raise SystemExit(f"{base} lists no file of {name} {version}")
    return sorted(found)


def main() -> int:
    texts = {lock: lock.read_text(encoding="utf-8") for lock in LOCKS}
    pins = {
        spelling(name): version for text in texts.values() for name, version, _ in PIN.findall(text)
    }
    newest = pins if "--keep" in sys.argv[1:] else resolved(list(pins))
    base = index()

    def written(pin: re.Match[str]) -> str:
        version = newest[spelling(pin[1])]
        told = (f" \\\n    --hash=sha256:{one}" for one in hashes(base, pin[1], version))
        return f"{pin[1]}=={version}{''.join(told)}"

    for lock, text in texts.items():
        lock.write_text(PIN.sub(written, text), encoding="utf-8")
    unlocked = sorted(set(newest) - set(pins))
    for name in unlocked:
        sys.stderr.write(
            f"{name}=={newest[name]} is needed now: add it to the lock that needs it.\n"
        )
    return 1 if unlocked else 0


if __name__ == "__main__":
    raise SystemExit(main())
