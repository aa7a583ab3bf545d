"""A second desk beside the first, to compare with."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.databases import Desk, postgres_copy, sqlite_copy

_numbers = itertools.count(1)


@pytest.fixture
def twin(request: pytest.FixtureRequest, desk: Desk, tmp_path: Path) -> Iterator[Desk]:
    """Another empty desk on the same kind of database."""
    if desk.sqlite:
        with sqlite_copy(request.getfixturevalue("sqlite_template"), tmp_path / "twin.db") as made:
            yield made
        return
    cluster, template = (
        request.getfixturevalue("postgres"),
        request.getfixturevalue("postgres_template"),
    )
    with postgres_copy(cluster, template, f"twin_{next(_numbers)}") as made:
        yield made
