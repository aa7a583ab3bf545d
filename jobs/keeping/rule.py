"""Which backups are kept: the newest of each of seven days, four weeks and twelve months."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

DAYS, WEEKS, MONTHS = 7, 4, 12
_SPANS: tuple[tuple[int, Callable[[datetime], Any]], ...] = (
    (DAYS, lambda at: at.date()),
    (WEEKS, lambda at: at.isocalendar()[:2]),
    (MONTHS, lambda at: (at.year, at.month)),
)


def kept(moments: Iterable[datetime]) -> set[datetime]:
    """Of the moments of backups those that are kept. A span without a backup counts for none, so a
    desk that stood still for a year loses nothing by it."""
    newest_first = sorted(moments, reverse=True)
    stays: set[datetime] = set()
    for most, span in _SPANS:
        seen: dict[Any, datetime] = {}
        for at in newest_first:
            seen.setdefault(span(at), at)
        stays.update(list(seen.values())[:most])
    return stays
