"""Dossiers as files: a directory and a zip beside it, made after the seal, outside the transaction,
under a lease.

Everything comes from what was frozen: a maker that is killed half way leaves nothing that counts,
and the next one makes the same bytes. The record names the zip's SHA-256; only then may the
referral be sent.
"""

from __future__ import annotations

import fcntl
import logging
import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from app.database import Sessions, reading, retried
from app.files import digest, sync_folder, write_whole
from app.ledger import lock_cases
from app.models import Referral
from app.papers.bundle import volume_files, write_zip
from app.papers.copied import Copy, issued_copy
from app.papers.issued import issued
from app.papers.sealed import Volume, is_recorded, read_volume, waiting_volumes
from app.papers.verifying import told_of
from app.rules.refusal import NotAllowed
from app.stages.accountability import Made, record_dossier

log = logging.getLogger(__name__)


def make_waiting(sessions: Sessions, data: Path, now: datetime) -> list[Path]:
    """Make the files of every sealed dossier and supplement that has none on record, below
    `data`/dossiers; their zips. Whoever makes one holds its lease: a second maker waits, and then
    finds it made.

    Raises NotAllowed (file_lost) where an attachment is gone, OSError where the disk is full, when
    all others are made: one that cannot be made holds up no other, and nothing is left of it."""
    with reading(sessions) as session:
        waiting = waiting_volumes(session)
    made: list[Path] = []
    failed: list[NotAllowed | OSError] = []
    for referral_id, version in waiting:
        try:
            zipped = make(sessions, data, now, referral_id, version)
        except (NotAllowed, OSError) as why:
            log.error("volume %s of referral %s was not made: %s", version, referral_id, why)
            failed.append(why)
        else:
            made += [zipped] if zipped else []
    if failed:
        raise failed[0]
    return made


def make(
    sessions: Sessions, data: Path, now: datetime, referral_id: int, version: int
) -> Path | None:
    """Make one volume's files and record them: its zip, or None where another maker was first."""
    folder = data / "dossiers"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _lease(folder / f".lease-{referral_id}-v{version}"):
        with reading(sessions) as session:
            if is_recorded(session, referral_id, version):
                return None
            volume = read_volume(session, referral_id, version)
        copies = [
            issued_copy(one, issued(sessions, data, now, one["kind"], one["id"]).path)
            for one in volume.papers
        ]
        made = _write(folder, data, volume, copies)
        files = Made(volume.name, digest(made), made.stat().st_size, **told_of(volume.key))

        def record(session: Session) -> bool:
            lock_cases(session, [volume.case_id])
            referral = session.get_one(Referral, referral_id, populate_existing=True)
            return record_dossier(session, now, referral, files, version) is not None

        return made if retried(sessions, record) else None


@contextmanager
def _lease(path: Path) -> Iterator[None]:
    """One maker at a time; the lease of one that died is free at once."""
    handle = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _write(folder: Path, data: Path, volume: Volume, copies: Sequence[Copy]) -> Path:
    """The directory and the zip of a volume, each whole or not at all; the zip. What a killed maker
    left is cleared away: it was never recorded."""
    for left in folder.glob(f".making-{volume.name}-*"):
        shutil.rmtree(left)
    files = volume_files(data, volume, copies)
    draft = Path(tempfile.mkdtemp(dir=folder, prefix=f".making-{volume.name}-"))
    try:
        for name, content in files.items():
            write_whole(draft / volume.name / name, content)
        write_zip(draft / f"{volume.name}.zip", volume.name, files)
        final = folder / volume.name
        if final.exists():
            shutil.rmtree(final)
        os.rename(draft / volume.name, final)
        os.replace(draft / f"{volume.name}.zip", folder / f"{volume.name}.zip")
        sync_folder(folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return folder / f"{volume.name}.zip"
