"""Lines that say which days are worked, as a notice of holidays or a clerk writes them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from app.rules.reading.dates import YEAR, number, span_at
from app.rules.reading.text import Line, Unread, lines, tight

WORKED = (
    {"work": "work", "rest": "rest"}
    | dict.fromkeys(("上班", "班", "工作", "工作日", "调休上班", "补班", "正常上班"), "work")
    | dict.fromkeys(("休息", "休", "放假", "放假调休", "休假", "假"), "rest")
)
"""word beside a day -> work or rest."""


def days(text: str, year: int | None = None) -> dict[date, str]:
    """Lines `day word` or `days word` (2027年1月3日上班; 1月1日至3日 休息): day -> work or rest. A line that
    names a year (2027年) is for the lines below it. Unread quotes the line."""
    found: dict[date, str] = {}
    for line in lines(text):
        heading = year_of(line.text)
        if heading is not None:
            year = heading
            continue
        for day, word in days_of(line, year):
            if found.setdefault(day, word) != word:
                raise Unread(line.text, line.number)
    return found


def year_of(text: str) -> int | None:
    """The year of a line that names nothing else (2027年); None where it is no such line."""
    heading = re.fullmatch(f"{YEAR}年[度:]?", tight(text))
    return number(heading[1]) if heading else None


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
    return ((day, word) for day in named[0])
