"""The command line: what an office's IT people and the tests run."""

from __future__ import annotations

import os
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy.exc import DatabaseError, OperationalError

import config
from app.cli import accounts, channels
from app.clock import clock_from
from app.database import engine_from, reading
from app.ledger import found_rows, verify
from app.ledger.keys import ring_of
from app.reindex import reindex
from app.rules.refusal import NotAllowed
from app.rules.workdays import BEIJING
from app.stages.founding import SetupRefused
from app.supervisor import ready
from app.supervisor.keyring import rotate, told_keys
from app.supervisor.starting import run as supervise
from app.supervisor.valkey import NoSocket
from app.sweep import sweep
from app.words import SPOKEN, both, then
from jobs.children import clock_of
from jobs.clocks import ClockWrong, refuse_wrong_clock
from jobs.files import lost_files
from jobs.health import WRONG, findings
from jobs.servable import (
    NEWER_THAN_US,
    Refused,
    at_our_schema,
    office_at,
    opened,
    sessions_of,
    short,
)
from migrations.upgrade import NEWER, standing

LOOKING = ("check", "verify", "keys")
"""The commands that only look: they make no folder, no key, no database."""
COULD_NOT_LOOK = 3
"""How `verify` ends where it cannot say whether the record is whole."""


def _moment(value: str) -> datetime:
    at = datetime.fromisoformat(value)
    return at if at.tzinfo else at.replace(tzinfo=BEIJING)


def _upgrade(settings: config.Config, given: Namespace) -> int:
    """Bring the database to the newest schema and fill its calendar."""
    engine = engine_from(settings.database_url)
    with engine.connect().execution_options(reads=True) as connection:
        where, revision = standing(connection)
    if where == NEWER:
        raise Refused(NEWER_THAN_US.format(revision=revision))
    ready.bring_up(settings, engine, clock_from(settings.clock)())
    print("the database is at the newest schema")
    return 0


def _run(settings: config.Config, given: Namespace) -> int:
    """Run Duban: Redis, panel, ticker and workers under one command, until Ctrl-C."""
    try:
        return supervise(settings)
    except Refused as no:
        print(no, file=sys.stderr)
        return no.code


def _check(settings: config.Config, given: Namespace) -> int:
    """Say what is wrong, and what to do about it."""
    found = findings(settings, clock_of(settings)())
    for one in found:
        print(f"[{one.level}] {one.code}")
        for language in SPOKEN:
            print(f"  {then(one.said(language), one.todo(language), language)}")
    if not found:
        print(both("shell.nothing_is_wrong", ""))
    return 1 if any(one.level == WRONG for one in found) else 0


def _sweep(settings: config.Config, given: Namespace) -> int:
    """One pass of the bot, without Redis."""
    now = clock_of(settings)()
    if settings.production and given.at and given.at > now:
        raise Refused(
            "--at is a moment to come, at which nothing is due yet: name one that is past in production."
        )
    sessions = opened(settings)
    refuse_wrong_clock(sessions)
    done = sweep(sessions, given.at or now)
    print(f"{done.cases} cases looked at, {done.failures} failed")
    return 1 if done.failures else 0


def _reindex(settings: config.Config, given: Namespace) -> int:
    """Put cases that the repeat check does not find yet into its index, and count its pairs
    anew."""
    filled = reindex(
        opened(settings), clock_of(settings)(), lambda n: print(n, file=sys.stderr, flush=True)
    )
    print(f"{filled} cases were put into the index of the repeat check")
    return 0


def _verify(settings: config.Config, given: Namespace) -> int:
    """Name the first broken row of each chain. 0: whole, 1: it is not, 3: it could not be looked
    at."""
    with reading(opened(settings)) as session:
        ring = ring_of(session, settings.ledger_key, settings.retired_keys)
        flaws: list[Any] = [*verify(session, ring, given.case)]
        found = found_rows(session) if given.case is None else {}
        if given.files:
            flaws += lost_files(session, settings.data, given.case)
    for day, n in found.items():
        print(f"{n} rows were sealed as found on {day}; nothing is claimed of before")
    for flaw in flaws:
        print(" ".join(flaw.told(language) for language in SPOKEN))
    if not flaws:
        print("the record is whole")
    return 1 if flaws else 0


def _keys(settings: config.Config, given: Namespace) -> int:
    """Say which keys seal the record, or add one (`keys rotate`)."""
    if given.action == "rotate":
        print(rotate(settings, clock_of(settings)()))
        return 0
    engine = engine_from(settings.database_url)
    at_our_schema(engine)
    with reading(sessions_of(settings, engine)) as session:
        for line in told_keys(settings, session):
            print(line)
    return 0


def _demo(settings: config.Config, given: Namespace) -> int:
    """Fill an empty database with the sample office: ninety days of invented people and cases, up
    to now."""
    from app.cli import rehearsal

    return rehearsal.demo(settings, given)


def _covered(settings: config.Config, given: Namespace) -> int:
    """List what would be covered in a CSV file of messages, for a person to read."""
    from app.cli import rehearsal

    return rehearsal.covered(settings, given)


def _recall(settings: config.Config, given: Namespace) -> int:
    """Say how many of the alike messages in a file the repeat check would have proposed."""
    from app.cli import rehearsal

    return rehearsal.recall(settings, given)


def _play(settings: config.Config, given: Namespace) -> int:
    """Play stories, each on an empty database of its own."""
    from app.cli import rehearsal

    return rehearsal.play(settings, given)


def _replay(settings: config.Config, given: Namespace) -> int:
    """Replay real messages and print what the bot did."""
    from app.cli import rehearsal

    return rehearsal.replay(settings, given)


Adding = Callable[[str, Callable[[config.Config, Namespace], int]], ArgumentParser]
"""Adds a command: its name and what runs it."""


def _parser() -> ArgumentParser:
    parser = ArgumentParser(
        prog="python -m app", description="Duban, the case desk of a mayor's hotline"
    )
    commands = parser.add_subparsers(dest="command", required=True)

    def add(name: str, run: Callable[[config.Config, Namespace], int]) -> ArgumentParser:
        one = commands.add_parser(name, help=(run.__doc__ or "").split("\n")[0])
        one.set_defaults(run=run)
        return one

    _add_of_office(add)
    _add_of_rehearsal(add)
    return parser


def _add_of_office(add: Adding) -> None:
    """The commands that an office needs."""
    add("run", _run)
    add("check", _check)
    first = add("init", accounts.init)
    first.add_argument("--username", help="the first IT administrator's user name (DESK_ADMIN)")
    first.add_argument(
        "--password-file", type=Path, help="a file with his first password (DESK_ADMIN_PASSWORD)"
    )
    first.add_argument("--centre-head", help="the first centre head's user name (DESK_CENTRE_HEAD)")
    first.add_argument("--log-auditor", help="the first log auditor's user name (DESK_LOG_AUDITOR)")
    add("reset-password", accounts.reset_password).add_argument("username")
    add("reset-second-factor", accounts.reset_second_factor).add_argument("username")
    add("unlock", accounts.unlock).add_argument("username")
    add("upgrade", _upgrade)
    add("sweep", _sweep).add_argument(
        "--at", type=_moment, help='a moment, as "2025-10-09 08:30", Beijing time'
    )
    verified = add("verify", _verify)
    verified.add_argument("--case", type=int, help="one case only")
    verified.add_argument(
        "--files", action="store_true", help="compare the stored files and dossiers too"
    )
    add("keys", _keys).add_argument("action", nargs="?", choices=("show", "rotate"), default="show")
    add("reindex", _reindex)
    taken = add("take-in", channels.take_in)
    taken.add_argument("channel", help="a channel that app/extend.py adds")
    taken.add_argument("file", type=Path, help="a file with one JSON object a line")
    taken.add_argument("--by", required=True, help="the user name of the operator who enters them")


def _add_of_rehearsal(add: Adding) -> None:
    """The commands that try out, on invented or on real messages."""
    add("demo", _demo)
    told = add("covered", _covered)
    told.add_argument("file", type=Path, help="a CSV file with a head, gzip or plain")
    told.add_argument("--columns", nargs="*", default=(), help="these columns only")
    recalled = add("recall", _recall)
    recalled.add_argument("file", type=Path)
    recalled.add_argument("--from", dest="first", type=date.fromisoformat)
    recalled.add_argument("--to", dest="last", type=date.fromisoformat)
    recalled.add_argument(
        "--pairs", type=int, default=20, help="print so many proposals that are less alike than 0.8"
    )
    played = add("play", _play)
    played.add_argument("files", nargs="+", type=Path)
    played.add_argument("--json", action="store_true", help="print the bot's events instead")
    played.add_argument(
        "--through-panel", action="store_true", help="people act through the web, by its forms"
    )
    replayed = add("replay", _replay)
    replayed.add_argument("file", type=Path)
    replayed.add_argument("--from", dest="first", type=date.fromisoformat)
    replayed.add_argument("--to", dest="last", type=date.fromisoformat)
    replayed.add_argument("--keep", type=Path, help="leave the database in this folder")
    replayed.add_argument(
        "--dossiers", type=int, default=0, help="then play so many listed cases to sealed dossiers"
    )
    replayed.add_argument("--json", action="store_true", help="print nothing but the counts")


def main(arguments: list[str] | None = None) -> int:
    """Run one command; its exit code. 2: the call or the settings are wrong."""
    given = _parser().parse_args(arguments)
    failed = COULD_NOT_LOOK if given.command == "verify" else 2
    making, looking = given.command == "init", given.command in LOOKING
    try:
        settings = config.load(os.environ, making, looking, office_at)
    except config.ConfigError as wrong:
        print(wrong, file=sys.stderr)
        return 1 if isinstance(wrong, config.NothingThere) and given.command == "check" else failed
    try:
        return int(given.run(settings, given))
    except (SetupRefused, NotAllowed) as no:
        print(both(f"refusal.{no.msgid}", **no.facts), file=sys.stderr)
    except (NoSocket, Refused, ClockWrong, ValueError, OSError, config.ConfigError) as wrong:
        print(wrong, file=sys.stderr)
    except DatabaseError as error:
        # What else is a DatabaseError is a mistake of ours; SQLite says so of a file that is no
        # database.
        if type(error) not in (OperationalError, DatabaseError):
            raise
        print(
            f"The database cannot be used ({short(error)}): start it, or mend DATABASE_URL.",
            file=sys.stderr,
        )
    return failed
