"""Triggers that guard the record, on both databases; created anew after every migration.

An event can be neither changed nor deleted nor written over. A row with a state can be neither
deleted nor written over, its id never changes, and its state changes only to what an event says
that is newer than the last one; where its state is final, nothing of it changes but what is named
with its reason. Of every other table of the record what may change is named (`app/rules/seals.py`),
and all else is kept: a column or a table that is new is kept without a line here. (Alembic's batch
mode drops a table's triggers on SQLite without a word, hence "after every migration".)
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from flask_appbuilder import Model
from sqlalchemy import Connection, inspect, text

import app.extend  # noqa: F401  (the tables, and what may change in those of the office's own)
from app.rules.seals import (
    AFTER_END,
    APPENDED,
    CHAINED,
    FACTS_CHANGE,
    MAY_CHANGE,
    MAY_GO,
    NOT_RECORDED,
)
from app.rules.workflow import MAY_BECOME

STATEFUL = {
    "hotline_case": "case",
    "assignment": "assignment",
    "request": "request",
    "reply": "reply",
    "reminder": "reminder",
    "supervision": "supervision",
    "visit": "visit",
    "referral": "referral",
}
"""table -> the word by which events name its rows."""
_STATE = ("id", "state", "state_event_id")
"""What has guards of its own."""

_HIS_CASE = (
    "SELECT 1 FROM hotline_case c WHERE c.id = new.case_id AND c.caller_id = new.caller_id AND c.state = 'registered' "
    "AND c.allocations = 0"
)
"""What lets a contact have another caller: that its case, which nobody was allocated, has been
corrected to him."""
_FOLLOWS = f"""CREATE OR REPLACE FUNCTION guard_follows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF old.caller_id IS DISTINCT FROM new.caller_id AND NOT EXISTS ({_HIS_CASE}) THEN
    RAISE EXCEPTION 'another caller of a contact is refused: the record is append-only'
      USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN new;
END $$"""  # noqa: S608

_NO_CHANGE = """CREATE OR REPLACE FUNCTION guard_no_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% of % is refused: the record is append-only', TG_OP, TG_TABLE_NAME
    USING ERRCODE = 'restrict_violation';
END $$"""
_NEEDS_EVENT = """CREATE OR REPLACE FUNCTION guard_needs_event() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE was text; last bigint;
BEGIN
  IF TG_OP = 'UPDATE' THEN
    IF new.id <> old.id THEN
      RAISE EXCEPTION 'the id of a row with a state never changes' USING ERRCODE = 'restrict_violation';
    END IF;
    IF new.state = old.state AND new.state_event_id = old.state_event_id THEN RETURN new; END IF;
    was := old.state; last := old.state_event_id;
  ELSE
    was := NULL; last := 0;
  END IF;
  IF NOT EXISTS (SELECT 1 FROM event e WHERE e.id = new.state_event_id AND e.id > last AND e.subject = TG_ARGV[0]
                 AND e.subject_id = new.id AND e.from_state IS NOT DISTINCT FROM was AND e.to_state = new.state) THEN
    RAISE EXCEPTION 'state without its event' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN new;
END $$"""


_REFUSE = "EXECUTE FUNCTION guard_no_change()"
LOOKS_DAYS = 180
"""How long the access log is kept at least: younger rows are deleted by nobody."""


def _has_looks(connection: Connection) -> bool:
    """Whether the schema has the access log yet."""
    return inspect(connection).has_table("access")


def _appended(connection: Connection) -> list[str]:
    """The tables to which rows are only ever added, those that the schema has by now."""
    seen = inspect(connection)
    return [table for table in APPENDED if seen.has_table(table)]


def _looks_postgres() -> Iterator[tuple[str, str, str]]:
    """The access log: nothing is changed, and only what is old is deleted."""
    young = f"old.at > (now() AT TIME ZONE 'Asia/Shanghai') - interval '{LOOKS_DAYS} days'"
    yield "guard_access_change", "access", f"BEFORE UPDATE ON {{t}} FOR EACH ROW {_REFUSE}"
    yield (
        "guard_access_delete",
        "access",
        f"BEFORE DELETE ON {{t}} FOR EACH ROW WHEN ({young}) {_REFUSE}",
    )
    yield (
        "guard_access_truncate",
        "access",
        f"BEFORE TRUNCATE ON {{t}} FOR EACH STATEMENT {_REFUSE}",
    )


def _looks_sqlite() -> Iterator[tuple[str, str]]:
    refused = "BEGIN SELECT raise(ABORT, 'append-only'); END"
    young = f"old.at > datetime('now', '+8 hours', '-{LOOKS_DAYS} days')"
    yield "guard_access_change", f"BEFORE UPDATE ON access {refused}"
    yield "guard_access_delete", f"BEFORE DELETE ON access WHEN {young} {refused}"
    yield (
        "guard_access_over",
        f"BEFORE INSERT ON access WHEN {_taken('access', [_Unique(('id',))])} {refused}",
    )


def _postgres(connection: Connection) -> Iterator[tuple[str, str, str]]:
    """(name, table, definition) of every trigger on PostgreSQL."""
    appended = _appended(connection)
    for table in (*appended, *STATEFUL):
        yield (
            f"guard_{table}_truncate",
            table,
            f"BEFORE TRUNCATE ON {{t}} FOR EACH STATEMENT {_REFUSE}",
        )
    for table in appended:
        change = f"BEFORE UPDATE OR DELETE ON {{t}} FOR EACH ROW {_REFUSE}"
        yield f"guard_{table}_change", table, change
    if _has_looks(connection):
        yield from _looks_postgres()
    yield from _kept_postgres(connection)
    for table, columns in _facts_kept(connection):
        changed = " OR ".join(
            f'old."{column}" IS DISTINCT FROM new."{column}"' for column in columns
        )
        named = ", ".join(f'"{column}"' for column in columns)
        # `OF`: the bot's updates name none of these, and pay nothing.
        yield (
            f"guard_{table}_kept",
            table,
            f"BEFORE UPDATE OF {named} ON {{t}} FOR EACH ROW WHEN ({changed}) {_REFUSE}",
        )
    for table, states, columns in _ended(connection):
        changed = " OR ".join(
            f'old."{column}" IS DISTINCT FROM new."{column}"' for column in columns
        )
        named = ", ".join(f'"{column}"' for column in columns)
        when = f"WHEN (old.state IN ({states}) AND ({changed}))"
        yield (
            f"guard_{table}_ended",
            table,
            f"BEFORE UPDATE OF {named} ON {{t}} FOR EACH ROW {when} {_REFUSE}",
        )
    for table, word in STATEFUL.items():
        yield f"guard_{table}_delete", table, f"BEFORE DELETE ON {{t}} FOR EACH ROW {_REFUSE}"
        yield (
            f"guard_{table}_state",
            table,
            "BEFORE INSERT OR UPDATE OF id, state, state_event_id ON {t} "
            f"FOR EACH ROW EXECUTE FUNCTION guard_needs_event('{word}')",
        )


@dataclass(frozen=True)
class Kept:
    """A recorded table without states: its key, the columns that never change, and whether its rows
    may go."""

    table: str
    key: tuple[str, ...]
    columns: tuple[str, ...]
    may_go: bool


def _may_change(table: str) -> set[str]:
    """The columns of a table that may change once a row stands, its state aside."""
    facts = Model.metadata.tables[table].columns if table in FACTS_CHANGE else ()
    return {
        *MAY_CHANGE.get(table, ()),
        *(column.name for column in facts if column.info.get("fact")),
    }


def kept_tables(connection: Connection) -> Iterator[Kept]:
    """The recorded tables without states that migrations have made by now, whatever their columns:
    what may change is named, all else is kept."""
    seen = inspect(connection)
    for table in sorted(seen.get_table_names()):
        key = tuple(seen.get_pk_constraint(table)["constrained_columns"])
        if (
            table in STATEFUL
            or table in CHAINED
            or table in NOT_RECORDED
            or table not in Model.metadata.tables
        ):
            continue
        may = _may_change(table)
        columns = tuple(
            str(one["name"]) for one in seen.get_columns(table) if one["name"] not in may
        )
        yield Kept(table, key, columns, table in MAY_GO)


def _facts_kept(connection: Connection) -> Iterator[tuple[str, list[str]]]:
    """The tables with a state, each with its columns that never change once a row stands."""
    seen = inspect(connection)
    for table in STATEFUL:
        may = {*_may_change(table), *_STATE}
        yield table, [str(one["name"]) for one in seen.get_columns(table) if one["name"] not in may]


def _ended(connection: Connection) -> Iterator[tuple[str, str, list[str]]]:
    """The tables with a state, each with its final states, as SQL, and the columns that are kept in
    these."""
    kept = dict(_facts_kept(connection))
    seen = inspect(connection)
    for table, word in STATEFUL.items():
        final = ", ".join(f"'{state}'" for state, after in MAY_BECOME[word].items() if not after)
        out = {*AFTER_END[table], *kept[table], "id"}
        yield (
            table,
            final,
            [str(one["name"]) for one in seen.get_columns(table) if one["name"] not in out],
        )


def _kept_postgres(connection: Connection) -> Iterator[tuple[str, str, str]]:
    for kept in kept_tables(connection):
        table = kept.table
        if not kept.may_go:
            yield (
                f"guard_{table}_truncate",
                table,
                f"BEFORE TRUNCATE ON {{t}} FOR EACH STATEMENT {_REFUSE}",
            )
            yield f"guard_{table}_delete", table, f"BEFORE DELETE ON {{t}} FOR EACH ROW {_REFUSE}"
        changed = " OR ".join(
            f'old."{column}" IS DISTINCT FROM new."{column}"' for column in kept.columns
        )
        yield (
            f"guard_{table}_change",
            table,
            f"BEFORE UPDATE ON {{t}} FOR EACH ROW WHEN ({changed}) {_REFUSE}",
        )
        if table == "contact":
            yield (
                "guard_contact_caller",
                table,
                "BEFORE UPDATE ON {t} FOR EACH ROW EXECUTE FUNCTION guard_follows()",
            )


def _kept_sqlite(connection: Connection) -> Iterator[tuple[str, str]]:
    for kept in kept_tables(connection):
        table = kept.table
        if not kept.may_go:
            yield (
                f"guard_{table}_delete",
                f"BEFORE DELETE ON {table} BEGIN SELECT raise(ABORT, 'append-only'); END",
            )
            yield (
                f"guard_{table}_over",
                f"BEFORE INSERT ON {table} WHEN {_taken(table, _uniques(connection, table))} "
                "BEGIN SELECT raise(ABORT, 'append-only'); END",
            )
        changed = " OR ".join(f'old."{column}" IS NOT new."{column}"' for column in kept.columns)
        yield (
            f"guard_{table}_change",
            f"BEFORE UPDATE ON {table} WHEN {changed} BEGIN SELECT raise(ABORT, 'append-only'); END",
        )
        if table == "contact":
            yield (
                "guard_contact_caller",
                f"BEFORE UPDATE ON contact WHEN old.caller_id IS NOT new.caller_id AND NOT EXISTS ({_HIS_CASE}) "
                "BEGIN SELECT raise(ABORT, 'append-only'); END",
            )


class _Unique(NamedTuple):
    """Columns that are unique together, among the rows of which `where` holds (all, where it is
    empty)."""

    columns: tuple[str, ...]
    where: str = ""


def _uniques(connection: Connection, table: str) -> list[_Unique]:
    """What of a table is unique, its id first."""
    looked = inspect(connection)
    sets = {_Unique(tuple(one["column_names"])) for one in looked.get_unique_constraints(table)}
    for one in looked.get_indexes(table):
        if one["unique"]:
            where = one.get("dialect_options", {}).get("sqlite_where", "")
            sets.add(_Unique(tuple(str(column) for column in one["column_names"]), str(where)))
    key = tuple(looked.get_pk_constraint(table)["constrained_columns"])
    return [_Unique(key), *sorted(sets)]


def _taken(table: str, uniques: list[_Unique], other: str = "") -> str:
    """SQLite: whether a new or changed row would take the place of another (OR REPLACE). One EXISTS
    for each unique set, because the planner reads the whole table for an OR over columns that are
    mostly NULL. A part of the rows is told by its first column, which stands unqualified in the
    index's own words."""
    same = []
    for unique in uniques:
        pairs = [f"t.{column} = new.{column}" for column in unique.columns]
        parts = [f"{row}.{unique.where}" for row in ("t", "new")] if unique.where else []
        same.append(" AND ".join([*pairs, *parts]))
    return " OR ".join(f"EXISTS (SELECT 1 FROM {table} t WHERE {one}{other})" for one in same)


def _onto(connection: Connection) -> Iterator[tuple[str, str]]:
    """SQLite: UPDATE OR REPLACE deletes the row whose number it takes, and tells no trigger of the
    deletion."""
    for table in STATEFUL:
        uniques = _uniques(connection, table)[1:]
        if uniques:
            named = ", ".join(sorted({column for unique in uniques for column in unique.columns}))
            found = _taken(table, uniques, " AND t.id IS NOT old.id")
            yield (
                f"guard_{table}_onto",
                f"BEFORE UPDATE OF {named} ON {table} WHEN {found} BEGIN SELECT raise(ABORT, 'append-only'); END",
            )


def _sqlite(connection: Connection) -> Iterator[tuple[str, str]]:
    """(name, definition) of every trigger on SQLite."""
    appended = _appended(connection)
    for table in (*appended, *STATEFUL):
        yield (
            f"guard_{table}_delete",
            f"BEFORE DELETE ON {table} BEGIN SELECT raise(ABORT, 'append-only'); END",
        )
        yield (
            f"guard_{table}_over",
            f"BEFORE INSERT ON {table} WHEN {_taken(table, _uniques(connection, table))} "
            "BEGIN SELECT raise(ABORT, 'append-only'); END",
        )
    if _has_looks(connection):
        yield from _looks_sqlite()
    yield from _kept_sqlite(connection)
    yield from _onto(connection)
    for table, columns in _facts_kept(connection):
        changed = " OR ".join(f'old."{column}" IS NOT new."{column}"' for column in columns)
        named = ", ".join(f'"{column}"' for column in columns)
        yield (
            f"guard_{table}_kept",
            f"BEFORE UPDATE OF {named} ON {table} WHEN {changed} BEGIN SELECT raise(ABORT, 'append-only'); END",
        )
    for table, states, columns in _ended(connection):
        changed = " OR ".join(f'old."{column}" IS NOT new."{column}"' for column in columns)
        named = ", ".join(f'"{column}"' for column in columns)
        yield (
            f"guard_{table}_ended",
            f"BEFORE UPDATE OF {named} ON {table} WHEN old.state IN ({states}) AND ({changed}) "
            "BEGIN SELECT raise(ABORT, 'append-only'); END",
        )
    for table in appended:
        yield (
            f"guard_{table}_update",
            f"BEFORE UPDATE ON {table} BEGIN SELECT raise(ABORT, 'append-only'); END",
        )
    for table, word in STATEFUL.items():
        found = (
            "SELECT 1 FROM event e WHERE e.id = new.state_event_id AND e.subject = "
            f"'{word}' AND e.subject_id = new.id AND e.to_state = new.state"  # noqa: S608
        )
        yield (
            f"guard_{table}_born",
            f"BEFORE INSERT ON {table} WHEN NOT EXISTS ({found} AND e.from_state IS NULL) "
            "BEGIN SELECT raise(ABORT, 'state without its event'); END",
        )
        yield (
            f"guard_{table}_state",
            # Not `UPDATE OF id`: SQLite would not hear of `SET rowid = ...`.
            f"BEFORE UPDATE ON {table} WHEN new.id IS NOT old.id "
            "OR ((new.state IS NOT old.state OR new.state_event_id IS NOT old.state_event_id) "
            f"AND NOT EXISTS ({found} AND e.id > old.state_event_id AND e.from_state = old.state)) "
            "BEGIN SELECT raise(ABORT, 'state without its event'); END",
        )


def expected(connection: Connection) -> set[str]:
    """The names of the triggers that must be there."""
    if connection.dialect.name == "postgresql":
        return {name for name, _, _ in _postgres(connection)}
    return {name for name, _ in _sqlite(connection)}


def _standing(connection: Connection) -> list[tuple[str, str]]:
    """(name, table) of the guards that are there and switched on."""
    if connection.dialect.name == "postgresql":
        query = (
            "SELECT tgname, relname FROM pg_trigger JOIN pg_class c ON c.oid = tgrelid "
            "JOIN pg_namespace n ON n.oid = relnamespace "
            "WHERE NOT tgisinternal AND tgenabled <> 'D' AND n.nspname = current_schema() AND tgname LIKE 'guard%'"
        )
    else:
        query = (
            "SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'guard%'"
        )
    return [(name, table) for name, table in connection.execute(text(query))]


def present(connection: Connection) -> set[str]:
    """The names of the guards that are there and switched on."""
    return {name for name, _ in _standing(connection)}


def create(connection: Connection) -> None:
    """Create all guards anew."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(_NO_CHANGE.replace("%", "%%"))
        connection.exec_driver_sql(_NEEDS_EVENT)
        connection.exec_driver_sql(_FOLLOWS)
        for name, table, definition in list(_postgres(connection)):
            connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {name} ON {table}")
            connection.exec_driver_sql(f"CREATE TRIGGER {name} {definition.format(t=table)}")
        return
    for name, definition in list(_sqlite(connection)):
        connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {name}")
        connection.exec_driver_sql(f"CREATE TRIGGER {name} {definition}")


def drop(connection: Connection) -> None:
    """Drop all guards: SQLite refuses to rewrite a table that another table's trigger reads."""
    for name, table in _standing(connection):
        on = f" ON {table}" if connection.dialect.name == "postgresql" else ""
        connection.exec_driver_sql(f"DROP TRIGGER {name}{on}")
