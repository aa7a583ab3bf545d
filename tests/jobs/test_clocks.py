"""A machine whose clock is wrong marks nothing as late: it is told from 5 s on, and from 60 s no
pass is made."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from app.database import reading
from jobs.advice import WARNING, WRONG
from jobs.clocks import ClockWrong, ahead_of_database, refuse_wrong_clock
from jobs.health import clock_findings
from tests.databases import Desk


def database_time(desk: Desk) -> datetime:
    with reading(desk.sessions) as session:
        told: datetime = session.execute(text("SELECT clock_timestamp()")).scalar_one()
    return told


@pytest.mark.parametrize(
    ("seconds", "code", "level"),
    [
        (0, None, None),
        (3, None, None),
        (-3, None, None),
        (8, "clock_ahead", WARNING),
        (-8, "clock_behind", WARNING),
        (600, "clock_ahead", WRONG),
        (-600, "clock_behind", WRONG),
    ],
)
def test_a_process_compares_itself_with_the_databases_clock(
    postgres_desk: Desk, seconds: int, code: str | None, level: str | None
) -> None:
    real = database_time(postgres_desk) + timedelta(seconds=seconds)
    with reading(postgres_desk.sessions) as session:
        found = [(one.code, one.level) for one in clock_findings(session, real)]
    assert found == ([(code, level)] if code else [])


@pytest.mark.parametrize("minutes", [10, -10])
def test_from_sixty_seconds_on_no_pass_is_made(postgres_desk: Desk, minutes: int) -> None:
    refuse_wrong_clock(postgres_desk.sessions)
    with pytest.raises(ClockWrong, match="no pass is made"):
        refuse_wrong_clock(
            postgres_desk.sessions, database_time(postgres_desk) + timedelta(minutes=minutes)
        )


def test_a_database_that_is_a_file_of_this_machine_has_no_other_clock(sqlite_desk: Desk) -> None:
    with reading(sqlite_desk.sessions) as session:
        assert ahead_of_database(session, datetime.now(UTC) + timedelta(hours=1)) == 0
