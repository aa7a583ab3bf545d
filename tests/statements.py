"""Counts what a database is asked to do: at the client, one transaction after another, and at the
server."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, event, text

from tests.databases import Desk

_COUNTED = (
    "SELECT coalesce(sum(calls), 0) FROM pg_stat_statements s JOIN pg_database d ON d.oid = s.dbid "
    "WHERE d.datname = current_database() AND toplevel AND query NOT ILIKE '%pg_stat_statements%'"
)


@dataclass
class Counted:
    """What was asked: the statements of each transaction, its begin and its end among them, with
    their parameters; and how many the server says it ran."""

    transactions: list[list[tuple[str, Any]]] = field(default_factory=list)
    server: int = 0

    @property
    def client(self) -> int:
        """All statements as the client counts them."""
        return sum(len(one) for one in self.transactions)

    @property
    def batches(self) -> list[list[tuple[str, Any]]]:
        """The transactions that wrote about cases."""
        return [
            one
            for one in self.transactions
            if any("UPDATE hotline_case" in words for words, _ in one)
        ]


class _Client:
    """Listens to an engine."""

    def __init__(self, desk: Desk, counted: Counted) -> None:
        self.desk, self.counted = desk, counted
        self.running: list[tuple[str, Any]] = []

    def begin(self, connection: Connection) -> None:
        # On SQLite the desk says BEGIN itself, as a statement like any other.
        if not self.desk.sqlite:
            self.running.append(("BEGIN", None))

    def execute(
        self, connection: Any, cursor: Any, statement: str, given: Any, context: Any, many: bool
    ) -> None:
        self.running += [(statement, one) for one in given] if many else [(statement, given)]

    def end(self, connection: Connection) -> None:
        """The end of a transaction, whichever way."""
        self.counted.transactions.append([*self.running, ("COMMIT", None)])
        self.running = []


@contextmanager
def counted(desk: Desk, traced: bool = True) -> Iterator[Counted]:
    """Count what happens inside, on both sides; `traced`: on SQLite too, where telling of it is
    slow."""
    found = Counted()
    client = _Client(desk, found)
    listening: list[tuple[str, Any]] = [
        ("begin", client.begin),
        ("before_cursor_execute", client.execute),
        ("commit", client.end),
        ("rollback", client.end),
    ]
    with _server(desk, found, traced):
        for name, listener in listening:
            event.listen(desk.engine, name, listener)
        try:
            yield found
        finally:
            for name, listener in listening:
                event.remove(desk.engine, name, listener)


def _server(desk: Desk, found: Counted, traced: bool) -> AbstractContextManager[None]:
    if not desk.sqlite:
        return _watched(desk, found)
    return _traced(desk, found) if traced else nullcontext()


@contextmanager
def _traced(desk: Desk, found: Counted) -> Iterator[None]:
    """SQLite tells of every statement that it runs. What a trigger does is told as the statement
    that set it off, once more with the same values; and nothing that the desk asks is asked twice
    running with the same values. What a full-text table does to the tables behind it is told as a
    remark."""
    last = ""

    def trace(statement: str) -> None:
        nonlocal last
        found.server += statement != last and not statement.startswith("-- ")
        last = statement

    def checkout(connection: Any, record: Any, proxy: Any) -> None:
        connection.set_trace_callback(trace)

    event.listen(desk.engine, "checkout", checkout)
    try:
        yield
    finally:
        event.remove(desk.engine, "checkout", checkout)
        with desk.engine.connect() as connection:
            connection.connection.driver_connection.set_trace_callback(None)  # type: ignore[union-attr]


@contextmanager
def _watched(desk: Desk, found: Counted) -> Iterator[None]:
    """PostgreSQL counts for itself."""
    quiet = desk.engine.execution_options(isolation_level="AUTOCOMMIT")
    with quiet.connect() as connection:
        connection.execute(text("CREATE EXTENSION IF NOT EXISTS pg_stat_statements"))
        connection.execute(
            text(
                "SELECT pg_stat_statements_reset(0, oid, 0) FROM pg_database WHERE datname = current_database()"
            )
        )
    yield
    with quiet.connect() as connection:
        found.server = int(connection.execute(text(_COUNTED)).scalar_one())
