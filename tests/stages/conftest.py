"""What the stages decide is decided above the database: here on SQLite in every run, on PostgreSQL
in the long one. Every statement of theirs is asked of PostgreSQL in every run too, by the stories,
the sweeps and the replay."""

from __future__ import annotations

import pytest

from tests.databases import Desk


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.long)])
def desk(request: pytest.FixtureRequest) -> Desk:
    """An empty desk."""
    made: Desk = request.getfixturevalue(f"{request.param}_desk")
    return made
