"""Categories that were there before name no unit; the guards stand and what hangs on them stays."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, text

from migrations import upgrade
from tests.test_migrations import blank, guards  # noqa: F401  (a database with nothing in it)

BEFORE, AFTER = "0028", "0029"


@pytest.fixture
def old(blank: Engine) -> Engine:  # noqa: F811  (the fixture)
    """A database of before, with two categories, one below the other."""
    upgrade.upgrade(blank, BEFORE)
    with blank.begin() as connection:
        connection.execute(text("INSERT INTO category (id, name, active) VALUES (1, '城建', true)"))
        connection.execute(
            text("INSERT INTO category (id, name, parent_id, active) VALUES (2, '路灯', 1, true)")
        )
    return blank


def test_categories_of_before_name_no_unit_and_stand_as_they_stood(old: Engine) -> None:
    upgrade.upgrade(old, AFTER)
    told = "SELECT id, name, parent_id, default_unit_id FROM category ORDER BY id"
    with old.connect() as connection:
        rows = [tuple(row) for row in connection.execute(text(told))]
    assert rows == [(1, "城建", None, None), (2, "路灯", 1, None)]
    there, expected = guards(old)
    assert there == expected
