"""What is asked of the database before a panel serves it: the columns that are facts, and the tables
that an office added. It is only read: whoever writes meanwhile keeps no panel from starting."""

from __future__ import annotations

from collections.abc import Sequence

from flask_appbuilder import Model
from sqlalchemy import Connection, Engine, inspect
from sqlalchemy.exc import OperationalError

from app.database import missing_file
from app.own.entries import OwnView, Wrong


def insist_on_database(entries: Sequence[OwnView], engine: Engine) -> None:
    """Raises TypeError for a fact column that the database lacks, Wrong for a table of the office's
    own that no migration made or that has no guard; nothing where no database answers, which is
    waited for."""
    if missing_file(engine) is not None:
        return
    try:
        connection = engine.connect().execution_options(reads=True)
    except OperationalError:
        return
    with connection:
        _insist_on_facts(connection)
        if entries:
            _insist_on_tables(entries, connection)


def _insist_on_facts(connection: Connection) -> None:
    there = inspect(connection)
    for mapper in Model.registry.mappers:
        facts = [column.name for column in mapper.columns if column.info.get("fact")]
        table = mapper.local_table.name
        if not facts or not there.has_table(table):
            continue
        known = {column["name"] for column in there.get_columns(table)}
        missing = [name for name in facts if name not in known]
        if missing:
            raise TypeError(
                f"the database has no column {table}.{missing[0]}: write its migration below"
                " migrations/versions and run `python -m app upgrade`"
            )


def _insist_on_tables(entries: Sequence[OwnView], connection: Connection) -> None:
    there = inspect(connection).get_table_names()
    sqlite = connection.dialect.name == "sqlite"
    source, name = ("sqlite_master", "name") if sqlite else ("pg_trigger", "tgname")
    guards = {row[0] for row in connection.exec_driver_sql(f"SELECT {name} FROM {source}")}  # noqa: S608
    for entry in entries:
        table = entry.model.__tablename__
        if table not in there:
            raise Wrong(
                f"app/extend.py, add_view({entry.page}): the database has no table {table}: write its"
                " migration below migrations/versions and run `python -m app upgrade`."
            )
        if f"guard_{table}_change" not in guards:
            raise Wrong(
                f"app/extend.py, add_view({entry.page}): nothing guards the table {table} yet: run"
                " `python -m app upgrade`."
            )
