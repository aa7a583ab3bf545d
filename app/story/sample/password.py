"""The one password of all sample accounts: the office's own, or one that is made and kept beside
the database."""

from __future__ import annotations

import os
import secrets
import tempfile
from pathlib import Path

FILE = "demo-password"
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""What a made password is made of: nothing that looks like something else."""


def sample_password(data: Path, given: str | None) -> tuple[str, Path | None]:
    """The password and the file that keeps it; no file where it was given. One that was kept before
    stays. Nobody but the owner may read the file (mode 0600)."""
    path = data / FILE
    if given:
        path.unlink(missing_ok=True)
        return given, None
    if path.exists() and path.read_text("utf-8").strip():
        path.chmod(0o600)
        return path.read_text("utf-8").strip(), path
    made = "-".join("".join(secrets.choice(LETTERS) for _ in range(5)) for _ in range(4))
    handle, draft = tempfile.mkstemp(dir=data, prefix=f".{FILE}-")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(f"{made}\n")
    os.replace(draft, path)
    return made, path
