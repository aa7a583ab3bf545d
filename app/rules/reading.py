"""What a person types, read the same way in every form: dates, ranges of days, moments, numbers,
yes and no, lines.

Full-width digits and signs, blanks and signs that nobody sees make no difference; a line on which
nothing can be seen is empty. What cannot be read is refused with the line it stands on, never
guessed. Loads without any framework.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from app.rules.workdays import BEIJING

YEARS = range(1949, 2200)
"""The years that a date may lie in: beyond them a clock cannot be worked out."""
LONGEST_RANGE = 366
"""How many days a range may hold."""
_MOST_DIGITS = 18
_UNSEEN = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
"""Signs of a letter's kind on which nothing can be seen."""
_DASHES = str.maketrans(
    {**dict.fromkeys("‐‑‒–—―−─﹣", "-"), **dict.fromkeys("〜∼～", "~"), "﹕": ":", "∶": ":"}
)
_NUMERALS = {sign: n for n, signs in enumerate(("〇○零", *"一二三四五六七八九")) for sign in signs}
_WEEKDAYS = {sign: n for n, sign in enumerate("一二三四五六日")} | {"天": 6}
_YEAR, _PART = (
    "([0-9]{4}|[〇○零一二三四五六七八九]{4})",
    "([0-9]{1,2}|[〇零一二三四五六七八九十]{1,3})",
)
_WITH_YEAR = re.compile(rf"{_YEAR}年{_PART}月{_PART}[日号]?")
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
_YES, _NO = frozenset({"y", "yes", "是", "true"}), frozenset({"n", "no", "否", "false"})
_PAIR = re.compile(r"(.+?)(?:[\s:,=、]+)([+-]?[0-9]+)")
WORKED = (
    {"work": "work", "rest": "rest"}
    | dict.fromkeys(("上班", "班", "工作", "工作日", "调休上班", "补班", "正常上班"), "work")
    | dict.fromkeys(("休息", "休", "放假", "放假调休", "调休", "休假", "假"), "rest")
)
"""word beside a day -> work or rest."""


class Unread(ValueError):
    """What was typed cannot be read: `text` is that line or value as it was typed, `number` which
    line it is (from 1; None where there are no lines), `day` a date beside which another weekday
    stands."""

    def __init__(self, text: str = "", number: int | None = None, day: date | None = None) -> None:
        super().__init__(text)
        self.text, self.number, self.day = text, number, day


class Line(NamedTuple):
    """A line on which something can be seen: its number (from 1) and its words without blanks at
    the ends."""

    number: int
    text: str


def seen(sign: str) -> bool:
    """Whether a sign can be seen: no blank of any width, no sign of control or format, no
    filler."""
    return sign not in _UNSEEN and unicodedata.category(sign)[0] not in "ZC" and not _selector(sign)


def _selector(sign: str) -> bool:
    return "\ufe00" <= sign <= "\ufe0f" or "\U000e0100" <= sign <= "\U000e01ef"


def visible(text: str) -> bool:
    """Whether anything of a text can be seen."""
    return any(map(seen, text))


def letters(text: str) -> int:
    """How many letters and digits of a text can be seen: what a least number of characters
    counts."""
    return sum(unicodedata.category(sign)[0] in "LN" and seen(sign) for sign in text)


def folded(text: str) -> str:
    """A text as it is read: digits and signs of half width, one kind of blank and dash, without
    what cannot be seen."""
    return "".join(map(_folded, text)).translate(_DASHES)


def _folded(sign: str) -> str:
    if unicodedata.category(sign) == "Nd":
        return str(unicodedata.digit(sign))
    if "\uff01" <= sign <= "\uff5e":
        return chr(ord(sign) - 0xFEE0)
    if sign.isspace():
        return sign if sign in "\n\r" else " "
    return sign if seen(sign) else ""


def tight(text: str) -> str:
    """Without blanks, but for one between two digits: those are two numbers."""
    return re.sub(r"(?<![0-9]) +| +(?![0-9])", "", re.sub(r"\s+", " ", folded(text)).strip())


def lines(text: str) -> list[Line]:
    """The lines on which something can be seen."""
    return [Line(n, _trimmed(line)) for n, line in enumerate(text.splitlines(), 1) if visible(line)]


def _trimmed(line: str) -> str:
    """A line from its first to its last sign that can be seen."""
    places = [n for n, sign in enumerate(line) if seen(sign)]
    return line[places[0] : places[-1] + 1] if places else ""


def paragraphs(text: str) -> list[str]:
    """The paragraphs of a text: lines that no empty one parts, each line without blanks at its
    ends."""
    found: list[list[str]] = []
    last = -1
    for line in lines(text):
        if line.number > last + 1 or not found:
            found.append([])
        found[-1].append(line.text)
        last = line.number
    return ["\n".join(part) for part in found]


def whole(text: str) -> int:
    """A whole number of up to 18 digits; Unread otherwise."""
    plain = tight(text)
    if not re.fullmatch(rf"[+-]?[0-9]{{1,{_MOST_DIGITS}}}", plain):
        raise Unread(text.strip())
    return int(plain)


def yes(text: str) -> bool:
    """Yes or no, in either language; Unread otherwise."""
    plain = tight(text).casefold()
    if plain not in _YES | _NO:
        raise Unread(text.strip())
    return plain in _YES


def day(text: str, year: int | None = None) -> date:
    """One date in any way of writing; without a year of its own it lies in `year`. Unread
    otherwise."""
    plain = tight(text)
    found = _date_at(plain, 0, year, text)
    if found is None or found[1] != len(plain):
        raise Unread(text.strip())
    return found[0]


def span(text: str, year: int | None = None) -> list[date]:
    """A date, or the days from one to another (1月1日至3日): in order. Unread otherwise."""
    plain = tight(text)
    found = span_at(plain, 0, year, text)
    if found is None or found[1] != len(plain):
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
        return _checked(start.year, start.month, _number(only[1]), plain, only.end(), typed)
    dated = (
        _WITH_YEAR.match(plain, place) or _SIGNS.match(plain, place) or _COMPACT.match(plain, place)
    )
    short = _WITHOUT_YEAR.match(plain, place)
    if dated or not short:
        return _date_at(plain, place, None, typed)
    later = (_number(short[1]), _number(short[2])) < (start.month, start.day)
    return _date_at(plain, place, start.year + later, typed)


def _date_at(plain: str, place: int, year: int | None, typed: str) -> tuple[date, int] | None:
    """The date that a folded text names at a place, and where it ends, a weekday beside it
    included."""
    for pattern, parts in ((_WITH_YEAR, (1, 2, 3)), (_SIGNS, (1, 3, 4)), (_COMPACT, (1, 2, 3))):
        found = pattern.match(plain, place)
        if found:
            year, month, of_month = (_number(found[part]) for part in parts)
            return _checked(year, month, of_month, plain, found.end(), typed)
    found = _WITHOUT_YEAR.match(plain, place)
    if found and year is not None:
        return _checked(year, _number(found[1]), _number(found[2]), plain, found.end(), typed)
    return None


def _checked(
    year: int, month: int, of_month: int, plain: str, place: int, typed: str
) -> tuple[date, int]:
    """The date, which has to exist and to fall on the weekday that stands beside it."""
    if year not in YEARS:
        raise Unread((typed or plain).strip())
    try:
        found = date(year, month, of_month)
    except ValueError:
        raise Unread((typed or plain).strip()) from None
    beside = _BESIDE.match(plain, place)
    if beside is None:
        return found, place
    inside = beside[1] if beside[1] is not None else plain[place:]
    weekday = _WEEKDAY.search(inside) if beside[1] is not None else _WEEKDAY.match(inside)
    if weekday and _WEEKDAYS[weekday[1]] != found.weekday():
        raise Unread((typed or plain).strip(), day=found)
    return found, beside.end() if beside[1] is not None else place + (
        weekday.end() if weekday else 0
    )


def _number(text: str) -> int:
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


def _at(begins: datetime, at: re.Match[str], text: str) -> datetime:
    """The moment of a time of that day; 24:00 is the next midnight."""
    half, zone = at[1] or "", at[5]
    hour, minute, second = int(at[2]), int(at[3] or 0), int(at[4] or 0)
    if half in ("下午", "晚上", "中午") and 1 <= hour < (4 if half == "中午" else 12):
        hour += 12
    if hour > 24 or minute > 59 or second > 59 or (hour == 24 and (minute or second or half)):
        raise Unread(text.strip())
    told = begins + timedelta(hours=hour, minutes=minute, seconds=second)
    if zone:
        offset = datetime.strptime(zone.upper(), "%z").tzinfo
        told = told.replace(tzinfo=offset).astimezone(BEIJING)
    return told


def days(text: str, year: int | None = None) -> dict[date, str]:
    """Lines `day word` or `days word` (2027年1月3日上班; 1月1日至3日 休息): day -> work or rest. A line that
    names a year (2027年) is for the lines below it. Unread quotes the line."""
    found: dict[date, str] = {}
    for line in lines(text):
        heading = year_of(line.text)
        if heading is not None:
            year = heading
            continue
        for one, word in days_of(line, year):
            if found.setdefault(one, word) != word:
                raise Unread(line.text, line.number)
    return found


def year_of(text: str) -> int | None:
    """The year of a line that names nothing else (2027年); None where it is no such line."""
    heading = re.fullmatch(f"{_YEAR}年[度:]?", tight(text))
    return _number(heading[1]) if heading else None


def days_of(line: Line, year: int | None) -> Iterator[tuple[date, str]]:
    """The days of a line `day word`; Unread quotes it."""
    plain = tight(line.text)
    try:
        named = span_at(plain, 0, year)
    except Unread as wrong:
        raise Unread(line.text, line.number, wrong.day) from None
    word = WORKED.get(plain[named[1] :].strip(" :,，、;；.。=-").casefold()) if named else None
    if named is None or word is None:
        raise Unread(line.text, line.number)
    return ((one, word) for one in named[0])


def counts(text: str) -> dict[str, int]:
    """Lines `code number` with a blank or a sign between: code -> number. Unread quotes the
    line."""
    found: dict[str, int] = {}
    for line in lines(text):
        pair = _PAIR.fullmatch(folded(line.text))
        if pair is None or len(pair[2]) > _MOST_DIGITS or pair[1] in found:
            raise Unread(line.text, line.number)
        found[pair[1]] = int(pair[2])
    return found
