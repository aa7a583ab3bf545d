"""How the end of a clock is said, everywhere: pages, papers, notices, sheets. What is stored is the
moment after the last one; people are told "2025年10月19日24时前", in an office that ends its day at
18:00 "18时前", of an hour clock the minute. [procedure 0]
"""

from __future__ import annotations

from datetime import date, datetime, time

from app.rules.workdays import beijing, last_day, midnight_after

_HOURS = {
    "zh": ("{hour}时前", "{hour:02}:{minute:02}前"),
    "en": ("{hour}:00", "{hour:02}:{minute:02}"),
}
_ON_PAPER = ("{hour}时前", "{hour}时{minute}分前")


def until(at: datetime, language: str = "zh", paper: bool = False) -> str:
    """The exclusive end of a clock as people say it: on a page `2025-10-19 24时前`, on paper
    `2025年10月19日24时前`."""
    at = beijing(at).replace(second=0, microsecond=0)
    whole = at.time() == time(0)
    day, hour = (last_day(at), 24) if whole else (at.date(), at.hour)
    words = _ON_PAPER if paper else _HOURS["en" if language == "en" else "zh"]
    said = words[at.minute > 0].format(hour=hour, minute=at.minute)
    return f"{day.year}年{day.month}月{day.day}日{said}" if paper else f"{day} {said}"


def end_told(moment: str | None, day: str) -> datetime:
    """The end of a clock from ISO text: its moment, or - where only the day was kept - the end of
    that day."""
    if moment:
        return datetime.fromisoformat(moment)
    return midnight_after(date.fromisoformat(day[:10]))
