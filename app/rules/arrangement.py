"""The days of a notice as it is pasted: lines of a day and a word, or the State Council's own
wording (国务院办公厅关于某年部分节假日安排的通知). What cannot be read is refused with its line. Loads without any
framework.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from app.rules.reading import Line, Unread, days_of, lines, span_at, tight, year_of

_TITLE = re.compile(r"([0-9]{4}|[〇○零一二三四五六七八九]{4})年(?:部分)?节假日")
_WORD = re.compile("不?(?:放假调休|放假|休息|补休|调休|上班|工作)")
_DAY_LEFT = re.compile("[0-9一二三四五六七八九十]+[日号]|[0-9]+月")
_WORKS = ("上班", "工作")


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


def _of_clause(plain: str, year: int | None) -> Iterator[tuple[date, str]]:
    """The days of a clause, each with the word that follows it: rest (放假) or work (上班)."""
    place, waiting, told = 0, list[date](), ""
    while place < len(plain):
        named, word = span_at(plain, place, year), _WORD.match(plain, place)
        if named is not None:
            waiting += named[0]
            place = named[1]
        elif word is not None:
            if word[0].startswith("不") and waiting:
                raise Unread(plain)
            yield from ((day, "work" if word[0].endswith(_WORKS) else "rest") for day in waiting)
            waiting, place = [], word.end()
        else:
            told += plain[place]
            place += 1
    if waiting or _DAY_LEFT.search(told):
        raise Unread(plain)
