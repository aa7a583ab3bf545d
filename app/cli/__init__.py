"""The command line: what an office's IT people and the tests run."""

from __future__ import annotations

import os
import sys
from argparse import Action, ArgumentParser, HelpFormatter, Namespace
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

from sqlalchemy.exc import DatabaseError, OperationalError

import config
from app.cli import accounts, channels, front, keeping, office, record
from app.cli.passphrases import add_passphrase
from app.reindex import reindex, reindex_extras
from app.rules.refusal import NotAllowed
from app.rules.workdays import BEIJING
from app.stages.founding import SetupRefused
from app.supervisor.starting import run as supervise
from app.supervisor.valkey import NoSocket
from app.sweep import sweep
from app.words import SPOKEN, Message, both, known, then
from jobs.children import clock_of
from jobs.clocks import ClockWrong, refuse_wrong_clock
from jobs.health import WRONG, findings
from jobs.servable import (
    Refused,
    office_at,
    opened,
    unusable,
)

LOOKING = ("check", "verify", "keys", "backup", "move")
"""The commands that only look: they make no folder, no key, no database."""


def _moment(value: str) -> datetime:
    at = datetime.fromisoformat(value)
    return at if at.tzinfo else at.replace(tzinfo=BEIJING)


def _run(settings: config.Config, given: Namespace) -> int:
    """Run Duban: Redis, panel, ticker and workers under one command, until Ctrl-C."""
    try:
        return supervise(settings)
    except Refused as no:
        print(no, file=sys.stderr)
        return no.code


def _check(settings: config.Config, given: Namespace) -> int:
    """Say what is wrong, and what to do about it; and which fonts of papers the office has not."""
    # Read for this command alone: with it comes what sets papers.
    from app.papers.fonts import CALLED, lacking, own_fonts

    faults = findings(settings, clock_of(settings)())
    for fault in faults:
        print(f"[{fault.level}] {fault.code}")
        for language in SPOKEN:
            print(f"  {then(fault.said(language), fault.todo(language), language)}")
    if not faults:
        print(both("shell.nothing_is_wrong", ""))
    for use, instead in lacking(own_fonts(settings.data)).items():
        told = Message("shell.font_instead", {"font": Message(CALLED[use]), "instead": instead})
        print(told.both())
    return 1 if any(fault.level == WRONG for fault in faults) else 0


def _sweep(settings: config.Config, given: Namespace) -> int:
    """One pass of the bot, without Redis."""
    now = clock_of(settings)()
    if settings.production and given.at and given.at > now:
        raise Refused(Message("shell.sweep.to_come"))
    sessions = opened(settings)
    refuse_wrong_clock(sessions)
    done = sweep(sessions, given.at or now)
    print(both("shell.sweep.done", cases=done.cases, failures=done.failures))
    return 1 if done.failures else 0


def _reindex(settings: config.Config, given: Namespace) -> int:
    """Put cases that the repeat check does not find yet into its index, and count its pairs
    anew."""
    sessions, now = opened(settings), clock_of(settings)()
    filled = reindex(sessions, now, lambda n: print(n, file=sys.stderr, flush=True))
    print(both("shell.reindexed", cases=filled))
    print(both("shell.reindexed_extras", rows=reindex_extras(sessions, now)))
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


class _Helped(HelpFormatter):
    """Says help by message ids, in the shell's languages; read only where help is asked for."""

    def add_text(self, text: str | None) -> None:
        super().add_text(both(text) if text else text)

    def _get_help_string(self, action: Action) -> str | None:
        return both(action.help) if action.help and known(action.help) else action.help


Adding = Callable[[str, Callable[[config.Config, Namespace], int], str], ArgumentParser]
"""Adds a command: its name, what runs it, and what its help says."""


def _parser() -> ArgumentParser:
    parser = ArgumentParser(
        prog="python -m app", description="shell.help.duban", formatter_class=_Helped
    )
    commands = parser.add_subparsers(dest="command", required=True)

    def add(name: str, run: Callable[[config.Config, Namespace], int], said: str) -> ArgumentParser:
        command = commands.add_parser(name, help=said, description=said, formatter_class=_Helped)
        command.set_defaults(run=run)
        return command

    _add_of_office(add)
    _add_of_rehearsal(add)
    return parser


def _add_of_office(add: Adding) -> None:
    """The commands that an office needs."""
    add("run", _run, "shell.help.run")
    add("check", _check, "shell.help.check")
    first = add("init", accounts.init, "shell.help.init")
    first.add_argument("--username", help="shell.help.init.username")
    first.add_argument("--password-file", type=Path, help="shell.help.init.password_file")
    first.add_argument("--centre-head", help="shell.help.init.centre_head")
    first.add_argument("--log-auditor", help="shell.help.init.log_auditor")
    for name, asked in accounts.NAMES.items():
        first.add_argument(f"--{name.replace('_', '-')}", help=asked)
    for name, run, said in (
        ("reset-password", accounts.reset_password, "shell.help.reset_password"),
        ("reset-second-factor", accounts.reset_second_factor, "shell.help.reset_second_factor"),
        ("unlock", accounts.unlock, "shell.help.unlock"),
    ):
        add(name, run, said).add_argument("username")
    office.add_to(add)
    keeping.add_to(add)
    swept = add("sweep", _sweep, "shell.help.sweep")
    swept.add_argument("--at", type=_moment, help="shell.help.sweep.at")
    verified = add("verify", record.run_verify, "shell.help.verify")
    verified.add_argument("--case", type=int, help="shell.help.verify.case")
    verified.add_argument("--witness", type=Path, help="shell.help.verify.witness")
    verified.add_argument("--files", action="store_true", help="shell.help.verify.files")
    told = add("keys", record.run_keys, "shell.help.keys")
    told.add_argument(
        "action", nargs="?", choices=("show", *record.ROTATIONS, "front", "seal"), default="show"
    )
    add_passphrase(told)
    public = add("front", front.take_over, "shell.help.front")
    public.add_argument("action", nargs="?", choices=front.ACTIONS, default="serve")
    public.add_argument("file", nargs="?", type=Path, help="shell.help.front.file")
    add("reindex", _reindex, "shell.help.reindex")
    taken = add("take-in", channels.take_in, "shell.help.take_in")
    taken.add_argument("channel", help="shell.help.take_in.channel")
    taken.add_argument("file", type=Path, help="shell.help.take_in.file")
    taken.add_argument("--by", required=True, help="shell.help.take_in.by")


def _add_of_rehearsal(add: Adding) -> None:
    """The commands that try out, on invented or on real messages."""
    add("demo", _demo, "shell.help.demo")
    told = add("covered", _covered, "shell.help.covered")
    told.add_argument("file", type=Path, help="shell.help.covered.file")
    told.add_argument("--columns", nargs="*", default=(), help="shell.help.covered.columns")
    recalled = add("recall", _recall, "shell.help.recall")
    recalled.add_argument("file", type=Path)
    recalled.add_argument("--from", dest="first", type=date.fromisoformat)
    recalled.add_argument("--to", dest="last", type=date.fromisoformat)
    recalled.add_argument("--pairs", type=int, default=20, help="shell.help.recall.pairs")
    played = add("play", _play, "shell.help.play")
    played.add_argument("files", nargs="+", type=Path)
    played.add_argument("--json", action="store_true", help="shell.help.play.json")
    played.add_argument(
        "--through-panel", action="store_true", help="shell.help.play.through_panel"
    )
    replayed = add("replay", _replay, "shell.help.replay")
    replayed.add_argument("file", type=Path)
    replayed.add_argument("--from", dest="first", type=date.fromisoformat)
    replayed.add_argument("--to", dest="last", type=date.fromisoformat)
    replayed.add_argument("--keep", type=Path, help="shell.help.replay.keep")
    replayed.add_argument("--dossiers", type=int, default=0, help="shell.help.replay.dossiers")
    replayed.add_argument("--json", action="store_true", help="shell.help.replay.json")


def _settings(command: str) -> config.Config:
    """The settings as a command needs them. Raises ConfigError."""
    making, looking, upgrading = command == "init", command in LOOKING, command == "upgrade"
    return config.load(os.environ, making, looking, office_at, upgrading)


def main(arguments: list[str] | None = None) -> int:
    """Run one command; its exit code. 2: the call or the settings are wrong."""
    given = _parser().parse_args(arguments)
    failed = record.COULD_NOT_LOOK if given.command == "verify" else 2
    if given.command == "front" and given.action != front.AT_THE_DESK:
        return front.alone(given)
    try:
        settings = None if given.command == "restore" else _settings(given.command)
    except config.ConfigError as wrong:
        print(wrong, file=sys.stderr)
        return 1 if isinstance(wrong, config.NothingThere) and given.command == "check" else failed
    try:
        if settings is None:
            return keeping.restore(given)
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
        print(unusable(error).both(), file=sys.stderr)
    return failed
