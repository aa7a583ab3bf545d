"""The servers tests may ask for. Each process of a parallel run starts its own at the first use."""

import itertools
from collections.abc import Iterator

import pytest

from tests.servers import PostgresCluster, ValkeyServer

pytest_plugins = ["tests.skips"]

_numbers = itertools.count(1)


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
