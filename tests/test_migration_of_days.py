"""What an older office has on file of days and categories, after the migration that tells named
days apart."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
from sqlalchemy import Engine, text

from app.rules.festivals import holidays
from migrations import upgrade
from tests.test_migrations import blank  # noqa: F401  (the fixture)

NEW_YEAR = {"2027-01-01": False, "2027-01-04": False, "2027-01-09": True}


def _older(engine: Engine, days: dict[str, bool]) -> None:
    """An office of before: one notice approved, all days of its year its own; two categories of one
    name."""
    upgrade.upgrade(engine, "0012")
    said = {"days": json.dumps(days), "at": "2026-12-28 02:00:00"}
    with engine.begin() as connection:
        for n in range(365):
            row = {"day": (date(2027, 1, 1) + timedelta(days=n)).isoformat(), "worked": n % 2 == 0}
            insert = "INSERT INTO calendar_day (day, worked, ordinal, source) VALUES (:day, :worked, 0, 'office')"
            connection.execute(text(insert), row)
        connection.execute(
            text(
                "INSERT INTO calendar_proposal (id, days, reason, proposed_at, approved_at) "
                "VALUES (1, :days, '', :at, :at), (2, '{\"2027-05-05\": true}', '', :at, NULL)"
            ),
            said,
        )
        for id, name in enumerate(("其他", "城建", "其他", "其他（2）"), 1):
            insert = "INSERT INTO category (id, name, active) VALUES (:id, :name, true)"
            connection.execute(text(insert), {"id": id, "name": name})


@pytest.mark.parametrize("whole", [False, True])
def test_days_that_no_notice_named_are_guessed_again_where_holidays_are_missing(
    blank: Engine,  # noqa: F811
    whole: bool,
) -> None:
    named = NEW_YEAR | ({on.isoformat(): False for on in holidays(2027).values()} if whole else {})
    _older(blank, named)
    upgrade.upgrade(blank)
    with blank.connect() as connection:
        count = text("SELECT source, count(*) FROM calendar_day GROUP BY source")
        counted = {row[0]: row[1] for row in connection.execute(count)}
        names = connection.execute(text("SELECT name FROM category ORDER BY id")).scalars().all()
    assert counted == {"office": len(named), "week" if whole else "provisional": 365 - len(named)}
    assert names == ["其他", "城建", "其他（3）", "其他（2）"]
