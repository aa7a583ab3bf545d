"""Writes the newest versions that go together into the two locks. Called by `make upgrade`.

A fresh environment takes every locked name without its version, pip's resolver chooses, and the choice
replaces the versions in place. Bounds that no package declares for itself stand in `.ci/bounds.txt`.
"""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LOCKS = [ROOT / "requirements.txt", ROOT / "requirements-dev.txt"]
BOUNDS = ROOT / ".ci" / "bounds.txt"
PIN = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)==(\S+)$", re.MULTILINE)


def spelling(name: str) -> str:
    """PEP 503: case, dots, dashes and underscores make no difference."""
    return re.sub(r"[-_.]+", "-", name).lower()


def resolved(names: list[str]) -> dict[str, str]:
    """The newest version of each name, and of what they need, that pip finds to go together."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        pip = [f"{folder}/bin/python", "-m", "pip", "--disable-pip-version-check", "--no-input"]
        subprocess.run([*pip, "install", "--quiet", "--upgrade", "-c", str(BOUNDS), *names], check=True)
        frozen = subprocess.run([*pip, "freeze"], check=True, capture_output=True, text=True).stdout
    return {spelling(name): version for name, version in PIN.findall(frozen)}


def main() -> int:
    texts = {lock: lock.read_text(encoding="utf-8") for lock in LOCKS}
    names = [name for text in texts.values() for name, _ in PIN.findall(text)]
    newest = resolved(names)
    for lock, text in texts.items():
        lock.write_text(PIN.sub(lambda pin: f"{pin[1]}=={newest[spelling(pin[1])]}", text), encoding="utf-8")
    unlocked = sorted(set(newest) - {spelling(name) for name in names})
    for name in unlocked:
        sys.stderr.write(f"{name}=={newest[name]} is needed now: add it to the lock that needs it.\n")
    return 1 if unlocked else 0


if __name__ == "__main__":
    raise SystemExit(main())
