"""The table of days: each under four signs of its year's seal; until an event sealed its year, as
it was published."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

import chinese_calendar

from app.ledger.seals import DAY_SIGNS, Sealer, day_digest
from app.rules.workdays import provisional_workday

Wrong = tuple[str, Any, str]
"""A day (or year, or the n-th day of one), the event that sealed it, and the message id of what is
wrong."""


def wrong_days(
    by: Callable[[Any], Sealer],
    years: Iterable[tuple[str, Sequence[str]]],
    told: Mapping[str, tuple[Any, str]],
) -> Iterator[Wrong]:
    """The first wrong day of each year. `told`: year -> the event that sealed it last, and its
    seal."""
    left = dict(told)
    before: date | None = None
    for year, texts in years:
        gap, before = _gap(texts, before)
        if gap is not None:
            yield gap, left.pop(year, (None, ""))[0], "flaw.day.gap"
        elif year in left:
            at, said = left.pop(year)
            yield from _sealed_year(by(at), year, texts, at, said)
        else:
            yield from _unsealed_year(texts)
    for year, (at, _) in left.items():
        yield year, at, "flaw.day.gone"


def _gap(texts: Sequence[str], before: date | None) -> tuple[str | None, date]:
    """The first day that does not follow the one before it, and the last day."""
    for text in texts:
        day = date.fromisoformat(text[:10])
        if before is not None and day != before + timedelta(days=1):
            return text[:10], date.fromisoformat(texts[-1][:10])
        before = day
    return None, date.fromisoformat(texts[-1][:10])


def _sealed_year(
    sealer: Sealer, year: str, texts: Sequence[str], at: Any, said: str
) -> Iterator[Wrong]:
    told = [said[start : start + DAY_SIGNS] for start in range(0, len(said), DAY_SIGNS)]
    for place in range(max(len(texts), len(told))):
        text = texts[place] if place < len(texts) else None
        if text is None or place >= len(told) or day_digest(sealer, text) != told[place]:
            yield (text[:10] if text else f"{year}#{place + 1}"), at, "flaw.day.altered"
            return


def _unsealed_year(texts: Sequence[str]) -> Iterator[Wrong]:
    """Days that stood before the office had its first event: the published calendar's or the guess,
    counted on."""
    wrong = _first_unpublished(tuple(texts))
    if wrong is not None:
        yield wrong, None, "flaw.day.unpublished"


@lru_cache(64)
def _first_unpublished(texts: tuple[str, ...]) -> str | None:
    """The first day of a year that is not as it was published: asked once of the same days, for
    offices share them."""
    counted = None
    for text in texts:
        day, worked, ordinal, source = text.split(" ", 3)
        counted = int(ordinal) if counted is None else counted + (worked == "1")
        if not _published(date.fromisoformat(day), worked == "1", source) or counted != int(
            ordinal
        ):
            return day
    return None


def _published(day: date, worked: bool, source: str) -> bool:
    if source == "provisional":
        return provisional_workday(day) == worked
    try:
        return source == "library" and bool(chinese_calendar.is_workday(day)) == worked
    except NotImplementedError:
        return False
