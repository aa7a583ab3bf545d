"""What a report is compared with: the period before, the same a year before, the twelve before; by
the second summary as it stands when the report is counted."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from app.stages.reporting.daily import first_day, state_of
from app.stages.reporting.live import a_year_before, before, series, totals
from app.stages.reporting.measures import MEASURES, TILES
from app.stages.reporting.period import Period

SHOWN = tuple({flag for name in TILES for flag in (MEASURES[name].top, MEASURES[name].of)} - {""})
"""The counts that a series is kept of."""


def comparisons(session: Session, period: Period) -> dict[str, Any]:
    """How it was before: `before` and `year` the whole county's counts, null where the office had no
    case yet or nothing was ever counted; `series` of the twelve periods before, the oldest first;
    `categories` and `places`, by category and by township, of the period before."""
    state, began = state_of(session), first_day(session)
    if state is None or began is None:
        return {"before": None, "year": None, "series": [], "categories": {}, "townships": {}}
    last, year = before(period), a_year_before(period)
    of_last = totals(session, "", last.first, last.last).get("", {})
    of_year = totals(session, "", year.first, year.last).get("", {})
    return {
        "before": of_last if last.last >= began else None,
        "year": of_year if year.last >= began else None,
        "series": [_told(one, found[""], began) for one, found in series(session, period)],
        "categories": _registered(session, "category", last),
        "townships": _registered(session, "township", last),
    }


def _told(period: Period, counts: Mapping[str, int], began: date) -> dict[str, Any]:
    """One of the twelve: its first day, and its counts where the office had cases by then."""
    there = {flag: counts[flag] for flag in sorted(SHOWN) if flag in counts}
    return {"first": period.first.isoformat(), "counts": there if period.last >= began else None}


def _registered(session: Session, by: str, period: Period) -> dict[str, int]:
    found = totals(session, by, period.first, period.last)
    return {
        str(key): counts["registered"]
        for key, counts in sorted(found.items())
        if "registered" in counts
    }
