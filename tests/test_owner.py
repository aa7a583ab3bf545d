"""On PostgreSQL the account that Duban runs with can do what the program does, and cannot pass the
record's guards."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import Engine, create_engine, inspect
from sqlalchemy.exc import DBAPIError

import config
from app.database import reading
from app.forgetting import forget
from app.ledger import verify
from app.ledger.keys import ring_of
from app.reindex import reindex
from app.rules.seals import MAY_GO, NOT_RECORDED
from app.supervisor import ready
from jobs.health import guard_findings
from migrations.grants import owns, rights
from migrations.triggers import STATEFUL, kept_tables
from tests.databases import FILLED_AT, KEY, SIGNING, Desk, desk_at
from tests.ledger.rich import LAST, Rich
from tests.servers import PostgresCluster

OWNER, RUNTIME = "the_owner", "who_runs"


def _as(url: str, account: str) -> str:
    return url.replace("postgres@", f"{account}@")


@pytest.fixture
def parted(postgres: PostgresCluster, tmp_path: Path) -> Iterator[config.Config]:
    """The settings of a desk whose tables have an owner apart from who runs it."""
    admin = psycopg.connect(postgres.url("postgres").replace("+psycopg", ""), autocommit=True)
    for account in (OWNER, RUNTIME):
        admin.execute(sql.SQL("DROP ROLE IF EXISTS {0}").format(sql.Identifier(account)))
        admin.execute(sql.SQL("CREATE ROLE {0} LOGIN").format(sql.Identifier(account)))
    with postgres.fresh("parted") as url:
        admin.execute(sql.SQL("ALTER DATABASE parted OWNER TO {0}").format(sql.Identifier(OWNER)))
        with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as inside:
            inside.execute(
                sql.SQL("ALTER SCHEMA public OWNER TO {0}").format(sql.Identifier(OWNER))
            )
        given = {"DATABASE_URL": _as(url, RUNTIME), "DATABASE_OWNER_URL": _as(url, OWNER)}
        made = config.load({"DESK_DATA": str(tmp_path / "data"), "SECRET_KEY": "s" * 40, **given})
        yield replace(made, ledger_key=KEY, signing_keys=(SIGNING,))
    for account in (OWNER, RUNTIME):
        admin.execute(sql.SQL("DROP ROLE {0}").format(sql.Identifier(account)))
    admin.close()


@pytest.fixture
def desk(parted: config.Config) -> Iterator[Desk]:
    ready.prepare(parted, FILLED_AT)
    with desk_at(parted.database_url) as made:
        yield made


def _refused(engine: Engine, statement: str) -> str:
    with pytest.raises(DBAPIError) as no, engine.begin() as connection:
        connection.exec_driver_sql(statement)
    return str(no.value.orig)


def test_all_that_an_office_does_in_a_year_is_done_by_who_runs_and_is_whole(
    desk: Desk, parted: config.Config, tmp_path: Path
) -> None:
    Rich(desk, tmp_path).play()
    reindex(desk.sessions, LAST)
    forget(desk.sessions, LAST + timedelta(days=4000))
    with reading(desk.sessions) as session:
        assert list(verify(session, ring_of(session, KEY))) == []
    with desk.engine.connect() as connection:
        filled = {
            table
            for table, may in rights(connection)
            if connection.exec_driver_sql(f'SELECT 1 FROM "{table}" LIMIT 1').first()
        }
    assert len(filled) > 40, "and it was all of it"
    _attacks(desk)


def _attacks(desk: Desk) -> None:
    """What the guards stand against, and what would switch them off, is not this account's to
    try."""
    engine = desk.engine
    with engine.connect() as connection:
        kept = {one.table: one for one in kept_tables(connection)}
        tables = inspect(connection).get_table_names()
    for table in tables:
        assert "permission denied" in _refused(engine, f'TRUNCATE "{table}"'), table
        assert "must be owner" in _refused(engine, f'ALTER TABLE "{table}" DISABLE TRIGGER ALL'), (
            table
        )
        assert "permission denied" in _refused(
            engine,
            f'CREATE TRIGGER mine BEFORE INSERT ON "{table}" EXECUTE FUNCTION guard_no_change()',
        ), table
        assert "must be owner" in _refused(engine, f'DROP TABLE "{table}"'), table
        if (
            table in STATEFUL
            or table in ("event", "office_head")
            or (table in kept and table not in MAY_GO)
        ):
            assert "permission denied" in _refused(engine, f'DELETE FROM "{table}"'), table
    for table, one in kept.items():
        for column in one.columns:
            assert "permission denied" in _refused(
                engine, f'UPDATE "{table}" SET "{column}" = NULL'
            ), (table, column)
    assert "permission denied" in _refused(engine, "UPDATE event SET kind = 'x'")
    assert "permission denied" in _refused(engine, "UPDATE access SET kind = 'x'")
    assert "permission denied" in _refused(
        engine, "UPDATE alembic_version SET version_num = '0001'"
    )
    assert "permission denied" in _refused(engine, "SET session_replication_role = replica")
    assert "permission denied" in _refused(engine, "CREATE TABLE mine (id int)")
    assert "must be owner" in _refused(engine, "ALTER FUNCTION guard_no_change() RENAME TO mine")
    other = "RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END'"
    assert "permission denied" in _refused(
        engine, f"CREATE OR REPLACE FUNCTION guard_no_change() {other}"
    )
    with engine.connect() as connection:
        assert not owns(connection)


def test_check_says_in_production_where_who_runs_owns_the_tables(
    desk: Desk, parted: config.Config
) -> None:
    for url, owned in (
        (parted.database_url, False),
        (parted.owner_url, True),
        (_superuser(parted), True),
    ):
        assert url is not None
        with desk_at(url) as seen:
            told = [one.code for one in guard_findings(seen.sessions, LAST)]
        assert ("database_owned" in told) is owned, url


def _superuser(parted: config.Config) -> str:
    return parted.database_url.replace(RUNTIME, "postgres")


def test_an_upgrade_grants_the_same_rights_anew(desk: Desk, parted: config.Config) -> None:
    """What somebody gave the account beside them is gone, what was taken from it is back."""
    owner = create_engine(str(parted.owner_url))
    with owner.begin() as connection:
        connection.exec_driver_sql(f"GRANT UPDATE, DELETE, TRUNCATE ON event TO {RUNTIME}")
        connection.exec_driver_sql(f"REVOKE INSERT ON hotline_case FROM {RUNTIME}")
    with desk.engine.connect() as connection:
        assert owns(connection)
    ready.bring_up(parted, desk.engine, FILLED_AT)
    with desk.engine.connect() as connection:
        assert not owns(connection)
        may = "SELECT has_table_privilege('hotline_case', 'INSERT')"
        assert connection.exec_driver_sql(may).scalar_one()
    owner.dispose()


def test_every_table_has_its_rights_and_a_new_one_is_only_read(desk: Desk) -> None:
    with desk.engine.connect() as connection:
        told = dict(rights(connection))
        assert told.keys() == set(inspect(connection).get_table_names())
    assert told["event"] == ("SELECT", "INSERT")
    assert all("DELETE" not in told[table] for table in STATEFUL)
    assert "UPDATE" not in told["access"] and told["alembic_version"] == ("SELECT",)
    assert all(told[table] for table in NOT_RECORDED)


def test_an_owner_of_another_kind_of_database_is_refused(tmp_path: Path) -> None:
    for given in (
        {"DATABASE_OWNER_URL": "postgresql://o@h/d"},
        {"DATABASE_OWNER_URL": "sqlite:////tmp/x.db", "DATABASE_URL": "postgresql://u@h/d"},
        {"DATABASE_OWNER_URL": "nonsense", "DATABASE_URL": "postgresql://u@h/d"},
    ):
        with pytest.raises(config.ConfigError, match="DATABASE_OWNER_URL") as no:
            config.load({"DESK_DATA": str(tmp_path / "data"), **given})
        assert "nonsense" not in str(no.value), "it may hold a password"
        assert not (tmp_path / "data").exists(), "a refused start leaves nothing"
