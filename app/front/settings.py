"""What a front on a machine of its own is told: by its folder, which holds the desk's public keys and
its own secrets, and by a few settings of the environment. It needs nothing else.

| file | |
|---|---|
| `desk.pub` | the desk's two public keys, as `python -m app keys front` shows them |
| `tls.crt`, `tls.key` | certificate and key, where nothing before it speaks TLS |
| `wechat.json` | token, aes_key and app_id of the WeChat account, where there is one |

It makes `marks.key` (the mark of its own forms), `spool` (what waits, sealed), `aside` and
`office.json` (what the desk calls itself)."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from app.front.sealing import DeskSeen, KeysUnusable
from app.front.wechat import Account, Unreadable
from app.words import Message

DESK, FORM, CERTIFICATE, KEY, WECHAT = "desk.pub", "marks.key", "tls.crt", "tls.key", "wechat.json"
PORT = 8090
SECRET_BYTES = 32


class FrontRefused(Exception):
    """A front cannot be used as it is set; says so in Chinese and English."""

    def __init__(self, message: Message) -> None:
        super().__init__(message.both())
        self.message = message


@dataclass(frozen=True)
class Settings:
    """A front's settings. `certificate` and `key` are both there or neither."""

    folder: Path
    desk: DeskSeen
    secret: bytes = field(repr=False)
    bind: str
    port: int
    certificate: Path | None
    key: Path | None
    wechat: Account | None = field(repr=False)
    scanner: str | None


def folder_of(environ: Mapping[str, str]) -> Path:
    """The folder of a front: FRONT_DATA, else where it is started."""
    return Path(environ.get("FRONT_DATA") or ".").expanduser().absolute()


def load(environ: Mapping[str, str]) -> Settings:
    """Read the settings of a front; makes the key of its forms. Raises FrontRefused, OSError."""
    folder = folder_of(environ)
    certificate, key = _pair(folder)
    return Settings(
        folder,
        desk_of(folder),
        _form_key(folder / FORM),
        environ.get("DESK_BIND") or "127.0.0.1",
        _port(environ),
        certificate,
        key,
        wechat_of(folder),
        environ.get("DESK_SCANNER") or None,
    )


def desk_of(folder: Path) -> DeskSeen:
    """The desk's keys in a front's folder. Raises FrontRefused."""
    try:
        return DeskSeen.read((folder / DESK).read_text("utf-8"))
    except (FileNotFoundError, UnicodeDecodeError, KeysUnusable) as wrong:
        raise FrontRefused(Message("shell.front.no_keys", {"file": folder / DESK})) from wrong


def _pair(folder: Path) -> tuple[Path | None, Path | None]:
    pair = folder / CERTIFICATE, folder / KEY
    there = [path.is_file() for path in pair]
    if any(there) and not all(there):
        missing = pair[there.index(False)]
        raise FrontRefused(Message("shell.front.half_a_certificate", {"file": missing}))
    return pair if all(there) else (None, None)


def _port(environ: Mapping[str, str]) -> int:
    text = environ.get("PORT") or str(PORT)
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 65536):
        raise FrontRefused(Message("shell.front.port", {"port": text}))
    return int(text)


def _form_key(path: Path) -> bytes:
    """The mark of this front's own forms, made once, for this user alone."""
    with suppress(FileExistsError):
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(secrets.token_bytes(SECRET_BYTES))
    found = path.read_bytes()
    if len(found) != SECRET_BYTES:
        raise FrontRefused(Message("shell.front.form_key", {"file": path}))
    return found


def wechat_of(folder: Path) -> Account | None:
    """The WeChat account of a folder; None where there is none. Raises FrontRefused."""
    path = folder / WECHAT
    try:
        told = json.loads(path.read_text("utf-8"))
        return Account(str(told["token"]), str(told["aes_key"]), str(told["app_id"]))
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError, Unreadable) as wrong:
        raise FrontRefused(Message("shell.front.wechat", {"file": path})) from wrong
