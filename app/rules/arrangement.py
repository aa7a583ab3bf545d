"""The days of a notice as it is pasted: lines of a day and a word, or the State Council's own
wording (国务院办公厅关于某年部分节假日安排的通知). What cannot be read is refused with its line. Loads without any
framework.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from app.rules.reading import Line, Unread, days_of, lines, span_at, tight, year_of

_TITLE = re.compile(r"([0-9]{4}|[〇○零一二三四五六七八九]{4})年(?:部分)?节假日")
_DAY_LEFT = re.compile("[0-9一二三四五六七八九十]+[日号]|[0-9]+月")
_JOINED = re.compile("[、和及与]")
_ONLY_DAY = re.compile("[0-9一二三四五六七八九十]{1,3}[日号]")
_WORK = re.compile("上班|补班|工作|办公|^班$")
_REST = re.compile("放假|休息(?!日)|补休|休假|轮休|[为是]休息日|^(?:休息日|休|假)$")
_UNSURE = re.compile(
    "不(?!调休)|非|无需|无须|取消|停止|停班|免|部分|半[天日]|除外|以外|值班|视|待定|另行|原则上|如|或|未|暂|改|否|吗"
)
"""Words with which what is said of a day is not sure: it is refused, never guessed."""


def days(text: str) -> dict[date, str]:
    """day -> work or rest, of lines or of a notice. A year stands in the notice's title, or on a
    line of its own."""
    found: dict[date, str] = {}
    title = _TITLE.search(tight(text.replace("\n", " ")))
    year = year_of(f"{title[1]}年") if title else None
    for line in lines(text):
        heading = year_of(line.text)
        if heading is not None:
            year = heading
            continue
        for day, word in _of_line(line, year, title is not None):
            if found.setdefault(day, word) != word:
                raise Unread(line.text, line.number)
    return found


def _of_line(line: Line, year: int | None, notice: bool) -> list[tuple[date, str]]:
    """The days of a line, which may be prose in a notice: that it names none, or only the day it
    was issued on."""
    try:
        return list(days_of(line, year))
    except Unread as wrong:
        if wrong.day is not None:
            raise
    try:
        found = [
            pair for part in re.split("[。;]", tight(line.text)) for pair in _of_clause(part, year)
        ]
    except Unread as wrong:
        if notice and _issued(line.text):
            return []
        raise Unread(line.text, line.number, wrong.day) from None
    if not found and not notice:
        raise Unread(line.text, line.number)
    return found


def _issued(text: str) -> bool:
    plain = tight(text)
    found = span_at(plain, 0)
    return found is not None and found[1] == len(plain) and len(found[0]) == 1


@dataclass
class _Named:
    """Days that a clause names in one go, and what is said after them."""

    days: list[date]
    said: str = ""


def _of_clause(plain: str, year: int | None) -> Iterator[tuple[date, str]]:
    """The days of a clause, each with what is said of it: rest (放假) or work (上班)."""
    head, named = _named(plain, year)
    told = [head, *(one.said for one in named)]
    if any(map(_DAY_LEFT.search, told)):
        raise Unread(plain)
    for one in named:
        meant = _meant(one.said)
        if meant is None or (named[0] is one and _contradicts(head, meant)):
            raise Unread(plain)
        yield from ((day, meant) for day in one.days)


def _named(plain: str, year: int | None) -> tuple[str, list[_Named]]:
    """What a clause says before it names a day, and the days that it names."""
    head, named, place = "", list[_Named](), 0
    while place < len(plain):
        joins = bool(named) and _JOINED.fullmatch(named[-1].said) is not None
        found = _next(plain, place, year, named[-1].days[-1] if named else None, joins)
        if found is not None:
            if joins:
                named[-1].days += found[0]
                named[-1].said = ""
            else:
                named.append(_Named(found[0]))
            place = found[1]
        else:
            if named:
                named[-1].said += plain[place]
            else:
                head += plain[place]
            place += 1
    return head, named


def _next(
    plain: str, place: int, year: int | None, last: date | None, joins: bool
) -> tuple[list[date], int] | None:
    """The days that are named from a place on, and where that ends: of what was named before
    (`last`) they have the year, and where they join it (1月1日、2日) the month."""
    before = ""
    if last is not None and joins and _ONLY_DAY.match(plain, place):
        before = f"{last.year}年{last.month}月"
    found = span_at(before + plain[place:], 0, year or (last.year if last else None))
    if found is None:
        return None
    named, end = found[0], place + found[1] - len(before)
    if year is None and last is not None and named[0] <= last:
        if (last.month, named[0].month) != (12, 1) or named[0].year != last.year:
            raise Unread(plain)
        named = [day.replace(year=day.year + 1) for day in named]
    return named, end


def _meant(said: str) -> str | None:
    """What is said of days, work or rest; None where it is neither, both, or not sure: 调休 alone may
    be either."""
    words = said.strip(" :,，、.-")
    work, rest = _WORK.search(words), _REST.search(words)
    if _UNSURE.search(words) or bool(work) is bool(rest):
        return None
    return "work" if work else "rest"


def _contradicts(head: str, meant: str) -> bool:
    """Whether what stands before days says otherwise than what stands after them."""
    return bool((_REST if meant == "work" else _WORK).search(head))
