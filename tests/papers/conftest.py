"""Papers are made of rows that are read like any others: on SQLite in every run, on PostgreSQL in
the long one."""

from __future__ import annotations

import pytest

from tests.databases import Desk


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.long)])
def desk(request: pytest.FixtureRequest) -> Desk:
    """An empty desk."""
    made: Desk = request.getfixturevalue(f"{request.param}_desk")
    return made
