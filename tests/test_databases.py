"""The desk that tests are given: migrated, guarded, with its days and nothing else, and each test's
own."""

import pytest
from sqlalchemy import func, select, text

from app.models import CalendarDay, Case, Event, Setting
from migrations import triggers
from migrations.upgrade import behind
from tests.databases import Desk


@pytest.mark.parametrize("turn", [1, 2])
def test_each_test_has_an_empty_desk_of_its_own(desk: Desk, turn: int) -> None:
    with desk.sessions() as session, session.begin():
        assert [
            session.scalar(select(func.count()).select_from(model)) for model in (Case, Event)
        ] == [0, 0]
        assert session.scalar(text("SELECT count(*) FROM setting WHERE name = 'left behind'")) == 0
        session.add(Setting(name="left behind", value=str(turn)))


def test_a_desk_is_at_head_with_its_guards_and_its_days(desk: Desk) -> None:
    assert not behind(desk.engine)
    with desk.engine.connect() as connection:
        assert triggers.present(connection) == triggers.expected(connection)
        days = connection.execute(
            select(func.min(CalendarDay.day), func.max(CalendarDay.day))
        ).one()
    assert [day.isoformat() for day in days] == ["2004-01-01", "2027-12-31"]
