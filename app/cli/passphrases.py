"""The passphrase of the sealed keys: asked for, or told by a script; and the sealing."""

from __future__ import annotations

import os
import sys
from argparse import ArgumentParser, Namespace
from getpass import getpass
from pathlib import Path

import config
from app.words import Message, both
from jobs.keeping.sealed_keys import BLOB, seal_keys
from jobs.servable import Refused

VARIABLE = "DESK_PASSPHRASE"  # noqa: S105
"""The variable that a script gives the passphrase in."""


def passphrase(given: Namespace, twice: bool = False) -> str:
    """The passphrase of the keys: from a file, the environment, or asked for at a terminal. Raises
    Refused, ValueError."""
    if given.passphrase_file:
        return str(given.passphrase_file.read_text("utf-8").strip("\r\n"))
    told = os.environ.get(VARIABLE)
    if told:
        return told
    if not sys.stdin.isatty():
        raise Refused(Message("shell.keep.no_passphrase", {"name": VARIABLE}))
    word = getpass(f"{both('shell.passphrase')}: ")
    if twice and getpass(f"{both('shell.once_more')}: ") != word:
        raise ValueError(both("shell.passwords_differ"))
    return word


def seal(settings: config.Config, given: Namespace) -> int:
    """Seal the keys for the backup, under a passphrase that stands nowhere here."""
    names = seal_keys(settings.data, passphrase(given, twice=True))
    print(
        Message("shell.keys_sealed", {"names": tuple(names), "file": settings.data / BLOB}).both()
    )
    return 0


def add_passphrase(command: ArgumentParser) -> None:
    """Let a command take the passphrase from a file."""
    command.add_argument("--passphrase-file", type=Path, help="shell.help.passphrase_file")
