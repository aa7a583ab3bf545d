"""Panels over an office that was played once in each process and is copied for each test, on either
database."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from sqlalchemy import Engine

from app.database import engine_from
from tests.databases import Desk, desk_at, lay_postgres, postgres_again, sqlite_again, sqlite_url
from tests.servers import PostgresCluster
from tests.views.canaries import NOW, Canaries
from tests.views.panel import Panel, Stand, panel_over


class Stood(NamedTuple):
    """An application that stays, the engine of the desks beneath it, and the folder of their
    files."""

    stand: Stand
    engine: Engine
    data: Path


@pytest.fixture(scope="session")
def sqlite_office(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the played office: `desk.db` and its files."""
    place = tmp_path_factory.mktemp("office")
    shutil.copyfile(sqlite_template, place / "desk.db")
    with desk_at(sqlite_url(place / "desk.db")) as desk:
        Canaries(desk, place / "data").play()
    return place


@pytest.fixture(scope="session")
def postgres_office(
    postgres: PostgresCluster, tmp_path_factory: pytest.TempPathFactory
) -> tuple[str, Path]:
    """The name of a database with the played office, and the folder with its files."""
    data = tmp_path_factory.mktemp("office") / "data"
    name = lay_postgres(postgres, "office_template")
    with desk_at(postgres.url(name)) as desk:
        Canaries(desk, data).play()
    return name, data


def _data(kept: Path, fresh: Path) -> Path:
    shutil.rmtree(fresh, ignore_errors=True)
    return Path(shutil.copytree(kept, fresh))


@pytest.fixture(scope="session")
def sqlite_stand(tmp_path_factory: pytest.TempPathFactory) -> Stood:
    """Where the panels on SQLite stand."""
    folder = tmp_path_factory.mktemp("stand")
    return Stood(Stand(), engine_from(sqlite_url(folder / "office.db")), folder / "data")


@pytest.fixture(scope="session")
def postgres_stand(postgres: PostgresCluster, tmp_path_factory: pytest.TempPathFactory) -> Stood:
    """Where the panels on PostgreSQL stand."""
    return Stood(
        Stand(), engine_from(postgres.url("office")), tmp_path_factory.mktemp("stand") / "data"
    )


@pytest.fixture
def sqlite_panel(sqlite_office: Path, sqlite_stand: Stood) -> Iterator[Panel]:
    """The panel over a copy of the office on SQLite."""
    data = _data(sqlite_office / "data", sqlite_stand.data)
    with (
        sqlite_again(sqlite_office / "desk.db", sqlite_stand.engine) as desk,
        sqlite_stand.stand.over(desk, data, NOW) as made,
    ):
        yield made


@pytest.fixture
def postgres_panel(
    postgres: PostgresCluster, postgres_office: tuple[str, Path], postgres_stand: Stood
) -> Iterator[Panel]:
    """The panel over a copy of the office on PostgreSQL."""
    name, kept = postgres_office
    data = _data(kept, postgres_stand.data)
    with (
        postgres_again(postgres, name, postgres_stand.engine) as desk,
        postgres_stand.stand.over(desk, data, NOW) as made,
    ):
        yield made


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.long)])
def panel(request: pytest.FixtureRequest) -> Panel:
    """The panel over the played office, on either database: on PostgreSQL in the long run."""
    made: Panel = request.getfixturevalue(f"{request.param}_panel")
    return made


@pytest.fixture(scope="session")
def desk_stand(sqlite_engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Stood:
    """Where the panels over desks with nobody in them stand."""
    return Stood(Stand(), sqlite_engine, tmp_path_factory.mktemp("stand") / "data")


@pytest.fixture
def empty(sqlite_desk: Desk, desk_stand: Stood) -> Iterator[Panel]:
    """The panel over a desk with nobody in it, on SQLite."""
    shutil.rmtree(desk_stand.data, ignore_errors=True)
    with desk_stand.stand.over(sqlite_desk, desk_stand.data, NOW) as made:
        yield made


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.long)])
def own_panel(request: pytest.FixtureRequest) -> Iterator[Panel]:
    """A panel with an application of its own, for tests that change it."""
    made: Panel = request.getfixturevalue(f"{request.param}_panel")
    with panel_over(made.desk, made.settings.data, NOW) as own:
        yield own


@pytest.fixture
def own_sqlite_panel(sqlite_panel: Panel) -> Iterator[Panel]:
    """The same on SQLite only."""
    with panel_over(sqlite_panel.desk, sqlite_panel.settings.data, NOW) as own:
        yield own
