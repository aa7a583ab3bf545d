"""What is asked of the database of the tables that an office added, before a panel serves them."""

from __future__ import annotations

from flask_appbuilder import Model
from sqlalchemy import Engine, inspect
from sqlalchemy.exc import OperationalError

from app.database import missing_file
from app.own.entries import OwnView, Wrong


def insist_on_tables(entries: list[OwnView], engine: Engine) -> None:
    """Raises Wrong for a table that no migration made, or that has no guard yet."""
    if not entries:
        return
    there = inspect(engine).get_table_names()
    with engine.connect() as connection:
        source = "sqlite_master" if engine.dialect.name == "sqlite" else "pg_trigger"
        name = "name" if engine.dialect.name == "sqlite" else "tgname"
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


def answers(engine: Engine) -> bool:
    """Whether there is a database that says what it has; one that is away is waited for."""
    if missing_file(engine) is not None:
        return False
    try:
        engine.connect().close()
    except OperationalError:
        return False
    return True


def insist_on_facts(engine: Engine) -> None:
    """Raises TypeError where a column that is a fact is not in the database."""
    there = inspect(engine)
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
