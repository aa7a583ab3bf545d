"""The desk's own keys for its front, as a file of DESK_DATA: with one it opens what waits there, with
the other it signs what it asks."""

from __future__ import annotations

import stat
from pathlib import Path

import config
from app.front.sealing import DeskKeys, KeysUnusable
from app.words import Message
from jobs.servable import Refused

FILE = "front.key"


def keys_of(data: Path) -> DeskKeys:
    """The desk's keys. Raises Refused where there are none, or others may read them."""
    path = data / FILE
    try:
        keys = DeskKeys.read(path.read_bytes())
    except FileNotFoundError:
        raise Refused(Message("shell.front.keys_missing", {"file": path})) from None
    except KeysUnusable:
        raise Refused(Message("shell.front.keys_broken", {"file": path})) from None
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise Refused(Message("shell.front.keys_open", {"file": path}))
    return keys


def made_keys(data: Path) -> DeskKeys:
    """The desk's keys, made where there are none."""
    if not (data / FILE).exists():
        config.keep_key(data / FILE, DeskKeys.fresh().raw())
    return keys_of(data)
