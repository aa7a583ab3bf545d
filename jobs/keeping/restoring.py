"""A backup is put back into an empty place: looked through first, so that what is refused has touched
nothing; files, database and keys then, each whole."""

from __future__ import annotations

import shutil
from pathlib import Path

import config
from app.database import engine_from
from app.files.store import write_whole
from app.ledger.chain import key_name
from app.words import Message
from jobs.keeping.copying import lay_files
from jobs.keeping.making import Backup, newest
from jobs.keeping.manifest import MANIFEST, faults_of, manifest_of
from jobs.keeping.sealed_keys import BLOB, open_keys
from jobs.keeping.snapshot import is_empty, kind_of, put_back
from jobs.keeping.told import note_backup
from jobs.servable import Refused
from migrations.grants import grant
from migrations.upgrade import knows

SHOWN = 5
"""How many files that are not whole are named."""


def chosen(folder: Path) -> Backup:
    """The backup that a folder is, or the newest in it. Raises Refused."""
    if not (folder / MANIFEST).exists():
        found = newest(folder) if folder.is_dir() else None
        if found is not None:
            return found
    return Backup(folder, manifest_of(folder))


def restorable(backup: Backup, place: config.Place) -> None:
    """Raises Refused where a backup cannot be put into a place, in words; nothing was touched
    then."""
    told = backup.manifest
    if not knows(told.revision):
        raise Refused(
            Message(
                "shell.keep.of_a_later_program",
                {"program": told.program, "revision": told.revision},
            )
        )
    faults = [fault.both() for fault in faults_of(backup.folder, told)]
    if faults:
        raise Refused(Message("shell.keep.not_whole", {"what": tuple(faults[:SHOWN])}))
    if told.database != kind_of(place.database_url):
        raise Refused(
            Message(
                "shell.keep.other_database",
                {"theirs": told.database, "ours": kind_of(place.database_url)},
            )
        )
    _is_empty(place)
    room = next(path for path in (place.data, *place.data.parents) if path.exists())
    free = shutil.disk_usage(room).free
    if free < told.size:
        sizes = {"wanted": told.size // 1024**2 + 1, "free": free // 1024**2}
        raise Refused(
            Message("shell.keep.no_room", {"wanted": sizes["wanted"], "free": sizes["free"]})
        )


def _is_empty(place: config.Place) -> None:
    """Raises Refused where something stands that a restore would mix with. What a restore left that
    was broken off is its own."""
    begun = (place.data / config.RESTORING).exists()
    if place.data.exists() and any(place.data.iterdir()) and not begun:
        raise Refused(Message("shell.keep.folder_full", {"data": place.data}))
    engine = engine_from(place.owner_url or place.database_url)
    try:
        if not is_empty(engine):
            raise Refused(Message("shell.keep.database_full"))
    finally:
        engine.dispose()


def keys_in(backup: Backup, passphrase: str) -> dict[str, bytes]:
    """name -> content of the keys of a backup. Raises Refused for another passphrase, and where the
    key in use is not among them."""
    keys = open_keys(backup.folder / BLOB, passphrase)
    if key_name(keys.get(config.LEDGER_KEY, b"")) != backup.manifest.ledger_key:
        raise Refused(Message("shell.keep.other_key", {"key": backup.manifest.ledger_key}))
    return keys


def restore(backup: Backup, place: config.Place, keys: dict[str, bytes]) -> None:
    """Put a backup back. Broken off it is begun anew by doing it again: nothing starts on the folder
    meanwhile. Raises Refused, OSError, DatabaseError."""
    place.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    for left in place.data.iterdir():
        shutil.rmtree(left) if left.is_dir() else left.unlink()
    write_whole(place.data / config.RESTORING, backup.folder.name.encode())
    lay_files(backup.folder, place.data)
    for name, key in keys.items():
        write_whole(place.data / name, key)
    shutil.copyfile(backup.folder / BLOB, place.data / BLOB)
    note_backup(place.data, backup.manifest.at)
    put_back(place.owner_url or place.database_url, backup.folder)
    if place.owner_url:
        _granted(place.database_url, place.owner_url)
    (place.data / config.RESTORING).unlink()


def _granted(url: str, owner_url: str) -> None:
    """Let the account that runs do what the program does."""
    engine, owner = engine_from(url), engine_from(owner_url)
    try:
        with owner.begin() as connection:
            grant(connection, engine.url.username or "")
    finally:
        owner.dispose()
