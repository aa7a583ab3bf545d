"""Dossiers in tests: the files of what was sealed are made at once, as the
workers do it in an office."""

from __future__ import annotations

import tempfile
from datetime import datetime
from pathlib import Path

from app.papers.dossier import make_waiting
from tests.databases import Desk

SEALS = ("seal_referral", "supplement_referral")


def made(desk: Desk, now: datetime, verb: str, data: Path | None = None) -> None:
    """After a verb that seals, make the files that wait: in a folder, or in one that is gone at
    once."""
    if verb not in SEALS:
        return
    if data is not None:
        make_waiting(desk.sessions, data, now)
        return
    with tempfile.TemporaryDirectory(prefix="duban-dossiers-") as folder:
        make_waiting(desk.sessions, Path(folder), now)
