"""A backup is made: the database first, then files, papers and dossiers - what arrived after the
snapshot may be among them, nothing that it names is missing -, then the sealed keys; looked through,
and only then called by its name."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection
from sqlalchemy.orm import Session

import config
from app import VERSION
from app.database import engine_from, missing_file, sessions_from
from app.ledger import verify
from app.ledger.chain import key_name
from app.ledger.keys import ring_of
from app.papers.kept import Kept, lost_among
from app.rules.workdays import beijing
from app.words import Message
from jobs.files import all_kept
from jobs.keeping.copying import BELOW, copy_files
from jobs.keeping.manifest import Manifest, manifest_of, summed_up
from jobs.keeping.rule import kept
from jobs.keeping.sealed_keys import BLOB, unsealed
from jobs.keeping.snapshot import revision_of, snapshot, tables_of
from jobs.keeping.told import note_backup
from jobs.servable import Refused, our_key
from migrations.upgrade import CURRENT, FRESH, NEWER, standing

NAME, DRAFT, LOCK = "duban-", ".making-", ".lock"


@dataclass(frozen=True)
class Backup:
    """A whole backup: where it stands and what it says of itself."""

    folder: Path
    manifest: Manifest


def back_up(settings: config.Config, folder: Path, now: datetime) -> Backup:
    """Copy the desk into a new folder below `folder`. What of the office itself is not whole is named
    in the manifest; the copy is what the office is. Raises Refused, DatabaseError, OSError, and then
    nothing is left of it."""
    behind = unsealed(settings.data)
    if behind or not (settings.data / BLOB).exists():
        raise Refused(Message("shell.keep.unsealed", {"names": tuple(behind)}))
    _may_stand(settings, folder)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _alone(folder):
        for left in folder.glob(f"{DRAFT}*"):
            shutil.rmtree(left)
        last = newest(folder)
        name = _free(folder, f"{NAME}{beijing(now):%Y%m%d-%H%M%S}")
        draft = folder / f"{DRAFT}{name}"
        draft.mkdir(mode=0o700)
        try:
            told = _filled(settings, draft, last, now)
            told.write(draft)
            os.sync()
            os.replace(draft, folder / name)
        except BaseException:
            shutil.rmtree(draft, ignore_errors=True)
            raise
    note_backup(settings.data, now)
    return Backup(folder / name, told)


def _free(folder: Path, name: str) -> str:
    """A name that no other backup has."""
    names = (name, *(f"{name}-{n}" for n in range(2, 1000)))
    return next(one for one in names if not (folder / one).exists())


def _may_stand(settings: config.Config, folder: Path) -> None:
    """Raises Refused where a backup would stand in the folder that it is to replace."""
    if folder.resolve().is_relative_to(settings.data.resolve()):
        raise Refused(Message("shell.keep.inside", {"folder": folder, "data": settings.data}))


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One backup into a folder at a time. Raises Refused."""
    handle = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise Refused(Message("shell.keep.another", {"folder": folder})) from None
    finally:
        os.close(handle)


def _filled(settings: config.Config, draft: Path, last: Backup | None, now: datetime) -> Manifest:
    """Write all of a backup but its manifest, and look through it: what the manifest says."""
    engine = engine_from(settings.database_url)
    file = missing_file(engine)
    if file is not None:
        raise Refused(Message("shell.database.none", {"file": file}))
    try:
        with snapshot(engine, draft) as connection:
            revision, tables = revision_of(connection), tables_of(connection)
            flaws, named = _looked_at(settings, connection)
    finally:
        engine.dispose()
    before = (last.folder, last.manifest.files) if last else (None, {})
    wrong = copy_files(settings.data, draft, *before)
    flaws += [Message("flaw.file.altered", {"name": name}).both() for name in wrong]
    lost = lost_among(draft / BELOW, named)
    flaws += [" ".join((one.told("zh"), one.told("en"))) for one in lost]
    shutil.copyfile(settings.data / BLOB, draft / BLOB)
    return Manifest(
        program=VERSION,
        revision=revision,
        database=engine.dialect.name,
        made_at=now.isoformat(),
        ledger_key=key_name(settings.ledger_key),
        tables=tables,
        files=summed_up(draft),
        flaws=flaws,
    )


def _looked_at(settings: config.Config, connection: Connection) -> tuple[list[str], list[Kept]]:
    """What of the record is not whole, and the files that it names. One of an earlier schema cannot
    be asked: an upgrade asks it afterwards. Raises Refused for what is no office of this key."""
    where, _ = standing(connection)
    if where in (FRESH, NEWER):
        raise Refused(Message("shell.keep.no_office"))
    if where != CURRENT:
        return [], []
    with session_on(settings, connection) as session:
        our_key(settings, session)
        ring = ring_of(session, settings.ledger_key, settings.retired_keys)
        flaws = [" ".join((one.told("zh"), one.told("en"))) for one in verify(session, ring)]
        return flaws, all_kept(session)


@contextmanager
def session_on(settings: config.Config, connection: Connection) -> Iterator[Session]:
    """A session that reads by a connection, with the keys of the settings."""
    keys = settings.ledger_key, settings.retired_keys
    made = sessions_from(connection, *keys, signing=settings.signing_keys)
    with made() as session:
        yield session


def backups(folder: Path) -> list[Backup]:
    """The whole backups in a folder, oldest first."""
    found = []
    for one in sorted(folder.glob(f"{NAME}*")):
        try:
            found.append(Backup(one, manifest_of(one)))
        except (Refused, OSError, ValueError, TypeError):
            continue
    return sorted(found, key=lambda one: (one.manifest.at, len(one.folder.name), one.folder.name))


def newest(folder: Path) -> Backup | None:
    """The newest whole backup in a folder."""
    return next(reversed(backups(folder)), None)


def thin_out(folder: Path, made: Backup) -> list[str]:
    """Remove the backups that the rule does not keep beside the one that was just made, whatever the
    clock said; their names. Where that one is of an office that was not whole, nothing is removed: an
    older one may be what is needed."""
    if made.manifest.flaws:
        return []
    found = backups(folder)
    stays = kept(one.manifest.at for one in found)
    gone = [
        one.folder for one in found if one.manifest.at not in stays and one.folder != made.folder
    ]
    for one in gone:
        # By its name it is no backup any more, even where this is broken off.
        draft = one.with_name(f"{DRAFT}{one.name}")
        os.replace(one, draft)
        shutil.rmtree(draft)
    return [one.name for one in gone]
