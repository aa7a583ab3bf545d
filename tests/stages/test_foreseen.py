"""What loading days would do is told before it is done, and then done so. [procedure 0]"""

from __future__ import annotations

import json
from datetime import date

import pytest

from app.database import reading
from app.models import CalendarDay, Event
from app.rules.festivals import holidays
from app.rules.refusal import NotAllowed
from app.rules.workflow import CLOCKS
from app.stages.calendar import OFFICE, PROVISIONAL, WEEK
from app.stages.loading import Foreseen, foresee
from app.words.catalogue import CATALOGUES
from tests.databases import Desk
from tests.office import Office, moment

DECEMBER = "2026-12-31 15:00"
WHOLE = dict.fromkeys(holidays(2027).values(), False) | {
    date(2027, 1, 4): False,
    date(2027, 1, 9): True,
}
PART = {date(2027, 1, 1): False, date(2027, 1, 4): False}


@pytest.fixture(params=["sqlite", "postgres"])
def desk(request: pytest.FixtureRequest) -> Desk:
    """An empty desk on either database."""
    made: Desk = request.getfixturevalue(f"{request.param}_desk")
    return made


def seen(desk: Desk, at: str, days: dict[date, bool]) -> Foreseen:
    """What is foreseen at a moment."""
    with reading(desk.sessions) as session:
        return foresee(session, moment(at), days)


def busy(desk: Desk) -> Office:
    """At the end of 2026: a lead with an assist, a reminder that waits, a case that ends in the old
    year."""
    office = Office(desk)
    office.allocated("2026-12-24 09:10", "B", "HOUSING", kind="consultation")
    office.do("2026-12-30 09:00", "operator", "register", "A", kind="help")
    office.do("2026-12-30 09:10", "allocator", "allocate", "A", unit="WATER", assists=["ROADS"])
    office.sweeps("2026-12-25", "2026-12-31")
    return office


def load(office: Office, days: dict[date, bool]) -> None:
    """The days are loaded and approved."""
    named = {day: "work" if worked else "rest" for day, worked in days.items()}
    office.do(DECEMBER, "it_admin", "load_calendar", days=named)
    office.do(DECEMBER, "centre_head", "approve_calendar", accept=True)


@pytest.mark.parametrize("days", [WHOLE, PART], ids=["whole", "part"])
def test_what_is_foreseen_of_a_calendar_is_what_approving_it_does(
    desk: Desk, days: dict[date, bool]
) -> None:
    """Seen failing with the days that nobody names left guessed in a year that becomes known."""
    office = busy(desk)
    found = seen(desk, DECEMBER, days)
    assert office.told("clock.moved") == [], "nothing is written"
    load(office, days)
    with reading(desk.sessions) as session:
        held = {row.day: (row.worked, row.source) for row in session.query(CalendarDay)}
    assert dict(found.held) == held
    moved, settled = set(), 0
    for row in office.rows(Event, kind="clock.moved"):
        for clock, told in json.loads(row.payload).items():
            if isinstance(told, dict) and told["new"] > told["told"]:
                moved.add((row.chain, row.subject, clock, told["told"], told["new"]))
            elif isinstance(told, dict):
                settled += 1
    told_before = {
        (o.case, o.subject, o.clock, o.old.isoformat(), o.new.isoformat()) for o in found.moves
    }
    assert told_before == moved and settled == found.settled
    assert {(one.subject, one.clock) for one in found.moves} >= {
        ("assignment", "due"),
        ("reminder", "reply_by"),
    }
    assert {one.case for one in found.moves} == {office.id("A"), office.id("B")}


def test_a_year_is_known_only_once_each_public_holiday_is_a_rest_day(desk: Desk) -> None:
    assert [one.holiday for one in seen(desk, DECEMBER, WHOLE).lacking] == []
    part = seen(desk, DECEMBER, PART)
    assert [one.holiday for one in part.lacking] == [
        name for name in holidays(2027) if name != "new_year"
    ]
    week, monday = date(2027, 3, 6), date(2027, 3, 8)
    assert seen(desk, DECEMBER, WHOLE).held[week] == (False, WEEK) and part.held[monday] == (
        True,
        PROVISIONAL,
    )
    assert part.held[date(2027, 1, 4)] == (False, OFFICE)
    worked = seen(desk, DECEMBER, WHOLE | {date(2027, 10, 1): True})
    assert [(one.holiday, one.day) for one in worked.lacking] == [
        ("national_day", date(2027, 10, 1))
    ]


def test_what_cannot_be_loaded_is_refused_when_it_is_foreseen(desk: Desk) -> None:
    for days, why in (({}, "no_days"), ({date(2031, 1, 1): False}, "day_outside_calendar")):
        with pytest.raises(NotAllowed) as no:
            seen(desk, DECEMBER, days)
        assert no.value.msgid == why


def test_who_only_looks_foresees_the_next_year_before_the_table_has_it(desk: Desk) -> None:
    """On 1 January, before anybody filled the table to the end of the next year."""
    with reading(desk.sessions) as session:
        last = session.query(CalendarDay).order_by(CalendarDay.day.desc()).limit(1).one().day
    new_year = date(last.year + 1, 1, 1)
    found = seen(desk, f"{last.year + 1}-01-01 00:05", {new_year: False})
    assert max(found.held) == date(last.year + 2, 12, 31)


def test_every_clock_and_holiday_has_a_name() -> None:
    named = CATALOGUES.of("zh").messages.keys()
    assert {
        f"clock.{subject}.{clock}" for subject, (clocks, _) in CLOCKS.items() for clock in clocks
    } <= named
    assert {f"holiday.{name}" for name in holidays(2027)} <= named
