"""Working days and clocks: every boundary of the procedure's section 0, with its dates written
out."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.workdays import (
    OFFICIAL,
    PROVISIONAL,
    Calendar,
    Deadline,
    NoCalendar,
    beijing,
    deadline_from,
    hours,
    last_day,
    provisional_workday,
    sweep_not_before,
    unit_of,
)
from tests.rules.days import at, day, each, guessed, published

MAKE_UP_DAYS = [
    *("2025-01-26", "2025-02-08", "2025-04-27", "2025-09-28", "2025-10-11"),
    *("2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10"),
]


def due(start: str, n: int) -> str:
    return published().run(day(start), n).on.isoformat()


def test_five_working_days_from_friday_26_september_2025_end_on_10_october() -> None:
    clock = published().run(day("2025-09-26"), 5)
    assert clock.at == at("2025-10-11")
    assert clock.on == day("2025-10-10")
    assert [one.isoformat() for one in clock.counted] == [
        "2025-09-28",
        "2025-09-29",
        "2025-09-30",
        "2025-10-09",
        "2025-10-10",
    ]


@pytest.mark.parametrize("made_up", MAKE_UP_DAYS)
def test_a_make_up_day_is_a_working_day_though_it_falls_on_a_weekend(made_up: str) -> None:
    assert day(made_up).weekday() >= 5
    assert published().is_workday(day(made_up))


@pytest.mark.parametrize("year", [2025, 2026])
def test_no_other_weekend_day_of_the_year_is_worked(year: int) -> None:
    weekends = [one for one in each(date(year, 1, 1), date(year, 12, 31)) if one.weekday() >= 5]
    worked = [one.isoformat() for one in weekends if published().is_workday(one)]
    assert worked == [one for one in MAKE_UP_DAYS if one.startswith(str(year))]


@pytest.mark.parametrize(
    ("start", "n", "end"),
    [
        ("2025-03-10", 1, "2025-03-11"),  # Monday: the start day is not counted
        ("2025-03-14", 1, "2025-03-17"),  # Friday to Monday
        ("2025-03-14", 3, "2025-03-19"),
        ("2025-01-24", 1, "2025-01-26"),  # Friday: the Sunday is made up before Spring Festival
        ("2025-01-24", 3, "2025-02-05"),  # 26th, 27th, then 28 January to 4 February rest
        ("2025-01-27", 1, "2025-02-05"),
        ("2025-02-05", 4, "2025-02-10"),  # 6th, 7th, the made-up Saturday 8th, Monday
        ("2025-04-30", 1, "2025-05-06"),  # May Day, 1 to 5 May
        ("2025-04-25", 1, "2025-04-27"),
        ("2025-09-30", 2, "2025-10-10"),  # National Day and Mid-Autumn, 1 to 8 October
        ("2025-10-10", 1, "2025-10-11"),
        ("2026-01-01", 1, "2026-01-04"),
        ("2026-02-13", 2, "2026-02-24"),  # 14 February made up, 15 to 23 rest
        ("2026-02-27", 1, "2026-02-28"),
        ("2026-09-18", 1, "2026-09-20"),
        ("2026-09-30", 3, "2026-10-10"),  # 8th, 9th, the made-up Saturday 10th
    ],
)
def test_working_days_are_counted_strictly_after_the_start(start: str, n: int, end: str) -> None:
    assert due(start, n) == end


@pytest.mark.parametrize("start", ["2025-10-01", "2025-10-04", "2025-10-08"])
def test_a_clock_that_starts_on_a_rest_day_counts_from_the_first_working_day_after_it(
    start: str,
) -> None:
    assert due(start, 1) == "2025-10-09"
    assert due(start, 2) == "2025-10-10"


def test_the_librarys_own_search_is_off_by_one_from_a_rest_day() -> None:
    saturday = day("2025-03-15")
    assert chinese_calendar.find_workday(1, saturday) == day("2025-03-18")
    assert published().after(saturday) == day("2025-03-17")


def test_a_clock_runs_out_at_the_next_midnight_exclusive() -> None:
    clock = published().run(day("2025-03-10"), 1)
    assert clock.at == at("2025-03-12T00:00")
    assert clock.at - timedelta(microseconds=1) == at("2025-03-11T23:59:59.999999")
    assert last_day(clock.at) == clock.on == day("2025-03-11")


def test_an_office_may_let_its_days_end_at_18_00() -> None:
    clock = published(18).run(day("2025-03-10"), 1)
    assert clock.at == at("2025-03-11T18:00")
    assert clock.on == day("2025-03-11")
    assert published(18).name(day("2025-03-15"), day("2025-03-10")).at == at("2025-03-15T18:00")


def test_a_date_that_a_person_named_stands_on_a_rest_day_too() -> None:
    named = published().name(day("2025-10-04"), day("2025-09-29"))
    assert (named.on, named.at) == (day("2025-10-04"), at("2025-10-05"))
    assert [one.isoformat() for one in named.counted] == ["2025-09-30"]


def test_an_hour_clock_runs_day_and_night_and_is_due_on_the_date_of_its_moment() -> None:
    clock = hours(at("2025-10-01T23:30"), 24)
    assert (clock.at, clock.on) == (at("2025-10-02T23:30"), day("2025-10-02"))
    midnight = hours(at("2025-10-01T00:00"), 24)
    assert midnight.on == day("2025-10-02")


def test_an_hour_clock_belongs_to_beijings_day_though_the_moment_came_in_utc() -> None:
    clock = hours(datetime(2025, 10, 1, 17, 0, tzinfo=UTC), 24)
    assert (clock.start, clock.on) == (day("2025-10-02"), day("2025-10-03"))


@pytest.mark.parametrize(
    ("moment", "on"),
    [
        (datetime(2025, 3, 10, 15, 59, 59, tzinfo=UTC), "2025-03-10"),
        (datetime(2025, 3, 10, 16, 0, tzinfo=UTC), "2025-03-11"),
        (datetime(2025, 3, 10, 23, 59, 59, tzinfo=UTC), "2025-03-11"),
        (datetime(2025, 3, 11, 0, 0, tzinfo=UTC), "2025-03-11"),
    ],
)
def test_from_16_to_24_utc_it_is_tomorrow_in_beijing(moment: datetime, on: str) -> None:
    assert beijing(moment).date() == day(on)
    assert last_day(moment + timedelta(microseconds=1)) == day(on)


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        beijing(datetime(2025, 3, 10, 12))  # noqa: DTZ001


@pytest.mark.parametrize(
    ("moment", "sweep"),
    [
        (at("2025-03-10T08:30"), "2025-03-10T08:30"),
        (at("2025-03-10T08:30:00.000001"), "2025-03-11T08:30"),
        (at("2025-03-10T00:00"), "2025-03-10T08:30"),
        (datetime(2025, 3, 10, 16, 0, tzinfo=UTC), "2025-03-11T08:30"),
        (datetime(2025, 3, 10, 0, 31, tzinfo=UTC), "2025-03-11T08:30"),
    ],
)
def test_the_next_sweep_is_the_first_half_past_eight_not_before_a_moment(
    moment: datetime, sweep: str
) -> None:
    assert sweep_not_before(moment) == at(sweep)


@pytest.mark.parametrize(
    ("on", "worked"),
    [
        ("2027-01-01", False),
        ("2027-01-04", True),
        ("2027-02-08", True),  # Spring Festival is not guessed
        ("2027-05-01", False),
        ("2027-05-02", False),
        ("2027-05-03", True),
        ("2027-09-30", True),
        ("2027-10-01", False),
        ("2027-10-03", False),
        ("2027-10-04", True),
        ("2027-10-09", False),
    ],
)
def test_a_year_without_a_calendar_is_monday_to_friday_less_its_fixed_holidays(
    on: str, worked: bool
) -> None:
    assert provisional_workday(day(on)) is worked


def test_a_clock_that_reaches_a_guessed_day_is_provisional_and_one_before_it_official() -> None:
    calendar = guessed()
    assert calendar.run(day("2026-12-28"), 3).basis == OFFICIAL  # to 31 December
    over = calendar.run(day("2026-12-28"), 4)
    assert (over.on, over.basis) == (day("2027-01-04"), PROVISIONAL)
    assert calendar.name(day("2027-03-01"), day("2026-12-01")).basis == PROVISIONAL


def test_a_named_date_past_the_table_needs_the_table_to_reach_it() -> None:
    calendar = published()
    assert calendar.name(day("2026-12-31"), day("2026-12-01")).basis == OFFICIAL
    for beyond in (day("2027-01-01"), date.max):
        with pytest.raises(NoCalendar):
            calendar.name(beyond, day("2026-12-01"))


def test_a_late_calendar_makes_a_deadline_longer() -> None:
    told = guessed().run(day("2027-02-05"), 3)
    assert (told.on, told.basis) == (day("2027-02-10"), PROVISIONAL)
    arrived = guessed(rests=["2027-02-08", "2027-02-09", "2027-02-10"])
    new = arrived.again(told)
    assert (new.on, new.basis, new.floor) == (day("2027-02-15"), OFFICIAL, day("2027-02-10"))


def test_a_late_calendar_never_makes_a_deadline_shorter() -> None:
    told = guessed().run(day("2027-02-05"), 3)
    arrived = guessed(worked=["2027-02-06", "2027-02-07"])
    assert arrived.run(day("2027-02-05"), 3).on == day("2027-02-08")
    new = arrived.again(told)
    assert (new.on, new.at, new.basis) == (told.on, told.at, OFFICIAL)
    assert arrived.again(new) == new


def test_worked_out_again_what_was_told_stays_the_floor_for_ever() -> None:
    told = guessed().run(day("2027-02-05"), 3)
    longer = guessed(rests=["2027-02-08"]).again(told)
    assert longer.on == day("2027-02-11")
    assert guessed(worked=["2027-02-06"]).again(longer).on == day("2027-02-11")


def test_named_and_hour_clocks_do_not_move_with_the_calendar() -> None:
    arrived = guessed(rests=["2027-02-08", "2027-02-09"])
    named = guessed().name(day("2027-02-08"), day("2027-02-01"))
    hourly = hours(at("2027-02-08T10:00"), 24)
    assert arrived.again(hourly) == hourly
    again = arrived.again(named)
    assert (again.at, again.basis, named.basis) == (named.at, "official", "provisional")


def test_an_earlier_end_of_the_office_day_does_not_shorten_a_running_clock() -> None:
    told = published().run(day("2025-03-10"), 1)
    assert published(18).again(told).at == told.at
    assert published(18).run(day("2025-03-10"), 1).at < told.at


def test_the_same_days_to_midnight_have_clocks_of_their_own() -> None:
    office = published(18)
    hearing = office.to_midnight().run(day("2025-03-10"), 3)
    assert (hearing.at, office.run(day("2025-03-10"), 3).at) == (
        at("2025-03-14T00:00"),
        at("2025-03-13T18:00"),
    )
    assert office.to_midnight().run(day("2025-03-10"), 3) == hearing


def test_an_extension_is_counted_from_the_old_due_date() -> None:
    old = published().run(day("2025-09-22"), 3)
    longer = published().extended(old, 5)
    assert (old.on, longer.on) == (day("2025-09-25"), day("2025-10-09"))
    assert (longer.start, longer.n) == (day("2025-09-22"), 8)


def test_an_extension_of_a_named_rest_day_counts_from_that_day() -> None:
    named = published().name(day("2025-10-04"), day("2025-09-29"))
    assert published().extended(named, 1).on == day("2025-10-09")


def test_an_extension_of_a_deadline_that_was_held_up_counts_from_where_it_was_held() -> None:
    arrived = guessed(worked=["2027-02-06", "2027-02-07"])
    held = arrived.again(guessed().run(day("2027-02-05"), 3))
    assert (held.on, arrived.extended(held, 1).on) == (day("2027-02-10"), day("2027-02-11"))


def test_an_extended_deadline_grows_with_a_late_calendar_on_both_of_its_parts() -> None:
    extended = guessed().extended(guessed().run(day("2027-02-05"), 1), 2)
    assert extended.on == day("2027-02-10")
    assert guessed(rests=["2027-02-08"]).again(extended).on == day("2027-02-11")


@pytest.mark.parametrize(
    ("question", "outside"),
    [
        (Calendar.is_workday, "2027-01-01"),
        (Calendar.is_workday, "2003-12-31"),
        (Calendar.after, "2026-12-31"),
        (Calendar.after, "2027-01-01"),
        (Calendar.before, "2004-01-02"),
        (Calendar.before, "2027-01-01"),
    ],
)
def test_outside_its_table_a_calendar_says_so_instead_of_guessing(
    question: object, outside: str
) -> None:
    assert callable(question)
    with pytest.raises(NoCalendar):
        question(published(), day(outside))


def test_at_the_edge_of_the_table_the_last_day_is_still_known() -> None:
    assert published().after(day("2026-12-30")) == day("2026-12-31")
    with pytest.raises(NoCalendar):
        published().after(day("2026-12-30"), 2)
    assert published().before(day("2004-01-05")) == day("2004-01-02")


def test_what_was_written_down_of_a_deadline_is_the_deadline() -> None:
    arrived = guessed(rests=["2027-02-08"])
    for clock in (
        arrived.again(guessed().run(day("2027-02-05"), 3)),
        published().name(day("2025-10-04"), day("2025-09-29")),
        hours(at("2025-10-01T23:30"), 24),
    ):
        assert deadline_from(clock.at, clock.trace()) == clock


FIRST = day("2005-01-01")
starts = st.dates(FIRST, day("2026-09-01"))
lengths = st.integers(1, 40)


def counted_by_hand(start: date, n: int) -> list[date]:
    """The next n working days, one day after the other."""
    found: list[date] = []
    one = start
    while len(found) < n:
        one += timedelta(days=1)
        if chinese_calendar.is_workday(one):
            found.append(one)
    return found


@given(starts, lengths)
def test_a_clock_counts_the_days_that_one_counts_one_by_one(start: date, n: int) -> None:
    clock = published().run(start, n)
    by_hand = counted_by_hand(start, n)
    assert list(clock.counted) == by_hand
    assert clock.on == by_hand[-1]
    assert clock.at == at(by_hand[-1].isoformat()) + timedelta(days=1)


@given(starts, lengths)
def test_between_is_the_inverse_of_after(start: date, n: int) -> None:
    end = published().after(start, n)
    assert published().between(start, end) == n
    assert published().between(start, end - timedelta(days=1)) == n - 1


@given(starts)
def test_before_is_the_last_working_day_strictly_before(start: date) -> None:
    before = published().before(start)
    assert before < start
    assert chinese_calendar.is_workday(before)
    assert published().after(before) >= start


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    """Two months of any working days, with enough of them at the end."""
    rests = draw(st.integers(0, 2**60 - 1))
    days = {
        one: not rests >> n & 1 for n, one in enumerate(each(day("2027-01-01"), day("2027-04-30")))
    }
    return Calendar.of(days, day_ends=draw(st.sampled_from([18, 24])))


@given(
    calendars(),
    calendars(),
    calendars(),
    st.dates(day("2027-01-01"), day("2027-02-20")),
    st.integers(1, 15),
)
def test_worked_out_again_a_deadline_is_never_shorter_whatever_arrives(
    told_by: Calendar, second: Calendar, third: Calendar, start: date, n: int
) -> None:
    told = told_by.run(start, n)
    later = second.again(told)
    assert later.at >= told.at
    assert later.on >= second.after(start, n)
    last = third.again(later)
    assert last.at >= later.at
    assert third.again(last).at == last.at


@given(
    calendars(),
    st.dates(day("2027-01-01"), day("2027-02-20")),
    st.integers(1, 15),
    st.integers(1, 10),
)
def test_an_extension_ends_that_many_working_days_after_the_old_due_date(
    calendar: Calendar, start: date, n: int, more: int
) -> None:
    old = calendar.run(start, n)
    assert calendar.between(old.on, calendar.extended(old, more).on) == more


@given(
    calendars(), st.dates(day("2027-01-01"), day("2027-02-20")), st.integers(1, 15), st.booleans()
)
def test_a_deadline_written_down_is_read_back_whole(
    calendar: Calendar, start: date, n: int, held: bool
) -> None:
    clock = calendar.run(start, n, day("2027-02-01") if held else None)
    assert deadline_from(clock.at, clock.trace()) == clock
    assert deadline_from(clock.at, clock.trace()) != replace(clock, n=n + 1)
    assert isinstance(clock, Deadline)


def test_the_unit_of_a_deadline_is_read_from_what_was_written_down() -> None:
    moment = at("2027-02-08T10:00")
    assert unit_of(hours(moment, 24).trace()) == "hours"
    assert unit_of(published().run(day("2026-03-09"), 5).trace()) == "workdays"
    assert unit_of('{"note": "\\"unit\\":\\"hours\\""}') is None


def test_a_row_that_tells_no_unit_has_none() -> None:
    assert unit_of("{}") is None
