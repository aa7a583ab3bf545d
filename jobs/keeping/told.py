"""When the desk was backed up last, and whether its keys are sealed as they are now: for `check` and
the panel."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import config
from app.rules.workdays import BEIJING, minute
from jobs.advice import Finding, finding
from jobs.keeping.sealed_keys import BLOB, unsealed

BACKED_UP = "backed-up"
"""The file of DESK_DATA that a backup touches when it is done, with the moment of its snapshot."""
STALE = timedelta(days=2)
"""How old the last backup may be before it is told in red."""


def last_backup(data: Path) -> datetime | None:
    """The moment of the last backup; None where there was none."""
    try:
        return datetime.fromtimestamp((data / BACKED_UP).stat().st_mtime, BEIJING)
    except FileNotFoundError:
        return None


def note_backup(data: Path, at: datetime) -> None:
    """Note when a backup was made, where `check` and the panel look."""
    marker = data / BACKED_UP
    marker.touch(mode=0o600)
    os.utime(marker, (at.timestamp(), at.timestamp()))


def backup_findings(settings: config.Config, now: datetime) -> Iterator[Finding]:
    """Whether there is a backup of late, and whether it has the keys: in earnest, or where a folder
    for it is set."""
    if not settings.production and settings.backup is None:
        return
    behind = unsealed(settings.data)
    if behind or not (settings.data / BLOB).exists():
        yield finding("keys_unsealed", names=tuple(behind))
    last = last_backup(settings.data)
    if last is None:
        yield finding("backup_missing")
    elif now - last >= STALE:
        yield finding("backup_old", last=minute(last), days=STALE.days)
