"""Dates, ranges of days and moments, in any way of writing them."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from typing import TypeVar

from app.rules.reading.text import Unread, tight
from app.rules.workdays import BEIJING

Read = TypeVar("Read", date, list[date])
YEARS = range(1949, 2200)
"""The years that a date may lie in: beyond them a clock cannot be worked out."""
LONGEST_RANGE = 366
"""How many days a range may hold."""
_NUMERALS = {sign: n for n, signs in enumerate(("〇○零", *"一二三四五六七八九")) for sign in signs}
_WEEKDAYS = {sign: n for n, sign in enumerate("一二三四五六日")} | {"天": 6}
YEAR, _PART = (
    "([0-9]{4}|[〇○零一二三四五六七八九]{4})",
    "([0-9]{1,2}|[〇零一二三四五六七八九十]{1,3})",
)
_WITH_YEAR = re.compile(rf"{YEAR}年{_PART}月{_PART}[日号]?")
_WITHOUT_YEAR = re.compile(rf"{_PART}月{_PART}[日号]?")
_ONLY_DAY = re.compile(rf"{_PART}[日号]")
_SIGNS = re.compile(r"([0-9]{4})([-/.])([0-9]{1,2})\2([0-9]{1,2})(?![0-9])")
_COMPACT = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})(?![0-9])")
_BESIDE = re.compile(r"\(([^()]*)\)|(?=周|星期|礼拜)")
_WEEKDAY = re.compile("(?:周|星期|礼拜)([一二三四五六日天])")
_TO = re.compile("至|到|~|-+")
_TIME = re.compile(
    r"T?(上午|下午|凌晨|早上|中午|晚上)?([0-9]{1,2})(?::|时|点)(?:([0-9]{1,2})分?)?"
    r"(?::?([0-9]{1,2})(?:\.[0-9]+)?秒?)?(Z|[+-][0-9]{2}:?[0-9]{2})?",
    re.IGNORECASE,
)


def day(text: str, year: int | None = None) -> date:
    """One date in any way of writing; without a year of its own it lies in `year`. Unread
    otherwise."""
    return _whole(text, _date_at(tight(text), 0, year, text))


def span(text: str, year: int | None = None) -> list[date]:
    """A date, or the days from one to another (1月1日至3日): in order. Unread otherwise."""
    return _whole(text, span_at(tight(text), 0, year, text))


def _whole(text: str, found: tuple[Read, int] | None) -> Read:
    """What was read of a text, and where that ends: Unread unless it is all of it."""
    if found is None or found[1] != len(tight(text)):
        raise Unread(text.strip())
    return found[0]


def span_at(
    plain: str, place: int, year: int | None = None, typed: str = ""
) -> tuple[list[date], int] | None:
    """The days that are named from a place of a folded text on, and where that ends; None where
    none begins there."""
    first = _date_at(plain, place, year, typed)
    if first is None:
        return None
    start, place = first
    to = _TO.match(plain, place)
    last = to and _end_at(plain, to.end(), start, typed)
    if not last:
        return [start], place
    end, place = last
    if not 0 < (end - start).days < LONGEST_RANGE:
        raise Unread((typed or plain).strip())
    return [start + timedelta(days=n) for n in range((end - start).days + 1)], place


def _end_at(plain: str, place: int, start: date, typed: str) -> tuple[date, int] | None:
    """The last day of a range: what it leaves out is the first one's; one before that lies in the
    next year."""
    only = _ONLY_DAY.match(plain, place)
    if only:
        return _checked(start.year, start.month, number(only[1]), plain, only.end(), typed)
    dated = (
        _WITH_YEAR.match(plain, place) or _SIGNS.match(plain, place) or _COMPACT.match(plain, place)
    )
    short = _WITHOUT_YEAR.match(plain, place)
    if dated or not short:
        return _date_at(plain, place, None, typed)
    later = (number(short[1]), number(short[2])) < (start.month, start.day)
    return _date_at(plain, place, start.year + later, typed)


def _date_at(plain: str, place: int, year: int | None, typed: str) -> tuple[date, int] | None:
    """The date that a folded text names at a place, and where it ends, a weekday beside it
    included."""
    for pattern, parts in ((_WITH_YEAR, (1, 2, 3)), (_SIGNS, (1, 3, 4)), (_COMPACT, (1, 2, 3))):
        found = pattern.match(plain, place)
        if found:
            year, month, of_month = (number(found[part]) for part in parts)
            return _checked(year, month, of_month, plain, found.end(), typed)
    found = _WITHOUT_YEAR.match(plain, place)
    if found and year is not None:
        return _checked(year, number(found[1]), number(found[2]), plain, found.end(), typed)
    return None


def _checked(
    year: int, month: int, of_month: int, plain: str, place: int, typed: str
) -> tuple[date, int]:
    """The date, which has to exist and to fall on the weekday that stands beside it."""
    if year not in YEARS:
        raise Unread((typed or plain).strip())
    try:
        day = date(year, month, of_month)
    except ValueError:
        raise Unread((typed or plain).strip()) from None
    weekday, end = _beside(plain, place)
    if weekday and _WEEKDAYS[weekday] != day.weekday():
        raise Unread((typed or plain).strip(), day=day)
    return day, end


def _beside(plain: str, place: int) -> tuple[str, int]:
    """The weekday beside a date, in brackets or not (empty where there is none), and where that
    ends."""
    beside = _BESIDE.match(plain, place)
    if beside is None:
        return "", place
    if beside[1] is not None:
        weekday = _WEEKDAY.search(beside[1])
        return weekday[1] if weekday else "", beside.end()
    weekday = _WEEKDAY.match(plain, place)
    return (weekday[1], weekday.end()) if weekday else ("", place)


def number(text: str) -> int:
    """A number in digits, or in the numerals of a Chinese date (二〇二七, 十二, 三十一)."""
    if text.isdigit() and text.isascii():
        return int(text)
    if "十" not in text:
        return int("".join(str(_NUMERALS[sign]) for sign in text))
    tens, _, ones = text.partition("十")
    if "十" in ones or len(tens) > 1 or len(ones) > 1:
        return 0
    return 10 * (_NUMERALS[tens] if tens else 1) + (_NUMERALS[ones] if ones else 0)


def moment(text: str) -> datetime:
    """A moment on Beijing's clock; one without a zone is meant so, one without a time is the day's
    beginning. Unread otherwise."""
    plain = tight(text)
    found = _date_at(plain, 0, None, text)
    if found is None:
        raise Unread(text.strip())
    on, rest = found[0], plain[found[1] :].strip()
    at = _TIME.fullmatch(rest) if rest else None
    if rest and at is None:
        raise Unread(text.strip())
    begins = datetime.combine(on, time(0), BEIJING)
    return _at(begins, at, text) if at else begins


_AFTER_NOON = {"下午": 12, "晚上": 12, "中午": 4}
"""half of the day -> the first hour that is told as on a clock of 24."""


def _at(begins: datetime, at: re.Match[str], text: str) -> datetime:
    """The moment of a time of that day; 24:00 is the next midnight."""
    hour, minute, second = _on_the_clock(at)
    if hour > 24 or minute > 59 or second > 59 or (hour == 24 and (minute or second or at[1])):
        raise Unread(text.strip())
    told = begins + timedelta(hours=hour, minutes=minute, seconds=second)
    return _of_zone(told, at[5]) if at[5] else told


def _on_the_clock(at: re.Match[str]) -> tuple[int, int, int]:
    """Hour, minute and second of a time, in hours of 24."""
    hour, minute, second = (int(at[part] or 0) for part in (2, 3, 4))
    afternoon = 1 <= hour < _AFTER_NOON.get(at[1] or "", 0)
    return hour + 12 * afternoon, minute, second


def _of_zone(told: datetime, zone: str) -> datetime:
    """A moment that was told in another zone, on Beijing's clock."""
    offset = datetime.strptime(zone.upper(), "%z").tzinfo
    return told.replace(tzinfo=offset).astimezone(BEIJING)
