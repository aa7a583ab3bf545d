"""What the environment says: every setting of Duban, read once, checked, and handed on as one
frozen value.

Standard library only, and nothing happens at import: the command line calls `load(os.environ)`. A
setting that is empty counts as unset. A setting that cannot be used ends the start with one
sentence that names it.
"""

import os
import secrets
import shlex
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Literal
from urllib.parse import SplitResult, unquote, urlsplit
from zoneinfo import ZoneInfo

PROJECT = Path(__file__).resolve().parent
SECRET_KEY_LENGTH = 32
LEDGER_KEY_BYTES = 32
SECRET_KEY, LEDGER_KEY, DEMO_PASSWORD = "secret.key", "ledger.key", "demo-password"
SIGNING_KEY = "signing.key"
"""The files of DESK_DATA that hold secrets."""
RESTORING = "restoring"
"""The file of DESK_DATA while a backup is put back into it: what stands there is no desk yet."""
NAMED_KEYS, NAMED_SIGNING_KEYS = "ledger-*.key", "signing-*.key"
"""Beside the ledger's key and the signing key: each key that was in use, by its fingerprint. What it
sealed is verified with it, what was to be signed with it is signed with it still."""
P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""A private key of ECDSA P-256 is a number from 1 to this less 1. [FIPS 186-5]"""
DEMO_PASSWORD_LENGTH = 12
TOKEN_LENGTH = 16
PORT = 8080
MOST_WORKERS = 64
LOOPBACK = {"localhost", "127.0.0.1", "::1"}


class ConfigError(Exception):
    """A setting cannot be used; the message is one sentence naming it and what to do."""


Office = Callable[[str], str | None]
"""What a database url leads to: why no key may be made for it - an office stands there, or it does
not answer."""


class NothingThere(ConfigError):
    """There is no desk to look at; the message says what is missing."""


@dataclass(frozen=True)
class Config:
    """The settings. What may hold a secret stays out of the repr, so it cannot reach a log by
    accident."""

    env: Literal["demo", "production"]
    data: Path
    database_url: str = field(repr=False)
    redis_url: str | None = field(repr=False)
    secret_key: str = field(repr=False)
    ledger_key: bytes = field(repr=False)
    retired_keys: tuple[bytes, ...] = field(repr=False)
    signing_keys: tuple[bytes, ...] = field(repr=False)
    """The private signing keys, 32 bytes each, the one in use first; none where somebody only looks
    and its file is missing."""
    unsaved: Mapping[Path, bytes] = field(repr=False)
    demo_password: str | None = field(repr=False)
    admin: str | None
    admin_password: str | None = field(repr=False)
    first_accounts: Mapping[str, str]
    clock: datetime | None
    clock_since: datetime | None
    bind: str
    port: int
    workers: int
    metrics_token: str | None = field(repr=False)
    wall_token: str | None = field(repr=False)
    access_log: str | None
    owner_url: str | None = field(repr=False)
    scanner: str | None
    front: str
    allowed_hosts: tuple[str, ...]
    backup: Path | None

    @property
    def production(self) -> bool:
        return self.env == "production"


def load(
    environ: Mapping[str, str],
    making: bool = False,
    looking: bool = False,
    office: Office | None = None,
    upgrading: bool = False,
) -> Config:
    """Read every setting. Makes the data directory and, outside production, the key files that are
    missing. For a new office (`making`) missing keys stand in `unsaved`, to be written by
    `save_keys` once it is decided that there will be one; so does the signing key of an office of
    before there was one (`upgrading`). `looking` at a desk makes nothing.

    `office` is asked before a ledger's key is made: a second one's events could not be verified.
    Raises ConfigError at the first setting that cannot be used, NothingThere where no desk is.
    """
    env = _env(environ)
    production = env == "production"
    # What needs no file is checked first: a refused start leaves nothing on the disk.
    redis_url, tokens = _redis_url(environ, production), _tokens(environ)
    demo_password, clock = _demo_password(environ, production), _clock(environ, production)
    _no_debugging(environ, production)
    bind, port, workers = _bind(environ), _port(environ), _workers(environ)
    front, data = _front(environ, production), _path(environ, "DESK_DATA", PROJECT / "var")
    secret_key, (admin, admin_password) = _given_secret_key(environ, production), _admin(environ)
    database_url, scanner = _database_url(environ, data), _scanner(environ)
    owner_url, outside = _owner_url(environ, database_url), _outside(environ, data)
    _check_folder(data, production, looking)
    needed = _needed_keys(secret_key, upgrading or looking)
    _check_keys(data, needed if production and not making else [], database_url, office)
    _make_data(data)
    later: dict[Path, bytes] = {}
    unsaved = later if making or looking else None
    return Config(
        env=env,
        data=data,
        database_url=database_url,
        owner_url=owner_url,
        redis_url=redis_url,
        secret_key=secret_key or _kept_secret_key(data, production, unsaved),
        ledger_key=_ledger_key(data, production, unsaved),
        retired_keys=_named_keys(data, production, NAMED_KEYS),
        signing_keys=_signing_keys(data, production, later if upgrading else unsaved, looking),
        unsaved=later,
        demo_password=demo_password,
        admin=admin,
        admin_password=admin_password,
        first_accounts=_first_accounts(environ),
        clock=clock,
        clock_since=_clock_since(environ) if clock else None,
        bind=bind,
        port=port,
        workers=workers,
        metrics_token=tokens[0],
        wall_token=tokens[1],
        access_log=environ.get("DESK_ACCESS_LOG") or None,
        scanner=scanner,
        front=front,
        allowed_hosts=outside[0],
        backup=outside[1],
    )


def _env(environ: Mapping[str, str]) -> Literal["demo", "production"]:
    match environ.get("DESK_ENV") or "demo":
        case "demo":
            return "demo"
        case "production":
            return "production"
        case other:
            raise ConfigError(f"DESK_ENV is {other!r}: set it to demo or production.")


def _admin(environ: Mapping[str, str]) -> tuple[str | None, str | None]:
    return environ.get("DESK_ADMIN") or None, environ.get("DESK_ADMIN_PASSWORD") or None


def _first_accounts(environ: Mapping[str, str]) -> dict[str, str]:
    """Who is to hold the first posts of a new office beside the administrator's."""
    return {
        "centre_head": environ.get("DESK_CENTRE_HEAD") or "",
        "log_auditor": environ.get("DESK_LOG_AUDITOR") or "",
    }


def _path(environ: Mapping[str, str], name: str, default: Path) -> Path:
    """Absolute, so that a process that changes its directory still finds the same files. The
    address of a database ends at a question mark, and reads what follows a per cent sign as another
    one."""
    found = Path(environ.get(name) or default).expanduser().absolute()
    if set("?%") & set(str(found)):
        raise ConfigError(f"{name} is {found}: name a folder without ? and % in its path.")
    return found


def _outside(environ: Mapping[str, str], data: Path) -> tuple[tuple[str, ...], Path | None]:
    """The hosts that may be asked, and the folder of the backups."""
    return _allowed_hosts(environ), _backup(environ, data)


def _backup(environ: Mapping[str, str], data: Path) -> Path | None:
    """The folder into which the desk is copied each night: not in the one that is copied."""
    if not environ.get("DESK_BACKUP"):
        return None
    folder = _path(environ, "DESK_BACKUP", data)
    if folder.is_relative_to(data):
        raise ConfigError(
            f"DESK_BACKUP is {folder}, in DESK_DATA itself: name a folder elsewhere, best on another disk."
        )
    return folder


@dataclass(frozen=True)
class Place:
    """Where a desk is to be: its folder, its database, and the account that owns the tables where
    another one runs."""

    data: Path
    database_url: str = field(repr=False)
    owner_url: str | None = field(repr=False)


def place_of(environ: Mapping[str, str]) -> Place:
    """Where a desk is to be put; nothing is made. Raises ConfigError."""
    data = _path(environ, "DESK_DATA", PROJECT / "var")
    url = _database_url(environ, data)
    return Place(data, url, _owner_url(environ, url))


def address_of(url: str) -> str:
    """The address of a database as the program uses it. Raises ConfigError."""
    return _database_url({"DATABASE_URL": url}, PROJECT / "var")


def _owner_url(environ: Mapping[str, str], database_url: str) -> str | None:
    """Where the schema is changed, by an account that nobody else works with."""
    url = environ.get("DATABASE_OWNER_URL")
    if not url:
        return None
    scheme, _, rest = url.partition("://")
    if scheme not in {
        "postgres",
        "postgresql",
        "postgresql+psycopg",
    } or not database_url.startswith("postgresql"):
        raise ConfigError(
            "DATABASE_OWNER_URL cannot be used: set it and DATABASE_URL to postgresql://user@host/name, or unset it."
        )
    return f"postgresql+psycopg://{rest}"


def _database_url(environ: Mapping[str, str], data: Path) -> str:
    url = environ.get("DATABASE_URL")
    if not url:
        return f"sqlite:///{data / 'desk.db'}"
    scheme, separator, rest = url.partition("://")
    if separator and scheme in {"postgres", "postgresql", "postgresql+psycopg"}:
        return f"postgresql+psycopg://{rest}"
    # A database in memory would be another one in each process.
    if separator and scheme == "sqlite" and rest.strip("/") not in {"", ":memory:"}:
        return url
    # The url may hold a password, so the sentence does not repeat it.
    raise ConfigError(
        "DATABASE_URL cannot be used: set it to postgresql://user@host/name or sqlite:////path/desk.db,"
        " or unset it for a SQLite file in DESK_DATA."
    )


def _redis_url(environ: Mapping[str, str], production: bool) -> str | None:
    url = environ.get("REDIS_URL")
    if not url:
        return None
    parts = urlsplit(url)
    if parts.scheme not in {"redis", "rediss", "unix"} or not (parts.netloc or parts.path):
        raise ConfigError(
            "REDIS_URL cannot be used: set it to redis://host:6379/0, rediss://host:6379/0 or"
            " unix:///path/to/socket, or unset it for the built-in server."
        )
    if parts.scheme == "unix" and any(sign.isspace() for sign in unquote(parts.path)):
        raise ConfigError(
            "REDIS_URL names a socket with a blank in its path, which no worker can use: move it."
        )
    if production and _is_open(parts):
        raise ConfigError(
            "REDIS_URL names a server on the network without a password: write it as"
            " redis://:password@host:6379/0 when DESK_ENV is production."
        )
    return url


def _is_open(parts: SplitResult) -> bool:
    """Whether a server stands on the network without a password."""
    return parts.scheme != "unix" and not parts.password and parts.hostname not in LOOPBACK


def _demo_password(environ: Mapping[str, str], production: bool) -> str | None:
    password = environ.get("DESK_DEMO_PASSWORD")
    if not password:
        return None
    if production:
        raise ConfigError("DESK_DEMO_PASSWORD is set: unset it when DESK_ENV is production.")
    if len(password) < DEMO_PASSWORD_LENGTH:
        raise ConfigError(
            f"DESK_DEMO_PASSWORD is too short: give it {DEMO_PASSWORD_LENGTH} characters or more."
        )
    return password


def _clock(environ: Mapping[str, str], production: bool) -> datetime | None:
    text = environ.get("DESK_CLOCK")
    if not text:
        return None
    if production:
        raise ConfigError("DESK_CLOCK is set: unset it when DESK_ENV is production.")
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise ConfigError(
            f"DESK_CLOCK is {text!r}, not a moment: write it like 2026-03-02T09:00."
        ) from error
    # The hotline's own time, where the writer named none.
    return moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo("Asia/Shanghai"))


def _clock_since(environ: Mapping[str, str]) -> datetime | None:
    """The real moment at which it was DESK_CLOCK. The supervisor hands it to its children, so that
    the clock of one that is started later does not begin anew; nobody else needs to set it."""
    text = environ.get("DESK_CLOCK_SINCE")
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise ConfigError(f"DESK_CLOCK_SINCE is {text!r}, not a moment: unset it.") from error
    if moment.tzinfo is None:
        raise ConfigError(f"DESK_CLOCK_SINCE is {text!r}, without a zone: unset it.")
    return moment


def _bind(environ: Mapping[str, str]) -> str:
    """The address the panel listens on: this machine's own, unless another is named."""
    address = environ.get("DESK_BIND") or "127.0.0.1"
    if address == "localhost":
        return "127.0.0.1"
    try:
        return str(ip_address(address))
    except ValueError as error:
        raise ConfigError(
            f"DESK_BIND is {address!r}, not an address: set it to one of this machine's, like 127.0.0.1 or 0.0.0.0."
        ) from error


def _port(environ: Mapping[str, str]) -> int:
    text = environ.get("PORT") or str(PORT)
    if not (text.isascii() and text.isdigit()) or not 0 < int(text) < 65536:
        raise ConfigError(f"PORT is {text!r}: set it to a number from 1 to 65535.")
    return int(text)


def _workers(environ: Mapping[str, str]) -> int:
    """How many workers there are to be, on all machines."""
    text = environ.get("DESK_WORKERS") or "1"
    if not (text.isascii() and text.isdigit()) or not 0 < int(text) <= MOST_WORKERS:
        raise ConfigError(f"DESK_WORKERS is {text!r}: set it to a number from 1 to {MOST_WORKERS}.")
    return int(text)


def _tokens(environ: Mapping[str, str]) -> tuple[str | None, str | None]:
    """Who may read the numbers for graphs, and who is shown the wall."""
    return _token(environ, "DESK_METRICS_TOKEN"), _token(environ, "DESK_WALL_TOKEN")


def _token(environ: Mapping[str, str], name: str) -> str | None:
    token = environ.get(name)
    if token and len(token) < TOKEN_LENGTH:
        raise ConfigError(f"{name} is too short: give it {TOKEN_LENGTH} characters or more.")
    return token or None


def _front(environ: Mapping[str, str], production: bool) -> str:
    """Where the pages of the public are served: `here` by the panel, `off` nowhere, else the address
    of the front on another machine, from which the desk fetches what came."""
    where = environ.get("DESK_FRONT") or "here"
    if where in ("here", "off"):
        return where
    parts = urlsplit(where)
    plain = parts.scheme == "http" and not production
    if not parts.netloc or not (parts.scheme == "https" or plain):
        raise ConfigError(
            "DESK_FRONT cannot be used: set it to here, off, or the https address of the front."
        )
    return where.rstrip("/")


def _scanner(environ: Mapping[str, str]) -> str | None:
    """The command that scans uploads; whether it can be run `check` tells, so that a scanner that
    is being put in place keeps nothing from starting."""
    command = environ.get("DESK_SCANNER") or None
    try:
        words = shlex.split(command or "")
    except ValueError as error:
        raise ConfigError(
            f"DESK_SCANNER is {command!r}, which is no command ({error}): mend its quotes."
        ) from error
    return command if words else None


def _allowed_hosts(environ: Mapping[str, str]) -> tuple[str, ...]:
    """The hosts and networks inside that gateways and mail servers may stand in, although an
    administrator types their addresses."""
    entries = (environ.get("DESK_ALLOWED_HOSTS") or "").replace(",", " ").split()
    for entry in entries:
        if not _is_host(entry):
            raise ConfigError(
                f"DESK_ALLOWED_HOSTS names {entry!r}, which is none: write hosts like sms.lan or 10.1.2.3:8080,"
                " and networks like 10.1.0.0/16."
            )
    return tuple(entries)


def _is_host(entry: str) -> bool:
    """Whether an entry is a host by name or number, with or without a port, or a network."""
    try:
        if "/" in entry:
            ip_network(entry)
            return True
        # A bare number of IPv6 has no place for a port.
        bare = entry.count(":") > 1 and "[" not in entry
        parts = urlsplit(f"//[{entry}]" if bare else f"//{entry}")
        name, port = parts.hostname or "", parts.port
        if ":" in name:
            ip_address(name)
    except ValueError:
        return False
    signs = set("abcdefghijklmnopqrstuvwxyz0123456789.-" + ":" * (":" in name))
    plain = "@" not in entry and not parts.query and not parts.fragment and "%" not in entry
    return plain and port != 0 and bool(name) and set(name) <= signs


def _given_secret_key(environ: Mapping[str, str], production: bool) -> str | None:
    key = environ.get("SECRET_KEY") or None
    if production and key and len(key) < SECRET_KEY_LENGTH:
        raise ConfigError(
            f"SECRET_KEY is too short: give it {SECRET_KEY_LENGTH} characters or more,"
            " or unset it to have one made."
        )
    return key


def _kept_secret_key(data: Path, production: bool, unsaved: dict[Path, bytes] | None) -> str:
    path = data / SECRET_KEY
    fresh = secrets.token_hex(SECRET_KEY_LENGTH).encode()
    key = _kept(path, fresh, production, unsaved).decode(errors="replace")
    if len(key.strip()) < SECRET_KEY_LENGTH:
        raise ConfigError(f"SECRET_KEY is unset and its file {path} is too short: remove the file.")
    return key.strip()


def _ledger_key(data: Path, production: bool, unsaved: dict[Path, bytes] | None) -> bytes:
    path = data / LEDGER_KEY
    return _whole_key(path, _kept(path, secrets.token_bytes(LEDGER_KEY_BYTES), production, unsaved))


def _named_keys(data: Path, production: bool, names: str) -> tuple[bytes, ...]:
    """The keys that were in use, the one that is among them."""
    paths = sorted(data.glob(names))
    return tuple(_whole_key(path, _kept(path, b"", production, None)) for path in paths)


def _needed_keys(secret_key: str | None, without_signing: bool) -> list[str]:
    """The key files that production does not start without: `without_signing` where the one that
    signs may be made yet, or is not asked for."""
    found = [LEDGER_KEY] if secret_key else [LEDGER_KEY, SECRET_KEY]
    return found if without_signing else [*found, SIGNING_KEY]


def new_signing_key() -> bytes:
    """A new private key of ECDSA P-256, as its 32 bytes."""
    return (secrets.randbelow(P256_ORDER - 1) + 1).to_bytes(LEDGER_KEY_BYTES, "big")


def _signing_keys(
    data: Path, production: bool, unsaved: dict[Path, bytes] | None, looking: bool
) -> tuple[bytes, ...]:
    """The signing keys, the one in use first; none where it is missing and somebody only looks."""
    path = data / SIGNING_KEY
    if looking and not path.exists():
        return ()
    used = _whole_key(path, _kept(path, new_signing_key(), production, unsaved))
    retired = _named_keys(data, production, NAMED_SIGNING_KEYS)
    for key in (used, *retired):
        if not 0 < int.from_bytes(key, "big") < P256_ORDER:
            raise ConfigError(
                f"A signing key in DESK_DATA ({path}, or one beside it) is none of ECDSA P-256:"
                " put it back from a backup."
            )
    return (used, *(key for key in retired if key != used))


def save_keys(settings: Config) -> None:
    """Write the keys of a new office, whole and for this user alone; one that another process made
    meanwhile stays. Raises ConfigError."""
    for path, key in settings.unsaved.items():
        if _kept(path, key, settings.production, None) != key:
            raise ConfigError(
                f"The key file {path} was made by another process meanwhile: start again."
            )


def keep_key(path: Path, key: bytes) -> None:
    """Write a ledger's key to a file of its own; what stands there already stays."""
    _kept(path, key, production=True, unsaved=None)


def replace_key(data: Path, key: bytes, name: str = LEDGER_KEY) -> None:
    """Put another key in the place of the ledger's, or of the one that signs, in one step."""
    draft = data / f".{name}-next"
    draft.unlink(missing_ok=True)
    _write_once(draft, key)
    os.replace(draft, data / name)


def _whole_key(path: Path, key: bytes) -> bytes:
    if len(key) != LEDGER_KEY_BYTES:
        # Not "remove it": without its key, the events written so far can no longer be verified.
        raise ConfigError(
            f"The key file {path} in DESK_DATA is not {LEDGER_KEY_BYTES} bytes long:"
            " put it back from a backup."
        )
    return key


def _no_debugging(environ: Mapping[str, str], production: bool) -> None:
    for name in ("DEBUG", "FLASK_DEBUG"):
        if production and environ.get(name, "").lower() not in ("", "0", "false", "no", "off"):
            raise ConfigError(f"{name} is set: unset it when DESK_ENV is production.")


def _no_demo_left(data: Path) -> None:
    if (data / DEMO_PASSWORD).exists():
        raise ConfigError(
            f"DESK_DATA is {data}, where the password of sample accounts lies ({DEMO_PASSWORD}):"
            " name another folder when DESK_ENV is production."
        )


def _check_folder(data: Path, production: bool, looking: bool) -> None:
    """Raises ConfigError where DESK_DATA is not what it has to be."""
    if (data / RESTORING).exists():
        raise ConfigError(
            f"DESK_DATA is {data}, where a restore was broken off: do `python -m app restore` again."
        )
    if looking:
        _is_there(data, [LEDGER_KEY])
    if production:
        _no_demo_left(data)
        _kept_from_others(data)


def _is_there(data: Path, names: Sequence[str]) -> None:
    wanted = (data, *(data / name for name in names))
    missing = next((path for path in wanted if not path.exists()), None)
    if missing is not None:
        raise NothingThere(
            f"DESK_DATA is {data}, where there is no desk ({missing} is missing): set DESK_DATA to the folder of yours,"
            " or make a new one with `python -m app init`."
        )


def _check_keys(
    data: Path, needed: Sequence[str], database_url: str, office: Office | None
) -> None:
    """Raises ConfigError where a missing key must not be made: of an office that is there, and of
    those that are `needed`."""
    keyless = not (data / LEDGER_KEY).exists()
    if keyless and office:
        _may_be_made(data, office(database_url))
    _keys_are_there(data, needed, keyless and office is not None)


def _may_be_made(data: Path, why: str | None) -> None:
    """Raises ConfigError where a key that is missing belongs to an office that is there."""
    if why is not None:
        raise ConfigError(
            f"The ledger's key {data / LEDGER_KEY} is missing, and none is made: {why}"
        )


def _keys_are_there(data: Path, names: Sequence[str], no_office: bool) -> None:
    """`no_office`: it was asked, and there is none; else `init` is no way out."""
    for name in names:
        if not (data / name).exists():
            new = "; for a new office, `python -m app init` makes it." if no_office else "."
            raise ConfigError(
                f"The key file {data / name} in DESK_DATA is missing: put it back from a backup{new}"
            )


def _kept_from_others(data: Path) -> None:
    """The folder holds callers, papers and keys: in production nobody else on the machine looks
    into it."""
    if data.is_dir() and data.stat().st_mode & 0o077:
        raise ConfigError(f"DESK_DATA is {data}, which other users may open: run chmod 700 {data}.")


def _make_data(data: Path) -> None:
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError(
            f"DESK_DATA is {data}, which cannot be made ({error.strerror}):"
            " name a directory that may be written."
        ) from error


def _kept(path: Path, fresh: bytes, production: bool, unsaved: dict[Path, bytes] | None) -> bytes:
    """The bytes of a key file; when there is none yet, it is made of `fresh`, or left to be made of
    it later."""
    try:
        if not path.exists():
            if unsaved is not None:
                return unsaved.setdefault(path, fresh)
            _write_once(path, fresh)
        key = path.read_bytes()
        mode = path.stat().st_mode
    except OSError as error:
        raise ConfigError(
            f"The key file {path} in DESK_DATA cannot be used ({error.strerror}):"
            " give it to the user who runs Duban."
        ) from error
    if production and mode & 0o077:
        raise ConfigError(
            f"The key file {path} in DESK_DATA may be read by other users: run chmod 600 {path}."
        )
    return key


def _write_once(path: Path, content: bytes) -> None:
    """Make a file of mode 0600, whole or not at all; a file made meanwhile by another process
    stays.

    The name is given by a hard link at the end (it fails when the name is taken, like O_EXCL). Were
    the name itself opened with O_EXCL, a second process could read it between the opening and the
    writing.
    """
    handle, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.link(draft, path)
    except FileExistsError:
        return  # Another process was first; its key is the one that both read.
    finally:
        os.unlink(draft)
