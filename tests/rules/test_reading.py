"""What a person types is read the same way in every form. [procedure 0; the panel]"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules import reading
from app.rules.reading import Unread
from app.rules.workdays import BEIJING

DAY = date(2027, 1, 3)
DAYS = st.dates(date(1949, 1, 1), date(2199, 12, 31))
BLANKS = st.sampled_from(["", " ", "\u3000", "\u00a0", "\u200b", "\ufeff", "  "])
NUMERALS = dict(zip("0123456789", "〇一二三四五六七八九", strict=True))


def chinese(n: int) -> str:
    tens, ones = divmod(n, 10)
    return (
        ("" if tens < 2 else NUMERALS[str(tens)])
        + ("十" if tens else "")
        + (NUMERALS[str(ones)] if ones else "")
    )


def wide(text: str) -> str:
    return "".join(chr(ord(sign) + 0xFEE0) if "!" <= sign <= "~" else sign for sign in text)


WAYS: list[Callable[[date], list[str]]] = [
    lambda on: [str(on.year), "年", str(on.month), "月", str(on.day), "日"],
    lambda on: [str(on.year), "年", f"{on.month:02}", "月", f"{on.day:02}", "号"],
    lambda on: [str(on.year), "-", str(on.month), "-", str(on.day)],
    lambda on: [str(on.year), "/", f"{on.month:02}", "/", f"{on.day:02}"],
    lambda on: [str(on.year), ".", str(on.month), ".", str(on.day)],
    lambda on: [f"{on:%Y%m%d}"],
    lambda on: [
        "".join(NUMERALS[n] for n in str(on.year)),
        "年",
        chinese(on.month),
        "月",
        chinese(on.day),
        "日",
    ],
    lambda on: [
        str(on.year),
        "年",
        str(on.month),
        "月",
        str(on.day),
        f"日（周{'一二三四五六日'[on.weekday()]}）",
    ],
    lambda on: [f"{on:%Y-%m-%d}", "(", "星期", "一二三四五六天"[on.weekday()], ")"],
]


@given(DAYS, st.sampled_from(WAYS), st.booleans(), st.data())
def test_a_date_is_read_in_every_way_of_writing(
    on: date, way: Callable[[date], list[str]], full: bool, data: st.DataObject
) -> None:
    typed = "".join(data.draw(BLANKS) + part for part in way(on)) + data.draw(BLANKS)
    assert reading.day(wide(typed) if full else typed) == on


@pytest.mark.parametrize(
    "typed",
    [
        "2027年1月3日",
        "2027-1-3",
        "2027/01/03",
        "2027.1.3",
        "二〇二七年一月三日",
        "二零二七年一月三日",
        "２０２７－０１－０３",
        " 2027 年 1 月 3 日 ",
        "2027年1月3日（周日）",
        "2027-01-03(星期天)",
        "2027年1月3日周日",
        "20270103",
        "2027–1–3",
    ],
)
def test_these_are_the_third_of_january_2027(typed: str) -> None:
    assert reading.day(typed) == DAY


@pytest.mark.parametrize(
    "typed",
    [
        "",
        " ",
        "1月3日",
        "2027-13-1",
        "2027-02-30",
        "27-1-3",
        "2027-1.3",
        "2027 1 3",
        "2027 1 103",
        "2027-1-3 1",
        "1-3",
        "0001-01-01",
        "2200-01-01",
        "1948-12-31",
        "2027-01-03上班",
        "2027年1月3日（周一）",
        "2027-W01-1",
        "²⁰²⁷-1-3",
        "明天",
        "二〇二七年十三月三日",
        "二〇二七年一月三十二日",
        "二〇二七年一月十十日",
        "2027-01-033",
        "2027年1月3日4日",
    ],
)
def test_what_is_no_date_is_refused_and_never_guessed(typed: str) -> None:
    with pytest.raises(Unread):
        reading.day(typed)


def test_a_day_without_a_year_is_of_the_year_that_is_handed_in() -> None:
    assert reading.day("1月3日", 2027) == DAY == reading.day("一月三号", 2027)


def test_a_weekday_that_the_date_does_not_fall_on_is_named() -> None:
    with pytest.raises(Unread) as no:
        reading.day("2027年1月3日（周六）")
    assert (no.value.day, no.value.text) == (DAY, "2027年1月3日（周六）")


@pytest.mark.parametrize(
    ("typed", "first", "last"),
    [
        ("1月1日至3日", "2027-01-01", "2027-01-03"),
        ("1月1日—3日", "2027-01-01", "2027-01-03"),
        ("2月15日（农历除夕）至23日", "2027-02-15", "2027-02-23"),
        ("9月28日到10月7日", "2027-09-28", "2027-10-07"),
        ("2026年12月31日至1月2日", "2026-12-31", "2027-01-02"),
        ("2027-01-01 至 2027-01-03", "2027-01-01", "2027-01-03"),
        ("2027-1-1~2027-1-3", "2027-01-01", "2027-01-03"),
        ("2027-01-01 - 2027-01-03", "2027-01-01", "2027-01-03"),
        ("2027年1月1日（周五）至3日（周日）", "2027-01-01", "2027-01-03"),
        ("1月1日", "2027-01-01", "2027-01-01"),
    ],
)
def test_a_range_of_days_is_read(typed: str, first: str, last: str) -> None:
    found = reading.span(typed, 2027)
    assert (found[0].isoformat(), found[-1].isoformat()) == (first, last)
    assert len(found) == (found[-1] - found[0]).days + 1


@pytest.mark.parametrize(
    "typed", ["1月3日至1日", "2027-01-03至2027-01-01", "1月1日至", "2027-01-01至2029-01-01"]
)
def test_a_range_that_ends_before_it_begins_is_refused(typed: str) -> None:
    with pytest.raises(Unread):
        reading.span(typed, 2027)


@pytest.mark.parametrize(
    ("typed", "at"),
    [
        ("2027-01-03T08:30", (8, 30)),
        ("2027-01-03 08:30", (8, 30)),
        ("2027年1月3日 8:30", (8, 30)),
        ("2027年1月3日8时30分", (8, 30)),
        ("2027/1/3 下午3点", (15, 0)),
        ("2027年1月3日（周日）上午8：30", (8, 30)),
        ("2027-01-03 08:30:15", (8, 30, 15)),
        ("2027-01-03T00:30:00Z", (8, 30)),
        ("2027-01-03T08:30+08:00", (8, 30)),
        ("2027-01-03", (0, 0)),
        ("２０２７-０１-０３　０８：３０", (8, 30)),
    ],
)
def test_a_moment_is_read_on_beijings_clock(typed: str, at: tuple[int, ...]) -> None:
    assert reading.moment(typed) == datetime(2027, 1, 3, *at, tzinfo=BEIJING)


def test_twenty_four_hours_is_the_next_midnight() -> None:
    assert reading.moment("2027-01-03 24:00") == datetime(2027, 1, 4, tzinfo=BEIJING)


@pytest.mark.parametrize(
    "typed", ["2027-01-03 25:00", "2027-01-03 8", "2027-01-03 08:60", "08:30", "2027-01-03 24:01"]
)
def test_what_is_no_moment_is_refused(typed: str) -> None:
    with pytest.raises(Unread):
        reading.moment(typed)


@given(st.integers(-(10**17), 10**17), BLANKS, BLANKS)
def test_a_whole_number_is_read_in_either_width(n: int, before: str, after: str) -> None:
    assert reading.whole(f"{before}{n}{after}") == n == reading.whole(wide(str(n)))


@pytest.mark.parametrize("typed", ["", "三天", "1.5", "1_000", "1 2", "5²", "①", "9" * 19, "0x1"])
def test_what_is_no_whole_number_is_refused(typed: str) -> None:
    with pytest.raises(Unread):
        reading.whole(typed)


@pytest.mark.parametrize(
    ("typed", "meant"), [("y", True), ("是", True), (" Ｙ ", True), ("n", False), ("否", False)]
)
def test_yes_and_no_are_read(typed: str, meant: bool) -> None:
    assert reading.yes(typed) is meant


@pytest.mark.parametrize(
    "empty", ["", " ", "\u3000", "\u200b", "\u00a0", "\t \u3000\u200b", "\u3164", "\ufeff"]
)
def test_a_line_without_a_visible_sign_is_empty(empty: str) -> None:
    assert reading.paragraphs(f"路灯不亮\n{empty}\n井盖松动\n 水管漏水 ") == [
        "路灯不亮",
        "井盖松动\n水管漏水",
    ]
    assert [line.number for line in reading.lines(f"{empty}\n一\n{empty}\n二")] == [2, 4]
    assert not reading.visible(empty) and reading.letters(empty) == 0


def test_letters_and_digits_that_can_be_seen_are_counted() -> None:
    assert reading.letters("路灯不亮，请修。 A1\u200b\u3164……") == 8


@pytest.mark.parametrize(
    "typed",
    [
        "2027年1月3日 上班",
        "2027-1-3 上班",
        "2027/01/03 上班",
        "2027-01-03上班",
        "2027-01-03　班",
        "2027.1.3：上班",
        "二〇二七年一月三日上班。",
        "2027年1月3日（周日）上班",
        "2027-01-03\tWORK",
        "2027年\n1月3日上班",
    ],
)
def test_a_day_and_a_word_with_or_without_a_blank(typed: str) -> None:
    assert reading.days(f"\n{typed}\n\u3000\n") == {DAY: "work"}


def test_a_range_and_a_word_name_each_day_of_it() -> None:
    found = reading.days("2027年1月1日至3日 休息\n2027-01-09 上班")
    assert found == {date(2027, 1, 1) + timedelta(days=n): "rest" for n in range(3)} | {
        date(2027, 1, 9): "work"
    }


@pytest.mark.parametrize(
    ("typed", "number", "line"),
    [
        ("2027-01-01 休息\n\n2027-01-03 吃饭", 3, "2027-01-03 吃饭"),
        ("2027-02-30 上班", 1, "2027-02-30 上班"),
        ("\u3000\n1月3日上班", 2, "1月3日上班"),
        ("2027-01-03", 1, "2027-01-03"),
        ("2027-01-01 休息\n2027-01-01 上班", 2, "2027-01-01 上班"),
        ("2027-01-03（周一）上班", 1, "2027-01-03（周一）上班"),
    ],
)
def test_the_refused_line_is_quoted_with_its_number(typed: str, number: int, line: str) -> None:
    with pytest.raises(Unread) as no:
        reading.days(typed)
    assert (no.value.number, no.value.text) == (number, line)


@pytest.mark.parametrize(
    "typed", ["WATER 3", "WATER　３", "WATER：3", "\nWATER, 3\n\u200b", "WATER=3"]
)
def test_a_code_and_a_number(typed: str) -> None:
    assert reading.counts(typed) == {"WATER": 3}


@pytest.mark.parametrize("typed", ["WATER", "WATER three", "3", "WATER 3\nWATER 4"])
def test_a_code_without_a_number_is_refused(typed: str) -> None:
    with pytest.raises(Unread):
        reading.counts(typed)


READERS: list[Callable[[str], Any]] = [
    reading.day,
    reading.moment,
    reading.span,
    reading.days,
    reading.counts,
    reading.whole,
    reading.yes,
    reading.paragraphs,
    reading.lines,
]


@given(
    st.text(
        st.sampled_from("0123456789年月日至上班周一（） \n-/.:〇十T\0\ud800") | st.characters(),
        max_size=40,
    )
)
def test_nothing_typed_is_an_error_of_another_kind(typed: str) -> None:
    for read in READERS:
        with suppress(Unread):
            read(typed)
