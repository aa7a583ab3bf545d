"""The rich office, played once in each process and copied for each test, on either database."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.databases import Desk, desk_at, lay_postgres, postgres_copy, sqlite_copy, sqlite_url
from tests.ledger.rich import played
from tests.servers import PostgresCluster


@pytest.fixture(scope="session")
def sqlite_rich(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of the rich office."""
    place = tmp_path_factory.mktemp("rich")
    shutil.copyfile(sqlite_template, place / "desk.db")
    with desk_at(sqlite_url(place / "desk.db")) as desk:
        played(desk, place / "data")
    return place / "desk.db"


@pytest.fixture(scope="session")
def postgres_rich(postgres: PostgresCluster, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The name of the database with the rich office."""
    name = lay_postgres(postgres, "rich_template")
    with desk_at(postgres.url(name)) as desk:
        played(desk, tmp_path_factory.mktemp("rich") / "data")
    return name


@pytest.fixture(params=["sqlite", "postgres"])
def office(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Desk]:
    """The rich office, on either database."""
    if request.param == "sqlite":
        with sqlite_copy(request.getfixturevalue("sqlite_rich"), tmp_path / "desk.db") as desk:
            yield desk
        return
    cluster: PostgresCluster = request.getfixturevalue("postgres")
    with postgres_copy(cluster, request.getfixturevalue("postgres_rich"), "rich_office") as desk:
        yield desk
