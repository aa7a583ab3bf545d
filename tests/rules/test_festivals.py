"""Each public holiday's own date is computed. [procedure 0]"""

from __future__ import annotations

from datetime import date

import chinese_calendar
import pytest

from app.rules.festivals import FIRST, LAST, NAMES, holidays

IN_LIBRARY = {
    "new_year": "New Year's Day",
    "spring_festival": "Spring Festival",
    "qingming": "Tomb-sweeping Day",
    "labour_day": "Labour Day",
    "dragon_boat": "Dragon Boat Festival",
    "mid_autumn": "Mid-autumn Festival",
    "national_day": "National Day",
}


@pytest.mark.parametrize("year", range(2008, 2027))
def test_each_holidays_own_date_is_a_rest_day_of_its_name_in_the_published_calendar(
    year: int,
) -> None:
    """From 2008 on, when the lunar ones became public holidays; two on one day go by one name."""
    own = holidays(year)
    assert set(own) == set(NAMES)
    for name, on in own.items():
        rests, called = chinese_calendar.get_holiday_detail(on)
        assert rests, (name, on)
        shared = [other for other in own if own[other] == on]
        close = "mid_autumn" in shared or name in (
            "mid_autumn",
            "national_day",
        )  # they may share one holiday
        assert called in {None, *(IN_LIBRARY[other] for other in shared)} or close, (
            name,
            on,
            called,
        )


@pytest.mark.parametrize(
    ("year", "spring", "qingming", "boat", "autumn"),
    [
        (1949, "01-29", "04-05", "06-01", "10-06"),
        (1985, "02-20", "04-05", "06-22", "09-29"),
        (1996, "02-19", "04-04", "06-20", "09-27"),
        (2000, "02-05", "04-04", "06-06", "09-12"),
        (2020, "01-25", "04-04", "06-25", "10-01"),
        (2027, "02-06", "04-05", "06-09", "09-15"),
        (2033, "01-31", "04-04", "06-01", "09-08"),
    ],
)
def test_the_lunar_holidays_of_these_years_are_those_of_the_almanac(
    year: int, spring: str, qingming: str, boat: str, autumn: str
) -> None:
    own = holidays(year)
    told = [
        f"{own[name]:%m-%d}"
        for name in ("spring_festival", "qingming", "dragon_boat", "mid_autumn")
    ]
    assert told == [spring, qingming, boat, autumn]


def test_every_year_of_the_table_has_its_holidays_in_their_season() -> None:
    for year in range(FIRST, LAST + 1):
        own = holidays(year)
        assert date(year, 1, 21) <= own["spring_festival"] <= date(year, 2, 21)
        assert own["qingming"] in (date(year, 4, 4), date(year, 4, 5), date(year, 4, 6))
        months = (
            (own["dragon_boat"] - own["spring_festival"]).days,
            (own["mid_autumn"] - own["dragon_boat"]).days,
        )
        assert months[0] in (121, 122, 123, 151, 152, 153) and months[1] in (
            97,
            98,
            99,
            127,
            128,
            129,
        ), (year, months)


def test_a_year_beyond_the_table_has_the_fixed_ones() -> None:
    assert list(holidays(2101)) == ["new_year", "labour_day", "national_day"]
