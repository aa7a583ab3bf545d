"""The database as it was at one moment, in one file, while everybody works on: SQLite's online backup,
`pg_dump` on PostgreSQL; and the way back into an empty one."""

from __future__ import annotations

import hashlib
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote

from sqlalchemy import URL, Connection, Engine, create_engine, inspect, make_url, text

from app.words import Message
from jobs.servable import Refused
from migrations.upgrade import standing

SQLITE, DUMP = "desk.db", "desk.dump"
"""The file of the database in a backup, of either kind."""
INDEX = "case_pair"
"""How the tables begin that each database has in its own way; they are made anew from the cases."""


class Hashed(Protocol):
    """What of hashlib is needed."""

    def update(self, data: bytes, /) -> None: ...
    def hexdigest(self) -> str: ...


def kind_of(url: str) -> str:
    """`sqlite` or `postgresql`."""
    return make_url(url).get_backend_name()


def file_of(url: str) -> Path:
    """Where a database on SQLite stands."""
    return Path(str(make_url(url).database))


def tables_of(connection: Connection) -> dict[str, int]:
    """table -> rows, of all but the index of pairs."""
    names = [name for name in inspect(connection).get_table_names() if not name.startswith(INDEX)]
    counted = ((name, text(f'SELECT count(*) FROM "{name}"')) for name in sorted(names))  # noqa: S608
    return {name: int(connection.execute(query).scalar_one()) for name, query in counted}


def revision_of(connection: Connection) -> str:
    """The schema of a database, empty where it has none."""
    return standing(connection)[1] or ""


@contextmanager
def snapshot(engine: Engine, folder: Path) -> Iterator[Connection]:
    """Write the database into a folder; a connection to what was written, or to the very snapshot
    that was. Raises Refused, DatabaseError, OSError."""
    if engine.dialect.name == "sqlite":
        file = folder / SQLITE
        _copy_sqlite(Path(str(engine.url.database)), file)
        looked = read_only(file)
        try:
            with looked.connect() as connection:
                yield connection
        finally:
            looked.dispose()
        return
    with engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
        name = connection.execute(text("SELECT pg_export_snapshot()")).scalar_one()
        _dump(engine.url, folder / DUMP, f"--snapshot={name}")
        _compare(connection, folder / DUMP)
        yield connection


def read_only(file: Path) -> Engine:
    """An engine on a file of SQLite that nobody writes to: it makes nothing beside it."""
    return create_engine(f"sqlite:///file:{quote(str(file))}?immutable=1&uri=true")


def _copy_sqlite(file: Path, copy: Path) -> None:
    """Copy a database that is in use, in one step: in WAL mode nobody who writes waits for it. Raises
    Refused."""
    address = f"file:{quote(str(file))}?mode=rw"
    try:
        with (
            closing(sqlite3.connect(address, uri=True, timeout=60)) as live,
            closing(sqlite3.connect(copy)) as made,
        ):
            live.backup(made)
            # One file, with nothing beside it once it is closed.
            made.execute("PRAGMA journal_mode=DELETE")
            wrong = made.execute("PRAGMA quick_check(1)").fetchone()[0]
    except sqlite3.Error as error:
        raise Refused(Message("shell.keep.torn", {"why": str(error)[:200]})) from error
    if wrong != "ok":
        raise Refused(Message("shell.keep.torn", {"why": str(wrong)[:200]}))


def program(name: str) -> str:
    """A program of PostgreSQL: the one on PATH, else the newest that Debian put aside. Raises
    Refused where there is none."""
    found = shutil.which(name)
    places = Path("/usr/lib/postgresql").glob(f"*/bin/{name}")
    newest = max(places, key=lambda path: _number(path.parts[-3]), default=None)
    if found is None and newest is None:
        raise Refused(Message("shell.keep.no_program", {"name": name}))
    return found or str(newest)


def _number(word: str) -> float:
    try:
        return float(word)
    except ValueError:
        return 0.0


def _called(url: URL) -> tuple[str, dict[str, str]]:
    """The address of a database as PostgreSQL's programs take it, without its password, which every
    user of the machine could read; and their environment, which has it."""
    plain = URL.create(
        "postgresql", url.username, None, url.host, url.port, url.database, url.query
    )
    own = {"PGPASSWORD": url.password} if url.password else {}
    return plain.render_as_string(hide_password=False), {**os.environ, **own}


def _run(name: str, url: URL, *words: str) -> None:
    address, environment = _called(url)
    done = subprocess.run(  # noqa: S603
        [program(name), f"--dbname={address}", *words],
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode:
        why = (done.stderr.strip().splitlines() or ["?"])[0][:300]
        raise Refused(Message("shell.keep.program_failed", {"name": name, "why": why}))


def _dump(url: URL, file: Path, *words: str) -> None:
    own = ("--no-owner", "--no-privileges", "--format=custom", f"--file={file}")
    _run("pg_dump", url, *own, *words)


def _compare(connection: Connection, file: Path) -> None:
    """Look whether a dump holds, byte for byte, what stands in the snapshot it is of. Raises
    Refused."""
    for setting in ("synchronize_seqscans = off", "extra_float_digits = 3", "datestyle = ISO"):
        connection.execute(text(f"SET LOCAL {setting}"))
    dumped = _digests_of(file)
    for copied, found in dumped.items():
        if _digest_of(connection, copied) != found:
            raise Refused(Message("shell.keep.torn", {"why": copied}))
    there = set(inspect(connection).get_table_names())
    lacking = there - {copied.split(" ")[0].split(".")[-1].strip('"') for copied in dumped}
    if lacking:
        raise Refused(Message("shell.keep.torn", {"why": ", ".join(sorted(lacking))}))


def _digest_of(connection: Connection, copied: str) -> str:
    driver: Any = connection.connection.driver_connection
    read = hashlib.sha256()
    with driver.cursor() as cursor, cursor.copy(f"COPY {copied} TO STDOUT") as rows:
        for part in rows:
            read.update(part)
    return read.hexdigest()


def _digests_of(file: Path) -> dict[str, str]:
    """`table (columns)` -> SHA-256 of its rows in a dump. Raises Refused where the dump cannot be
    read to its end."""
    command = [program("pg_restore"), "--data-only", "--file=-", str(file)]
    found: dict[str, str] = {}
    with subprocess.Popen(  # noqa: S603
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as reader:
        assert reader.stdout is not None  # noqa: S101
        table, read = "", hashlib.sha256()
        for line in reader.stdout:
            if not table:
                if line.startswith(b"COPY ") and line.endswith(b" FROM stdin;\n"):
                    table, read = line[5:-13].decode(), hashlib.sha256()
            elif line == b"\\.\n":
                found[table], table = read.hexdigest(), ""
            else:
                read.update(line)
    if reader.returncode or table:
        raise Refused(Message("shell.keep.torn", {"why": file.name}))
    return found


def is_empty(engine: Engine) -> bool:
    """Whether a database holds nothing; one of SQLite that is not there is not made."""
    if engine.dialect.name == "sqlite":
        file = Path(str(engine.url.database))
        if not file.exists() or not file.stat().st_size:
            return True
    with engine.connect().execution_options(reads=True) as connection:
        return not inspect(connection).get_table_names()


def put_back(url: str, folder: Path) -> None:
    """Lay the database of a backup into an empty one, whole or not at all. Raises Refused,
    OSError."""
    if kind_of(url) == "sqlite":
        file = file_of(url)
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = file.with_name(f".{file.name}-restored")
        shutil.copyfile(folder / SQLITE, draft)
        draft.chmod(0o600)
        with draft.open("rb") as laid:
            os.fsync(laid.fileno())
        os.replace(draft, file)
        return
    words = ("--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error")
    _run("pg_restore", make_url(url), *words, str(folder / DUMP))


def told_counts(connection: Connection, told: Mapping[str, int]) -> list[str]:
    """The tables that do not have as many rows as they had."""
    now = tables_of(connection)
    return sorted(name for name in {*now, *told} if now.get(name) != told.get(name))
