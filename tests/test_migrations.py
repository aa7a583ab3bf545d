"""The migrations: one head, the same schema as the models, the guards whole after every step, on
both databases."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask_appbuilder import Model
from sqlalchemy import Engine, inspect, select, text

import app.models  # noqa: F401  (the tables)
from app import ledger
from app.database import engine_from, sessions_from, transaction
from app.models import Assignment
from app.roles import BOT
from migrations import triggers, upgrade
from migrations.names import of_the_models
from tests.databases import KEY, Desk, sqlite_url
from tests.ledger.rows import NOW, whole_case
from tests.servers import PostgresCluster

_numbers = itertools.count(1)


@pytest.fixture(params=["sqlite", "postgres"])
def blank(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """A database with nothing in it."""
    if request.param == "sqlite":
        engine = engine_from(sqlite_url(tmp_path / "blank.db"))
        yield engine
        engine.dispose()
        return
    cluster: PostgresCluster = request.getfixturevalue("postgres")
    with cluster.fresh(f"blank_{next(_numbers)}") as url:
        engine = engine_from(url)
        yield engine
        engine.dispose()


def steps() -> list[str]:
    """The revisions, oldest first."""
    script = ScriptDirectory.from_config(upgrade.alembic_config())
    return [one.revision for one in reversed(list(script.walk_revisions()))]


def guards(engine: Engine) -> tuple[set[str], set[str]]:
    with engine.connect() as connection:
        return triggers.present(connection), triggers.expected(connection)


def test_there_is_one_head() -> None:
    script = ScriptDirectory.from_config(upgrade.alembic_config())
    assert len(script.get_heads()) == 1
    assert len(script.get_bases()) == 1


def test_every_migration_says_why() -> None:
    script = ScriptDirectory.from_config(upgrade.alembic_config())
    for one in script.walk_revisions():
        assert "Why: " in (one.module.__doc__ or ""), one.path
        assert Path(one.path).name.startswith(f"{one.revision}_")


def test_the_migrations_make_the_schema_of_the_models(desk: Desk) -> None:
    with desk.engine.connect() as connection:
        options = {
            "compare_type": True,
            "compare_server_default": True,
            "include_name": of_the_models,
        }
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, Model.metadata) == []


def _indexes(engine: Engine) -> dict[str, str]:
    """Every index of the models' tables, as the database says what it is of."""
    query = "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
    if engine.dialect.name == "postgresql":
        query = "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'"
    with engine.connect() as connection:
        rows = connection.execute(text(query)).all()
    kept = {
        name: " ".join(told.split()) for name, told in rows if of_the_models(name, "index", None)
    }
    return {
        name: told
        for name, told in kept.items()
        if name.startswith("ix_") and not name.startswith("ix_case_pairs")
    }


def test_the_migrations_make_the_indexes_of_the_models_with_their_conditions(
    desk: Desk, blank: Engine
) -> None:
    """Alembic compares names and columns alone: a condition of another wording would never be
    used."""
    if desk.engine.dialect.name == blank.dialect.name:
        Model.metadata.create_all(blank)
        assert _indexes(desk.engine) == _indexes(blank)


def test_a_column_that_no_migration_makes_is_seen(desk: Desk) -> None:
    with desk.engine.begin() as connection:
        connection.execute(text("ALTER TABLE run DROP COLUMN error"))
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "include_name": of_the_models}
        )
        assert [(one[0], one[3].name) for one in compare_metadata(context, Model.metadata)] == [
            ("add_column", "error")
        ]


def test_the_guards_are_whole_after_every_step(blank: Engine) -> None:
    for revision in steps():
        upgrade.upgrade(blank, revision)
        present, expected = guards(blank)
        assert present == expected
        kinds = 3 if blank.dialect.name == "postgresql" else 4
        assert len(present) >= len(triggers.STATEFUL) * kinds


def test_every_table_with_a_state_is_guarded(desk: Desk) -> None:
    with_state = {
        name for name, table in Model.metadata.tables.items() if "state_event_id" in table.columns
    }
    assert with_state == set(triggers.STATEFUL)
    present, _ = guards(desk.engine)
    kinds = ("delete", "over", "born", "state") if desk.sqlite else ("delete", "truncate", "state")
    assert {f"guard_{table}_{kind}" for table in with_state for kind in kinds} <= present


def test_a_guard_that_is_missing_or_switched_off_is_seen(desk: Desk) -> None:
    with desk.engine.begin() as connection:
        on = "" if desk.sqlite else " ON assignment"
        connection.execute(text(f"DROP TRIGGER guard_assignment_state{on}"))
        if not desk.sqlite:
            connection.execute(text("ALTER TABLE visit DISABLE TRIGGER guard_visit_state"))
    present, expected = guards(desk.engine)
    assert expected - present == {"guard_assignment_state"} | (
        set() if desk.sqlite else {"guard_visit_state"}
    )
    upgrade.upgrade(desk.engine)
    assert guards(desk.engine) == (expected, expected)


def test_a_database_without_the_newest_migration_is_behind(blank: Engine) -> None:
    assert upgrade.behind(blank)
    upgrade.upgrade(blank)
    assert not upgrade.behind(blank)


def test_whether_a_database_is_behind_is_answered_while_somebody_writes(sqlite_desk: Desk) -> None:
    with transaction(sqlite_desk.sessions) as session:
        session.execute(text("DELETE FROM notice"))
        assert not upgrade.behind(sqlite_desk.engine)


def test_upgrading_again_changes_nothing(desk: Desk) -> None:
    with transaction(desk.sessions) as session:
        whole_case(session)
    before = guards(desk.engine)
    upgrade.upgrade(desk.engine)
    assert guards(desk.engine) == before
    with desk.sessions() as session:
        assert ledger.verify(session, KEY) == []


REWRITE = '''"""Rewrites guarded tables, with rows in them and rows of other tables that point to them.

Why: a test.
"""
import sqlalchemy as sa
from alembic import op

revision = "9001"
down_revision = "{head}"
branch_labels = None
depends_on = None


def upgrade():
    for table in {tables}:
        with op.batch_alter_table(table, recreate="{recreate}") as batch:
            batch.add_column(sa.Column("remark", sa.String(20), nullable=True))
'''
BREAKS = REWRITE + "    op.execute(\"INSERT INTO visit_record (id) VALUES ('not a number')\")\n"
TEARS = REWRITE + '    op.execute("DELETE FROM unit")\n'


def newer(folder: Path, migration: str, recreate: str) -> str:
    """A folder of versions with one more migration in it."""
    shutil.copytree(
        Path(upgrade.__file__).parent / "versions",
        folder,
        ignore=shutil.ignore_patterns("__pycache__"),
    )
    written = migration.format(
        head=steps()[-1], tables=["event", *triggers.STATEFUL], recreate=recreate
    )
    (folder / "9001_rewrite.py").write_text(written, encoding="utf-8")
    return str(folder)


def with_versions(monkeypatch: pytest.MonkeyPatch, folder: str) -> None:
    made = upgrade.alembic_config

    def config() -> object:
        one = made()
        one.set_main_option("path_separator", "os")
        one.set_main_option("version_locations", folder)
        return one

    monkeypatch.setattr(upgrade, "alembic_config", config)


def recreate(desk: Desk) -> str:
    return "always" if desk.sqlite else "auto"


def test_a_migration_that_rewrites_every_guarded_table_keeps_rows_keys_and_guards(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with transaction(desk.sessions) as session:
        ids = whole_case(session)
    before, _ = guards(desk.engine)
    with_versions(monkeypatch, newer(tmp_path / "versions", REWRITE, recreate(desk)))
    assert upgrade.behind(desk.engine)
    upgrade.upgrade(desk.engine)
    assert not upgrade.behind(desk.engine)
    desk.engine.dispose()
    present, expected = guards(desk.engine)
    assert present == expected == before
    assert "remark" in {column["name"] for column in inspect(desk.engine).get_columns("assignment")}
    with transaction(desk.sessions) as session:
        ledger.move(
            session,
            NOW,
            BOT,
            session.get_one(Assignment, ids["assignment"]),
            "signed",
            "assignment.auto_signed",
        )
        assert ledger.verify(session, KEY) == []
        with pytest.raises(Exception, match="append-only|foreign key|FOREIGN KEY"):
            session.execute(text("DELETE FROM assignment"))
        session.rollback()


def test_alembics_batch_mode_alone_would_drop_the_guards(sqlite_desk: Desk) -> None:
    """Why they are made anew: were this not so, the test above would prove nothing."""
    with sqlite_desk.engine.begin() as connection:
        operations = Operations(MigrationContext.configure(connection))
        before = triggers.present(connection)
        with operations.batch_alter_table("referral", recreate="always"):
            pass
        assert {name for name in before if "referral" in name} - triggers.present(connection)


def test_a_migration_that_fails_leaves_schema_rows_and_guards_as_they_were(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with transaction(desk.sessions) as session:
        whole_case(session)
    with_versions(monkeypatch, newer(tmp_path / "versions", BREAKS, recreate(desk)))
    with pytest.raises(Exception, match="visit_record|integer"):
        upgrade.upgrade(desk.engine)
    desk.engine.dispose()
    present, expected = guards(desk.engine)
    assert present == expected
    assert "remark" not in {
        column["name"] for column in inspect(desk.engine).get_columns("assignment")
    }
    with desk.sessions() as session:
        assert session.scalar(select(Assignment.state)) == "allocated"
        assert ledger.verify(session, KEY) == []


def test_a_migration_that_leaves_a_key_pointing_nowhere_is_taken_back(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with transaction(desk.sessions) as session:
        whole_case(session)
    with_versions(monkeypatch, newer(tmp_path / "versions", TEARS, recreate(desk)))
    with pytest.raises(Exception, match="keys that point nowhere|foreign key"):
        upgrade.upgrade(desk.engine)
    with desk.sessions() as session:
        assert session.scalar(text("SELECT count(*) FROM unit")) == 1


def test_foreign_keys_are_checked_again_after_an_upgrade(sqlite_desk: Desk) -> None:
    upgrade.upgrade(sqlite_desk.engine)
    with sqlite_desk.engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1


def test_migrations_run_only_on_a_connection_that_is_handed_in() -> None:
    with pytest.raises(SystemExit, match="python -m app upgrade"):
        command.upgrade(upgrade.alembic_config(), "head")


def test_a_session_of_an_upgraded_database_can_keep_a_record(blank: Engine) -> None:
    upgrade.upgrade(blank)
    with transaction(sessions_from(blank, KEY)) as session:
        whole_case(session)
        assert ledger.verify(session, KEY) == []


def test_what_a_role_or_a_unit_had_read_each_of_its_people_has_read(blank: Engine) -> None:
    """Read was read for all of a role or unit until notices were read by persons; and back
    again."""
    upgrade.upgrade(blank, "0011")
    with blank.begin() as connection:
        connection.execute(
            text("INSERT INTO unit (id, code, name, active) VALUES (7, 'W', 'W', true)")
        )
        connection.execute(text("INSERT INTO ab_role (id, name) VALUES (1, 'allocator')"))
        for id, unit in ((1, "NULL"), (2, "7"), (3, "NULL")):
            connection.execute(
                text(
                    "INSERT INTO ab_user (id, first_name, last_name, username, email, unit_id, session_version) VALUES "
                    f"({id}, 'u', 'u', 'u{id}', 'u{id}', {unit}, 0)"
                )
            )
        connection.execute(text("INSERT INTO ab_user_role (id, user_id, role_id) VALUES (1, 1, 1)"))
        for event, told, read in (
            (1, "allocator", "'2025-06-09 10:00'"),
            (2, "unit:7", "'2025-06-09 11:00'"),
            (3, "allocator", "NULL"),
        ):
            connection.execute(
                text(
                    f"INSERT INTO notice (event_id, recipient, at, read_at) VALUES ({event}, '{told}', "
                    f"'2025-06-09 09:00', {read})"
                )
            )
    upgrade.upgrade(blank, "0012")
    with blank.connect() as connection:
        rows = connection.execute(
            text("SELECT person_id, event_id FROM notice_read ORDER BY event_id")
        ).all()
    assert [tuple(row) for row in rows] == [(1, 1), (2, 2)]
    _down(blank, "0011")
    with blank.connect() as connection:
        read = connection.execute(
            text("SELECT event_id FROM notice WHERE read_at IS NOT NULL ORDER BY event_id")
        ).all()
    assert [row.event_id for row in read] == [1, 2]


def _down(engine: Engine, revision: str) -> None:
    """Take migrations back, as an administrator does by hand."""
    config = upgrade.alembic_config()
    with upgrade._rewriting(engine) as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, revision)
