"""The keys of a desk in one file that a backup takes along: sealed under a passphrase once, because at
night nobody is there to type it.

`sealed-keys` is a line of what it is, a line of JSON in the clear (how it was made, and of each key
file its name and SHA-256), and the keys as AES-256-GCM ciphertext that vouches for both lines. Keys are
random, so that their hashes tell nothing. The passphrase becomes a key by scrypt (RFC 7914).
"""

from __future__ import annotations

import hashlib
import json
import secrets
from base64 import b64decode, b64encode
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from app.files.store import write_whole
from app.words import Message
from jobs.servable import Refused

BLOB = "sealed-keys"
"""The file of DESK_DATA, and of a backup, that holds the keys."""
FIRST = b"duban keys 1\n"
SHORTEST = 12
"""How many characters a passphrase has at least."""
OTHERS = ("wechat.json", "front.crt", "demo-password")
"""What is kept with the keys beside the files that end in .key: it is as secret, or as small."""
_SCRYPT = {"n": 2**17, "r": 8, "p": 1}
"""128 MB and half a second for each guess."""
_MOST = {"n": 2**20, "r": 16, "p": 4}
_BYTES = 32


def key_files(data: Path) -> dict[str, bytes]:
    """name -> content of every file below DESK_DATA that no backup may hold in the clear."""
    paths = [*data.glob("*.key"), *(data / name for name in OTHERS)]
    found = (path for path in paths if not path.name.startswith(".") and path.is_file())
    return {path.name: path.read_bytes() for path in sorted(found)}


def seal_keys(data: Path, passphrase: str) -> list[str]:
    """Seal the keys as they are now into `sealed-keys`; the names of those in it. Raises Refused for
    a short passphrase, or where there is no key."""
    if len(passphrase) < SHORTEST:
        raise Refused(Message("shell.keep.short_passphrase", {"n": SHORTEST}))
    keys = key_files(data)
    if not keys:
        raise Refused(Message("shell.keep.no_keys", {"data": data}))
    salt, nonce = secrets.token_bytes(16), secrets.token_bytes(12)
    told = {
        **_SCRYPT,
        "salt": b64encode(salt).decode(),
        "nonce": b64encode(nonce).decode(),
        "files": {name: hashlib.sha256(key).hexdigest() for name, key in keys.items()},
    }
    head = FIRST + json.dumps(told, sort_keys=True).encode() + b"\n"
    plain = json.dumps({name: b64encode(key).decode() for name, key in keys.items()}).encode()
    sealed = AESGCM(_derived(passphrase, salt, told)).encrypt(nonce, plain, head)
    write_whole(data / BLOB, head + sealed)
    return [*keys]


def unsealed(data: Path) -> list[str]:
    """The key files that `sealed-keys` lacks, or has as they were before; all of them where it is
    missing or is none."""
    keys = key_files(data)
    try:
        told, _ = _parted(data / BLOB)
        sealed: Mapping[str, str] = told["files"]
    except (Refused, OSError):
        return [*keys]
    return [
        name for name, key in keys.items() if sealed.get(name) != hashlib.sha256(key).hexdigest()
    ]


def open_keys(file: Path, passphrase: str) -> dict[str, bytes]:
    """name -> content of the keys in a sealed file. Raises Refused for another passphrase or an
    altered file, OSError."""
    told, (head, sealed) = _parted(file)
    try:
        key = _derived(passphrase, b64decode(told["salt"]), told)
        plain = json.loads(AESGCM(key).decrypt(b64decode(told["nonce"]), sealed, head))
        return {_plain_name(name): b64decode(text) for name, text in plain.items()}
    except InvalidTag:
        raise Refused(Message("shell.keep.wrong_passphrase", {"file": file})) from None
    except (KeyError, TypeError, ValueError):
        raise _damaged(file) from None


def _plain_name(name: str) -> str:
    """A name that leads nowhere else. Raises ValueError."""
    if Path(name).name != name or name.startswith("."):
        raise ValueError(name)
    return name


def _derived(passphrase: str, salt: bytes, told: Mapping[str, Any]) -> bytes:
    """The key of a passphrase; whoever altered the file cannot make it cost a machine's memory.
    Raises ValueError."""
    cost = {name: int(told[name]) for name in _SCRYPT}
    if any(not 0 < cost[name] <= _MOST[name] for name in cost):
        raise ValueError(cost)
    return Scrypt(salt=salt, length=_BYTES, **cost).derive(passphrase.encode())


def _parted(file: Path) -> tuple[dict[str, Any], tuple[bytes, bytes]]:
    """What a sealed file says in the clear; and its two parts as they are. Raises Refused,
    OSError."""
    content = file.read_bytes()
    line = content[len(FIRST) :].partition(b"\n")[0]
    try:
        if not content.startswith(FIRST):
            raise ValueError(file)
        told = json.loads(line)
        if not isinstance(told["files"], dict):
            raise TypeError
    except (KeyError, TypeError, ValueError, RecursionError):
        raise _damaged(file) from None
    end = len(FIRST) + len(line) + 1
    return told, (content[:end], content[end:])


def _damaged(file: Path) -> Refused:
    return Refused(Message("shell.keep.altered", {"name": file.name}))
