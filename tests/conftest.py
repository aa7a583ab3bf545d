"""The servers and databases tests may ask for. Each process of a parallel run makes its own at the
first use."""

import gc
import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from sqlalchemy import Engine

from app.database import engine_from
from tests.databases import Desk, lay_postgres, lay_sqlite, postgres_again, sqlite_again, sqlite_url
from tests.servers import PostgresCluster, ValkeyServer

pytest_plugins = ["tests.parts", "tests.skips", "tests.rules_page", "tests.views.offices"]

# Drawn cases are the same ones each time, and none of them fails because the machine is busy.
settings.register_profile(
    "duban", deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck)
)
settings.load_profile("duban")

_numbers = itertools.count(1)


LONGEST = (
    "test_garbage",
    "test_walk",
    "test_story_panel",
    "test_story",
    "test_looks",
    "test_sample_office",
    "test_pages",
    "test_supervisor",
    "test_sweeps_at_once",
    "test_isolation",
    "test_routes",
    "test_statements",
    "test_rules_page",
    "test_worker",
    "test_refusals",
    "test_offers",
    "test_accounts",
    "test_words",
    "test_new_column",
)
"""The files that take longest: begun first, so that no process is left with one at the end."""


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files in the order of `LONGEST`, then the others; within a file nothing moves."""
    places = {name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: places.get(item.path.stem, len(LONGEST)))


def pytest_collection_finish() -> None:
    """What was read and collected stays to the end of the run: looking for garbage among it, over
    and over, took a sixth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresCluster]:
    """A PostgreSQL cluster; make databases in it with `database` or `fresh`."""
    with PostgresCluster() as cluster:
        yield cluster


@pytest.fixture
def postgres_url(postgres: PostgresCluster) -> Iterator[str]:
    """An empty PostgreSQL database for one test."""
    with postgres.fresh(f"test_{next(_numbers)}") as url:
        yield url


@pytest.fixture(scope="session")
def valkey() -> Iterator[ValkeyServer]:
    """A Valkey server; a test that kills it starts it again."""
    with ValkeyServer() as server:
        yield server


@pytest.fixture
def redis_url(valkey: ValkeyServer) -> str:
    """An empty Valkey for one test."""
    valkey.forget()
    return valkey.url


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file that every SQLite desk is a copy of."""
    return lay_sqlite(tmp_path_factory.mktemp("template") / "desk.db")


@pytest.fixture(scope="session")
def postgres_template(postgres: PostgresCluster) -> str:
    """The database that every PostgreSQL desk is a copy of."""
    return lay_postgres(postgres, "desk_template")


@pytest.fixture(scope="session")
def sqlite_engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """The engine of the desks on SQLite, one after another."""
    return engine_from(sqlite_url(tmp_path_factory.mktemp("desk") / "desk.db"))


@pytest.fixture(scope="session")
def postgres_engine(postgres: PostgresCluster) -> Engine:
    """The engine of the desks on PostgreSQL, one after another."""
    return engine_from(postgres.url("desk"))


@pytest.fixture
def sqlite_desk(sqlite_template: Path, sqlite_engine: Engine) -> Iterator[Desk]:
    """An empty desk on SQLite."""
    with sqlite_again(sqlite_template, sqlite_engine) as desk:
        yield desk


@pytest.fixture
def postgres_desk(
    postgres: PostgresCluster, postgres_template: str, postgres_engine: Engine
) -> Iterator[Desk]:
    """An empty desk on PostgreSQL."""
    with postgres_again(postgres, postgres_template, postgres_engine) as desk:
        yield desk


@pytest.fixture(params=["sqlite", "postgres"])
def desk(request: pytest.FixtureRequest) -> Desk:
    """An empty desk, on either database: the test runs on both."""
    made: Desk = request.getfixturevalue(f"{request.param}_desk")
    return made
