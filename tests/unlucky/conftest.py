"""A panel that is served as its service serves it, over an office with people in it."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests
from sqlalchemy import update

from app.database import transaction
from app.models import Person
from app.stages.founding import hashed
from app.story.theatre.cast import actor_named
from tests.databases import Desk, postgres_copy, sqlite_copy
from tests.served import Served
from tests.servers import PostgresCluster

PASSWORD = "a pass phrase of the unlucky"
PEOPLE = ("operator", "centre_head", "allocator", "it_admin")
_numbers = itertools.count(1)


@dataclass
class Office:
    """A desk with people in it, and the panel that serves it."""

    desk: Desk
    served: Served
    names: dict[str, str]

    def enter(self, word: str) -> requests.Session:
        """A browser in which somebody has logged in."""
        return self.served.enter(self.names[word], PASSWORD)


@contextmanager
def office_on(desk: Desk, data: Path, **settings: str) -> Iterator[Office]:
    """The panel over a desk."""
    with transaction(desk.sessions) as session:
        names = {word: actor_named(session, word).name for word in PEOPLE}
        session.execute(update(Person).values(password=hashed(PASSWORD)))
    with Served(data, desk.url, **settings) as served:
        yield Office(desk, served, names)


@pytest.fixture
def on_postgres(
    postgres: PostgresCluster, postgres_template: str, tmp_path: Path
) -> Iterator[Office]:
    """Served over PostgreSQL."""
    with (
        postgres_copy(postgres, postgres_template, f"unlucky_{next(_numbers)}") as desk,
        office_on(desk, tmp_path / "data") as made,
    ):
        yield made


@pytest.fixture
def with_redis(
    postgres: PostgresCluster, postgres_template: str, redis_url: str, tmp_path: Path
) -> Iterator[Office]:
    """Served over PostgreSQL, with a Redis that answers."""
    with (
        postgres_copy(postgres, postgres_template, f"unlucky_{next(_numbers)}") as desk,
        office_on(desk, tmp_path / "data", REDIS_URL=redis_url) as made,
    ):
        yield made


@pytest.fixture
def on_sqlite(sqlite_template: Path, tmp_path: Path) -> Iterator[Office]:
    """Served over SQLite."""
    (tmp_path / "data").mkdir(mode=0o700)
    with (
        sqlite_copy(sqlite_template, tmp_path / "data" / "desk.db") as desk,
        office_on(desk, tmp_path / "data") as made,
    ):
        yield made
