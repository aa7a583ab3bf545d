"""The servers and databases tests may ask for. Each process of a parallel run makes its own at the
first use."""

import gc
import itertools
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from sqlalchemy import Engine

from app.database import engine_from
from tests.databases import Desk, lay_postgres, lay_sqlite, postgres_again, sqlite_again, sqlite_url
from tests.servers import PostgresCluster, ValkeyServer

pytest_plugins = [
    "tests.parts",
    "tests.skips",
    "tests.rules_page",
    "tests.views.offices",
    "tests.browser.table",
]

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


ON_ONE = {
    "test_a_batch_with_all_nine_steps_takes_at_most_twenty_six_statements": "sqlite",
    "test_a_played_office_has_no_false_alarm": "postgres",
    "test_a_sweep_that_was_killed_is_made_up_by_the_next": "sqlite",
    "test_play_prints_ok_for_a_story_that_goes_as_told": "postgres",
    "test_sweeps_beside_people_who_act_do_nothing_twice": "sqlite",
    "test_the_claim_goes_through_the_index_of_due_cases_and_nothing_reads_a_whole_table": "sqlite",
    "test_two_sweeps_at_once_do_what_one_does": "postgres",
    "test_a_worker_does_all_jobs_and_each_pass_leaves_its_run": "postgres",
    "test_the_guards_are_whole_after_every_step": "postgres",
    "test_a_second_sweep_at_the_same_moment_writes_nothing_but_its_run": "postgres",
}
"""The costliest tests of both databases: which of the two is left to the long run."""


def _left_to_the_long_run(item: pytest.Item) -> bool:
    name, _, parameters = item.name.partition("[")
    return name in ON_ONE and ON_ONE[name] in re.split(r"[-\]]", parameters)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Iterator[None]:
    """What is left to the long run is marked before anything is chosen; what was chosen runs with the
    files of `LONGEST` first, and within a file nothing moves."""
    for item in items:
        if _left_to_the_long_run(item):
            item.add_marker(pytest.mark.long)
    yield
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
