"""What the account that Duban runs with may do on PostgreSQL: beside the owner, who migrates, it
can only do what the program does. The guards of the record are triggers; whoever owns a table
switches them off, so who runs owns none.
"""

from __future__ import annotations

from collections.abc import Iterator

from flask_appbuilder import Model
from sqlalchemy import Connection, inspect, text

from app.rules.seals import APPENDED, MAY_GO, NOT_RECORDED
from migrations.triggers import STATEFUL, kept_tables

READ, ADD, CHANGE, REMOVE = "SELECT", "INSERT", "UPDATE", "DELETE"
_ANYTHING = (READ, ADD, CHANGE, REMOVE)
_APART = {"alembic_version": (READ,), "access": (READ, ADD, REMOVE), "case_pairs": _ANYTHING}
"""Tables outside the record that have rights of their own: the last is an index, which only
PostgreSQL has."""


def rights(connection: Connection) -> Iterator[tuple[str, tuple[str, ...]]]:
    """(table, what may be done) for every table there is. What never changes is not to be changed,
    column by column; what never goes is not to be deleted; nothing is emptied, and no trigger made
    or switched off."""
    columns = {one.table: one for one in kept_tables(connection)}
    for table in sorted(inspect(connection).get_table_names()):
        if table in _APART:
            yield table, _APART[table]
        elif table in NOT_RECORDED:
            yield table, _ANYTHING if table in Model.metadata.tables else (READ,)
        elif table in APPENDED:
            yield table, (READ, ADD)
        elif table in STATEFUL or table == "office_head":
            yield table, (READ, ADD, CHANGE)
        elif table in columns:
            every = [str(one["name"]) for one in inspect(connection).get_columns(table)]
            may = [name for name in every if name not in columns[table].columns]
            change = [f"{CHANGE} ({', '.join(map(_quoted, may))})"] if may else []
            yield table, (READ, ADD, *change, *([REMOVE] if table in MAY_GO else []))
        else:
            yield table, (READ,)


def grant(connection: Connection, account: str) -> None:
    """Let an account do that and no more, whatever it could before. The connection is the
    owner's."""
    name = _quoted(account)
    for kind in ("TABLES", "SEQUENCES"):
        connection.execute(text(f"REVOKE ALL ON ALL {kind} IN SCHEMA public FROM {name}"))
    connection.execute(text(f"REVOKE CREATE ON SCHEMA public FROM PUBLIC, {name}"))
    connection.execute(text(f"GRANT USAGE ON SCHEMA public TO {name}"))
    for table, may in rights(connection):
        connection.execute(text(f"GRANT {', '.join(may)} ON {_quoted(table)} TO {name}"))
    connection.execute(text(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {name}"))


def owns(connection: Connection) -> bool:
    """Whether the account of a connection could pass the guards of the record: it owns the events,
    may empty them, or is the cluster's own."""
    query = """SELECT rolsuper OR has_table_privilege('event', 'UPDATE, DELETE, TRUNCATE, TRIGGER')
        FROM pg_roles WHERE rolname = current_user"""
    return connection.dialect.name == "postgresql" and bool(
        connection.execute(text(query)).scalar_one()
    )


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
