"""`python -m app front`: the pages of the public on a machine of their own, and what is carried between
it and the desk by hand."""

from __future__ import annotations

import json
import os
import sys
from argparse import Namespace
from pathlib import Path

import config
from app.front.sealing import DeskKeys
from app.front.settings import FrontRefused, desk_of, folder_of
from app.front.spool import Spool, in_carried
from app.words import Message, both
from jobs.desk import Desk
from jobs.front_keys import keys_of, made_keys
from jobs.front_link import taken
from jobs.servable import Refused, opened

ACTIONS = ("serve", "export", "acknowledge", "import")
AT_THE_DESK = "import"
"""The one action that needs the desk; the others know no settings of it."""
ACKNOWLEDGED = b"duban front, acknowledged\n"


def alone(given: Namespace) -> int:
    """What is done on the front's own machine. Raises FrontRefused, OSError."""
    try:
        if given.action == "serve":
            # Become a program that has nothing of the desk in its memory.
            os.execv(sys.executable, [sys.executable, "-m", "app.front"])  # noqa: S606
        folder = folder_of(os.environ)
        desk = desk_of(folder)
        spool = Spool(folder / "spool", desk)
        if given.action == "export":
            n = spool.carried(_file(given))
            print(both("shell.front.exported", n=n, file=given.file))
            return 0
        told = json.loads(_file(given).read_text("utf-8"))
        names = [str(name) for name in told["names"]]
        if not desk.signed(_acknowledged(names), str(told["signature"])):
            raise FrontRefused(Message("shell.front.not_signed", {"file": given.file}))
        print(both("shell.front.acknowledged", n=spool.drop(names)))
        return 0
    except FrontRefused as no:
        print(no, file=sys.stderr)
    except (KeyError, TypeError, ValueError):
        print(both("shell.front.no_file_of_ours", file=given.file), file=sys.stderr)
    except OSError as no:
        print(no, file=sys.stderr)
    return 2


def take_over(settings: config.Config, given: Namespace) -> int:
    """Make messages of a file that was carried here, and write the desk's word of it beside it: 1
    where something of it could not be taken. Raises Refused, ValueError for another file."""
    from jobs.children import clock_of

    file, keys = _file(given), keys_of(settings.data)
    sessions = opened(settings)
    of = Desk(settings, sessions.kw["bind"], sessions, clock_of(settings))
    names, missed = [], 0
    try:
        for name, sealed in in_carried(file):
            if taken(of, keys, name, sealed):
                names.append(name)
            else:
                missed += 1
    except ValueError:
        raise Refused(Message("shell.front.no_file_of_ours", {"file": file})) from None
    answer = file.with_name(f"{file.name}.ack")
    answer.write_text(json.dumps({"names": names, "signature": keys.sign(_acknowledged(names))}))
    print(both("shell.front.imported", n=len(names), missed=missed, file=answer))
    return 1 if missed else 0


def show_keys(data: Path) -> int:
    """Make the desk's keys for its front where there are none, and print what the front gets."""
    keys: DeskKeys = made_keys(data)
    print(keys.seen().told(), end="")
    print(both("shell.front.fingerprint", digits=keys.seen().fingerprint), file=sys.stderr)
    return 0


def _file(given: Namespace) -> Path:
    if given.file is None:
        raise FrontRefused(Message("shell.front.which_file", {"action": given.action}))
    return Path(given.file)


def _acknowledged(names: list[str]) -> bytes:
    return ACKNOWLEDGED + "\n".join(names).encode()
