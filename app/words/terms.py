"""How the end of a clock is said, everywhere: pages, papers, notices, sheets. What is stored is the
moment after the last one; people are told "2025年10月19日24时前", in an office that ends its day at
18:00 "18时前", of an hour clock the minute. [procedure 0]
"""

from __future__ import annotations

from datetime import date, datetime, time

from app.rules.workdays import beijing, last_day, midnight_after
from app.words.catalogue import CATALOGUES


def until(at: datetime, language: str, paper: bool = False) -> str:
    """The exclusive end of a clock as people say it: on a page `2025-10-19 24时前`, on paper
    `2025年10月19日24时前`."""
    at = beijing(at).replace(second=0, microsecond=0)
    whole = at.time() == time(0)
    day, hour = (last_day(at), 24) if whole else (at.date(), at.hour)
    to_the_hour, to_the_minute = (
        ("papers.until.hour", "papers.until.minute") if paper else ("until.hour", "until.minute")
    )
    facts: dict[str, object] = {"day": day, "hour": hour, "minute": at.minute}
    return CATALOGUES.text(to_the_minute if at.minute else to_the_hour, language, facts)


def end_told(moment: str | None, day: str) -> datetime:
    """The end of a clock from ISO text: its moment, or - where only the day was kept - the end of
    that day."""
    if moment:
        return datetime.fromisoformat(moment)
    return midnight_after(date.fromisoformat(day[:10]))
