"""Panels over an office that was played once in each process and is copied for each test, on either database."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.databases import Desk, desk_at, lay_postgres, postgres_copy, sqlite_copy, sqlite_url
from tests.servers import PostgresCluster
from tests.views.canaries import NOW, Canaries
from tests.views.panel import Panel, panel_over

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def sqlite_office(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the played office: `desk.db` and its files."""
    place = tmp_path_factory.mktemp("office")
    shutil.copyfile(sqlite_template, place / "desk.db")
    with desk_at(sqlite_url(place / "desk.db")) as desk:
        Canaries(desk, place / "data").play()
    return place


@pytest.fixture(scope="session")
def postgres_office(postgres: PostgresCluster, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    """The name of a database with the played office, and the folder with its files."""
    data = tmp_path_factory.mktemp("office") / "data"
    name = lay_postgres(postgres, "office_template")
    with desk_at(postgres.url(name)) as desk:
        Canaries(desk, data).play()
    return name, data


def _data(kept: Path, fresh: Path) -> Path:
    return Path(shutil.copytree(kept, fresh))


@pytest.fixture
def sqlite_panel(sqlite_office: Path, tmp_path: Path) -> Iterator[Panel]:
    """The panel over a copy of the office on SQLite."""
    data = _data(sqlite_office / "data", tmp_path / "data")
    with sqlite_copy(sqlite_office / "desk.db", tmp_path / "office.db") as desk, panel_over(desk, data, NOW) as made:
        yield made


@pytest.fixture
def postgres_panel(
    postgres: PostgresCluster, postgres_office: tuple[str, Path], tmp_path: Path
) -> Iterator[Panel]:
    """The panel over a copy of the office on PostgreSQL."""
    name, kept = postgres_office
    data = _data(kept, tmp_path / "data")
    with postgres_copy(postgres, name, f"office_{next(_numbers)}") as desk, panel_over(desk, data, NOW) as made:
        yield made


@pytest.fixture(params=["sqlite", "postgres"])
def panel(request: pytest.FixtureRequest) -> Panel:
    """The panel over the played office, on either database: the test runs on both."""
    made: Panel = request.getfixturevalue(f"{request.param}_panel")
    return made


@pytest.fixture
def empty(sqlite_desk: Desk, tmp_path: Path) -> Iterator[Panel]:
    """The panel over a desk with nobody in it, on SQLite."""
    with panel_over(sqlite_desk, tmp_path / "data", NOW) as made:
        yield made
