"""How an office is kept for years: it is backed up, put back, moved to the other database, and
upgraded."""

from __future__ import annotations

import os
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine

import config
from app.cli import record
from app.cli.passphrases import add_passphrase, passphrase
from app.database import engine_from, retried
from app.reindex import reindex, reindex_extras
from app.stages.acceptance import fill_pairs
from app.supervisor import ready
from app.words import SPOKEN, Message, both, then
from jobs.advice import OF_THE_BOT
from jobs.children import clock_of, supervised
from jobs.health import findings
from jobs.keeping.making import Backup, back_up, thin_out
from jobs.keeping.moving import Moved, move, refuse_move
from jobs.keeping.restoring import chosen, keys_in, restorable
from jobs.keeping.restoring import restore as put_back
from jobs.servable import Refused, at_our_schema, not_ours, opened, our_key, sessions_of
from migrations.upgrade import BEHIND as IS_BEHIND
from migrations.upgrade import CURRENT, FRESH, standing


def backup(settings: config.Config, given: Namespace) -> int:
    """Copy the desk, which goes on working, into a folder: 1 where the office itself was not
    whole."""
    folder = given.folder or settings.backup
    if folder is None:
        raise Refused(Message("shell.keep.which_folder"))
    made = _backed_up(settings, folder.absolute(), clock_of(settings)())
    if given.thin:
        for name in thin_out(made.folder.parent, made):
            print(both("shell.keep.removed", name=name))
    return 1 if made.manifest.flaws else 0


def _backed_up(settings: config.Config, folder: Path, now: datetime) -> Backup:
    """Make a backup and say so, and what of the office was not whole."""
    made = back_up(settings, folder, now)
    told = made.manifest
    for flaw in told.flaws:
        print(flaw)
    size = f"{told.size / 1024**2:.1f}"
    print(both("shell.keep.made", n=len(told.files), size=size, at=made.folder))
    if told.flaws:
        print(both("shell.keep.made_flawed", n=len(told.flaws)))
    return made


def restore(given: Namespace) -> int:
    """Put a backup back into an empty folder and an empty database, and verify it: 1 where it is not
    whole."""
    place, found = config.place_of(os.environ), chosen(given.folder.absolute())
    restorable(found, place)
    put_back(found, place, keys_in(found, passphrase(given)))
    settings = config.load(os.environ, looking=True)
    print(both("shell.keep.restored", at=found.folder, data=place.data))
    with engine_from(settings.database_url).connect().execution_options(reads=True) as connection:
        behind = standing(connection)[0] == IS_BEHIND
    if behind:
        print(both("shell.keep.restored_behind"))
        return 0
    code = record.run_verify(settings, Namespace(case=None, witness=None, files=True))
    print(both("shell.keep.start"))
    return code


def carry(settings: config.Config, given: Namespace) -> int:
    """Move the office to another database; the one that it leaves stays as it is."""
    if supervised(settings.data):
        raise Refused(Message("shell.move.running", {"data": settings.data}))
    url, owner = config.address_of(given.to), config.address_of(given.owner or given.to)
    source, target = engine_from(settings.database_url), engine_from(owner)
    try:
        at_our_schema(source)
        with sessions_of(settings, source)() as session:
            our_key(settings, session)
        source.dispose()
        refuse_move(source, target, given.anew)
        runs = engine_from(url).url.username if given.owner else None
        moved = move(settings, source, target, runs, _told)
        sessions = sessions_of(settings, target)
        while retried(sessions, lambda session: fill_pairs(session, clock_of(settings)())):
            pass
    finally:
        source.dispose()
        target.dispose()
    rows = sum(table.rows for table in moved)
    print(both("shell.move.done", tables=len(moved), rows=rows))
    return 0


def _told(table: Moved) -> None:
    if table.rows:
        print(f"{table.rows:10} {table.name}", flush=True)


def upgrade(settings: config.Config, given: Namespace) -> int:
    """Back the desk up where a folder is set, bring the database to the newest schema with all that
    goes along, and say what is wrong."""
    engine = engine_from(settings.database_url)
    now = ready.clock_of(settings)
    try:
        with engine.connect().execution_options(reads=True) as connection:
            where, revision = standing(connection)
        not_ours(where, revision)
        at = _kept_first(settings, given, where, now)
        _brought_up(settings, engine, now, at)
    finally:
        engine.dispose()
    print(both("shell.upgraded"))
    sessions = opened(settings)
    print(both("shell.reindexed", cases=reindex(sessions, now)))
    print(both("shell.reindexed_extras", rows=reindex_extras(sessions, now)))
    for fault in findings(settings, now):
        if fault.code not in OF_THE_BOT:
            print(f"[{fault.level}] {fault.code}")
            for language in SPOKEN:
                print(f"  {then(fault.said(language), fault.todo(language), language)}")
    return 0


def _kept_first(
    settings: config.Config, given: Namespace, where: str, now: datetime
) -> Path | None:
    """The backup from which there is a way back; None where no folder is set, or nothing is to be
    changed."""
    folder = given.backup or (settings.backup if where != CURRENT else None)
    if folder is None or where == FRESH:
        return None
    made = back_up(settings, folder.absolute(), now)
    print(both("shell.keep.way_back", at=made.folder))
    return made.folder


def _brought_up(settings: config.Config, engine: Engine, now: datetime, at: Path | None) -> None:
    """Migrate, and say where the way back is when that fails."""
    try:
        ready.bring_up(settings, engine, now)
    except BaseException:
        if at is not None:
            print(both("shell.keep.go_back", at=at), file=sys.stderr)
        raise


def add_to(
    add: Callable[[str, Callable[[config.Config, Namespace], int], str], ArgumentParser],
) -> None:
    """Add these commands to the others."""
    made = add("backup", backup, "shell.help.backup")
    made.add_argument("folder", nargs="?", type=Path, help="shell.help.backup.folder")
    made.add_argument("--thin", action="store_true", help="shell.help.backup.thin")
    laid = add("restore", lambda settings, given: restore(given), "shell.help.restore")
    laid.add_argument("folder", type=Path, help="shell.help.restore.folder")
    add_passphrase(laid)
    moved = add("move", carry, "shell.help.move")
    moved.add_argument("--to", required=True, help="shell.help.move.to")
    moved.add_argument("--owner", help="shell.help.move.owner")
    moved.add_argument("--anew", action="store_true", help="shell.help.move.anew")
    add("upgrade", upgrade, "shell.help.upgrade").add_argument(
        "--backup", type=Path, help="shell.help.upgrade.backup"
    )
